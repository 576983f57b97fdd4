/** Starts a replay beside the cameras, so that they do not wait for it. */

import { Worker } from 'node:worker_threads';
import { StreetwatchError } from '../../core/index.ts';
import type { ReplayReport } from '../../rules/index.ts';
import { replayTracks } from './replay-tracks.ts';
import type { ReplayAnswer, ReplayStart } from './replay-tracks.ts';

/**
 * Replays in a thread of its own; the built program has one, from the sources it runs here.
 * @throws StreetwatchError `store.failed`, or the reason of `signal` when that ends it.
 */
export async function startReplay(start: ReplayStart, signal: AbortSignal): Promise<ReplayReport> {
  signal.throwIfAborted();
  // Node 20 cannot load TypeScript in a thread.
  if (import.meta.url.endsWith('.ts')) return replayTracks(start);
  const worker = new Worker(new URL('./replay-thread.js', import.meta.url), { workerData: start });
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { report, problem } = await new Promise<ReplayAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => resolve({ problem: 'it was ended' }));
    });
    signal.throwIfAborted();
    if (!report) throw new StreetwatchError('store.failed', `the replay failed: ${problem ?? ''}`);
    return report;
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
