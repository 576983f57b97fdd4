/** A benchmark that is interrupted leaves nothing behind. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';
import { packagePath } from '../../core/index.ts';

const rig = pathToFileURL(packagePath('dist', 'benchmarks', 'rig', 'index.js')).href;
const BENCHMARK = `
  const { Rig } = await import(${JSON.stringify(rig)});
  const rig = new Rig();
  const { pid } = rig.start('sleep', ['600']);
  console.log(JSON.stringify({ pid, dir: rig.dir }));
  setInterval(() => {}, 1000);
`;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('ends its children and its folder at %s', async (signal, code) => {
  const benchmark = spawn(process.execPath, ['--input-type=module', '-e', BENCHMARK], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: benchmark.stdout }), 'line')) as [string];
  const { pid, dir } = JSON.parse(line) as { pid: number; dir: string };
  expect(isAlive(pid)).toBe(true);
  benchmark.kill(signal);
  expect((await once(benchmark, 'exit'))[0]).toBe(code);
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  expect(existsSync(dir)).toBe(false);
});
