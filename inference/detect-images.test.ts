/** Folders of pictures through the shipped fast model: output files, bad files, doubles. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../core/index.ts';
import { findModel, verifyModel } from '../models/index.ts';
import { boxLines, detectImages } from './index.ts';

const model = findModel('streetwatch-fast');
let dir = '';
const put = (name: string) => join(dir, 'in', name);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'streetwatch-detect-'));
  mkdirSync(join(dir, 'in', 'sub'), { recursive: true });
  const noise = sharp({
    create: {
      width: 300,
      height: 200,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 120, sigma: 50 },
    },
  });
  for (const name of ['a.jpg', 'a.png', 'sub/a.jpg']) await noise.clone().toFile(put(name));
  await sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } }).toFile(put('dot.png'));
  writeFileSync(put('broken.jpg'), 'this is no picture');
  writeFileSync(put('notes.txt'), 'not looked at');
});
afterAll(() => rmSync(dir, { recursive: true }));

const below = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('.'))
    .toSorted();

describe('detectImages', () => {
  test('one text file per picture; a bad one is told and the others go on', async () => {
    const outDir = join(dir, 'out');
    const failures: string[] = [];
    const steps: number[] = [];
    const summary = await detectImages({
      paths: [join(dir, 'in')],
      model,
      minScore: 0.001,
      outDir,
      drawBoxes: true,
      sessions: 1,
      log: silentLog,
      failed: (path, error) => failures.push(`${path.split('/').at(-1)} ${error.code}`),
      progress: (done, total) => steps.push(done / total),
    });
    expect(summary).toMatchObject({ pictures: 4, failed: 1 });
    expect(failures).toEqual(['broken.jpg image.invalid']);
    expect(steps.at(-1)).toBe(1);
    expect(steps).toHaveLength(5);
    expect(below(outDir)).toEqual([
      'a.boxes.jpg',
      'a.png.boxes.jpg',
      'a.png.txt',
      'a.txt',
      'dot.boxes.jpg',
      'dot.txt',
      'sub/a.boxes.jpg',
      'sub/a.txt',
    ]);
    const lines = ['a.txt', 'a.png.txt', 'sub/a.txt'].flatMap((name) =>
      readFileSync(join(outDir, name), 'utf8').split('\n').filter(Boolean),
    );
    expect(lines.length).toBe(
      summary.boxes - readFileSync(join(outDir, 'dot.txt'), 'utf8').split('\n').filter(Boolean).length,
    );
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const [label, ...numbers] = line.split(' ');
      expect(model.manifest.classes).toContain(label);
      expect(numbers).toHaveLength(5);
      const [score = -1, x = -1, y = -1, w = -1, h = -1] = numbers.map(Number);
      expect(score).toBeGreaterThan(0);
      expect(Math.min(x, y, w, h)).toBeGreaterThanOrEqual(0);
      expect(Math.max(score, x + w, y + h)).toBeLessThanOrEqual(1.000002);
    }
    const drawn = await sharp(join(outDir, 'a.boxes.jpg')).metadata();
    expect([drawn.width, drawn.height]).toEqual([300, 200]);
  });

  test('a damaged picture that can be seen is drawn as well; links lead to pictures, one to nowhere is told', async () => {
    const [links, outDir] = [join(dir, 'links'), join(dir, 'links-out')];
    mkdirSync(join(links, 'folder.jpg'), { recursive: true });
    const whole = readFileSync(put('a.jpg'));
    const damaged = Buffer.from(whole);
    // A restart marker where none belongs: libjpeg warns and goes on.
    damaged.set([0xff, 0xd3], whole.length >> 1);
    writeFileSync(put('../damaged'), damaged);
    symlinkSync(put('../damaged'), join(links, 'damaged.jpg'));
    symlinkSync(put('absent.jpg'), join(links, 'nowhere.jpg'));
    symlinkSync(put('sub'), join(links, 'sub.jpg'));
    const failures: string[] = [];
    const summary = await detectImages({
      paths: [links],
      model,
      outDir,
      drawBoxes: true,
      sessions: 1,
      log: silentLog,
      failed: (path, error) => failures.push(`${path.split('/').at(-1)} ${error.code}`),
    });
    expect(failures).toEqual(['nowhere.jpg image.invalid']);
    expect(summary).toMatchObject({ pictures: 1, failed: 1 });
    expect(below(outDir)).toEqual(['damaged.boxes.jpg', 'damaged.txt']);
  });

  test('a folder without pictures is an error, not a quiet success', async () => {
    const empty = join(dir, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'notes.txt'), '');
    const attempt = detectImages({ paths: [empty], model, outDir: join(dir, 'none'), log: silentLog });
    await expect(attempt).rejects.toMatchObject({
      code: 'image.invalid',
      message: expect.stringContaining(`${empty}: no file there ends in .jpg`),
    });
  });

  test('a path that does not exist is refused before anything is done', async () => {
    const outDir = join(dir, 'none');
    const attempt = detectImages({ paths: [join(dir, 'absent')], model, outDir, log: silentLog });
    await expect(attempt).rejects.toMatchObject({ code: 'image.invalid' });
    expect(existsSync(outDir)).toBe(false);
  });
});

test('lines: best first as given, top-left corner and size in 0–1, no blanks in labels', () => {
  const detections = [{ label: 'traffic light', score: 0.5, box: { x1: 10, y1: 20, x2: 60, y2: 40 } }];
  expect(boxLines({ path: 'x', width: 100, height: 50, detections })).toBe(
    'traffic_light 0.5000 0.100000 0.400000 0.500000 0.400000\n',
  );
});

test.each(['streetwatch-fast', 'streetwatch-accurate'])(
  'the shipped weights of %s are the ones that the manifest names',
  async (id) => {
    await expect(verifyModel(findModel(id))).resolves.toBeUndefined();
  },
);
