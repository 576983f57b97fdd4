/** Which camera faults suspend which kind of rule: a judgement on a picture that lies is worse than none. */

import type { CameraFault } from '../core/index.ts';

/** Nothing can be seen, or what is seen is not what the zone was drawn on. */
const BLIND: readonly CameraFault[] = [
  'signal_lost',
  'frozen',
  'black',
  'covered',
  'blurred',
  'noise',
  'stripes',
  'moved',
];

/**
 * For each rule kind the faults that falsify it; kinds that are not listed take {@link BLIND}. The others
 * (`too_dark`, `too_bright`, `colour_cast`, `low_frame_rate`, `clock_drift`) make detection poorer, not false: dwell has
 * its grace for that. Flames light up a blurred picture and fires matter most, so blur does not silence `fire_smoke`;
 * a colour cast does, because a red picture looks like fire.
 */
export const FAULTS_THAT_SUSPEND: Readonly<Record<string, readonly CameraFault[]>> = {
  fire_smoke: [...BLIND.filter((fault) => fault !== 'blurred'), 'colour_cast'],
};

/** The active faults that suspend a rule of this kind, in the order in which they were given. */
export function suspendingFaults(kind: string, faults: readonly CameraFault[]): readonly CameraFault[] {
  if (faults.length === 0) return faults;
  const list = FAULTS_THAT_SUSPEND[kind] ?? BLIND;
  return faults.filter((fault) => list.includes(fault));
}
