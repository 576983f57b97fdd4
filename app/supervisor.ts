/** Keeps a camera's source running for ever: stepped back-off with jitter, reset after a run that was good. */

import type { Clock, Log } from '../core/index.ts';
import { messageOf, StreetwatchError } from '../core/index.ts';

/** Waits between tries, seconds; the last one repeats for ever (steps as in go2rtc, jitter is ours). */
export const BACKOFF_STEPS_S = [1, 5, 10, 60] as const;

/** A run that lasted this long was good: the next failure starts at the first step again. */
const GOOD_RUN_MS = 60_000;

/**
 * How long to wait before try number `attempt` (from 0): the step ± 30 %, so that cameras that went away together
 * do not come back together.
 *
 * @param random 0–1.
 */
export function backoffMs(attempt: number, random: number): number {
  const step = BACKOFF_STEPS_S[Math.min(attempt, BACKOFF_STEPS_S.length - 1)]!;
  return step * 1000 * (0.7 + 0.6 * random);
}

export interface SupervisorOptions {
  readonly cameraId: string;
  readonly clock: Clock;
  readonly log: Log;
  /** 0–1, for jitter. */
  random(): number;
  /** Waits, or returns early on abort. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Called with each failure, before the wait. */
  onFailure(error: unknown, retryInMs: number): void;
}

/**
 * Runs `attempt` until it resolves (a file that ended) or `signal` aborts; each rejection is logged with its code and
 * tried again, for ever.
 */
export async function supervise(
  attempt: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
  options: SupervisorOptions,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const startedMs = options.clock.monotonicMs();
    try {
      await attempt(signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (options.clock.monotonicMs() - startedMs >= GOOD_RUN_MS) failures = 0;
      const retryInMs = Math.round(backoffMs(failures++, options.random()));
      const code = error instanceof StreetwatchError ? error.code : 'unexpected';
      options.log.warn(
        { cameraId: options.cameraId, code, error: messageOf(error), retryInMs },
        'source failed',
      );
      options.onFailure(error, retryInMs);
      await options.sleep(retryInMs, signal);
    }
  }
}

/** A wait that ends early when `signal` aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
