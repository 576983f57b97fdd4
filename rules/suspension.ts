/** Which camera faults falsify which kinds of judgement. */

import type { CameraFault } from '../core/index.ts';

/** Faults under which a place cannot be seen at all, or not where it was: presence and absence mean nothing. */
export const BLINDING_FAULTS: ReadonlySet<CameraFault> = new Set<CameraFault>([
  'signal_lost',
  'frozen',
  'black',
  'too_dark',
  'too_bright',
  'blurred',
  'covered',
  'moved',
  'noise',
  'stripes',
]);

/** Whether any active fault is one of those that falsify a rule. */
export function isSuspended(
  faults: readonly CameraFault[],
  falsifying: ReadonlySet<CameraFault> = BLINDING_FAULTS,
): boolean {
  return faults.some((fault) => falsifying.has(fault));
}
