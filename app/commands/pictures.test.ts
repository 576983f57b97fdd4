/** `streetwatch detect` and `evaluate detector` on good and bad pictures: what is said, what is written, exit codes. */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addDetect } from './detect.ts';
import { addEvaluate } from './evaluate.ts';

let dir = '';
let images = '';
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'streetwatch-pictures-'));
  images = join(dir, 'images/val');
  for (const part of ['images', 'labels']) mkdirSync(join(dir, part, 'val'), { recursive: true });
  await sharp({ create: { width: 40, height: 30, channels: 3, background: '#345' } }).toFile(
    join(images, 'a-1.png'),
  );
  writeFileSync(join(dir, 'labels/val/a-1.txt'), '2 0.5 0.5 0.1 0.1\n');
});
afterEach(() => rmSync(dir, { recursive: true }));

async function run(...args: string[]) {
  const result = { printed: [] as string[], noted: [] as string[], failed: false };
  const program = new Command();
  for (const add of [addDetect, addEvaluate]) {
    add(program, {
      environment: {},
      print: (line) => result.printed.push(line),
      note: (line) => result.noted.push(line),
      fail: () => {
        result.failed = true;
      },
      signal: new AbortController().signal,
    });
  }
  await program.parseAsync([...args, '--model', 'streetwatch-fast', '--store', dir], { from: 'user' });
  return result;
}

const breakOne = () => writeFileSync(join(images, 'a-2.png'), '');

describe('detect', () => {
  test('good pictures: progress, a sum, no failure', async () => {
    const { printed, noted, failed } = await run(
      'detect',
      images,
      '--out',
      join(dir, 'out'),
      '--min-score',
      '1',
    );
    expect([noted, printed, failed]).toEqual([
      ['1 of 1 pictures'],
      ['1 pictures, 0 boxes, 0 unreadable'],
      false,
    ]);
    expect(existsSync(join(dir, 'out', 'a-1.txt'))).toBe(true);
    expect(existsSync(join(dir, 'out', 'a-1.boxes.jpg'))).toBe(false);
  });

  test('a bad one is named, the others are done and drawn, and the exit code tells', async () => {
    breakOne();
    const { printed, noted, failed } = await run('detect', images, '--out', join(dir, 'out'), '--draw');
    expect(noted[0]).toContain(`image.invalid: ${join(images, 'a-2.png')}`);
    expect(printed[0]).toMatch(/^1 pictures, \d+ boxes, 1 unreadable$/);
    expect(failed).toBe(true);
    expect(existsSync(join(dir, 'out', 'a-1.boxes.jpg'))).toBe(true);
  });
});

describe('evaluate detector', () => {
  test('good pictures do not fail, whatever the figures', async () => {
    const json = join(dir, 'figures.json');
    const { printed, failed } = await run('evaluate', 'detector', '--data', dir, '--json', json);
    expect(printed.join('\n')).toMatch(/^a +car .* 1$/m);
    expect(failed).toBe(false);
    expect(existsSync(json)).toBe(true);
  });

  test('figures over fewer pictures than asked for are given, and the exit code tells', async () => {
    breakOne();
    const { printed, failed } = await run('evaluate', 'detector', '--data', dir);
    expect(printed.join('\n')).toContain('1 pictures of val');
    expect(printed.at(-1)).toContain(join(images, 'a-2.png'));
    expect(failed).toBe(true);
  });

  test('a class that does not exist: file and line', async () => {
    writeFileSync(join(dir, 'labels/val/a-1.txt'), '2 0.5 0.5 0.1 0.1\n12 0.5 0.5 0.1 0.1\n');
    await expect(run('evaluate', 'detector', '--data', dir)).rejects.toThrow(
      'a-1.txt:2: class 12 does not exist',
    );
  });
});
