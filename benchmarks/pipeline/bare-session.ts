/** A worker thread that does nothing but `session.run`: the yardstick of the pipeline's throughput. */

import { parentPort, workerData } from 'node:worker_threads';
import { ModelSession } from '../../inference/index.ts';
import { findModel } from '../../models/index.ts';

/** What the thread is given: which model, and for how long. */
export interface BareSessionWork {
  readonly modelId: string;
  readonly seconds: number;
}

/** What it posts: `ready` before the first run that counts, then the number of runs. */
export type BareSessionReport = 'ready' | number;

const { modelId, seconds } = workerData as BareSessionWork;
const { manifest, modelPath } = findModel(modelId);
const session = await ModelSession.open({ manifest, modelPath, threads: 1 });
const { width, height } = manifest.input;
session.prepareInput(new Uint8Array(width * height * 3).map((_, i) => (i * 2_654_435_761) >>> 24));
await session.run();
const report = (value: BareSessionReport): void => parentPort?.postMessage(value, []);
report('ready');
const untilMs = performance.now() + seconds * 1000;
let runs = 0;
for (; performance.now() < untilMs; runs++) await session.run();
await session.close();
report(runs);
