/** Another vehicle in the same spot, or the same one seen badly: what single pictures far apart tell. */

import { describe, expect, it } from 'vitest';
import type { BoxNorm } from '../../core/index.ts';
import { placeAt as anyPlaceAt } from './parking-place.fixture.ts';
import type { ParkingPlace } from './parking-place.ts';
import type { Sight } from './sights.ts';
import { isSucceeded, notePassages } from './succession.ts';

const box = (x: number, width = 0.1): BoxNorm => ({ x1: x, y1: 0.5, x2: x + width, y2: 0.56 });
const sight = (at: BoxNorm, trackId = 'new'): Sight => ({
  trackId,
  group: 'motor',
  label: 'car',
  score: 0.9,
  box: at,
  motion: { drift: 0, spanMs: 4000, fromMs: 0 },
  firstSeenMs: 0,
  isFaint: false,
  isOwn: true,
});
const placeAt = (at: BoxNorm, over: Partial<ParkingPlace> = {}): ParkingPlace =>
  anyPlaceAt(at, { fit: 0.96, ...over });

describe('who is on the way through a row', () => {
  const [ahead, own] = [placeAt(box(0.6), { n: 2 }), placeAt(box(0.45))];
  it.each([
    ['a vehicle between two of its places', box(0.52), true],
    ['one that stands at the place', box(0.452), false],
    ['one at the next place', box(0.6), false],
    ['one that passes on the next lane', { ...box(0.52), y1: 0.53, y2: 0.59 }, false],
    ['nobody', undefined, false],
  ])('%s', (_, at, expected) => {
    const place = structuredClone(own);
    notePassages([place], at === undefined ? [] : [sight(at)], [ahead, place]);
    expect(place.earlier?.since === 'passage').toBe(expected);
  });

  it('asks for a neighbour: beside a single place vehicles pass', () => {
    const place = structuredClone(own);
    notePassages([place], [sight(box(0.52))], [place]);
    expect(place.earlier).toBeUndefined();
  });
});

describe('who stands at a place', () => {
  const judged = (place: ParkingPlace, ...boxes: readonly BoxNorm[]): boolean[] =>
    boxes.map((at) => {
      const is = isSucceeded(place, sight(at), 5000);
      place.absentMs = 0;
      return is;
    });
  const home = box(0.4);
  const passed = { earlier: { box: home, looks: 0, since: 'passage' as const } };

  it('after a passage it is another one, unless it stands just as the one before', () => {
    expect(judged(placeAt(home, passed), box(0.408))).toEqual([true]);
    expect(judged(placeAt(home, passed), box(0.402), box(0.408))).toEqual([false, false]);
  });

  it('after an empty picture it is another one when it stands otherwise twice, or far otherwise', () => {
    expect(judged(placeAt(home, { absentMs: 2000 }), box(0.412), box(0.412))).toEqual([false, true]);
    expect(judged(placeAt(home, { absentMs: 2000 }), box(0.412), home, box(0.412))).toEqual([
      false,
      false,
      false,
    ]);
    expect(judged(placeAt(home, { absentMs: 2000 }), box(0.425))).toEqual([true]);
  });

  it('measures by how nervous the boxes of this vehicle are', () => {
    const nervous = placeAt(home, { absentMs: 2000, fit: 0.8 });
    expect(judged(nervous, box(0.412), box(0.412))).toEqual([false, false]);
  });

  it('never seen empty, one that stands otherwise goes on, and its queue is told', () => {
    const place = placeAt(home);
    expect(judged(place, box(0.412), box(0.412))).toEqual([false, false]);
    expect(place.shiftedAt).toBe(5000);
  });

  it('what is reported ends when another id stands far otherwise three times, the same id never', () => {
    const far = box(0.44);
    expect(judged(placeAt(home, { phase: 'raised', absentMs: 2000 }), far, far, far)).toEqual([
      false,
      false,
      true,
    ]);
    const same = placeAt(home, { phase: 'raised', absentMs: 2000, trackIds: ['new'] });
    expect(judged(same, far, far, far)).toEqual([false, false, false]);
  });
});
