/** What was seen of one fire or smoke at one place, and what it amounts to. */

import { boxArea, boxCentre, unionBox, type BoxNorm } from '../../core/index.ts';
import type { FireSettings } from './fire-params.ts';
import type { FireSample } from './fire-state.ts';

export type FireLabel = 'fire' | 'smoke';

/** The numbers that decide. Shares and scores 0–1, motion as a share of the size. */
export interface FireEvidence {
  readonly hits: number;
  readonly share: number;
  readonly spanMs: number;
  readonly meanScore: number;
  readonly motion: number;
  readonly travel: number;
  /** Median area of the last samples, as a share of the picture. */
  readonly areaNorm: number;
  /** Wall time of the first sample that counts. */
  readonly sinceMs: number;
}

/** Box edges of a detector waver by about a pixel on a still picture; that is no flicker. */
const JITTER_PX = 1;
/** And scores by this much. */
const JITTER_SCORE = 0.03;

/**
 * Sums up the samples of one label (or of both, with `label` undefined) among the analysed frames.
 *
 * @param of samples of one place in the window, oldest first; rule times of all analysed frames of the window, oldest
 *   first; the size of a pixel, 0–1.
 */
export function summarise(
  of: {
    readonly samples: readonly FireSample[];
    readonly frames: readonly number[];
    readonly pixel: { readonly x: number; readonly y: number };
  },
  label: FireLabel | undefined,
  minScore: (label: FireLabel) => number,
): FireEvidence | undefined {
  const counted = of.samples.filter(
    (s) => (label === undefined || s.label === label) && s.score >= minScore(s.label),
  );
  const first = counted[0];
  const last = counted.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const times = new Set(counted.map((s) => s.t));
  const framesSince = of.frames.filter((t) => t >= first.t).length;
  const own = label ?? (counted.some((s) => s.label === 'fire') ? 'fire' : 'smoke');
  const outline = counted.filter((s) => s.label === own);
  return {
    hits: times.size,
    share: Math.min(1, times.size / Math.max(1, framesSince)),
    spanMs: last.t - first.t,
    meanScore: mean(counted.map((s) => s.score)),
    motion: motionOf(outline, of.pixel),
    travel: travelOf(outline),
    areaNorm: median(outline.slice(-5).map((s) => boxArea(s.box))),
    sinceMs: first.atMs,
  };
}

/**
 * Flicker and growth: standard deviation of width and height as a share of their mean, beyond what a detector wavers
 * on a still picture, and a part of the wavering of the score. Flames change their outline all the time (flicker of
 * 2–12 Hz, Toreyin et al. 2006, "Computer vision based method for real-time fire and flame detection"), so any
 * sampling rate sees it; a poster, a lamp or the sun does not.
 */
function motionOf(samples: readonly FireSample[], pixel: { readonly x: number; readonly y: number }): number {
  if (samples.length < 2) return 0;
  const w = samples.map((s) => s.box.x2 - s.box.x1);
  const h = samples.map((s) => s.box.y2 - s.box.y1);
  const outline = Math.max(beyond(w, JITTER_PX * pixel.x), beyond(h, JITTER_PX * pixel.y));
  const score = Math.max(0, deviation(samples.map((s) => s.score)) - JITTER_SCORE);
  return outline + score / 2;
}

/** Way of the centre from the first to the last third of the samples, in mean diagonals. */
function travelOf(samples: readonly FireSample[]): number {
  if (samples.length < 3) return 0;
  const third = Math.max(1, Math.floor(samples.length / 3));
  const centre = (part: readonly FireSample[]): { x: number; y: number } => ({
    x: mean(part.map((s) => boxCentre(s.box).x)),
    y: mean(part.map((s) => boxCentre(s.box).y)),
  });
  const a = centre(samples.slice(0, third));
  const b = centre(samples.slice(-third));
  const diagonal = mean(samples.map((s) => Math.hypot(s.box.x2 - s.box.x1, s.box.y2 - s.box.y1)));
  return diagonal === 0 ? 0 : Math.hypot(b.x - a.x, b.y - a.y) / diagonal;
}

/** Score from which a detection of this label is evidence by itself. */
export function strongScore(label: FireLabel, params: FireSettings): number {
  return label === 'fire' ? params.minScore : params.minSmokeScore;
}

/** Score from which a detection of this label is evidence if it lasts. */
export function weakScoreOf(label: FireLabel, params: FireSettings): number {
  return label === 'fire' ? params.weakScore : params.weakSmokeScore;
}

/**
 * How long evidence of this mean score must last: `confirmMs` when it is strong, `weakConfirmMs` at the weakest, and in
 * between so that each step of score shortens it by the same factor, as evidence that adds up in log-odds does.
 */
export function patienceMs(label: FireLabel, meanScore: number, params: FireSettings): number {
  const weak = weakScoreOf(label, params);
  const strong = Math.max(strongScore(label, params), weak + 1e-9);
  const strength = Math.min(1, Math.max(0, (meanScore - weak) / (strong - weak)));
  const shortest = Math.max(1, Math.min(params.confirmMs, params.weakConfirmMs));
  return params.weakConfirmMs * (shortest / params.weakConfirmMs) ** strength;
}

/** Enough sights, close enough together, over long enough, and clear enough on average. */
export function isPersistent(e: FireEvidence, params: FireSettings): boolean {
  return (
    e.hits >= params.minFrames &&
    e.spanMs >= params.confirmMs &&
    e.share >= params.minShare &&
    e.meanScore >= params.minMeanScore
  );
}

/** Flickers or grows, and stays where it is. */
export function isAlive(e: FireEvidence, params: FireSettings): boolean {
  return e.motion >= params.minMotion && e.travel <= params.maxTravel;
}

/** The box around the samples of the last moments. */
export function regionOf(samples: readonly FireSample[]): BoxNorm | undefined {
  let box: BoxNorm | undefined;
  for (const s of samples.slice(-12)) box = box === undefined ? s.box : unionBox(box, s.box);
  return box;
}

function beyond(values: readonly number[], jitter: number): number {
  const m = mean(values);
  return m <= 0 ? 0 : Math.max(0, deviation(values) - jitter) / m;
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const v of values) sum += v;
  return values.length === 0 ? 0 : sum / values.length;
}

function deviation(values: readonly number[]): number {
  const m = mean(values);
  let sum = 0;
  for (const v of values) sum += (v - m) ** 2;
  return values.length < 2 ? 0 : Math.sqrt(sum / values.length);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
