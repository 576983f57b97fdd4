/** The clock of a rule, frame by frame, when the times that it is given are not what they should be. */

import { describe, expect, it } from 'vitest';
import { RuleClock } from './rule-clock.ts';

/** Rule time after each frame of a camera that sees all the time. */
function played(times: readonly number[]): number[] {
  const clock = new RuleClock();
  return times.map((capturedAtMs) => {
    clock.advance(capturedAtMs, false);
    return clock.nowMs;
  });
}

describe('rule clock', () => {
  it.each<[string, number[], number[]]>([
    ['goes on with the frames', [5000, 5100, 5300], [0, 100, 300]],
    ['counts no more of a gap than a step', [5000, 65_000, 65_100], [0, 10_000, 10_100]],
    ['does not go back', [5000, 5100, 1000, 1100], [0, 100, 100, 200]],
    ['ignores a time that is not a number', [5000, Number.NaN, 5200, 5300], [0, 0, 200, 300]],
    ['ignores an infinite time', [5000, Number.POSITIVE_INFINITY, 5200, 5300], [0, 0, 200, 300]],
    ['ignores an endless past', [5000, Number.NEGATIVE_INFINITY, 5200, 5300], [0, 0, 200, 300]],
    ['begins at the first time that is one', [Number.NaN, 5000, 5100], [0, 0, 100]],
    ['stands the largest numbers', [-1e308, 1e308, 5000, 5100], [0, 10_000, 10_000, 10_100]],
  ])('%s', (_, times, expected) => {
    expect(played(times)).toEqual(expected);
  });

  it('neither sees nor hides a gap because of a time that is not a number', () => {
    const clock = new RuleClock();
    clock.advance(5000, false);
    expect(clock.advance(Number.NaN, false)).toBe(0);
    expect(clock.hasGap).toBe(false);
    clock.advance(65_000, false);
    expect(clock.hasGap).toBe(true);
  });

  it('counts nothing of what the camera could not see, also where the time was not a number', () => {
    const clock = new RuleClock();
    clock.advance(5000, false);
    expect(clock.advance(Number.NaN, true)).toBe(0);
    expect(clock.advance(9000, true)).toBe(0);
    expect(clock.advance(9100, false)).toBe(100);
    expect(clock.save()).toEqual({ ruleMs: 100, lastCapturedMs: 9100 });
  });
});
