/** Manifests are read strictly, and weights are proved to be the ones they name. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findModel, listModels, loadManifest, parseManifest, sha256File, verifyModel } from './index.ts';
import { encodeOnnx } from './onnx/index.ts';

const dir = mkdtempSync(join(tmpdir(), 'streetwatch-manifest-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** The least that is an ONNX file. */
const tinyOnnx = encodeOnnx({
  irVersion: 7,
  opsetImport: [{ domain: '', version: 14 }],
  metadataProps: [],
  functions: [],
  graph: {
    name: 'tiny',
    node: [{ opType: 'Relu', input: ['in'], output: ['out'], attribute: [] }],
    initializer: [],
    input: [],
    output: [],
    valueInfo: [],
    sparseInitializer: [],
  },
});

const good = {
  id: 'm',
  name: 'M',
  file: 'm.onnx',
  sha256: 'a'.repeat(64),
  licence: 'Apache-2.0',
  decoder: 'boxes-scores',
  classes: ['car', 'fire'],
  input: {
    width: 64,
    height: 64,
    layout: 'nhwc',
    dtype: 'uint8',
    colour: 'rgb',
    resize: 'letterbox',
    padValue: 114,
  },
  scoreThresholds: { car: 0.4, fire: 0.5 },
  nmsIou: 0.6,
};

describe('parseManifest', () => {
  test('a good one', () => {
    expect(parseManifest(good, 'm.json').id).toBe('m');
  });

  test.each([
    ['an unknown key', { ...good, thresholds: {} }, /thresholds/],
    ['no class', { ...good, classes: [], scoreThresholds: {} }, /classes/],
    ['a threshold above 1', { ...good, scoreThresholds: { car: 2, fire: 0.5 } }, /scoreThresholds\/car/],
    [
      'a threshold for a class that is not there',
      { ...good, scoreThresholds: { car: 0.4, fire: 0.5, bus: 0.3 } },
      /bus/,
    ],
    ['a class without threshold', { ...good, scoreThresholds: { car: 0.4 } }, /lacks fire/],
    ['a rival that is not there', { ...good, rivals: [['car', 'van']] }, /van/],
    ['an id that is a path', { ...good, id: '../../etc' }, /\/id/],
    ['a hash that is none', { ...good, sha256: 'abc' }, /sha256/],
    ['an unknown decoder', { ...good, decoder: 'yolo99' }, /decoder/],
    ['mean for a graph that normalises', { ...good, input: { ...good.input, mean: [1, 2, 3] } }, /uint8/],
    ['a download that is not https', { ...good, source: { project: 'p', url: 'http://x' } }, /url/],
    ['no object', 'text', /m\.json/],
  ])('%s', (_, value, message) => {
    expect(() => parseManifest(value, 'm.json')).toThrow(
      expect.objectContaining({ code: 'manifest.invalid', message: expect.stringMatching(message) }),
    );
  });

  test('all problems at once', () => {
    expect(() => parseManifest({ ...good, id: '', nmsIou: 7 }, 'm.json')).toThrow(
      /\/id.*nmsIou|nmsIou.*\/id/s,
    );
  });
});

describe('models on disk', () => {
  const folder = (name: string) => {
    const path = join(dir, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const put = (at: string, value: object, weights?: string) => {
    writeFileSync(join(at, 'm.json'), JSON.stringify(value));
    if (weights !== undefined) writeFileSync(join(at, 'm.onnx'), weights);
  };

  test('the shipped manifests are all sound', () => {
    expect(listModels().length).toBeGreaterThan(0);
  });

  test('a later folder replaces, and its weights count', async () => {
    const [shipped, own] = [folder('shipped'), folder('own')];
    put(shipped, good);
    writeFileSync(join(own, 'm.onnx'), tinyOnnx);
    const sha256 = await sha256File(join(own, 'm.onnx'));
    expect(findModel('m', [shipped, own])).toMatchObject({ present: true, modelPath: join(own, 'm.onnx') });
    put(own, { ...good, name: 'Mine', sha256 });
    expect(findModel('m', [shipped, own]).manifest.name).toBe('Mine');
    await verifyModel(findModel('m', [shipped, own]));
  });

  test('an unknown id names the known ones', () => {
    const at = folder('one');
    put(at, good);
    expect(() => findModel('x', [at])).toThrow(
      expect.objectContaining({ code: 'model.missing', message: expect.stringContaining('known models: m') }),
    );
  });

  test.each([
    ['weights that are missing', undefined, 'model.missing'],
    ['other weights', 'other', 'model.hash-mismatch'],
  ])('%s', async (name, weights, code) => {
    const at = folder(name);
    put(at, good, weights);
    await expect(verifyModel(findModel('m', [at]))).rejects.toMatchObject({ code });
  });

  test('a broken manifest harms no other model, and no other model stands in for it', () => {
    const [shipped, own] = [folder('whole'), folder('with-broken')];
    put(shipped, good);
    writeFileSync(join(own, 'n.json'), '{');
    const told: string[] = [];
    const ids = listModels([shipped, own], (path, error) => told.push(`${path} ${error.code}`)).map(
      (entry) => entry.manifest.id,
    );
    expect([ids, told]).toEqual([['m'], [`${join(own, 'n.json')} manifest.invalid`]]);
    expect(findModel('m', [shipped, own]).manifest.id).toBe('m');
    expect(() => findModel('o', [shipped, own])).toThrow(join(own, 'n.json'));
    writeFileSync(join(own, 'm.json'), '{');
    expect(() => findModel('m', [shipped, own])).toThrow(
      expect.objectContaining({ code: 'manifest.invalid', message: expect.stringContaining('m.json') }),
    );
  });

  test('a manifest that is not JSON, and one that is not there', () => {
    const path = join(dir, 'broken.json');
    writeFileSync(path, '{');
    expect(() => loadManifest(path)).toThrow(expect.objectContaining({ code: 'manifest.invalid' }));
    expect(() => loadManifest(join(dir, 'absent.json'))).toThrow(
      expect.objectContaining({ code: 'model.missing' }),
    );
  });
});
