/** Episode ids and the parts that all signals of a rule share. */

import type { FrameRef, RuleSignal } from '../core/index.ts';
import type { RuleSetup } from './rule.ts';

/**
 * Id of one real-world event, made of nothing but what a replay knows as well.
 * @param firstSeenMs wall time of the first sight; @param n number of the place within the rule.
 */
export function episodeIdOf(setup: RuleSetup<unknown>, firstSeenMs: number, n: number): string {
  return `${setup.cameraId}/${setup.ruleId}/${firstSeenMs}/${n}`;
}

/** The fields of a signal that follow from the rule and the frame. */
export function signalBase(
  setup: RuleSetup<unknown>,
  frame: FrameRef,
): Pick<RuleSignal, 'cameraId' | 'runId' | 'ruleId' | 'ruleVersion' | 'zoneId' | 'zoneVersion' | 'atMs'> {
  return {
    cameraId: setup.cameraId,
    runId: frame.runId,
    ruleId: setup.ruleId,
    ruleVersion: setup.ruleVersion,
    zoneId: setup.zone.zoneId,
    zoneVersion: setup.zone.version,
    atMs: frame.capturedAtMs,
  };
}
