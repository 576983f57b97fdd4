/** Many pictures through a detector: in order, few at a time, and boxes in pixels of the upright picture. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Detection, Frame } from '../core/index.ts';
import { findModel } from '../models/index.ts';
import type { Detector } from './index.ts';
import { detectPictures } from './index.ts';

let dir = '';
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'streetwatch-pictures-'));
  await sharp({ create: { width: 8, height: 6, channels: 3, background: '#123' } }).toFile(
    join(dir, 'a.png'),
  );
  writeFileSync(join(dir, 'broken.png'), 'no picture');
});
afterAll(() => rmSync(dir, { recursive: true }));

/** A detector whose every answer is given by `look`. */
function detector(look: (frame: Frame) => Detection[] | Promise<Detection[]>, sessions = 2): Detector {
  const { manifest } = findModel('streetwatch-fast');
  return {
    canvas: { width: 64, height: 64 },
    padValue: 114,
    classes: manifest.classes,
    manifest,
    sessions,
    detect: async (frame) => look(frame),
    close: () => Promise.resolve(),
  };
}

test('order is that of the paths, and a slow reader is waited for: two more pictures than sessions are begun', async () => {
  let begun = 0;
  const paths = function* () {
    for (let i = 0; i < 40; i++) {
      begun += 1;
      yield join(dir, i % 7 === 3 ? 'broken.png' : 'a.png');
    }
  };
  const seen: boolean[] = [];
  for await (const result of detectPictures(
    paths(),
    detector(() => []),
  )) {
    seen.push('error' in result);
    expect(begun - seen.length).toBeLessThan(4);
    // Whatever is ready by now must not draw more files in.
    await new Promise(setImmediate);
  }
  expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => i % 7 === 3));
});

describe('EXIF', () => {
  /** Upright: 60 × 30, grey, with a red patch at x 40–60, y 0–10. */
  const upright = () =>
    sharp({ create: { width: 60, height: 30, channels: 3, background: '#777' } }).composite([
      {
        input: { create: { width: 20, height: 10, channels: 3, background: '#f00' } },
        left: 40,
        top: 0,
      },
    ]);

  /** How the upright picture lies in the file for each orientation (Exif 2.32, tag 0x0112): what undoes the turn of the tag. */
  const stored: Record<number, (image: Sharp) => Sharp> = {
    1: (image) => image,
    2: (image) => image.flop(),
    3: (image) => image.rotate(180),
    4: (image) => image.flip(),
    // sharp mirrors before it turns.
    5: (image) => image.flop().rotate(270),
    6: (image) => image.rotate(270),
    7: (image) => image.flop().rotate(90),
    8: (image) => image.rotate(90),
  };

  /** Finds the red patch: the box of all red pixels, in content pixels. */
  function redBox({ pixels, canvasWidth, ref }: Frame): Detection[] {
    const [xs, ys]: [number[], number[]] = [[], []];
    for (let y = 0; y < ref.height; y++) {
      for (let x = 0; x < ref.width; x++) {
        const at = 3 * (y * canvasWidth + x);
        if (pixels[at]! < 200 || pixels[at + 1]! > 60) continue;
        xs.push(x);
        ys.push(y);
      }
    }
    const box = {
      x1: Math.min(...xs),
      y1: Math.min(...ys),
      x2: Math.max(...xs) + 1,
      y2: Math.max(...ys) + 1,
    };
    return [{ box, score: 1, label: 'car' }];
  }

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'boxes of orientation %i lie where the upright picture shows things',
    async (orientation) => {
      const path = join(dir, `turned-${orientation}.jpg`);
      const flat = await stored[orientation]!(sharp(await upright().png().toBuffer()))
        .png()
        .toBuffer();
      await sharp(flat)
        .withMetadata({ orientation })
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
        .toFile(path);
      for await (const result of detectPictures([path], detector(redBox))) {
        if ('error' in result) throw result.error;
        expect(result).toMatchObject({ width: 60, height: 30 });
        const { x1, y1, x2, y2 } = result.detections[0]!.box;
        for (const [value, expected] of [
          [x1, 40],
          [y1, 0],
          [x2, 60],
          [y2, 10],
        ] as const) {
          expect(Math.abs(value - expected)).toBeLessThan(1.5);
        }
      }
      expect.assertions(5);
    },
  );
});
