/** Graph preparation on tiny graphs of each family: the prepared one must say what the original says. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import {
  decodeOnnx,
  encodeOnnx,
  floatTensor,
  int64Tensor,
  intAttribute,
  intsAttribute,
  readOnnx,
  stringAttribute,
} from '../onnx/index.ts';
import type { OnnxModel, OnnxNode, OnnxTensor } from '../onnx/index.ts';
import { prepareGraph } from './prepare-model.ts';
import type { PrepareOptions } from './prepare-model.ts';

const dir = mkdtempSync(join(tmpdir(), 'streetwatch-prepare-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** Numbers that look random and are the same every time. */
function noise(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 1073741824 - 1;
  });
}

class Builder {
  readonly node: OnnxNode[] = [];
  readonly initializer: OnnxTensor[] = [];
  private seed = 1;

  add(opType: string, input: string[], output: string[], attribute: OnnxNode['attribute'] = []): string {
    this.node.push({ opType, input, output, attribute, name: output[0]! });
    return output[0]!;
  }

  conv(from: string, name: string, dims: [number, number, number, number], stride: number): string {
    const count = dims.reduce((a, b) => a * b, 1);
    const spread = 1 / Math.sqrt(count / dims[0]);
    this.initializer.push(
      floatTensor(
        `${name}.w`,
        dims,
        noise(count, this.seed++).map((v) => v * spread),
      ),
    );
    this.initializer.push(
      floatTensor(
        `${name}.b`,
        [dims[0]],
        noise(dims[0], this.seed++).map((v) => v * 0.1),
      ),
    );
    const pad = (dims[2] - 1) >> 1;
    return this.add(
      'Conv',
      [from, `${name}.w`, `${name}.b`],
      [name],
      [
        intsAttribute('kernel_shape', [dims[2], dims[3]]),
        intsAttribute('strides', [stride, stride]),
        intsAttribute('pads', [pad, pad, pad, pad]),
      ],
    );
  }

