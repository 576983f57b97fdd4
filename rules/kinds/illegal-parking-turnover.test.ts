/** One vehicle after another, and one vehicle badly seen: what is a new stay before the parking rule, and what is not. */

import { describe, expect, it } from 'vitest';
import type { Detection } from '../../core/index.ts';
import { seededRandom } from '../../benchmarks/street/timeline/random.ts';
import { box, car, frameOf, makeRules, phases, play, shaken, visit } from './illegal-parking.fixture.ts';
import type { Scene } from './illegal-parking.fixture.ts';

const raised = (said: ReturnType<typeof play>): number[] =>
  said.filter(({ phase }) => phase === 'raised').map(({ second }) => second);

describe('illegal parking: one vehicle after another', () => {
  const slots = [100, 200, 300, 400, 500];
  /** At a barrier: each 12 s the first drives off and all others close up within 3 s. Nobody stands longer than 9 s. */
  const barrier: Scene = (s) => {
    const step = Math.floor(s / 12);
    const share = Math.min(1, (s - step * 12) / 3);
    const eased = share < 0.5 ? 2 * share ** 2 : 1 - 2 * (1 - share) ** 2;
    const at = (i: number): number => (i < 0 ? -150 : (slots[i] ?? 750));
    return [...Array(7).keys()]
      .map((i) => at(i - 1) + (at(i) - at(i - 1)) * eased)
      .filter((x) => x > -30 && x < 610)
      .map((x) => car(x));
  };

  it.each([10, 5, 2])('does not report a queue that moves up again and again, at %s fps', (fps) => {
    expect(raised(play(barrier, { seconds: 420, fps, params: { dwellS: 'strict' } }))).toEqual([]);
  });

  it.each([3, 5, 9])('does not add up the stays of vehicles that stop for 15 s each, %s s apart', (apart) => {
    /** Brakes and sets off like a car: a metre in the first second. */
    const stop =
      (from: number): Scene =>
      (s) => {
        const [before, after] = [Math.max(0, from - s), Math.max(0, s - from - 15)];
        const x = 300 - 25 * before ** 2 + 25 * after ** 2;
        return x < 0 || x > 580 ? [] : [car(x)];
      };
    const stops = [0, 1, 2].map((n) => stop(10 + n * (15 + apart)));
    expect(play((s) => stops.flatMap((one) => one(s)), { seconds: 120 })).toEqual([]);
  });

  it('ends the event of a vehicle whose place another one takes, and begins another', () => {
    const said = play((s) => [...visit(300, 10, 40, 200)(s), ...visit(300, 45, 90, 200)(s)], {
      seconds: 120,
    });
    expect(phases(said)).toEqual(['raised', 'cleared', 'raised', 'cleared']);
    expect(said[1]!.second).toBeLessThan(54);
    expect(said[2]!.second).toBeGreaterThan(64);
    expect(new Set(said.map(({ episodeId }) => episodeId)).size).toBe(2);
  });

  it('sits out a jam that stands for less than the dwell and the hold together', () => {
    const row = [0, 1, 2, 3].map((n) => visit(420 - n * 80, 10 + n * 4, 230 + n * 2));
    const jam: Scene = (s) => row.flatMap((one) => one(s));
    expect(play(jam, { seconds: 270, fps: 2, params: { dwellS: 60 } })).toEqual([]);
    expect(raised(play(jam, { seconds: 270, fps: 2, params: { dwellS: 60, queueHoldS: 60 } }))).toHaveLength(
      4,
    );
  });

  it('knows a queue of cars with a bus in it', () => {
    const bus = (x: number): Detection => ({ box: box(x, 160, 160, 80), score: 0.9, label: 'bus' });
    const row: Scene = (s) =>
      [...visit(500, 10, 60)(s), ...visit(320, 14, 62)(s), ...visit(230, 18, 64)(s)].map((one, i) =>
        i === 1 ? bus(one.box.x1) : one,
      );
    expect(raised(play(row, { seconds: 110 }))).toEqual([]);
    expect(raised(play(row, { seconds: 110, params: { queueVehicles: 0 } }))).toHaveLength(3);
  });
});

