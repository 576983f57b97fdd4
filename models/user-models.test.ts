/** Fetching public weights: progress, hash, and clear errors when there is no network. */

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addModel, loadManifest, pullModel } from './index.ts';
import { writeOnnx } from './onnx/index.ts';
import { packagePath } from '../core/index.ts';

const WEIGHTS = Buffer.alloc(300_000, 'weights');
const SHA = createHash('sha256').update(WEIGHTS).digest('hex');

describe('pullModel', () => {
  const server = createServer((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/weights' }).end();
    else if (request.url === '/weights')
      response.writeHead(200, { 'content-length': WEIGHTS.length }).end(WEIGHTS);
    else if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': WEIGHTS.length });
      response.write(WEIGHTS.subarray(0, 1000), () => response.destroy());
    } else response.writeHead(404).end();
  });
  let base = '';
  let dir = '';
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'streetwatch-pull-'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    base = `http://127.0.0.1:${address.port}`;
  });
  afterAll(async () => {
    rmSync(dir, { recursive: true });
    await new Promise((resolve) => server.close(resolve));
  });

  const entry = (url: string, sha256 = SHA) => {
    const manifest = loadManifest(packagePath('models', 'manifests', 'public-yolox-nano-416.json'));
    return { manifest: { ...manifest, sha256, source: { project: 'test', url } } };
  };

  test('follows a redirection, tells its progress, and puts the file in place', async () => {
    const steps: [number, number | undefined][] = [];
    const path = await pullModel({
      entry: entry(`${base}/moved`),
      dir,
      progress: (done, total) => steps.push([done, total]),
    });
    expect(readFileSync(path).equals(WEIGHTS)).toBe(true);
    expect(steps.at(-1)).toEqual([WEIGHTS.length, WEIGHTS.length]);
    rmSync(path);
  });

  test.each([
    ['another file than the manifest names', '/weights', '0'.repeat(64), 'model.hash-mismatch'],
    ['an address that is gone', '/absent', SHA, 'model.download-failed'],
    ['a connection that breaks', '/cut', SHA, 'model.download-failed'],
  ])('%s leaves nothing behind', async (_, path, sha256, code) => {
    await expect(pullModel({ entry: entry(`${base}${path}`, sha256), dir })).rejects.toMatchObject({ code });
    expect(readdirSync(dir)).toEqual([]);
  });

  test('no network: an error that names the address', async () => {
    const url = 'http://127.0.0.1:1/weights.onnx';
    await expect(pullModel({ entry: entry(url), dir })).rejects.toMatchObject({
      code: 'model.download-failed',
      message: expect.stringContaining(url),
    });
    // Whoever runs it on a closed network is told where the file belongs.
    await expect(pullModel({ entry: entry(url), dir })).rejects.toThrow(join(dir, 'yolox_nano.onnx'));
  });
});

describe('addModel', () => {
  test('nothing is left behind of a file that is no model', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'streetwatch-add-'));
    const file = join(dir, 'x.onnx');
    writeFileSync(file, 'no model');
    const own = join(dir, 'own');
    const attempt = addModel({
      file,
      family: 'yolox',
      dir: own,
      id: 'x',
      classes: ['car'],
      check: () => Promise.resolve(),
    });
    await expect(attempt).rejects.toMatchObject({ code: 'model.invalid' });
    expect(existsSync(own)).toBe(false);
    rmSync(dir, { recursive: true });
  });

  test.each([
    ['no picture in', [1, 4], 'one input [1, 3, height, width]'],
    ['another family', [1, 3, 32, 32], 'no picodet model'],
  ])('%s: the error names the file and the family wanted', async (_, dims, message) => {
    const dir = mkdtempSync(join(tmpdir(), 'streetwatch-add-'));
    const file = join(dir, 'x.onnx');
    const value = (name: string) => ({
      name,
      type: { tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
    });
    writeOnnx(file, {
      irVersion: 7,
      opsetImport: [{ domain: '', version: 14 }],
      metadataProps: [],
      functions: [],
      graph: {
        name: 'tiny',
        node: [{ opType: 'Relu', input: ['in'], output: ['out'], attribute: [] }],
        initializer: [],
        input: [value('in')],
        output: [value('out')],
        valueInfo: [],
        sparseInitializer: [],
      },
    });
    const own = join(dir, 'own');
    const check = () => Promise.resolve();
    const attempt = addModel({ file, family: 'picodet', dir: own, id: 'x', classes: ['car'], check });
    await expect(attempt).rejects.toMatchObject({
      code: 'model.shape-mismatch',
      message: expect.stringContaining(message),
      context: { file },
    });
    await expect(attempt).rejects.toThrow(`${file}: `);
    expect(existsSync(own) ? readdirSync(own) : []).toEqual([]);
    rmSync(dir, { recursive: true });
  });
});