  model(size: number, outputs: [string, number[]][], weightsAsInputs: boolean, opset = 11): OnnxModel {
    const value = (name: string, dims: readonly number[]) => ({
      name,
      type: { tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
    });
    const int64 = (tensor: OnnxTensor) => tensor.dataType === 7;
    return {
      irVersion: 7,
      opsetImport: [{ domain: '', version: opset }],
      metadataProps: [],
      functions: [],
      graph: {
        name: 'tiny',
        node: this.node,
        initializer: this.initializer,
        input: [
          value('picture', [1, 3, size, size]),
          ...(weightsAsInputs
            ? this.initializer.filter((t) => !int64(t)).map((t) => value(t.name!, t.dims))
            : []),
        ],
        output: outputs.map(([name, dims]) => value(name, dims)),
        valueInfo: [],
        sparseInitializer: [],
      },
    };
  }
}

/** 5 classes, 8 bins; hard-swish spelled out, channel shuffle with fixed sizes, Split with an attribute, nearest doubling. */
function tinyPicodet(size = 64): OnnxModel {
  const b = new Builder();
  const cells = (stride: number) => Math.ceil(size / stride);
  for (const [name, value] of [
    ['three', 3],
    ['zero', 0],
    ['six', 6],
  ] as const)
    b.initializer.push(floatTensor(name, [], [value]));
  const swish = (x: string): string => {
    b.add('Add', [x, 'three'], [`${x}.a`]);
    b.add('Clip', [`${x}.a`, 'zero', 'six'], [`${x}.c`]);
    b.add('Mul', [x, `${x}.c`], [`${x}.m`]);
    return b.add('Div', [`${x}.m`, 'six'], [`${x}.s`]);
  };
  const c4 = swish(b.conv('picture', 'stem', [8, 3, 3, 3], 2));
  let x = swish(b.conv(b.conv(c4, 'down4', [8, 8, 3, 3], 2), 'down8', [8, 8, 3, 3], 2));
  const s = cells(8);
  b.initializer.push(int64Tensor('five', [5], [1, 2, 4, s, s]), int64Tensor('four', [4], [1, 8, s, s]));
  b.add('Reshape', [x, 'five'], ['r5']);
  b.add('Transpose', ['r5'], ['t5'], [intsAttribute('perm', [0, 2, 1, 3, 4])]);
  x = b.add('Reshape', ['t5', 'four'], ['r4']);
  const deep = b.conv(x, 'down16', [8, 8, 3, 3], 2);
  b.initializer.push(floatTensor('roi', [0], []), floatTensor('twice', [4], [1, 1, 2, 2]));
  b.add(
    'Resize',
    [deep, 'roi', 'twice'],
    ['up'],
    [stringAttribute('coordinate_transformation_mode', 'half_pixel'), stringAttribute('mode', 'nearest')],
  );
  const levels: [string, number][] = [
    [b.add('Concat', [x, 'up'], ['cat'], [intAttribute('axis', 1)]), 16],
    [deep, 8],
  ];
  levels.push([b.conv(deep, 'down32', [8, 8, 3, 3], 2), 8]);
  levels.push([b.conv(levels[2]![0], 'down64', [8, 8, 3, 3], 2), 8]);
  const [scores, boxes]: [string, number[]][][] = [[], []];
  for (const [i, [from, channels]] of levels.entries()) {
    const n = cells(8 << i) ** 2;
    const head = b.conv(from, `head${i}`, [37, channels, 1, 1], 1);
    b.add(
      'Split',
      [head],
      [`cls${i}`, `reg${i}`],
      [intAttribute('axis', 1), intsAttribute('split', [5, 32])],
    );
    b.add('Sigmoid', [`cls${i}`], [`sig${i}`]);
    for (const [part, columns, list] of [
      ['sig', 5, scores],
      ['reg', 32, boxes],
    ] as const) {
      b.initializer.push(int64Tensor(`${part}${i}.to`, [3], [1, columns, -1]));
      b.add('Reshape', [`${part}${i}`, `${part}${i}.to`], [`${part}${i}.r`]);
      b.add('Transpose', [`${part}${i}.r`], [`${part}${i}.out`], [intsAttribute('perm', [0, 2, 1])]);
      list!.push([`${part}${i}.out`, [1, n, columns]]);
    }
  }
  return b.model(size, [...scores!, ...boxes!], true);
}

/** 3 classes over strides 8, 16, 32. */
function tinyYolox(size = 64): OnnxModel {
  const b = new Builder();
  let from = b.conv(b.conv('picture', 'a', [8, 3, 3, 3], 2), 'b', [8, 8, 3, 3], 2);
  const parts: string[] = [];
  for (const stride of [8, 16, 32]) {
    from = b.conv(from, `c${stride}`, [8, 8, 3, 3], 2);
    const head = b.conv(from, `h${stride}`, [8, 8, 1, 1], 1);
    b.add(
      'Split',
      [head],
      [`box${stride}`, `p${stride}`],
      [intAttribute('axis', 1), intsAttribute('split', [4, 4])],
    );
    b.add('Sigmoid', [`p${stride}`], [`s${stride}`]);
    b.add('Concat', [`box${stride}`, `s${stride}`], [`o${stride}`], [intAttribute('axis', 1)]);
    b.initializer.push(int64Tensor(`to${stride}`, [3], [1, 8, -1]));
    parts.push(b.add('Reshape', [`o${stride}`, `to${stride}`], [`f${stride}`]));
  }
  b.add('Concat', parts, ['all'], [intAttribute('axis', -1)]);
  b.add('Transpose', ['all'], ['outputs'], [intsAttribute('perm', [0, 2, 1])]);
  const anchors = [8, 16, 32].reduce((sum, stride) => sum + (size / stride) ** 2, 0);
  return b.model(size, [['outputs', [1, anchors, 8]]], false);
}

async function run(
  model: OnnxModel,
  feeds: Tensor,
): Promise<{ name: string; data: Float32Array; dims: readonly number[] }[]> {
  const session = await InferenceSession.create(encodeOnnx(model), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const outputs = await session.run({ [session.inputNames[0]!]: feeds });
  await session.release();
  return session.outputNames.map((name) => {
    const { data, dims } = outputs[name]!;
    if (!(data instanceof Float32Array)) throw new Error(`${name} is not float32`);
    return { name, data, dims };
  });
}

function pixels(width: number, height: number): Uint8Array {
  return Uint8Array.from(noise(3 * width * height, 7), (v) => Math.round((v + 1) * 127.5));
}

/** What the original takes for the same picture. */
function normalised(
  rgb: Uint8Array,
  width: number,
  height: number,
  how: PrepareOptions['normalisation'],
): Tensor {
  const area = width * height;
  const values = new Float32Array(3 * area);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < area; i++) {
      const v = rgb[3 * i + (how.colour === 'rgb' ? c : 2 - c)]!;
      values[c * area + i] = (v * (how.scale ?? 1) - (how.mean?.[c] ?? 0)) / (how.std?.[c] ?? 1);
    }
  }
  return new Tensor('float32', values, [1, 3, height, width]);
}