describe('illegal parking: one vehicle, badly seen', () => {
  const parked = (after: number): Scene => visit(300, 10, after);

  it('is one event behind a bus that an exemption takes out', () => {
    const bus: Detection = { box: box(270, 150, 160, 120), score: 0.95, label: 'bus' };
    const scene: Scene = (s) => (s > 50 && s < 90 ? [bus] : parked(120)(s));
    const config = { exemptions: [{ name: 'buses', labels: ['bus'] }] };
    expect(phases(play(scene, { seconds: 150, config }))).toEqual(['raised', 'cleared']);
  });

  it.each([10, 0.5])('is one event behind a bus that is missed in every fifth picture, at %s fps', (fps) => {
    const bus: Detection = { box: box(270, 150, 160, 120), score: 0.95, label: 'bus' };
    const scene: Scene = (s) =>
      s > 50 && s < 110 ? (Math.round(s * fps) % 5 === 0 ? [] : [bus]) : parked(140)(s);
    const said = play(scene, { seconds: 170, fps, params: { classes: ['car'] } });
    expect(phases(said)).toEqual(['raised', 'cleared']);
  });

  it.each([
    ['regular', () => 4],
    ['irregular', (random: () => number) => 1 + 3 * random()],
  ])('is one event at %s key frames of which each tenth misses it', (_, stepOf) => {
    const random = seededRandom(11);
    const times: number[] = [0];
    while (times.at(-1)! < 1800) times.push(times.at(-1)! + stepOf(random));
    const shown = new Set(times.filter(() => random() >= 0.1));
    const said = play((s) => (shown.has(s) ? [car(300)] : []), { seconds: 1800, times });
    expect(phases(said)).toEqual(['raised']);
  });

  it.each([10, 5])('is one event when it is found in half of the pictures, at %s fps', (fps) => {
    const random = seededRandom(3);
    const scene: Scene = (s) => (random() < 0.5 ? [] : visit(300, 10)(s));
    expect(phases(play(scene, { seconds: 90, fps }))).toEqual(['raised']);
  });

  it.each([10, 5])('is one event when ids are swapped as another car passes before it, at %s fps', (fps) => {
    const passing: Scene = (s) => (s < 50 || s > 58 ? [] : [car(-40 + (s - 50) * 90, 220)]);
    const swapped: Record<string, string> = { 'run:1': 'run:2', 'run:2': 'run:1' };
    const said = play((s) => [...visit(300, 10)(s), ...passing(s)], {
      seconds: 120,
      fps,
      rename: (id, s) => (s > 54.2 ? (swapped[id] ?? id) : id),
    });
    expect(said.map(({ phase, signal }) => [phase, signal.trackIds])).toEqual([['raised', ['run:1']]]);
  });

  it.each([1, 0.5])('is one event when its boxes tremble and each fifth is missed, at %s fps', (fps) => {
    const random = seededRandom(5);
    const scene: Scene = (s) => (s < 10 || random() < 0.2 ? [] : [shaken(car(300), s + random() * 1000, 5)]);
    expect(phases(play(scene, { seconds: 900, fps }))).toEqual(['raised']);
  });

  it('is reported when more pictures come just as it may be another one', () => {
    const times = [...Array(24).keys()];
    while (times.at(-1)! < 60) times.push(Number((times.at(-1)! + 0.2).toFixed(1)));
    const said = play((s) => (s < 10 || s === 22 ? [] : [car(s === 23 ? 308 : 300)]), { seconds: 60, times });
    expect(raised(said)).toHaveLength(1);
    expect(said[0]!.second).toBeLessThan(33);
  });

  it('is one event after it shifted by two metres', () => {
    const scene: Scene = (s) => (s < 50 ? visit(300, 10)(s) : [car(300 + Math.min(36, (s - 50) * 20))]);
    expect(phases(play(scene, { seconds: 120 }))).toEqual(['raised']);
  });

  it('is seen right before a bus, and the bus behind it', () => {
    const bus: Detection = { box: box(250, 140, 180, 100), score: 0.9, label: 'bus' };
    const said = play((s) => [...(s > 5 ? [bus] : []), ...(s > 8 ? [car(300)] : [])], { seconds: 60 });
    expect(new Set(said.map(({ signal }) => signal.label))).toEqual(new Set(['bus', 'car']));
  });
});

