/** Public face of the tracking benchmark. */

export { OC_SORT_FPS, measureTracking, runScene, sceneOf, trackingReport } from './run.ts';
export type { TrackingSpeed } from './run.ts';
