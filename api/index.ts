/** Public face of the API: the server, its own store, and the ports that the program fills. */

export { buildApi } from './build-api.ts';
export type { Api, ApiDeps } from './build-api.ts';
export * from './contract/index.ts';
export { DEFAULT_LIVE_LIMITS } from './live/live-pool.ts';
export type { LiveLimits } from './live/live-pool.ts';
export type {
  CameraControl,
  CameraDirectory,
  FieldProblem,
  LiveSource,
  RuleControl,
  SystemFigures,
  TrackReplay,
} from './ports.ts';
export { redactSource } from './redact-source.ts';
export { ApiStore } from './store/api-store.ts';
export { ruleConfigsOf, RuleSetStore } from './store/rule-sets.ts';
export type { PublishedRule } from './store/rule-sets.ts';
