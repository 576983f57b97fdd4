/** Public face of camera health: whether a camera can see. */

export { HealthMonitor } from './health-monitor.ts';
export { HEALTH_DEFAULTS, PICTURE_FAULTS } from './options.ts';
export type { HealthOptions, PictureFault } from './options.ts';
export type { Timing } from './fault-timer.ts';
