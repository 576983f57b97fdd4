/** Queues before the parking rule, also such as it sees badly; vehicles that are only suspected. */

import { describe, expect, it } from 'vitest';
import type { Detection } from '../../core/index.ts';
import { box, car, phases, play, visit } from './illegal-parking.fixture.ts';
import type { Scene } from './illegal-parking.fixture.ts';

describe('illegal parking: queues', () => {
  /** Cars arrive one behind the other at a red light and stand until `green`; `stays` remains. */
  const queue =
    (green: number, stays = -1): Scene =>
    (s) =>
      [0, 1, 2, 3].flatMap((n) => {
        const x = 420 - n * 80;
        return visit(x, 10 + n * 4, n === stays ? Number.POSITIVE_INFINITY : green + n * 2)(s);
      });

  it('does not report a queue that stops and moves on together', () => {
    expect(play(queue(60), { seconds: 110 })).toEqual([]);
    // The same without the suppression: the scene is one in which it matters.
    expect(play(queue(60), { seconds: 110, params: { queueVehicles: 0 } })).not.toEqual([]);
  });

  it('reports the car that stays when the queue has left', () => {
    const said = play(queue(60, 2), { seconds: 120 });
    expect(phases(said)).toEqual(['raised']);
    expect(said[0]!.second).toBeGreaterThan(60);
    expect(said[0]!.second).toBeLessThan(85);
    expect(said[0]!.signal.measurements['dwellMs']).toBeGreaterThan(40_000);
  });

  it('takes what stood there when its schedule opened for no queue, and marks it so', () => {
    // From 14:13:20 on a Monday; the first window closes after 40 s, the second opens after 100 s.
    const windows = [
      { days: ['mon' as const], from: '14:00', to: '14:14' },
      { days: ['mon' as const], from: '14:15', to: '20:00' },
    ];
    const row = [0, 1, 2].map((n) => car(420 - n * 80));
    const said = play((s) => (s > 50 ? row : []), {
      seconds: 160,
      fps: 5,
      config: { schedule: { timeZone: 'UTC', windows } },
    });
    expect(said.map(({ phase, presentAtStart }) => [phase, presentAtStart])).toEqual(
      [0, 1, 2].map(() => ['raised', true]),
    );
    expect(said.at(-1)!.second).toBeLessThanOrEqual(122);
  });

  it('reports a row of cars that does not move for longer than a queue may', () => {
    const said = play(queue(400), { seconds: 200, params: { queueHoldS: 60 } });
    expect(phases(said)).toEqual(['raised', 'raised', 'raised', 'raised']);
  });

  describe('of which the rule does not see every vehicle well', () => {
    const lane = [
      { x: 0, y: 0.45 },
      { x: 1, y: 0.45 },
      { x: 1, y: 0.505 },
      { x: 0, y: 0.505 },
    ];
    const zone = { zoneId: 'lane', version: 1, name: 'lane', polygon: lane };
    /** Three cars at a red light, the first and the last of them 80 px apart, from second 10 on, until second 60. */
    const three =
      (second: (one: Detection) => Detection): Scene =>
      (s) => [...visit(420, 10, 60)(s), ...visit(340, 14, 62)(s).map(second), ...visit(260, 18, 64)(s)];
    const said = (second: (one: Detection) => Detection, params = {}) =>
      play(three(second), { seconds: 110, params, config: { zone } });
    const below =
      (px: number) =>
      ({ box: b, ...rest }: Detection): Detection => ({
        ...rest,
        box: { ...b, y1: b.y1 + px, y2: b.y2 + px },
      });
    const faint = (one: Detection): Detection => ({ ...one, score: 0.45, faint: true });

    it.each([
      [
        'one is of a class that the rule does not report',
        (one: Detection) => ({ ...one, label: 'bus' }),
        { classes: ['car'] },
      ],
      ['the foot of one falls just outside the zone', below(8), {}],
      ['one is only suspected', faint, {}],
    ])('holds when %s', (_, second, params) => {
      expect(said(second, params)).toEqual([]);
      expect(phases(said(second, { ...params, queueVehicles: 0 }))).toContain('raised');
    });

    it.each([
      ['one waits in the next lane', below(60)],
      ['one is fainter than the rule asks for', (one: Detection) => ({ ...faint(one), score: 0.3 })],
      ['one is a pedestrian', (one: Detection) => ({ ...one, label: 'person' })],
    ])('is none when %s', (_, second) => {
      expect(phases(said(second)).filter((phase) => phase === 'raised')).toEqual(['raised', 'raised']);
    });

    it('is none when two vehicles are only suspected', () => {
      const scene: Scene = (s) => [
        ...visit(420, 10, 60)(s).map(faint),
        ...visit(340, 14, 62)(s),
        ...visit(260, 18, 64)(s).map(faint),
      ];
      expect(phases(play(scene, { seconds: 110, config: { zone } }))).toContain('raised');
    });

    it('holds when one of its motorcycles, only suspected, waits right before a parked car', () => {
      const rider =
        (x: number, at: number): Scene =>
        (s) =>
          s < at || s > 60 ? [] : [{ box: box(x, 206, 22, 34), score: 0.9, label: 'motorcycle' }];
      const riders = [rider(360, 10), rider(310, 12), rider(260, 14)];
      const scene: Scene = (s) => [
        car(298),
        ...riders.flatMap((one, i) => one(s).map((seen) => (i === 1 ? faint(seen) : seen))),
      ];
      const options = { seconds: 90, params: { classes: ['car', 'motorcycle'] }, config: { zone } };
      expect(play(scene, options).map(({ signal }) => signal.eventType)).toEqual(['illegal_parking.motor']);
    });

    it('is none because a passing vehicle and one that stands in the next lane share a box for a moment', () => {
      const nextLane = [170, 250].map((x) => car(x, 130));
      const merged = (one: Detection): Detection => ({ ...one, box: { ...one.box, y2: 240 } });
      const scene: Scene = (s) => [
        ...visit(340, 10)(s),
        ...nextLane.flatMap((one) => (s < 8 ? [] : [s > 20 && s < 20.3 ? merged(one) : one])),
      ];
      const [first] = play(scene, { seconds: 60, config: { zone } });
      expect(first).toMatchObject({ phase: 'raised' });
      expect(first!.second).toBeLessThan(31);
    });
  });
});

describe('illegal parking: vehicles that are only suspected', () => {
  const faintFrom =
    (from: number, until = Number.POSITIVE_INFINITY): Scene =>
    (s) =>
      visit(
        300,
        10,
        200,
      )(s).map((one) => (s >= from && s < until ? { ...one, score: 0.45, faint: true as const } : one));

  it('are never reported', () => {
    expect(play(faintFrom(0), { seconds: 120, params: { minScore: 0 } })).toEqual([]);
  });

  it('keep an event open, and are given up in the end', () => {
    expect(phases(play(faintFrom(50), { seconds: 120, fps: 5 }))).toEqual(['raised']);
    const said = play(faintFrom(50), { seconds: 120, fps: 5, params: { coveredGraceS: 30 } });
    expect(phases(said)).toEqual(['raised', 'cleared']);
    expect(said[1]!.second).toBeGreaterThan(79);
  });

  it('prove nothing: the dwell is reached by what was seen for most of it', () => {
    expect(phases(play(faintFrom(16, 26), { seconds: 60, fps: 5 }))).toEqual(['raised']);
    expect(play(faintFrom(12, 190), { seconds: 200, fps: 5 })).toEqual([]);
  });
});
