/** What reading a configuration file gives to everybody else. */

import type { Config } from './schema.ts';

/** A configuration that was read, with the folder that its relative paths start from. */
export interface LoadedConfig {
  readonly config: Config;
  readonly file: string;
  /** Absolute path of `path` as the file means it. */
  resolve(path: string): string;
}
