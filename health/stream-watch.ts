/** Faults of the stream itself: no pictures, too few, or a clock that runs away. */

import { Type, type Static } from 'typebox';
import type { HealthOptions } from './options.ts';

export const streamState = Type.Object({
  runId: Type.String(),
  /** Wall time of the last picture; before the first one, of the first tick. `null` before either. */
  lastMs: Type.Union([Type.Null(), Type.Number()]),
  /** Intervals between the last pictures, and the usual one. */
  intervals: Type.Array(Type.Number()),
  usualMs: Type.Number(),
  learnt: Type.Integer(),
  /** Delay of the pictures (arrival minus stream time): least one at the run's start, and in the present span. */
  baseDelayMs: Type.Union([Type.Null(), Type.Number()]),
  spanDelayMs: Type.Union([Type.Null(), Type.Number()]),
  spanStartMs: Type.Number(),
  spans: Type.Integer(),
  driftMs: Type.Number(),
});
type StreamState = Static<typeof streamState>;

/** Intervals that are looked at, and for how long delays are gathered: the least delay of a span is free of jitter. */
const MAX_INTERVALS = 64;
const WINDOW_MS = 5000;
const SPAN_MS = 5000;
/** A tick comes about so often: pictures are known to have come to within it. */
const TICK_MS = 1000;
/** Intervals before the usual one is trusted, and how fast it follows. */
const LEARN_INTERVALS = 12;
const FOLLOW = 0.01;
/** Opening a camera takes so many times the silence that is allowed later: ffmpeg waits for a key frame, and looks at it. */
const OPENING_FACTOR = 3;

/** Follows arrival and timing of one camera's pictures. */
export class StreamWatch {
  private readonly options: HealthOptions;
  /** Whether a picture came since the start of the program. */
  private seen = false;
  /** Whether one came since the last tick, and the last tick before which one came. */
  private heard = false;
  private heardMs: number | undefined;
  private state: StreamState = {
    runId: '',
    lastMs: null,
    intervals: [],
    usualMs: 0,
    learnt: 0,
    baseDelayMs: null,
    spanDelayMs: null,
    spanStartMs: 0,
    spans: 0,
    driftMs: 0,
  };

  constructor(options: HealthOptions) {
    this.options = options;
  }

  /** Interval that is usual for this camera, milliseconds; 0 while it is not known. */
  get usualMs(): number {
    const { expectedFps } = this.options;
    if (expectedFps !== undefined) return 1000 / expectedFps;
    return this.state.learnt >= LEARN_INTERVALS ? this.state.usualMs : 0;
  }

  /** Drift of the stream's clock since the run began, milliseconds: positive when pictures arrive later and later. */
  get driftMs(): number {
    return this.state.driftMs;
  }

  /** Takes a picture. @param slow whether pictures come too slowly now, so that this is not learnt as usual. */
  take(
    ref: { runId: string; ptsMs: number; capturedAtMs: number },
    arrivedMs: number | undefined,
    slow: boolean,
  ): void {
    const s = this.state;
    if (s.runId !== ref.runId) {
      s.runId = ref.runId;
      Object.assign(s, {
        baseDelayMs: null,
        spanDelayMs: null,
        spans: 0,
        driftMs: 0,
        lastMs: null,
        intervals: [],
      });
    }
    if (s.lastMs !== null) {
      const interval = Math.max(0, ref.capturedAtMs - s.lastMs);
      s.intervals.push(interval);
      if (s.intervals.length > MAX_INTERVALS) s.intervals.shift();
      if (!slow && interval > 0) {
        s.learnt++;
        s.usualMs += (interval - s.usualMs) * Math.max(FOLLOW, 1 / s.learnt);
      }
    }
    s.lastMs = ref.capturedAtMs;
    this.seen = true;
    this.heard = true;
    if (arrivedMs !== undefined) this.takeDelay(arrivedMs - ref.ptsMs, arrivedMs);
  }

  private takeDelay(delayMs: number, arrivedMs: number): void {
    const s = this.state;
    if (s.spanDelayMs === null) s.spanStartMs = arrivedMs;
    s.spanDelayMs = Math.min(s.spanDelayMs ?? delayMs, delayMs);
    if (arrivedMs - s.spanStartMs < SPAN_MS) return;
    s.spans++;
    // The first span holds the burst of a camera's start; the second is the yardstick.
    if (s.spans <= 2) s.baseDelayMs = s.spanDelayMs;
    s.driftMs = s.baseDelayMs === null ? 0 : s.spanDelayMs - s.baseDelayMs;
    s.spanDelayMs = null;
  }

  /**
   * Lets time pass. @returns for how long the stream is silent, milliseconds: since its last picture was taken, or 0 while pictures
   * come, however late they are: a busy machine is not a dead camera.
   */
  silence(nowMs: number): number {
    this.state.lastMs ??= nowMs;
    if (this.heard || this.heardMs === undefined) this.heardMs = nowMs;
    this.heard = false;
    return nowMs - this.heardMs >= this.lostAfterMs - TICK_MS ? nowMs - this.state.lastMs : 0;
  }

  /** Time without a picture after which the signal is lost; the first picture after a start may take longer to open. */
  get lostAfterMs(): number {
    const silentMs = this.options.signalLostMs * (this.seen ? 1 : OPENING_FACTOR);
    return Math.max(silentMs, 4 * this.usualMs);
  }

  /** Mean interval of the last seconds ÷ the usual one; `undefined` while either is not known. */
  slowness(): number | undefined {
    const usual = this.usualMs;
    if (usual === 0) return undefined;
    const window = Math.max(WINDOW_MS, 4 * usual);
    let sum = 0;
    let n = 0;
    for (let i = this.state.intervals.length - 1; i >= 0 && (sum < window || n < 3); i--) {
      sum += this.state.intervals[i]!;
      n++;
    }
    return n < 3 ? undefined : sum / n / usual;
  }

  /** The rate was changed on purpose: what is usual is learnt anew. */
  forgetRate(): void {
    Object.assign(this.state, { intervals: [], usualMs: 0, learnt: 0 });
  }

  save(): StreamState {
    return structuredClone(this.state);
  }

  restore(state: StreamState): void {
    // The time in which we were away is not the camera's silence.
    this.state = { ...structuredClone(state), lastMs: null };
  }
}
