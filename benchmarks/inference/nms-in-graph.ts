/** What suppression inside the graph would cost: a copy of a prepared model with ONNX's own operator behind it. */

import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelEntry } from '../../models/index.ts';
import { appendSuppression } from '../../models/index.ts';
import { noiseFrame } from './speed.ts';
import type { Stopwatch } from './speed.ts';

/** Processor milliseconds that ONNX's NonMaxSuppression adds to a run of a `boxes-scores` model. */
export async function measureGraphSuppression(
  model: Pick<ModelEntry, 'manifest' | 'modelPath'>,
  options: { dir: string; minScore: number; runs: number; clock: Stopwatch },
): Promise<number> {
  const { dir, minScore, runs, clock } = options;
  const path = join(dir, `${model.manifest.id}-nms.onnx`);
  appendSuppression(model.modelPath, path, { iou: model.manifest.nmsIou, minScore, maxPerClass: 300 });
  const { width, height } = model.manifest.input;
  const image = new Tensor('uint8', noiseFrame(model).pixels, [1, height, width, 3]);
  const settings = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const plain = await InferenceSession.create(model.modelPath, settings);
  const added = await InferenceSession.create(path, settings);
  const spent = new Map<InferenceSession, number>([
    [plain, 0],
    [added, 0],
  ]);
  for (let round = 0; round < runs / 10; round++) {
    for (const session of [plain, added]) {
      const from = clock.processorMs();
      for (let i = 0; i < 10; i++) await session.run({ image });
      spent.set(session, spent.get(session)! + clock.processorMs() - from);
    }
  }
  await Promise.all([plain.release(), added.release()]);
  return (spent.get(added)! - spent.get(plain)!) / runs;
}
