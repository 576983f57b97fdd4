/** Whether a tracked object stands: recent boxes of each track, and how far they wander in the object's own size. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import type { BoxNorm } from '../core/index.ts';

/** One box of a track: rule time, centre and size, 0-1 of the picture. */
const Sample = Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number(), Type.Number()]);
type Sample = Static<typeof Sample>;

/** Saved form of {@link MotionMemory}. */
export const MotionState = Type.Array(Type.Tuple([Type.String(), Type.Array(Sample)]));

/** Samples kept per window: enough for medians, few enough for thousands of tracks. */
const SAMPLES_PER_WINDOW = 24;
const MAX_TRACKS = 1000;
/** Longest pause between two sights of a track within one window, unless the frame rate itself is lower. */
const MAX_PAUSE_MS = 1000;

/** What the last window of a track says. */
export interface Motion {
  /**
   * How far the object came in the window, in its own size: shift of the centre in widths and heights, or change of
   * size, whichever is more. Medians of the first and the last third are compared, so jitter and single wild boxes
   * do not count.
   */
  readonly drift: number;
  /** Length of the window, milliseconds, and where it began in rule time. */
  readonly spanMs: number;
  readonly fromMs: number;
}

/** Recent boxes of all tracks of one rule. Bounded; a track is forgotten when it ends. */
export class MotionMemory {
  private readonly windowMs: number;
  private readonly tracks = new Map<string, Sample[]>();

  /** @param windowMs how much of the past decides. At low frame rates the last three boxes decide instead. */
  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  /**
   * Adds the box of a track at rule time `nowMs` and tells how it moved.
   * @param stepMs time since the frame before: a pause much longer than that starts the window anew.
   */
  observe(trackId: string, box: BoxNorm, nowMs: number, stepMs: number): Motion {
    let samples = this.tracks.get(trackId);
    if (samples === undefined) {
      if (this.tracks.size >= MAX_TRACKS) this.tracks.delete(this.tracks.keys().next().value!);
      samples = [];
      this.tracks.set(trackId, samples);
    }
    const sample: Sample = [
      nowMs,
      (box.x1 + box.x2) / 2,
      (box.y1 + box.y2) / 2,
      box.x2 - box.x1,
      box.y2 - box.y1,
    ];
    // Two sights far apart with nothing between them say nothing about standing: it may be another object.
    const pauseMs = nowMs - (samples.at(-1)?.[0] ?? nowMs);
    if (pauseMs > MAX_PAUSE_MS && pauseMs > 2.5 * stepMs) samples.length = 0;
    const last = samples.at(-1);
    const spacingMs = this.windowMs / SAMPLES_PER_WINDOW;
    const beforeLast = samples.at(-2);
    // A box that comes before its turn stands in for the last one, so a high frame rate does not fill the memory.
    if (last !== undefined && beforeLast !== undefined && last[0] - beforeLast[0] < spacingMs) samples.pop();
    else if (last !== undefined && nowMs <= last[0]) samples.pop();
    samples.push(sample);
    while (samples.length > 3 && samples[1]![0] <= nowMs - this.windowMs) samples.shift();
    return motionOf(samples);
  }

  forget(trackId: string): void {
    this.tracks.delete(trackId);
  }

  clear(): void {
    this.tracks.clear();
  }

  save(): Static<typeof MotionState> {
    return structuredClone([...this.tracks]);
  }

  restore(state: Static<typeof MotionState>): void {
    this.tracks.clear();
    for (const [trackId, samples] of structuredClone(state)) this.tracks.set(trackId, samples);
  }
}

function motionOf(samples: readonly Sample[]): Motion {
  const first = samples[0]!;
  const last = samples.at(-1)!;
  const third = Math.max(1, Math.floor(samples.length / 3));
  const early = samples.slice(0, third);
  const late = samples.slice(-third);
  const middle = (part: readonly Sample[], field: 0 | 1 | 2 | 3 | 4): number =>
    median(part.map((s) => s[field]));
  const w = Math.max(1e-9, middle(samples, 3));
  const h = Math.max(1e-9, middle(samples, 4));
  const shift = Math.hypot(
    (middle(late, 1) - middle(early, 1)) / w,
    (middle(late, 2) - middle(early, 2)) / h,
  );
  const growth = Math.max(
    Math.abs(middle(late, 3) - middle(early, 3)) / w,
    Math.abs(middle(late, 4) - middle(early, 4)) / h,
  );
  const spanMs = last[0] - first[0];
  const betweenMs = middle(late, 0) - middle(early, 0);
  const whole = betweenMs > 0 ? spanMs / betweenMs : 1;
  return { drift: Math.max(shift, growth / 2) * whole, spanMs, fromMs: first[0] };
}

/** Middle value; the mean of the two middle ones when their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
