/** The configuration: schema, reading, problems. */

export type { ConfigResult, LoadedConfig } from './load.ts';
export { loadConfig, readConfig } from './load.ts';
export type { Problem } from './problems.ts';
export { formatProblem } from './problems.ts';
export type { CameraConfig, Config } from './schema.ts';
export { ConfigSchema } from './schema.ts';
export { parseListen } from './semantics.ts';
