/** A bag that is carried in sight, then left: whose it was; and one that only blows past somebody. */

import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import type { Box, RuleSignal } from '../../core/index.ts';
import { littering } from './littering.ts';
import { litteringParams } from './littering-params.ts';

const START = 1_700_000_000_000;
const at = (x: number, y: number, w: number, h: number): Box => ({ x1: x, y1: y, x2: x + w, y2: y + h });

interface Thing {
  readonly id: string;
  readonly label: string;
  readonly box: Box;
}
/** Beside the body, so that it is no part of the person's box. */
const bag = (x: number): Thing => ({ id: 'bag', label: 'garbage', box: at(x, 155, 24, 25) });
const person = (x: number): Thing => ({ id: 'p', label: 'person', box: at(x, 102, 30, 80) });

function play(scene: (s: number) => Thing[], fps = 5): RuleSignal[] {
  const polygon = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ];
  const rule = littering.create({
    ruleId: 'r',
    ruleVersion: 1,
    cameraId: 'cam',
    zone: { zoneId: 'z', version: 1, name: 'z', polygon },
    params: Value.Create(litteringParams),
  });
  return Array.from({ length: 40 * fps }, (_, seq) => {
    const capturedAtMs = START + (seq * 1000) / fps;
    const tracks = scene(seq / fps).map(({ id, label, box }) => {
      return {
        trackId: id,
        label,
        box,
        state: 'confirmed' as const,
        score: 0.8,
        observed: true,
        firstSeenMs: START,
        lastSeenMs: capturedAtMs,
      };
    });
    const frame = {
      cameraId: 'cam',
      runId: 'r',
      seq,
      ptsMs: capturedAtMs - START,
      capturedAtMs,
      width: 416,
      height: 234,
    };
    return rule.evaluate({ frame, tracks, removed: [] }, { faults: [] });
  }).flat();
}

describe('garbage that came along', () => {
  it.each([10, 5, 2])('was carried in sight and left: the act is its carrier’s, at %s fps', (fps) => {
    const scene = (s: number): Thing[] => {
      const x = 20 + s * 30;
      return s < 5
        ? []
        : s < 9
          ? [person(x), bag(x + 32)]
          : [...(x < 400 ? [person(x)] : []), bag(20 + 9 * 30 + 32)];
    };
    const raised = play(scene, fps).filter(({ phase }) => phase === 'raised');
    expect(raised.map(({ eventType, measurements }) => [eventType, measurements['actorTrackId']])).toEqual([
      ['litter.act', 'p'],
    ]);
  });

  it('blew past somebody who stood there: nobody’s act', () => {
    const scene = (s: number): Thing[] =>
      s < 5 ? [person(250)] : s < 12 ? [person(250), bag(20 + (s - 5) * 35)] : [person(250), bag(265)];
    expect(play(scene).filter(({ eventType }) => eventType === 'litter.act')).toEqual([]);
  });

  it('is set down for a moment and taken along: nothing', () => {
    const scene = (s: number): Thing[] => {
      const moved = s < 10 ? s : s < 15 ? 10 : s - 5;
      return s > 30 ? [] : [person(20 + moved * 15), bag(52 + moved * 15)];
    };
    expect(play(scene)).toEqual([]);
  });

  it('is taken for a bicycle as well, and a cyclist passes behind: the act is of the person who came and left', () => {
    const twin = (box: Box): Thing => ({ id: 'twin', label: 'bicycle', box });
    const cyclist = (s: number): Thing => ({
      id: 'c',
      label: 'bicycle',
      box: at((s - 11) * 60, 100, 36, 44),
    });
    const scene = (s: number): Thing[] => {
      const x = s < 9 ? 20 + s * 20 : s < 11 ? 200 : 200 - (s - 11) * 30;
      return [
        ...(x > -30 ? [person(x)] : []),
        // The heap is seen under both names, or only under the wrong one.
        ...(s >= 10 ? [twin(at(232, 154, 24, 26)), ...(Math.floor(s) % 3 === 1 ? [] : [bag(232)])] : []),
        ...(s > 11 && s < 18 ? [cyclist(s)] : []),
      ];
    };
    const raised = play(scene).filter(({ phase }) => phase === 'raised');
    expect(raised.map(({ eventType, measurements }) => [eventType, measurements['actorTrackId']])).toEqual([
      ['litter.act', 'p'],
    ]);
  });
});
