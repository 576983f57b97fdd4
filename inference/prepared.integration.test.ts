/** Prepared public models say what the originals say, on real pictures; skips aloud where the shared data is absent. */

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packagePath } from '../core/index.ts';
import type { ModelManifest, PrepareOptions } from '../models/index.ts';
import { FAMILY_NORMALISATION, loadManifest, prepareModel } from '../models/index.ts';
import { loadPicture } from './picture.ts';
import { ModelSession } from './session.ts';
import type { InferResult } from './session.ts';

const SHARED = packagePath('..', 'shared');
const IMAGES = join(SHARED, 'data', 'detector', 'images', 'val');
const absent = !existsSync(join(SHARED, 'models')) || !existsSync(IMAGES);
const note = absent ? ' (skipped: ../shared is not here)' : '';
const dir = mkdtempSync(join(tmpdir(), 'streetwatch-prepared-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** As release 0.1.0 of YOLOX was trained. */
const YOLOX_0_1_0 = {
  colour: 'rgb' as const,
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** Largest differences of scores and of boxes (pixels) between two results of one picture. */
function difference(a: InferResult, b: InferResult): { scores: number; boxes: number } {
  expect(a.scores.length).toBe(b.scores.length);
  const worst = { scores: 0, boxes: 0 };
  const free = new Set(a.scores.keys());
  for (const i of b.scores.keys()) {
    // Two boxes with scores equal to the sixth place may change places.
    const at = (k: number): number =>
      Math.max(...[0, 1, 2, 3].map((side) => Math.abs(a.boxes[4 * k + side]! - b.boxes[4 * i + side]!)));
    const same = [...free].filter((k) => a.classes[k] === b.classes[i]);
    const nearest = same.reduce((best, k) => (at(k) < at(best) ? k : best), same[0]!);
    free.delete(nearest);
    worst.boxes = Math.max(worst.boxes, at(nearest));
    worst.scores = Math.max(worst.scores, Math.abs(a.scores[nearest]! - b.scores[i]!));
  }
  return worst;
}

describe.skipIf(absent)(`prepared models against the originals${note}`, () => {
  test.each([
    ['picodet', 'picodet_s_416_coco.onnx', 'public-picodet-s-416', FAMILY_NORMALISATION.picodet, 416, 416],
    ['picodet', 'picodet_s_416_coco.onnx', 'public-picodet-s-416', FAMILY_NORMALISATION.picodet, 640, 384],
    ['yolox', 'yolox_nano.onnx', 'public-yolox-nano-416', YOLOX_0_1_0, 416, 416],
    ['yolox', 'yolox_nano.onnx', 'public-yolox-nano-416', YOLOX_0_1_0, 640, 384],
  ] as const)('%s from %s (%s), row %#', async (family, file, id, normalisation, width, height) => {
    const published = loadManifest(packagePath('models', 'manifests', `${id}.json`));
    const options: PrepareOptions = {
      family,
      classes: published.classes,
      normalisation,
      size: { width, height },
    };
    const paths = { bare: join(dir, 'bare.onnx'), full: join(dir, 'full.onnx') };
    // At its own size the original itself; else the original with nothing changed but its size.
    const bare = width === 416 && height === 416 ? join(SHARED, 'models', file) : paths.bare;
    if (bare === paths.bare)
      await prepareModel(join(SHARED, 'models', file), bare, { ...options, bare: true });
    await prepareModel(join(SHARED, 'models', file), paths.full, options);
    const { colour, ...norm } = normalisation;
    const bareManifest: ModelManifest = {
      ...published,
      input: { ...published.input, colour, ...norm, width, height },
    };
    const fullManifest: ModelManifest = {
      ...published,
      decoder: 'boxes-scores',
      input: {
        width,
        height,
        layout: 'nhwc',
        dtype: 'uint8',
        colour: 'rgb',
        resize: 'letterbox',
        padValue: 114,
      },
    };
    const original = await ModelSession.open({ manifest: bareManifest, modelPath: bare, threads: 1 });
    const prepared = await ModelSession.open({ manifest: fullManifest, modelPath: paths.full, threads: 1 });
    const worst = { scores: 0, boxes: 0 };
    let found = 0;
    for (const prefix of ['traffic_manaus', 'vehicles_highway', 'vehicles_dhaka', 'garbage_atanu']) {
      const name = readdirSync(IMAGES).find((n) => n.startsWith(prefix))!;
      const frame = await loadPicture(join(IMAGES, name), { canvas: { width, height }, padValue: 114 });
      const request = { contentWidth: frame.ref.width, contentHeight: frame.ref.height, minScore: 0.2 };
      const [a, b] = [
        await original.infer(frame.pixels, request),
        await prepared.infer(frame.pixels, request),
      ];
      const one = difference(a, b);
      found += b.scores.length;
      worst.scores = Math.max(worst.scores, one.scores);
      worst.boxes = Math.max(worst.boxes, one.boxes);
    }
    await original.close();
    await prepared.close();
    expect(found).toBeGreaterThan(10);
    expect(worst.scores).toBeLessThan(1e-4);
    expect(worst.boxes).toBeLessThan(0.01);
  });
});
