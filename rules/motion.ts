/** Whether a tracked object stands: recent boxes of each track, and how far they wander in the object's own size. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { iou } from '../core/index.ts';
import type { BoxNorm } from '../core/index.ts';

/** One box of a track: rule time, centre and size, 0-1 of the picture. */
const Sample = Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number(), Type.Number()]);
type Sample = Static<typeof Sample>;

/** Saved form of {@link MotionMemory}. */
export const MotionState = Type.Array(Type.Tuple([Type.String(), Type.Array(Sample)]));

/** Samples kept per window: enough for medians, few enough for thousands of tracks. */
const SAMPLES_PER_WINDOW = 24;
const MAX_TRACKS = 1000;
/** Longest pause that an object may have stood through unseen, and least overlap of its boxes before and after. */
const BRIDGE_MS = 3000;
const BRIDGE_IOU = 0.6;

/** What the last window of a track says. */
export interface Motion {
  /**
   * How far the object came in the window, in its own size: shift of the centre in widths and heights, or change of
   * size, whichever is more. The first and the last third are compared, each by the mean of its middle half, so
   * jitter and single wild boxes do not count.
   */
  readonly drift: number;
  /** Length of the window, milliseconds, and where it began in rule time. */
  readonly spanMs: number;
  readonly fromMs: number;
}

/** Recent boxes of all tracks of one rule. Bounded; a track is forgotten when it ends. */
export class MotionMemory {
  private readonly windowMs: number;
  private readonly maxPauseMs: number;
  private readonly tracks = new Map<string, Sample[]>();

  /**
   * @param windowMs how much of the past decides. At low frame rates the last three boxes decide instead.
   * @param maxPauseMs longest pause between two sights within one window, unless the frame rate itself is lower. Two
   * sights of a track far apart with nothing between them say nothing about standing, it may be another object, unless
   * they lie on each other and the pause was short.
   */
  constructor(windowMs: number, maxPauseMs = 1000) {
    this.windowMs = windowMs;
    this.maxPauseMs = maxPauseMs;
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
    const pauseMs = nowMs - (samples.at(-1)?.[0] ?? nowMs);
    if (pauseMs > this.maxPauseMs && pauseMs > 2.5 * stepMs && !isBridged(samples.at(-1), sample, pauseMs))
      samples.length = 0;
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

  /** Where the object was over the last window: the mean of the middle half of its boxes, so that no single wild box counts. */
  usualBox(trackId: string): BoxNorm | undefined {
    const samples = this.tracks.get(trackId);
    if (samples === undefined || samples.length === 0) return undefined;
    const [x, y, w, h] = ([1, 2, 3, 4] as const).map((field) =>
      middleMean(samples, 0, samples.length, field),
    ) as [number, number, number, number];
    return boxOfSample([0, x, y, w, h]);
  }

  /** Takes over what another memory knows of a track, under a key of its own. */
  adopt(key: string, other: MotionMemory, trackId: string): void {
    this.tracks.set(key, structuredClone(other.tracks.get(trackId) ?? []));
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

/** Behind something that passed: where an object is again just where it was before, it stood there meanwhile. */
function isBridged(before: Sample | undefined, after: Sample, pauseMs: number): boolean {
  return (
    before !== undefined && pauseMs <= BRIDGE_MS && iou(boxOfSample(before), boxOfSample(after)) >= BRIDGE_IOU
  );
}

function boxOfSample([, x, y, w, h]: Sample): BoxNorm {
  return { x1: x - w / 2, y1: y - h / 2, x2: x + w / 2, y2: y + h / 2 };
}

function motionOf(samples: readonly Sample[]): Motion {
  const count = samples.length;
  const first = samples[0]!;
  const last = samples[count - 1]!;
  const third = Math.max(1, Math.floor(count / 3));
  const early = (field: Field): number => middleMean(samples, 0, third, field);
  const late = (field: Field): number => middleMean(samples, count - third, third, field);
  const [earlyW, lateW, earlyH, lateH] = [early(3), late(3), early(4), late(4)];
  const w = Math.max(1e-9, (earlyW + lateW) / 2);
  const h = Math.max(1e-9, (earlyH + lateH) / 2);
  const shift = Math.hypot((late(1) - early(1)) / w, (late(2) - early(2)) / h);
  const growth = Math.max(Math.abs(lateW - earlyW) / w, Math.abs(lateH - earlyH) / h);
  const spanMs = last[0] - first[0];
  // The middles of the thirds lie closer together than the ends of the window.
  const betweenMs = late(0) - early(0);
  const whole = betweenMs > 0 ? spanMs / betweenMs : 1;
  return { drift: Math.max(shift, growth / 2) * whole, spanMs, fromMs: first[0] };
}

type Field = 0 | 1 | 2 | 3 | 4;

/** Mean of the middle half of some values: wild boxes do not count, and whole pixels average out. */
function middleMean(samples: readonly Sample[], from: number, count: number, field: Field): number {
  const values: number[] = [];
  for (let i = from; i < from + count; i++) {
    const value = samples[i]![field];
    let at = values.length;
    while (at > 0 && values[at - 1]! > value) at--;
    values.splice(at, 0, value);
  }
  const cut = Math.floor(count / 4);
  let sum = 0;
  for (let i = cut; i < count - cut; i++) sum += values[i]!;
  return sum / (count - 2 * cut);
}
