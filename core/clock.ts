/** Clocks are passed in: stages below `app/` never ask the system for the time. */

/** Two clocks: wall time to anchor a run, monotonic time to measure waits. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z; may jump when the system clock is set. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
}

/** A clock that moves only when told to: tests and replay stand on it. */
export class ManualClock implements Clock {
  private wallMs: number;
  private elapsedMs = 0;

  constructor(wallMs = 0) {
    this.wallMs = wallMs;
  }

  nowMs(): number {
    return this.wallMs;
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  /** Lets `deltaMs` (>= 0) pass on both clocks. */
  advance(deltaMs: number): void {
    if (deltaMs < 0) throw new RangeError('time does not go back; use setWall for a clock jump');
    this.wallMs += deltaMs;
    this.elapsedMs += deltaMs;
  }

  /** Sets the wall clock alone, as an operator or NTP would. */
  setWall(wallMs: number): void {
    this.wallMs = wallMs;
  }
}
