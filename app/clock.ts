/** The one place that asks the system for the time. */

import type { Clock } from '../core/index.ts';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
