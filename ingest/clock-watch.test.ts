/** A run whose clock goes astray ends; jitter, pauses and slow networks do not end it. */

import { describe, expect, it } from 'vitest';

import { ClockWatch } from './clock-watch.ts';

/** Frames 200 ms apart for so many seconds; `late` and `wall` distort arrival and wall clock at a stream time. */
function first(
  seconds: number,
  distort: {
    late?: (ptsMs: number) => number;
    wall?: (ptsMs: number) => number;
    pts?: (ptsMs: number) => number;
  },
): string | undefined {
  const watch = new ClockWatch();
  for (let ptsMs = 0; ptsMs < seconds * 1_000; ptsMs += 200) {
    const monotonicMs = 5_000 + ptsMs + (distort.late?.(ptsMs) ?? 0);
    const wallMs = 1e12 + monotonicMs + (distort.wall?.(ptsMs) ?? 0);
    const problem = watch.check({ monotonicMs, wallMs, ptsMs: distort.pts?.(ptsMs) ?? ptsMs });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const HOUR_S = 3_600;

describe('ClockWatch', () => {
  it.each([
    ['a steady clock', {}],
    ['jitter of half a second', { late: (ptsMs: number) => (ptsMs % 1_000) / 2 }],
    [
      'a network that is gone for 25 s and then catches up',
      { late: (ptsMs: number) => (ptsMs < 60_000 || ptsMs > 80_000 ? 0 : 25_000) },
    ],
    ['50 parts in a million', { late: (ptsMs: number) => -ptsMs * 5e-5 }],
    ['a wall clock that is disciplined slowly', { wall: (ptsMs: number) => ptsMs * 1e-4 }],
    ['B-frames numbered wrongly', { pts: (ptsMs: number) => (ptsMs % 600 === 0 ? ptsMs - 300 : ptsMs) }],
  ])('goes on with %s', (_what, distort) => {
    expect(first(HOUR_S, distort)).toBeUndefined();
  });

  it.each([
    [
      'a jump back',
      { pts: (ptsMs: number) => (ptsMs < 10_000 ? ptsMs : ptsMs - 5_000) },
      /went back by 4800 ms/,
    ],
    ['a jump ahead', { pts: (ptsMs: number) => (ptsMs < 10_000 ? ptsMs : ptsMs + 5_000) }, /5000 ms ahead/],
    [
      'a wall clock that is set',
      { wall: (ptsMs: number) => (ptsMs < 10_000 ? 0 : -3_600_000) },
      /clock of this machine was set by -3600000 ms/,
    ],
    ['a clock that is one part in a thousand fast', { late: (ptsMs: number) => -ptsMs * 1e-3 }, /ahead/],
    ['a stream that falls ever further behind', { late: (ptsMs: number) => ptsMs * 0.01 }, /behind/],
  ])('ends with %s', (_what, distort, problem) => {
    expect(first(HOUR_S, distort)).toMatch(problem);
  });
});
