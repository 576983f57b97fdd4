/** What the program does when nobody reads what it prints any more. Runs the built program. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packagePath } from '../core/index.ts';

const dir = mkdtempSync(join(tmpdir(), 'streetwatch-cli-'));
let child: ChildProcess | undefined;
beforeAll(() => {
  mkdirSync(join(dir, 'clips'));
  writeFileSync(join(dir, 'clips', 'det.txt'), '1,-1,2,3,4,5,0.9,2\n');
});
afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

const CLI = packagePath('dist', 'app', 'cli.js');
/** How a shell shows that SIGPIPE ended a program. */
const ENDED_BY_SIGPIPE = 141;

describe('a command whose output nobody reads', () => {
  test.each([
    ['models list', ['models', 'list']],
    ['check-config', ['check-config', packagePath('config', 'example.yaml')]],
    ['evaluate parking', ['evaluate', 'parking', '--clips', dir]],
  ])('%s ends without a word', async (_, args) => {
    const program = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    program.stdout.destroy();
    const [said, [code]] = await Promise.all([text(program.stderr), once(program, 'exit')]);
    expect({ said, code }).toEqual({ said: '', code: ENDED_BY_SIGPIPE });
  });

  test('says that its output could not be written for another reason', async () => {
    const full = openSync('/dev/full', 'w');
    const program = spawn(process.execPath, [CLI, 'models', 'list'], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    const [said, [code]] = await Promise.all([text(program.stderr!), once(program, 'exit')]);
    expect(said).toMatch(/^standard output: ENOSPC[^\n]*\n$/);
    expect(code).toBe(1);
  });
});

test('run watches on, and ends in order, when the reader of its log has gone', async () => {
  const config = join(dir, 'city.yaml');
  writeFileSync(
    config,
    `district: { adcode: '310104', name: 徐汇区, timeZone: Asia/Shanghai }
store: { dir: store }
telemetry: { listen: 127.0.0.1:0, log: debug }
cameras:
  - { id: gone, name: gone, source: ${join(dir, 'absent.mp4')}, code: '31010400001320000007' }
`,
  );
  const program = spawn(process.execPath, [CLI, 'run', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  child = program;
  const url = /"telemetry":"([^"]+)"/.exec(await readUntil(program.stderr, '"msg":"source failed"'))![1]!;
  const failures = async (): Promise<number> => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    return Number(/^streetwatch_source_failures_total\{.*?\} (\d+)/m.exec(metrics)?.[1]);
  };
  // Each is a line of the log.
  await expect.poll(failures, { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
  const ended = once(program, 'exit');
  program.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

/** Reads until something was said, and goes away. */
async function readUntil(stream: Readable, wanted: string): Promise<string> {
  let said = '';
  for await (const chunk of stream) {
    said += String(chunk);
    if (said.includes(wanted)) break;
  }
  return said;
}
