/** What is seen beside an open fire: a part of it, or another one. */

import { describe, expect, it } from 'vitest';
import type { Box, RuleSignal } from '../../core/index.ts';
import { phases, play, rule, square, type Sight } from './fire-smoke.fixture.ts';

/** Seconds after which the second one is there; the first burns from the start. */
const SECOND_FROM_S = 10;

/** Signals of a clear fire, and from ten seconds on of something else. */
function besides(
  open: (i: number) => Sight,
  other: (i: number) => Sight,
  { seconds = 70, of = rule(), fps = 5 } = {},
): RuleSignal[] {
  return play(of, { fps, forMs: seconds * 1000 }, (i, t) => [
    open(i),
    ...(t >= SECOND_FROM_S * 1000 ? [other(i + 3)] : []),
  ]);
}

/** An outline that flickers by the same share whatever its size is; its foot stays. */
const flame = (i: number, x: number, y: number, size: number): Box => {
  const width = size * (1 + ((i * 5) % 7) / 24);
  const height = size * (1 + ((i * 7) % 5) / 16);
  return square(x, y + size - height, width, height);
};
const smokeAt =
  (x: number, y: number, score: number, size = 30) =>
  (i: number): Sight => ({ label: 'smoke', box: flame(i, x, y, size), score });
const fireAt =
  (x: number, y: number, score: number, size = 30) =>
  (i: number): Sight => ({ box: flame(i, x, y, size), score });

describe('faint fire and smoke while another fire is open', () => {
  it.each([
    { name: 'fire 0.42', other: fireAt(330, 100, 0.42) },
    { name: 'fire 0.39', other: fireAt(330, 100, 0.39) },
    { name: 'smoke 0.55', other: smokeAt(330, 100, 0.55) },
    { name: 'smoke 0.55 far above', other: smokeAt(50, 0, 0.55, 20), open: fireAt(50, 200, 0.8, 20) },
  ])('$name elsewhere in the zone is raised as soon as if it were alone', ({ other, open }) => {
    const alone = play(rule(), { fps: 5, forMs: 30_000 }, (i) => [other(i + 3)]);
    const both = besides(open ?? fireAt(30, 100, 0.8), other);
    expect(alone).toHaveLength(1);
    expect(phases(both)).toEqual(['raised fire.flame', ...phases(alone)]);
    const afterMs = (s: RuleSignal): number => s.atMs - 1_000_000;
    expect(afterMs(both[1]!) - SECOND_FROM_S * 1000).toBe(afterMs(alone[0]!));
    expect(both[1]!.measurements['because']).toBe('weak');
  });

  it.each([
    { name: 'its glow on a wall', other: fireAt(110, 100, 0.4) },
    { name: 'its reflection on a wet road', other: fireAt(50, 170, 0.42) },
    { name: 'its smoke, drifting', other: smokeAt(140, 70, 0.55) },
    { name: 'its smoke high above it', other: smokeAt(40, 5, 0.55), open: fireAt(50, 180, 0.8) },
    { name: 'smoke that is larger than it', other: smokeAt(110, 10, 0.5, 110), open: fireAt(50, 80, 0.8) },
  ])('$name is a part of it', ({ other, open }) => {
    const alone = play(rule(), { fps: 5, forMs: 30_000 }, (i) => [other(i + 3)]);
    expect(alone).toHaveLength(1);
    expect(phases(besides(open ?? fireAt(50, 100, 0.8), other))).toEqual(['raised fire.flame']);
  });

  it('flames larger than the fire beside them are no glow of it', () => {
    const signals = besides(fireAt(50, 100, 0.8, 20), fireAt(110, 60, 0.42, 60));
    expect(signals.filter((s) => s.phase === 'raised')).toHaveLength(2);
  });

  it('is raised when the one that it was taken for a part of is out and it still burns', () => {
    const signals = play(rule(), { fps: 5, forMs: 90_000 }, (i, t) => [
      ...(t < 20_000 ? [fireAt(50, 100, 0.8)(i)] : []),
      fireAt(110, 100, 0.42)(i + 3),
    ]);
    expect(phases(signals)).toEqual(['raised fire.flame', 'cleared fire.flame', 'raised fire.flame']);
  });
});

describe('clear fire beside a larger one', () => {
  const large = fireAt(200, 60, 0.85, 80);

  it.each([
    { name: 'a face that it lights', other: fireAt(140, 70, 0.55, 20), raised: 1 },
    { name: 'a small clear seat of fire', other: fireAt(140, 70, 0.7, 20), raised: 2 },
    { name: 'a seat that is nearly as large', other: fireAt(100, 70, 0.55, 50), raised: 2 },
    { name: 'the same, further away than the fire is large', other: fireAt(20, 70, 0.55, 20), raised: 2 },
  ])('$name: $raised incidents', ({ other, raised }) => {
    expect(besides(large, other).filter((s) => s.phase === 'raised')).toHaveLength(raised);
  });

  it.each([0.25, 0.5, 5])('is raised first when both are confirmed in one picture, at %d fps', (fps) => {
    const signals = play(rule(), { fps, forMs: 60_000 }, (i) => [fireAt(140, 70, 0.55, 20)(i), large(i)]);
    expect(signals.filter((s) => s.phase === 'raised').map((s) => s.confidence)).toEqual([0.85]);
  });
});

it('faint fires leave the last incident to a clear one', () => {
  const faint = [0, 100, 200, 300].map((x) => fireAt(x, 20, 0.42, 24));
  const signals = play(rule(), { fps: 5, forMs: 60_000 }, (i, t) => [
    ...faint.map((sight, n) => sight(i + n)),
    ...(t > 40_000 ? [fireAt(150, 180, 0.8)(i)] : []),
  ]);
  const raised = signals.filter((s) => s.phase === 'raised');
  expect(raised.map((s) => s.measurements['because'])).toEqual(['weak', 'weak', 'weak', 'alive']);
});

describe('after a restart', () => {
  const open = fireAt(30, 100, 0.8);
  const glow = fireAt(90, 100, 0.42);
  const faint = fireAt(330, 100, 0.42);

  it('judges what is beside an open fire alike, also from a state that does not say how large it was', () => {
    const sights = (i: number): Sight[] => [open(i), glow(i + 3), ...(i >= 50 ? [faint(i + 3)] : [])];
    const expected = play(rule(), { fps: 5, forMs: 60_000 }, sights).map((s) => [s.phase, s.episodeId]);
    expect(expected).toHaveLength(2);
    for (const older of [false, true]) {
      const first = rule();
      const before = play(first, { fps: 5, forMs: 11_000 }, sights);
      const saved = JSON.parse(JSON.stringify(first.save())) as {
        places: { episode: { extent?: unknown } | null }[];
      };
      expect(saved.places.some(({ episode }) => episode?.extent !== undefined)).toBe(true);
      if (older) for (const { episode } of saved.places) delete episode?.extent;
      const second = rule();
      second.restore(saved);
      const after = play(second, { fps: 5, fromMs: 11_000, forMs: 49_000 }, (i) => sights(i + 55));
      expect([...before, ...after].map((s) => [s.phase, s.episodeId])).toEqual(expected);
    }
  });
});