const copy = (model: OnnxModel): OnnxModel => decodeOnnx(encodeOnnx(model), 'copy');

function decodePicodet(
  outputs: { data: Float32Array; dims: readonly number[] }[],
  width: number,
): { boxes: number[]; scores: number[] } {
  const boxes: number[] = [];
  const scores: number[] = [];
  for (const [level, stride] of [8, 16, 32, 64].entries()) {
    const sides = outputs[level + 4]!;
    scores.push(...outputs[level]!.data);
    const columns = Math.ceil(width / stride);
    for (let cell = 0; cell < sides.dims[1]!; cell++) {
      const d = [0, 1, 2, 3].map((side) => {
        const logits = Array.from(sides.data.slice(cell * 32 + side * 8, cell * 32 + side * 8 + 8));
        const e = logits.map(Math.exp);
        return (e.reduce((sum, v, k) => sum + v * k, 0) / e.reduce((a, v) => a + v, 0)) * stride;
      });
      const cx = ((cell % columns) + 0.5) * stride;
      const cy = (Math.floor(cell / columns) + 0.5) * stride;
      boxes.push(cx - d[0]!, cy - d[1]!, cx + d[2]!, cy + d[3]!);
    }
  }
  return { boxes, scores };
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}

const IMAGENET = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };

describe('prepareGraph', () => {
  test.each([
    ['RGB, mean and std', { colour: 'rgb' as const, ...IMAGENET }, 64, 64],
    [
      'BGR, scale, mean and std',
      { colour: 'bgr' as const, scale: 1 / 255, mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4] },
      64,
      64,
    ],
    ['another size, not square', { colour: 'rgb' as const, ...IMAGENET }, 128, 96],
  ])('PicoDet, %s: same boxes and scores as the original', async (_, normalisation, width, height) => {
    const options = {
      family: 'picodet' as const,
      classes: ['a', 'b', 'c', 'd', 'e'],
      normalisation,
      size: { width, height },
    };
    const bare = copy(tinyPicodet());
    prepareGraph(bare, { ...options, bare: true });
    const full = copy(tinyPicodet());
    const report = prepareGraph(full, options);
    expect(report.hardSwishFused).toBe(2);
    expect(full.graph.input.map((input) => input.name)).toEqual(['image']);
    const picture = pixels(width, height);
    const expected = decodePicodet(await run(bare, normalised(picture, width, height, normalisation)), width);
    const [boxes, scores] = await run(full, new Tensor('uint8', picture, [1, height, width, 3]));
    expect(boxes!.dims).toEqual([1, expected.boxes.length / 4, 4]);
    expect(furthest(boxes!.data, expected.boxes)).toBeLessThan(2e-3);
    expect(furthest(scores!.data, expected.scores)).toBeLessThan(1e-5);
  });

  test('the bare graph of its own size is the original', async () => {
    const original = tinyPicodet();
    const bare = copy(original);
    prepareGraph(bare, {
      family: 'picodet',
      classes: ['a', 'b', 'c', 'd', 'e'],
      normalisation: { colour: 'rgb' },
      bare: true,
    });
    const feed = normalised(pixels(64, 64), 64, 64, { colour: 'rgb', ...IMAGENET });
    const [a, b] = [await run(original, feed), await run(bare, feed)];
    for (const [i, output] of a.entries()) expect(furthest(output.data, b[i]!.data)).toBeLessThan(1e-6);
  });

  test('YOLOX with chosen classes: same boxes, chosen columns in the order asked for', async () => {
    const original = tinyYolox();
    const picture = pixels(64, 64);
    const normalisation = { colour: 'bgr' as const };
    const [raw] = await run(original, normalised(picture, 64, 64, normalisation));
    const full = copy(original);
    prepareGraph(full, { family: 'yolox', classes: ['a', 'b', 'c'], keep: ['c', 'a'], normalisation });
    const [boxes, scores] = await run(full, new Tensor('uint8', picture, [1, 64, 64, 3]));
    const expectedBoxes: number[] = [];
    const expectedScores: number[] = [];
    let row = 0;
    for (const stride of [8, 16, 32]) {
      for (let cell = 0; cell < (64 / stride) ** 2; cell++, row += 8) {
        const [x = 0, y = 0, w = 0, h = 0, o = 0, a = 0, , c = 0] = raw!.data.slice(row, row + 8);
        const cx = (x + (cell % (64 / stride))) * stride;
        const cy = (y + Math.floor(cell / (64 / stride))) * stride;
        const [hw, hh] = [(Math.exp(w) * stride) / 2, (Math.exp(h) * stride) / 2];
        expectedBoxes.push(cx - hw, cy - hh, cx + hw, cy + hh);
        expectedScores.push(o * c, o * a);
      }
    }
    // A few hundred in, so that float32 rounding shows in the fourth place.
    expect(furthest(boxes!.data, expectedBoxes) / Math.max(...expectedBoxes.map(Math.abs))).toBeLessThan(
      1e-5,
    );
    expect(furthest(scores!.data, expectedScores)).toBeLessThan(1e-5);
  });

  test('writing and reading loses nothing', () => {
    const model = tinyPicodet();
    expect(copy(copy(model))).toEqual(copy(model));
  });
});

