/** Rendered clips with their truth: those that are kept in the repository, and those in any other folder. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { packagePath, StreetwatchError } from '../../core/index.ts';
import type { FrameTruth, ScenarioTruth } from './timeline/truth-types.ts';

export interface CommittedClip {
  readonly name: string;
  readonly path: string;
  readonly truthPath: string;
  readonly truth: ScenarioTruth;
}

/** @param name `parking`, `littering` or `fire`. @throws StreetwatchError `clip.invalid` when there is no such clip. */
export function committedClip(name: string): CommittedClip {
  return clipIn(packagePath('benchmarks', 'street', 'clips'), name);
}

/** A clip that `streetwatch-street render` wrote to `folder`. @throws StreetwatchError `clip.invalid` when it is not there. */
export function clipIn(folder: string, name: string): CommittedClip {
  if (!readdirSync(folder).includes(`${name}.incidents.json`)) {
    throw new StreetwatchError('clip.invalid', `There is no clip "${name}" in ${folder}.`);
  }
  const file = (ending: string) => join(folder, `${name}.${ending}`);
  const truth: ScenarioTruth = JSON.parse(readFileSync(file('incidents.json'), 'utf8'));
  return { name, path: file('mp4'), truthPath: file('truth.jsonl.gz'), truth };
}

/** The truth of every frame, in order. */
export function readTruth(path: string): FrameTruth[] {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
  return lines.map((line) => {
    const frame: FrameTruth = JSON.parse(line);
    return frame;
  });
}
