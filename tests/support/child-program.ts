/** Compiles a TypeScript entry into one file that plain Node runs: for tests that need a process of their own to kill. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');

/** @returns the path of the compiled program, inside the repository so that it finds the packages. */
export async function compileChild(entry: string): Promise<string> {
  const folder = join(root, 'node_modules/.cache/streetwatch-tests');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${entry.replace(/\W+/g, '-')}-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, 'tests/support', entry)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  });
  return outfile;
}
