/** The clock of one rule: wall time of capture, without the spans in which the camera could not see. */

/** Saved form of a {@link RuleClock}. */
export interface RuleClockState {
  ruleMs: number;
  lastCapturedMs: number | null;
}

/**
 * Time as a rule counts it. It moves with `FrameRef.capturedAtMs`, so it goes on across reconnects and restarts, and
 * stands still while the camera cannot see, so that neither dwell nor grace runs on what nobody saw. It never goes
 * back: a camera or server clock that is set back adds nothing, and a time that is not a finite number is no time.
 */
export class RuleClock {
  private readonly maxStepMs: number;
  private ruleMs = 0;
  private lastCapturedMs: number | null = null;
  private wasLongStep = false;

  /**
   * @param maxStepMs the most that one step between two frames may add, milliseconds. Raising it credits longer
   * outages to what stood on both sides of them; lowering it makes dwell need more pictures. The default lets key
   * frames ten seconds apart count in full, and hardly anything of the time in which the signal was lost.
   */
  constructor(maxStepMs = 10_000) {
    this.maxStepMs = maxStepMs;
  }

  /** Rule time, milliseconds from the first frame. */
  get nowMs(): number {
    return this.ruleMs;
  }

  /** Whether the last step was longer than what is counted at most: nobody saw what happened meanwhile. */
  get hasGap(): boolean {
    return this.wasLongStep;
  }

  /**
   * Takes one frame and gives the step that was counted, milliseconds.
   * @param suspended the camera cannot see: the step up to this frame is not counted.
   */
  advance(capturedAtMs: number, suspended: boolean): number {
    this.wasLongStep = false;
    // NaN would stay in every sum for ever; the next frame counts from the last time that was one.
    if (!Number.isFinite(capturedAtMs)) return 0;
    const last = this.lastCapturedMs;
    this.lastCapturedMs = capturedAtMs;
    this.wasLongStep = last !== null && capturedAtMs - last > this.maxStepMs;
    if (last === null || suspended) return 0;
    const stepMs = Math.min(this.maxStepMs, Math.max(0, capturedAtMs - last));
    this.ruleMs += stepMs;
    return stepMs;
  }

  save(): RuleClockState {
    return { ruleMs: this.ruleMs, lastCapturedMs: this.lastCapturedMs };
  }

  restore(state: RuleClockState): void {
    this.ruleMs = state.ruleMs;
    this.lastCapturedMs = state.lastCapturedMs;
  }
}
