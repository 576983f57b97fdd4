/** Prints the speed of models: `npm run bench:inference [-- MODEL_ID…]`. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../../core/index.ts';
import type { ModelEntry } from '../../models/index.ts';
import { findModel, listModels, sha256File } from '../../models/index.ts';
import { measureGraphSuppression } from './nms-in-graph.ts';
import { measurePools, measureRuns } from './speed.ts';
import type { Stopwatch } from './speed.ts';

const RUNS = 100;

const clock: Stopwatch = {
  wallMs: () => performance.now(),
  processorMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/** YOLOX-nano 416 as it is published, to compare with, where it is at hand. */
async function yardstick(): Promise<Pick<ModelEntry, 'manifest' | 'modelPath'>[]> {
  const modelPath = packagePath('..', 'shared', 'models', 'yolox_nano.onnx');
  if (!existsSync(modelPath)) return [];
  const { manifest } = findModel('public-yolox-nano-416');
  return [
    {
      manifest: { ...manifest, id: 'yolox-nano-416 as published', sha256: await sha256File(modelPath) },
      modelPath,
    },
  ];
}

const ids = process.argv.slice(2);
const models =
  ids.length > 0 ? ids.map((id) => findModel(id)) : listModels().filter((entry) => entry.present);
const ms = (value: number): string => value.toFixed(2).padStart(8);

console.log(
  `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`,
);
console.log(`\none core, batch 1, bare session.run, ${RUNS} runs taken in turns; milliseconds`);
console.log(`${'model'.padEnd(30)}${'canvas'.padEnd(10)}    best  middle processor  decode+NMS  at 0.01`);
for (const f of await measureRuns([...models, ...(await yardstick())], RUNS, clock)) {
  console.log(
    `${f.modelId.padEnd(30)}${f.canvas.padEnd(10)}${ms(f.bestMs)}${ms(f.middleMs)}  ${ms(f.processorMs)}    ${ms(f.afterMs)} ${ms(f.afterAllMs)}`,
  );
}

const cores = availableParallelism();
const shapes = [
  { sessions: 1, threadsPerSession: 1 },
  { sessions: 1, threadsPerSession: cores },
  { sessions: cores, threadsPerSession: 1 },
  { sessions: cores + 1, threadsPerSession: 1 },
];
const dir = mkdtempSync(join(tmpdir(), 'streetwatch-bench-'));
for (const model of models) {
  console.log(`\n${model.manifest.id}: whole detectors, ${2 * RUNS} frames`);
  console.log('sessions  threads each  frames/s  processor ms/frame');
  for (const f of await measurePools(model, shapes, 2 * RUNS, clock)) {
    console.log(
      `${String(f.sessions).padStart(8)}${String(f.threadsPerSession).padStart(14)}${f.framesPerSecond.toFixed(1).padStart(10)}${ms(f.processorMsPerFrame)}`,
    );
  }
  if (model.manifest.decoder !== 'boxes-scores') continue;
  for (const minScore of [0.3, 0.01]) {
    const added = await measureGraphSuppression(model, { dir, minScore, runs: RUNS, clock });
    console.log(`NMS inside the graph, scores from ${minScore}: ${added.toFixed(2)} processor ms more a run`);
  }
}
rmSync(dir, { recursive: true });