describe('illegal parking: zones and limits', () => {
  const half = (to: number) => [
    { x: 0, y: 0 },
    { x: to, y: 0 },
    { x: to, y: 1 },
    { x: 0, y: 1 },
  ];
  const zoneOf = (to: number) => ({ zoneId: 'kerb', version: 1, name: 'kerb', polygon: half(to) });

  it('lets a vehicle go that rolls out of the zone before it stands', () => {
    const scene: Scene = (s) => [car(s < 10 ? 200 : Math.min(420, 200 + (s - 10) * 10))];
    expect(raised(play(scene, { seconds: 90, config: { zone: zoneOf(0.5) } }))).toEqual([]);
  });

  it('lets go what a change of the zone leaves outside, and says so', () => {
    const options = { seconds: 0, config: { zone: zoneOf(1) } };
    let rules = makeRules(options);
    const said: string[] = [];
    for (let seq = 0; seq < 80; seq++) {
      if (seq === 40) {
        const state: unknown = JSON.parse(JSON.stringify(rules.save()));
        rules = makeRules({ ...options, config: { zone: zoneOf(0.4) } });
        rules.restore(state);
      }
      const capturedAtMs = 1_790_000_000_000 + seq * 1000;
      const times = { firstSeenMs: 1_790_000_000_000, lastSeenMs: capturedAtMs };
      const frame = frameOf({ runId: 'r', seq, ptsMs: seq * 1000, capturedAtMs });
      const track = { trackId: 'r:1', state: 'confirmed' as const, observed: true, ...car(300), ...times };
      for (const signal of rules.evaluate({ frame, tracks: [track], removed: [] }, { faults: [] }))
        said.push(`${seq} ${signal.phase} ${String(signal.measurements['endReason'] ?? '')}`.trim());
    }
    expect(said).toEqual(['20 raised', '40 cleared outside_zone']);
  });

  it('reports four vehicles whose exemption ends, which stood there from the start, after their dwell', () => {
    const row = [0, 1, 2, 3].map((n) => car(420 - n * 80, 200, 'truck'));
    // From 14:13:20 UTC on a Monday; the exemption ends after 100 s.
    const windows = [{ days: ['mon' as const], from: '14:00', to: '14:15' }];
    const exemptions = [{ name: 'deliveries', labels: ['truck'], schedule: { timeZone: 'UTC', windows } }];
    const said = play(() => row, { seconds: 150, fps: 5, config: { exemptions } });
    expect(phases(said)).toEqual(['raised', 'raised', 'raised', 'raised']);
    expect(said.at(-1)!.second).toBeLessThanOrEqual(122);
    expect(said.every(({ presentAtStart }) => presentAtStart)).toBe(true);
  });

  it('warns no more at a place that has had its share of events', () => {
    const stays = [0, 1, 2].map((n) => visit(300, 10 + n * 60, 40 + n * 60));
    const params = { warnShare: 0.5, maxIncidentsPerPlace: 1 };
    const said = play((s) => stays.flatMap((one) => one(s)), { seconds: 200, params });
    expect(phases(said)).toEqual(['warned', 'raised', 'cleared']);
  });

  it('goes on after a frame that has no time', () => {
    const said = play(visit(300, 10), { seconds: 60, timeOf: (s) => (s === 20 ? Number.NaN : s * 1000) });
    expect(raised(said)).toHaveLength(1);
    expect(raised(said)[0]).toBeLessThan(32);
  });
});

describe('illegal parking: what is taken for something else', () => {
  it.each([1, 2])(
    'a row that parked a minute apart is no queue although pictures miss it, at %s fps',
    (fps) => {
      const random = seededRandom(5);
      const row = [0, 1, 2].map((n) => visit(420 - n * 80, 10 + n * 60));
      const scene: Scene = (s) => row.flatMap((one) => one(s)).filter(() => random() >= 0.2);
      const said = raised(play(scene, { seconds: 360, fps, params: { dwellS: 180 } }));
      expect(said).toHaveLength(3);
      for (const [n, second] of said.entries()) expect(second).toBeLessThan(215 + n * 60);
    },
  );

  it.each([10, 5, 2])(
    'a bus that is only suspected in every third picture hides all the same, at %s fps',
    (fps) => {
      const bus: Detection = { box: box(270, 150, 160, 120), score: 0.95, label: 'bus' };
      const faint: Detection = { ...bus, score: 0.45, faint: true };
      const scene: Scene = (s) =>
        s > 50 && s < 90 ? [Math.round(s * fps) % 3 === 0 ? faint : bus] : visit(300, 10, 120)(s);
      const said = play(scene, { seconds: 150, fps, params: { classes: ['car'] } });
      expect(phases(said)).toEqual(['raised', 'cleared']);
    },
  );

  it('a car that stops before an exempt bus was not there because the bus was', () => {
    const bus: Detection = { box: box(250, 140, 180, 100), score: 0.9, label: 'bus' };
    const config = { exemptions: [{ name: 'buses', labels: ['bus'] }] };
    const [first] = play((s) => [bus, ...visit(300, 30, 200, 200)(s)], { seconds: 80, config });
    expect(first).toMatchObject({ phase: 'raised', presentAtStart: false });
  });

  it('a car whose lower half is hidden for a while has not left a narrow zone', () => {
    const polygon = [
      { x: 0, y: 230 / 480 },
      { x: 1, y: 230 / 480 },
      { x: 1, y: 250 / 480 },
      { x: 0, y: 250 / 480 },
    ];
    const half = (one: Detection): Detection => ({ ...one, box: { ...one.box, y2: 220 } });
    const scene: Scene = (s) => visit(300, 10)(s).map((one) => (s > 50 && s < 56 ? half(one) : one));
    const config = { zone: { zoneId: 'kerb', version: 1, name: 'kerb', polygon } };
    expect(phases(play(scene, { seconds: 100, config }))).toEqual(['raised']);
  });

  it('one outage now and then does not make pictures few', () => {
    const scene: Scene = (s) => [car(420), ...visit(340, 8)(s), ...visit(260, 14)(s)];
    const said = play(scene, { seconds: 80, blind: (s) => s % 7 > 6.4 });
    expect(raised(said)).toHaveLength(3);
  });

  it('a cab that once looks like a vehicle of its own is none', () => {
    const truck: Detection = { box: box(250, 140, 180, 100), score: 0.85, label: 'truck' };
    const cab = (s: number): Detection => ({
      box: box(370, 170, 58, 70),
      score: Math.round(s * 10) % 50 === 0 ? 0.78 : 0.6,
      label: 'truck',
    });
    expect(raised(play((s) => [truck, cab(s)], { seconds: 90 }))).toHaveLength(1);
  });
});
