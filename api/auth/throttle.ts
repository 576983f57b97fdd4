/** Slows down guessing: after a few failures the next attempt must wait, twice as long each time. */

import type { Clock } from '../../core/index.ts';

/** When waiting begins and how long it gets. */
export interface ThrottleLimits {
  /** Failures without any wait. */
  readonly free: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** Failures are forgotten after this long without another. */
  readonly forgetAfterMs: number;
}

/** Five free attempts, then 2 s, 4 s … 15 min; forgotten after an hour. */
export const SIGN_IN_LIMITS: ThrottleLimits = {
  free: 5,
  firstWaitMs: 2_000,
  longestWaitMs: 15 * 60_000,
  forgetAfterMs: 60 * 60_000,
};

const MOST_KEYS = 10_000;

/** Counts failures by key (a user name, an address). */
export class Throttle {
  private readonly entries = new Map<string, { failures: number; lastMs: number }>();
  private readonly clock: Clock;
  private readonly limits: ThrottleLimits;

  constructor(clock: Clock, limits: ThrottleLimits) {
    this.clock = clock;
    this.limits = limits;
  }

  /** Milliseconds until the key may try again, 0 when it may now. */
  waitMs(key: string): number {
    const entry = this.entries.get(key);
    if (!entry) return 0;
    const passedMs = this.clock.monotonicMs() - entry.lastMs;
    if (passedMs > this.limits.forgetAfterMs) {
      this.entries.delete(key);
      return 0;
    }
    if (entry.failures < this.limits.free) return 0;
    const wait = this.limits.firstWaitMs * 2 ** Math.min(30, entry.failures - this.limits.free);
    return Math.max(0, Math.min(wait, this.limits.longestWaitMs) - passedMs);
  }

  failed(key: string): void {
    const failures = (this.entries.get(key)?.failures ?? 0) + 1;
    this.entries.delete(key);
    this.entries.set(key, { failures, lastMs: this.clock.monotonicMs() });
    // The oldest goes first, so that made-up names cannot fill the memory.
    if (this.entries.size > MOST_KEYS) this.entries.delete(this.entries.keys().next().value!);
  }

  succeeded(key: string): void {
    this.entries.delete(key);
  }
}
