/** Public face of tracking: detections become tracks. */

export { Tracker } from './tracker.ts';
export type { TrackerState } from './tracker.ts';
export { TRACKER_DEFAULTS } from './options.ts';
export type { TrackerOptions } from './options.ts';
