/** Pictures of every kind, and files that are none. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { loadPicture } from './picture.ts';

const dir = mkdtempSync(join(tmpdir(), 'streetwatch-picture-'));
afterAll(() => rmSync(dir, { recursive: true }));

const onto = { canvas: { width: 64, height: 32 }, padValue: 114 };
const solid = (
  width: number,
  height: number,
  background: string | { r: number; g: number; b: number; alpha: number },
  channels: 3 | 4 = 3,
) => sharp({ create: { width, height, channels, background } });

async function load(name: string, image: ReturnType<typeof sharp>) {
  const path = join(dir, name);
  await image.toFile(path);
  return loadPicture(path, onto);
}

/** RGB at a pixel of the canvas. */
function at(frame: { pixels: Uint8Array }, x: number, y: number): number[] {
  const i = 3 * (y * onto.canvas.width + x);
  return [...frame.pixels.subarray(i, i + 3)];
}

/** Largest difference of a channel. */
function off(actual: readonly number[], expected: readonly number[]): number {
  return Math.max(...expected.map((v, i) => Math.abs(actual[i]! - v)));
}

describe('loadPicture', () => {
  test('scales to fit, top left, and pads with 114', async () => {
    const frame = await load('plain.png', solid(100, 100, '#ff0000'));
    expect(frame.ref).toMatchObject({ width: 32, height: 32 });
    expect(frame).toMatchObject({ sourceWidth: 100, sourceHeight: 100, canvasWidth: 64, canvasHeight: 32 });
    expect(frame.pixels).toHaveLength(3 * 64 * 32);
    expect(off(at(frame, 31, 31), [255, 0, 0])).toBeLessThanOrEqual(0);
    expect(off(at(frame, 33, 31), [114, 114, 114])).toBeLessThanOrEqual(0);
  });

  test('1 × 1', async () => {
    const frame = await load('one.png', solid(1, 1, '#0000ff'));
    expect(frame.ref).toMatchObject({ width: 32, height: 32 });
    expect(off(at(frame, 16, 16), [0, 0, 255])).toBeLessThanOrEqual(0);
  });

  test('10,000 × 10,000', async () => {
    const frame = await load('huge.png', solid(10_000, 10_000, '#00ff00').png({ compressionLevel: 1 }));
    expect(frame).toMatchObject({ sourceWidth: 10_000, sourceHeight: 10_000 });
    expect(off(at(frame, 5, 5), [0, 255, 0])).toBeLessThanOrEqual(0);
  });

  test('1 × 10,000 keeps a column of content', async () => {
    const frame = await load('thin.png', solid(1, 10_000, '#ffffff'));
    expect(frame.ref).toMatchObject({ width: 1, height: 32 });
  });

  test('grey becomes three channels', async () => {
    const frame = await load('grey.png', solid(50, 50, '#808080').toColourspace('b-w'));
    expect(off(at(frame, 10, 10), [128, 128, 128])).toBeLessThanOrEqual(1);
  });

  test('alpha is laid on the colour of the padding', async () => {
    const frame = await load('alpha.png', solid(50, 50, { r: 255, g: 0, b: 0, alpha: 0 }, 4));
    expect(off(at(frame, 10, 10), [114, 114, 114])).toBeLessThanOrEqual(1);
  });

  test('grey with alpha', async () => {
    const frame = await load(
      'grey-alpha.png',
      solid(50, 50, { r: 200, g: 200, b: 200, alpha: 1 }, 4).toColourspace('b-w'),
    );
    expect(off(at(frame, 10, 10), [200, 200, 200])).toBeLessThanOrEqual(2);
  });

  test('16 bits a channel', async () => {
    const frame = await load('deep.png', solid(50, 50, '#40a0c0').toColourspace('rgb16'));
    expect(off(at(frame, 10, 10), [0x40, 0xa0, 0xc0])).toBeLessThanOrEqual(2);
  });

  test('CMYK becomes RGB', async () => {
    const frame = await load(
      'cmyk.jpg',
      solid(50, 50, '#ff0000').toColourspace('cmyk').jpeg({ quality: 100 }),
    );
    const [r, g, b] = at(frame, 10, 10);
    expect(r!).toBeGreaterThan(180);
    expect(Math.max(g!, b!)).toBeLessThan(90);
  });

  test.each([
    [6, 'a quarter turn'],
    [8, 'a quarter turn the other way'],
    [3, 'upside down'],
  ])(
    'EXIF orientation %i (%s) is undone, and sizes are those of the upright picture',
    async (orientation) => {
      // Left half red, right half blue before turning.
      const image = solid(40, 20, '#ff0000').composite([
        { input: await solid(20, 20, '#0000ff').png().toBuffer(), left: 20, top: 0 },
      ]);
      const path = join(dir, `turned-${orientation}.jpg`);
      const flat = await image.png().toBuffer();
      await sharp(flat).withMetadata({ orientation }).jpeg({ quality: 100 }).toFile(path);
      const frame = await loadPicture(path, onto);
      const turned = orientation !== 3;
      expect(frame).toMatchObject(
        turned ? { sourceWidth: 20, sourceHeight: 40 } : { sourceWidth: 40, sourceHeight: 20 },
      );
      const first = at(frame, 2, 2);
      expect(off(first, orientation === 6 ? [255, 0, 0] : [0, 0, 255])).toBeLessThanOrEqual(12);
    },
  );

  test.each([
    ['text', 'text.jpg', 'this is not a picture'],
    ['nothing', 'empty.png', ''],
  ])('%s is image.invalid and named', async (_, name, content) => {
    const path = join(dir, name);
    writeFileSync(path, content);
    await expect(loadPicture(path, onto)).rejects.toMatchObject({
      code: 'image.invalid',
      message: expect.stringContaining(name),
    });
  });

  test('half a JPEG is image.invalid', async () => {
    const path = join(dir, 'half.jpg');
    const noisy = sharp({
      create: {
        width: 400,
        height: 400,
        channels: 3,
        background: '#000',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    });
    const whole = await noisy.jpeg().toBuffer();
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    await expect(loadPicture(path, onto)).rejects.toMatchObject({ code: 'image.invalid' });
  });

  test('a file that does not exist', async () => {
    await expect(loadPicture(join(dir, 'absent.jpg'), onto)).rejects.toMatchObject({ code: 'image.invalid' });
  });
});
