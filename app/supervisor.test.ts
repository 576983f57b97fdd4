import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock, silentLog, StreetwatchError } from '../core/index.ts';
import { backoffMs, BACKOFF_STEPS_S, sleep, supervise } from './supervisor.ts';

/** Runs a supervisor whose waits take no time, and collects them. */
async function waitsOf(lengthsMs: readonly (number | 'end')[]): Promise<number[]> {
  const clock = new ManualClock();
  const waits: number[] = [];
  const runs = [...lengthsMs];
  await supervise(
    () => {
      const next = runs.shift();
      if (next === 'end' || next === undefined) return Promise.resolve();
      clock.advance(next);
      return Promise.reject(new StreetwatchError('source.ended', 'gone'));
    },
    new AbortController().signal,
    {
      cameraId: 'a',
      clock,
      log: silentLog,
      random: () => 0.5,
      sleep: (ms) => {
        waits.push(ms);
        return Promise.resolve();
      },
      onFailure: () => {},
    },
  );
  return waits;
}

describe('the supervisor of a source', () => {
  test('waits 1, 5, 10, then 60 seconds, for ever', async () => {
    expect(await waitsOf([0, 0, 0, 0, 0, 0, 'end'])).toEqual([1, 5, 10, 60, 60, 60].map((s) => s * 1000));
  });

  test('starts at the first step again after a run that was good', async () => {
    expect(await waitsOf([0, 0, 0, 60_000, 0, 'end'])).toEqual([1, 5, 10, 1, 5].map((s) => s * 1000));
  });

  test('does not try again when the source ended by itself', async () => {
    expect(await waitsOf(['end', 0])).toEqual([]);
  });

  test('jitter stays within 30 % of the step, and spreads cameras that went away together', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const step = BACKOFF_STEPS_S[Math.min(attempt, 3)]! * 1000;
        const wait = backoffMs(attempt, random);
        expect(wait).toBeGreaterThanOrEqual(step * 0.7 - 1e-6);
        expect(wait).toBeLessThanOrEqual(step * 1.3 + 1e-6);
      }),
    );
    expect(backoffMs(3, 0.9) - backoffMs(3, 0.1)).toBeGreaterThan(20_000);
  });

  test('ends during a wait and during a run when it is told to', async () => {
    const abort = new AbortController();
    let runs = 0;
    const supervised = supervise(
      (signal) => {
        runs++;
        return runs === 1
          ? Promise.reject(new Error('first'))
          : new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => reject(new Error('aborted')));
            });
      },
      abort.signal,
      {
        cameraId: 'a',
        clock: new ManualClock(),
        log: silentLog,
        random: () => 0,
        sleep: (_ms, signal) => sleep(1, signal),
        onFailure: () => {},
      },
    );
    await expect.poll(() => runs).toBe(2);
    abort.abort();
    await supervised;
    expect(runs).toBe(2);
  });
});
