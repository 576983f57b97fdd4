/** Whether the clock of a live stream still goes with ours: a run is anchored once, so it must not go astray. */

/** A picture cannot come before it was taken; what is beyond this was not jitter. */
const AHEAD_LIMIT_MS = 2_000;

/** Cameras that number B-frames wrongly send pictures out of order by less than this; the reader leaves those out. */
const BACK_LIMIT_MS = 1_000;

/** All pictures of a whole window this late: the camera's clock is slow, or we are too slow for the stream. */
const BEHIND_LIMIT_MS = 10_000;
const BEHIND_WINDOW_MS = 30_000;

/** The system's clock was set by more than a clock that is only disciplined moves. */
const WALL_STEP_MS = 2_000;

export interface Arrival {
  readonly monotonicMs: number;
  readonly wallMs: number;
  readonly ptsMs: number;
}

/**
 * Compares stream time, monotonic time and wall time against the arrivals it saw first. Quartz in cameras is off by some
 * 50 parts in a million, 4 s a day: nothing within a dwell, but a run may last for months.
 */
export class ClockWatch {
  private first: { offsetMs: number; wallOffsetMs: number } | undefined;
  private lastPtsMs = -Infinity;
  private windowFromMs = 0;
  private windowLateMs = Infinity;

  /** @returns what is wrong, as the end of a sentence about the camera, or `undefined`. */
  check(arrival: Arrival): string | undefined {
    const { monotonicMs, wallMs, ptsMs } = arrival;
    const offsetMs = monotonicMs - ptsMs;
    const backMs = this.lastPtsMs - ptsMs;
    if (backMs > BACK_LIMIT_MS) return `has a stream clock that went back by ${backMs} ms`;
    this.lastPtsMs = Math.max(this.lastPtsMs, ptsMs);
    if (this.first === undefined) {
      this.first = { offsetMs, wallOffsetMs: wallMs - monotonicMs };
      this.windowFromMs = monotonicMs;
      return undefined;
    }
    const stepMs = wallMs - monotonicMs - this.first.wallOffsetMs;
    if (Math.abs(stepMs) > WALL_STEP_MS)
      return `must be timed anew: the clock of this machine was set by ${Math.round(stepMs)} ms`;
    const lateMs = offsetMs - this.first.offsetMs;
    if (lateMs < -AHEAD_LIMIT_MS) return `has a stream clock that is ${Math.round(-lateMs)} ms ahead`;
    return this.behind(monotonicMs, lateMs);
  }

  /** Arrivals while the backlog of opening is used up are late; the least late one counts, as for the anchor. */
  rebase(arrival: Arrival): void {
    if (this.first === undefined) return;
    this.first.offsetMs = Math.min(this.first.offsetMs, arrival.monotonicMs - arrival.ptsMs);
  }

  private behind(monotonicMs: number, lateMs: number): string | undefined {
    this.windowLateMs = Math.min(this.windowLateMs, lateMs);
    if (monotonicMs - this.windowFromMs < BEHIND_WINDOW_MS) return undefined;
    const latestMs = this.windowLateMs;
    this.windowFromMs = monotonicMs;
    this.windowLateMs = Infinity;
    return latestMs > BEHIND_LIMIT_MS ? `runs ${Math.round(latestMs)} ms behind` : undefined;
  }
}
