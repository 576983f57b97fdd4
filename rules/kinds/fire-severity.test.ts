/** Severity of a fire: by its area, and by how fast it grows. */

import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import type { RuleSignal } from '../../core/index.ts';
import { fireSmokeParams, type FireSmokeParams } from './fire-params.ts';
import { recentGrowth } from './fire-severity.ts';
import { fireSmoke } from './fire-smoke.ts';
import type { FireEpisode } from './fire-state.ts';

const [WIDTH, HEIGHT, FPS] = [416, 234, 5];

/** Signals of a flame that keeps its size for ten seconds, then grows by `times` in area within `withinS`. */
function grow(
  { times, withinS, sizePx = 24 }: { times: number; withinS: number; sizePx?: number },
  params: Partial<FireSmokeParams> = {},
): RuleSignal[] {
  const polygon = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ];
  const rule = fireSmoke.create({
    ruleId: 'r',
    ruleVersion: 1,
    cameraId: 'c',
    zone: { zoneId: 'z', version: 1, name: 'z', polygon },
    params: { ...Value.Create(fireSmokeParams), ...params },
  });
  return Array.from({ length: (20 + withinS) * FPS }, (_, seq) => {
    const capturedAtMs = 1_000_000 + (seq * 1000) / FPS;
    const share = Math.min(1, Math.max(0, (seq / FPS - 10) / withinS));
    const size = sizePx * Math.sqrt(1 + (times - 1) * share) * (1 + ((seq * 7) % 5) / 12);
    const seen = { score: 0.7, observed: true, firstSeenMs: capturedAtMs, lastSeenMs: capturedAtMs };
    const box = { x1: 200, y1: 200 - size, x2: 200 + size, y2: 200 };
    const track = { trackId: 't', state: 'confirmed' as const, label: 'fire', box, ...seen };
    const ref = { cameraId: 'c', runId: 'r', seq, ptsMs: 0, capturedAtMs, width: WIDTH, height: HEIGHT };
    return rule.evaluate({ frame: ref, tracks: [track], removed: [] }, { faults: [] });
  }).flat();
}
const severities = (signals: readonly RuleSignal[]): number[] => signals.map(({ severity }) => severity);

describe('severity of flames', () => {
  it('stays 2 while they keep their size', () => {
    expect(severities(grow({ times: 1, withinS: 30 }))).toEqual([2]);
  });

  it('becomes 1 when they grow fast, and not when they grow as far slowly', () => {
    const fast = grow({ times: 5, withinS: 20 });
    expect([fast[0]!.severity, fast.at(-1)!.severity]).toEqual([2, 1]);
    const slow = grow({ times: 5, withinS: 600 });
    // It is told that it grows, but it is neither fast nor large.
    expect(slow.at(-1)!.measurements['growth']).toBeGreaterThan(3);
    expect(new Set(severities(slow))).toEqual(new Set([2]));
  });

  it('becomes 1 when they are large, however slowly', () => {
    expect(grow({ times: 12, withinS: 600 }).at(-1)!.severity).toBe(1);
  });

  it('depends on fastGrowthS', () => {
    expect(grow({ times: 5, withinS: 600 }, { fastGrowthS: 600 }).at(-1)!.severity).toBe(1);
    expect(grow({ times: 5, withinS: 20 }, { fastGrowthS: 2 }).at(-1)!.severity).toBe(2);
  });

  it('keeps a bounded past of the area, however long the fire is followed', () => {
    const episode = { areas: [] as [number, number][] } as unknown as FireEpisode;
    const growth = Array.from({ length: 10_000 }, (_, i) =>
      recentGrowth(episode, { t: i * 200, areaNorm: 1 + i / 100 }, 60_000),
    );
    expect(episode.areas!.length).toBeLessThanOrEqual(25);
    // An area that grows by a hundredth each fifth of a second: by three in the minute that is looked at.
    expect(growth.at(-1)).toBeCloseTo(101 / 98, 1);
  });
});
