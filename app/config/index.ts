/** The configuration: schema, reading, problems. */

export { cameraOf, cameraSettingsSchema, checkCameraSettings, settingsOf } from './camera-settings.ts';
export type { ConfigResult } from './load.ts';
export { loadConfig, readConfig } from './load.ts';
export type { LoadedConfig } from './loaded-config.ts';
export type { Problem } from './problems.ts';
export { formatProblem } from './problems.ts';
export type { CameraConfig, Config } from './schema.ts';
export { ConfigSchema } from './schema.ts';
export { isUrl, parseListen } from './semantics.ts';
