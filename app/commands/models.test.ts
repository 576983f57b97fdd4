/** `streetwatch models list` and `verify`: one unsound model is told, and the others are still looked at. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath } from '../../core/index.ts';
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
