/** How severe and how sure a fire is, and the numbers that go out with it. */

import type { FireEvidence } from './fire-evidence.ts';
import type { FireSettings } from './fire-params.ts';
import type { FireEpisode } from './fire-state.ts';

/**
 * 1 when it is large, grows fast (twice `growthFactor` within `fastGrowthMs`) or burns and smokes at once; else 2 for
 * flames, 3 for smoke alone.
 * @param seen.growth see {@link recentGrowth}.
 */
export function severityOf(
  seen: {
    readonly flame: boolean;
    readonly fire: FireEvidence | undefined;
    readonly smoke: FireEvidence | undefined;
    readonly growth: number;
  },
  params: FireSettings,
): 1 | 2 | 3 {
  const { flame, fire, smoke, growth } = seen;
  const together = certain(fire, params) && certain(smoke, params);
  const areaNorm = Math.max(fire?.areaNorm ?? 0, smoke?.areaNorm ?? 0);
  if (together || areaNorm >= params.largeAreaNorm || growth >= params.growthFactor * 2) return 1;
  return flame || certain(fire, params) ? 2 : 3;
}

/** Areas that are kept of the time in which growth counts as fast. */
const KEPT_AREAS = 24;

/** Notes the area and tells how many times it has grown within the last `windowMs`. */
export function recentGrowth(
  episode: FireEpisode,
  now: { readonly t: number; readonly areaNorm: number },
  windowMs: number,
): number {
  const areas = (episode.areas ??= []);
  const keep = areas.findIndex(([t]) => t >= now.t - windowMs);
  areas.splice(0, keep < 0 ? areas.length : keep);
  const last = areas.at(-1);
  if (last === undefined || now.t - last[0] >= windowMs / KEPT_AREAS) areas.push([now.t, now.areaNorm]);
  return now.areaNorm / Math.max(1e-9, areas[0]![1]);
}

function certain(e: FireEvidence | undefined, params: FireSettings): boolean {
  return e !== undefined && e.hits >= params.minFrames && e.meanScore >= params.minMeanScore;
}

/** Flames and smoke at one place are two witnesses: `1 − (1 − a)(1 − b)`, each its mean score; 0–1. */
export function confidenceOf(fire: FireEvidence | undefined, smoke: FireEvidence | undefined): number {
  return round(1 - (1 - (fire?.meanScore ?? 0)) * (1 - (smoke?.meanScore ?? 0)));
}

/** The numbers that decided it. */
export function measure(
  both: FireEvidence,
  fire: FireEvidence | undefined,
  smoke: FireEvidence | undefined,
): Record<string, number> {
  return {
    hits: both.hits,
    share: round(both.share),
    spanMs: round(both.spanMs),
    fireScore: round(fire?.meanScore ?? 0),
    smokeScore: round(smoke?.meanScore ?? 0),
    motion: round(Math.max(fire?.motion ?? 0, smoke?.motion ?? 0)),
    travel: round(both.travel),
  };
}

/** Four significant decimals are enough for a person, and the same on every machine. */
export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
