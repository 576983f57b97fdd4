/** Public face of the tracking benchmark. */

export { OC_SORT_FPS, measureIdentity, measureTracking, runScene, sceneOf, trackingReport } from './run.ts';
export type { TrackingQuality, TrackingSpeed } from './run.ts';