describe('models that cannot be prepared', () => {
  const options: PrepareOptions = {
    family: 'picodet',
    classes: ['a', 'b', 'c', 'd', 'e'],
    normalisation: { colour: 'rgb' },
  };
  const file = (name: string, content: Uint8Array | string): string => {
    const path = join(dir, name);
    writeFileSync(path, content);
    return path;
  };

  test.each([
    ['of another family', 'model.shape-mismatch', () => tinyYolox(), options],
    [
      'with another number of classes',
      'model.shape-mismatch',
      () => tinyPicodet(),
      { ...options, classes: ['a', 'b'] },
    ],
    [
      'to a size that strides do not divide',
      'model.shape-mismatch',
      () => tinyPicodet(),
      { ...options, size: { width: 100, height: 64 } },
    ],
    ['without the class to keep', 'model.shape-mismatch', () => tinyPicodet(), { ...options, keep: ['z'] }],
    [
      'with an operator that is not known',
      'model.unsupported',
      () => {
        const model = tinyPicodet();
        model.graph.node[0]!.opType = 'Einsum';
        return model;
      },
      options,
    ],
  ])('%s', (_, code, make, how) => {
    expect(() => prepareGraph(copy(make()), how)).toThrow(expect.objectContaining({ code }));
  });

  test('a file that is not there', () => {
    expect(() => readOnnx(join(dir, 'absent.onnx'))).toThrow(
      expect.objectContaining({ code: 'model.missing' }),
    );
  });

  test.each([
    ['text', 'hello, this is no model'],
    ['nothing', ''],
    ['half a model', encodeOnnx(tinyPicodet()).slice(0, 3000)],
  ])('not ONNX: %s', (_, content) => {
    const path = file('wrong.onnx', content);
    expect(() => readOnnx(path)).toThrow(expect.objectContaining({ code: 'model.invalid' }));
  });

  test.each([
    ['operator set 9', (model: OnnxModel) => (model.opsetImport[0]!.version = 9)],
    ['operator set 99', (model: OnnxModel) => (model.opsetImport[0]!.version = 99)],
    [
      'external data',
      (model: OnnxModel) => {
        model.graph.initializer[0]!.externalData = [{ key: 'location', value: 'weights.bin' }];
        model.graph.initializer[0]!.dataLocation = 1;
      },
    ],
    [
      'control flow',
      (model: OnnxModel) => model.graph.node[0]!.attribute.push({ name: 'body', type: 5, g: {} }),
    ],
  ])('unsupported: %s', (_, change) => {
    const model = tinyPicodet();
    change(model);
    const path = file('unsupported.onnx', encodeOnnx(model));
    expect(() => readOnnx(path)).toThrow(expect.objectContaining({ code: 'model.unsupported' }));
  });
});
