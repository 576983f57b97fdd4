/** Weights that a detector must refuse at its start, each with the file and the reason. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentLog } from '../core/index.ts';
import { parseManifest } from '../models/index.ts';
import { encodeOnnx, floatTensor, int64Tensor, intAttribute } from '../models/onnx/index.ts';
import type { OnnxModel } from '../models/onnx/index.ts';
import { createDetector } from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'streetwatch-start-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** One clip with its limits as inputs, as operator sets from 11 on write it. */
function clip(opset: number): OnnxModel {
  const value = (name: string) => ({
    name,
    type: {
      tensorType: { elemType: 1, shape: { dim: [1, 3, 32, 32].map((dimValue) => ({ dimValue })) } },
    },
  });
  return {
    irVersion: 4,
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: [],
    functions: [],
    graph: {
      name: 'tiny',
      node: [{ opType: 'Clip', input: ['in', 'low', 'high'], output: ['out'], attribute: [], name: 'clip' }],
      initializer: [floatTensor('low', [], [0]), floatTensor('high', [], [1])],
      input: [value('in')],
      output: [value('out')],
      valueInfo: [],
      sparseInitializer: [],
    },
  };
}

function external(): OnnxModel {
  const model = clip(11);
  const weight = model.graph.initializer[0]!;
  delete weight.rawData;
  weight.dataLocation = 1;
  weight.externalData = [{ key: 'location', value: 'weights.bin' }];
  return model;
}

/** As a `boxes-scores` model would be, but its scores are what the picture holds, 114 where it is grey. */
function withoutSigmoid(): OnnxModel {
  const model = clip(14);
  const { graph } = model;
  graph.initializer = [int64Tensor('to', [3], [1, 16, -1])];
  graph.node = [
    { opType: 'Reshape', input: ['in', 'to'], output: ['flat'], attribute: [] },
    {
      opType: 'Split',
      input: ['flat', 'parts'],
      output: ['boxes', 'scores', 'rest'],
      attribute: [intAttribute('axis', 2)],
    },
  ];
  graph.initializer.push(int64Tensor('parts', [3], [4, 1, 187]));
  graph.output = ['boxes', 'scores'].map((name) => ({ name, type: { tensorType: { elemType: 1 } } }));
  return model;
}

test.each([
  [
    'scores without sigmoid',
    () => encodeOnnx(withoutSigmoid()),
    'model.shape-mismatch',
    'a score is 114, not from 0 to 1',
    'boxes-scores',
  ],
  [
    'an operator set that is too old',
    () => encodeOnnx(clip(9)),
    'model.unsupported',
    'operator set is 9, export it with 11 to 22',
  ],
  ['an operator set that is too new', () => encodeOnnx(clip(99)), 'model.unsupported', 'operator set is 99'],
  // The second file is there and the runtime would take it, but no hash would prove it.
  ['external data', () => encodeOnnx(external()), 'model.unsupported', 'second file'],
  [
    'another family',
    () => encodeOnnx(clip(11)),
    'model.shape-mismatch',
    'the graph gives out [1, 3, 32, 32]',
  ],
  ['half a file', () => encodeOnnx(clip(11)).slice(0, 60), 'model.invalid', 'not an ONNX model'],
])('%s', async (name, make, code, message, decoder = 'yolox') => {
  const bytes = make();
  const file = join(dir, `${name.replaceAll(' ', '-')}.onnx`);
  writeFileSync(file, bytes);
  writeFileSync(join(dir, 'weights.bin'), new Uint8Array(4));
  const manifest = parseManifest(
    {
      id: 'tiny',
      name: 'Tiny',
      file,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      licence: 'Apache-2.0',
      decoder,
      classes: ['car'],
      input: {
        width: 32,
        height: 32,
        layout: 'nchw',
        dtype: 'float32',
        colour: 'rgb',
        resize: 'letterbox',
        padValue: 114,
      },
      scoreThresholds: { car: 0.5 },
      nmsIou: 0.6,
    },
    'tiny.json',
  );
  const attempt = createDetector({ manifest, modelPath: file, sessions: 1, log: silentLog });
  await expect(attempt).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  await expect(attempt).rejects.toMatchObject({ message: expect.stringContaining(file) });
});
