/** Replays two sets of rules over kept tracks and compares what they raise. */

import type { ReplayReport, RuleConfig } from '../../rules/index.ts';
import { replayChange } from '../../rules/index.ts';
import { readTracks } from './track-history.ts';

/** The rules begin so long before the span, so that what stood there already is known. */
const WARM_UP_MS = 3_600_000;

/** JSON in, JSON out: it goes to a thread. */
export interface ReplayStart {
  readonly path: string;
  readonly cameraId: string;
  readonly before: readonly RuleConfig[];
  readonly after: readonly RuleConfig[];
  /** The span whose events are compared, wall time. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a thread that replays says at its end. */
export interface ReplayAnswer {
  readonly report?: ReplayReport;
  readonly problem?: string;
}

/** @throws StreetwatchError `rule.invalid`, `zone.invalid`, `store.failed`. */
export function replayTracks(start: ReplayStart): ReplayReport {
  const { path, cameraId, fromMs, toMs } = start;
  return replayChange(start, readTracks(path, { cameraId, fromMs: fromMs - WARM_UP_MS, toMs }));
}
