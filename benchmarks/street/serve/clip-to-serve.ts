/** Finds what the command line of `streetwatch-street` names: scenario files, rendered clips, any video file. */

import { existsSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';

import { packagePath, StreetwatchError } from '../../../core/index.ts';
import { clipIn } from '../clips.ts';
import { loadScenario } from '../scenario/load.ts';
import type { StreetClip } from './serve-street.ts';

/** A file as it is named; otherwise a scenario that comes with the program. */
export function scenarioPath(name: string): string {
  if (/\.ya?ml$/.test(name)) return resolve(name);
  return packagePath('benchmarks', 'street', 'scenarios', `${basename(name)}.yaml`);
}

/**
 * A video file as it is; a rendered scenario or variant of one with what goes wrong on the way.
 * @param what a video file, a scenario file, or the name of a scenario or of a clip in `clipsDir`.
 * @throws StreetwatchError `clip.invalid` when it has not been rendered, or there is no such scenario.
 */
export function clipToServe(what: string, clipsDir: string): StreetClip {
  if (/\.(mp4|mov|m4v|mkv|avi)$/i.test(what))
    return { name: basename(what, extname(what)), path: resolve(what) };
  const isRendered = !what.includes('/') && existsSync(join(clipsDir, `${what}.incidents.json`));
  const name = isRendered ? what : loadScenario(scenarioPath(what)).name;
  const path = join(clipsDir, `${name}.mp4`);
  if (!existsSync(path)) {
    const hint = `streetwatch-street render ${what} --out ${clipsDir}`;
    throw new StreetwatchError(
      'clip.invalid',
      `${name} has not been rendered to ${path}: run "${hint}" first.`,
    );
  }
  return { name, path, faults: clipIn(clipsDir, name).truth.serving };
}
