/** `streetwatch models`: one unsound model is told and the others are still looked at; every option of `add` counts. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packagePath } from '../../core/index.ts';
import { loadManifest } from '../../models/index.ts';
import { floatTensor, int64Tensor, intAttribute, intsAttribute, writeOnnx } from '../../models/onnx/index.ts';
import type { OnnxNode, OnnxTensor } from '../../models/onnx/index.ts';
import { addModels } from './models.ts';

let store = '';
beforeAll(() => {
  store = mkdtempSync(join(tmpdir(), 'streetwatch-models-'));
  const own = join(store, 'models');
  mkdirSync(own);
  writeFileSync(join(own, 'broken.json'), '{');
  const shipped = readFileSync(packagePath('models', 'manifests', 'streetwatch-fast.json'), 'utf8');
  const changed = { ...JSON.parse(shipped), id: 'changed', file: 'changed.onnx' };
  writeFileSync(join(own, 'changed.json'), JSON.stringify(changed));
  writeFileSync(join(own, 'changed.onnx'), 'other weights');
});
afterAll(() => rmSync(store, { recursive: true }));

async function models(...args: string[]) {
  const said: string[] = [];
  let failed = false;
  const program = new Command();
  addModels(program, {
    environment: {},
    print: (line) => said.push(line),
    note: (line) => said.push(line),
    fail: () => (failed = true),
    signal: new AbortController().signal,
  });
  await program.parseAsync(['models', ...args, '--store', store], { from: 'user' });
  return { failed, said: said.join('\n') };
}

test('list tells a manifest that cannot be read, lists the others, and fails', async () => {
  const { failed, said } = await models('list');
  expect(failed).toBe(true);
  expect(said).toContain(`manifest.invalid: ${join(store, 'models', 'broken.json')}`);
  expect(said).toMatch(/^changed .* here$/m);
  expect(said).toMatch(/^streetwatch-fast .* here$/m);
});

test('verify goes on after an id that is not known and a hash that does not match', async () => {
  const { failed, said } = await models('verify', 'nothing', 'changed', 'streetwatch-fast');
  expect(failed).toBe(true);
  expect(said).toContain('nothing: model.missing');
  expect(said).toContain('changed: model.hash-mismatch');
  expect(said).toContain('streetwatch-fast: sound');
});

test('verify of sound models alone does not fail', async () => {
  expect(await models('verify', 'streetwatch-fast')).toEqual({
    failed: false,
    said: 'streetwatch-fast: sound',
  });
});

/** The least that YOLOX's heads are: per stride one convolution over its cell; classes a and b. */
function writeTinyYolox(path: string): void {
  const initializer: OnnxTensor[] = [int64Tensor('flat', [3], [1, 7, -1])];
  const node: OnnxNode[] = [];
  for (const stride of [8, 16, 32]) {
    const count = 7 * 3 * stride * stride;
    const weights = Array.from({ length: count }, (_, i) => (((i * 37) % 101) - 50) / (50 * count));
    initializer.push(floatTensor(`w${stride}`, [7, 3, stride, stride], weights));
    const attribute = [
      intsAttribute('kernel_shape', [stride, stride]),
      intsAttribute('strides', [stride, stride]),
    ];
    node.push({ opType: 'Conv', input: ['in', `w${stride}`], output: [`c${stride}`], attribute });
    node.push({ opType: 'Reshape', input: [`c${stride}`, 'flat'], output: [`r${stride}`], attribute: [] });
  }
  node.push({
    opType: 'Concat',
    input: ['r8', 'r16', 'r32'],
    output: ['all'],
    attribute: [intAttribute('axis', 2)],
  });
  node.push({
    opType: 'Transpose',
    input: ['all'],
    output: ['turned'],
    attribute: [intsAttribute('perm', [0, 2, 1])],
  });
  node.push({ opType: 'Sigmoid', input: ['turned'], output: ['out'], attribute: [] });
  const value = (name: string, dims: number[]) => ({
    name,
    type: { tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
  });
  writeOnnx(path, {
    irVersion: 7,
    opsetImport: [{ domain: '', version: 14 }],
    metadataProps: [],
    functions: [],
    graph: {
      name: 'tiny',
      node,
      initializer,
      input: [value('in', [1, 3, 32, 32])],
      output: [value('out', [1, 21, 7])],
      valueInfo: [],
      sparseInitializer: [],
    },
  });
}

describe('add', () => {
  const manifestOf = (id: string) => loadManifest(join(store, 'models', `${id}.json`));
  let file = '';
  beforeAll(() => {
    file = join(store, 'tiny.onnx');
    writeTinyYolox(file);
  });

  test('what is not said has a default', async () => {
    const added = await models('add', file, '--family', 'yolox', '--id', 'plain', '--classes', 'a,b');
    expect(added).toEqual({ failed: false, said: `plain: ${join(store, 'models', 'plain.onnx')}` });
    expect(manifestOf('plain')).toMatchObject({
      name: 'plain',
      licence: 'unknown',
      classes: ['a', 'b'],
      input: { width: 32, height: 32 },
      scoreThresholds: { a: 0.4, b: 0.4 },
    });
    expect(await models('verify', 'plain')).toEqual({ failed: false, said: 'plain: sound' });
  });

  test('each option counts', async () => {
    const classes = join(store, 'classes.txt');
    writeFileSync(classes, 'a\r\nb\r\n');
    const options = '--keep b --size 64x32 --threshold 0.3 --normalise imagenet --name Mine --licence MIT';
    await models(
      'add',
      file,
      '--family',
      'yolox',
      '--id',
      'mine',
      '--classes',
      classes,
      ...options.split(' '),
    );
    expect(manifestOf('mine')).toMatchObject({
      name: 'Mine',
      licence: 'MIT',
      classes: ['b'],
      input: { width: 64, height: 32 },
      scoreThresholds: { b: 0.3 },
    });
    expect(await models('verify', 'mine')).toEqual({ failed: false, said: 'mine: sound' });
    // Normalisation lies inside the graph: of two graphs that differ in nothing else, the bytes differ.
    const same = ['--classes', 'a,b', '--family', 'yolox'];
    await models('add', file, ...same, '--id', 'one', '--normalise', 'none', '--licence', 'MIT');
    await models('add', file, ...same, '--id', 'two', '--normalise', 'imagenet', '--licence', 'MIT');
    const bytes = (id: string) => readFileSync(join(store, 'models', `${id}.onnx`));
    expect(Math.abs(bytes('one').length - bytes('two').length)).toBeGreaterThan(30);
  });

  test('an id that is taken is left as it was', async () => {
    const before = readFileSync(join(store, 'models', 'changed.json'), 'utf8');
    const again = models('add', file, '--family', 'yolox', '--id', 'changed', '--classes', 'a,b');
    await expect(again).rejects.toMatchObject({ code: 'manifest.invalid' });
    expect(readFileSync(join(store, 'models', 'changed.json'), 'utf8')).toBe(before);
    expect(readFileSync(join(store, 'models', 'changed.onnx'), 'utf8')).toBe('other weights');
  });
});
