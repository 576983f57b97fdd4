/** Starts a session's worker thread, from the built program and from the sources alike. */

import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { packagePath } from '../core/index.ts';
import type { WorkerStart } from './worker-protocol.ts';

let bundled: Promise<URL> | undefined;

/** A new thread that runs `session-worker`. */
export async function startWorker(start: WorkerStart): Promise<Worker> {
  return new Worker(await workerEntry(), { workerData: start, name: `inference ${start.manifest.id}` });
}

async function workerEntry(): Promise<URL> {
  if (!import.meta.url.endsWith('.ts')) return new URL('./session-worker.js', import.meta.url);
  // Node 20 cannot load TypeScript in a thread. Only tests run the sources; there the development tools are at hand.
  bundled ??= bundleWorker();
  return bundled;
}

async function bundleWorker(): Promise<URL> {
  const { build } = await import('esbuild');
  // Below node_modules, so that the bundle finds its packages; one file per process, because test files run at once.
  const dir = packagePath('node_modules', '.cache', 'streetwatch');
  mkdirSync(dir, { recursive: true });
  const outfile = `${dir}/session-worker-${process.pid}.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL('./session-worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  return pathToFileURL(outfile);
}
