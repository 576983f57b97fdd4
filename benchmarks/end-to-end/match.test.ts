import { describe, expect, it } from 'vitest';
import type { FrameTruth, ScenarioTruth } from '../street/index.ts';
import { matchIncidents } from './match.ts';
import type { Raised } from './types.ts';

const truth: ScenarioTruth = {
  scenario: 'made',
  light: 'day',
  weather: 'clear',
  durationS: 60,
  fps: 1,
  widthPx: 100,
  heightPx: 100,
  zones: [],
  incidents: [
    { type: 'illegal-parking', zoneId: 'kerb', objectId: 'car', fromS: 10, toS: 40, dueS: 20 },
    { type: 'fire', zoneId: 'square', objectId: 'blaze', fromS: 30, dueS: 33 },
  ],
  faults: [],
  serving: [],
};

/** A car at the left from second 0 on, smoke at the right from second 30 on. */
const frames: readonly FrameTruth[] = Array.from({ length: 60 }, (_, atS) => ({
  frame: atS,
  atS,
  objects: [
    { id: 'car', class: 'car', box: [10, 40, 30, 60], visible: 1, moving: false },
    ...(atS >= 30
      ? [{ id: 'blaze-smoke', class: 'smoke', box: [70, 10, 90, 60], visible: 1, moving: true } as const]
      : []),
  ],
}));

function raised(over: Partial<Raised>): Raised {
  return {
    incidentId: 'one',
    eventType: 'illegal_parking.motor',
    kind: 'illegal-parking',
    zoneId: 'kerb',
    firstSeenS: 9,
    openedS: 20.2,
    publishedS: 20.4,
    clearedS: undefined,
    boxes: [{ x1: 0.11, y1: 0.42, x2: 0.31, y2: 0.61 }],
    evidenceFromS: 4,
    actor: undefined,
    ...over,
  };
}

const fire = raised({
  incidentId: 'two',
  eventType: 'fire.smoke',
  kind: 'fire',
  zoneId: 'square',
  openedS: 33,
  boxes: [{ x1: 0.72, y1: 0.2, x2: 0.88, y2: 0.5 }],
});

describe('matchIncidents', () => {
  it('gives each expected incident the one that is about it, smoke of a fire included', () => {
    const { matches, unexpected } = matchIncidents(truth, frames, [fire, raised({})]);
    expect(matches.map(({ found }) => found?.incidentId)).toEqual(['one', 'two']);
    expect(unexpected).toEqual([]);
  });

  it.each([
    ['another kind', { kind: 'littering' }],
    ['another zone', { zoneId: 'pavement' }],
    ['another place', { boxes: [{ x1: 0.6, y1: 0.4, x2: 0.8, y2: 0.6 }] }],
    ['a moment before the cause began', { openedS: 9 }],
    ['no place at all', { boxes: [] }],
  ] satisfies [string, Partial<Raised>][])('does not take one with %s', (_name, over) => {
    const { matches, unexpected } = matchIncidents(truth, frames, [raised(over)]);
    expect(matches.map(({ found }) => found)).toEqual([undefined, undefined]);
    expect(unexpected).toHaveLength(1);
  });

  it('counts a second incident about the same thing as a duplicate, not as false', () => {
    const again = raised({ incidentId: 'later', openedS: 35 });
    const { matches, unexpected } = matchIncidents(truth, frames, [again, raised({})]);
    expect(matches[0]!.found?.incidentId).toBe('one');
    expect(matches[0]!.duplicates.map(({ incidentId }) => incidentId)).toEqual(['later']);
    expect(unexpected).toEqual([]);
  });

  it('takes the nearest of two things that stand side by side', () => {
    const bin = (id: string, x: number) =>
      ({ id, class: 'overflow', box: [x, 40, x + 20, 60], visible: 1, moving: false }) as const;
    const expected = ['left', 'right'].map((objectId) => ({
      type: 'littering' as const,
      zoneId: 'pavement',
      objectId,
      fromS: 0,
      dueS: 10,
    }));
    const { matches } = matchIncidents(
      { ...truth, incidents: expected },
      frames.map((frame) => ({ ...frame, objects: [bin('left', 20), bin('right', 32)] })),
      [raised({ kind: 'littering', zoneId: 'pavement', boxes: [{ x1: 0.32, y1: 0.4, x2: 0.52, y2: 0.6 }] })],
    );
    expect(matches.map(({ found }) => found?.incidentId)).toEqual([undefined, 'one']);
  });

  it('tells the class of whoever dropped it', () => {
    const dropped = { ...truth, incidents: [{ ...truth.incidents[0]!, dropperId: 'car' }] };
    expect(matchIncidents(dropped, frames, []).matches[0]!.dropperClass).toBe('car');
  });

  it('bears the small difference between truth and capture time', () => {
    expect(matchIncidents(truth, frames, [raised({ openedS: 9.5 })]).unexpected).toEqual([]);
  });
});
