/** Public face of tracking: detections become tracks. */

export { Tracker } from './tracker.ts';
export type { TrackerState } from './tracker-state.ts';
export { TRACKER_DEFAULTS } from './options.ts';
export type { TrackerOptions } from './options.ts';
export { StaticForeground } from './static-foreground.ts';
export type { StaticForegroundState } from './static-foreground.ts';
export { STATIC_FOREGROUND_DEFAULTS } from './static-foreground-options.ts';
export type { StaticForegroundOptions } from './static-foreground-options.ts';
