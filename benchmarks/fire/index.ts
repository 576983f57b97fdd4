/** Public face of the fire benchmark. */

export { splitDelay, splitTable } from './delay-split.ts';
export type { DelaySplit } from './delay-split.ts';
export { readClip } from './read-clip.ts';
export type { ReadOptions } from './read-clip.ts';
export { FIRE_CLIPS, detectClip, judgeClip, runFire } from './run.ts';
export type { DetectedFrame, FireClip, FireResult, FireRun } from './run.ts';
