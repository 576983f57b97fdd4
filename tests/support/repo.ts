/** The repository as consistency tests read it: tracked files and their texts. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { packagePath } from '../../core/index.ts';

/** Paths, relative to the root, of all files that git tracks or would track. */
export function repositoryFiles(): string[] {
  const list = (...flags: string[]): string[] =>
    execFileSync('git', ['ls-files', '-z', ...flags], { cwd: packagePath(), encoding: 'utf8' }).split('\0');
  const deleted = new Set(list('--deleted'));
  return [...list(), ...list('--others', '--exclude-standard')].filter(
    (path) => path !== '' && !deleted.has(path),
  );
}

export function readRepositoryFile(path: string): string {
  return readFileSync(packagePath(...path.split('/')), 'utf8');
}
