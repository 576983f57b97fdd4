/** The detector with real weights on real pictures; skips aloud where the shared data is absent. */

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packagePath, silentLog } from '../core/index.ts';
import { findModel, loadManifest, sha256File } from '../models/index.ts';
import type { ModelManifest } from '../models/index.ts';
import type { Detector } from './index.ts';
import { createDetector, loadPicture } from './index.ts';

const SHARED = packagePath('..', 'shared');
const WEIGHTS = join(SHARED, 'models', 'picodet_s_416_coco.onnx');
const IMAGES = join(SHARED, 'data', 'detector', 'images', 'val');
const absent = !existsSync(WEIGHTS) || !existsSync(IMAGES);

describe.skipIf(absent)(`public PicoDet weights${absent ? ' (skipped: ../shared is not here)' : ''}`, () => {
  let manifest: ModelManifest;
  let detector: Detector;
  let dir: string;
  beforeAll(async () => {
    manifest = loadManifest(packagePath('models', 'manifests', 'public-picodet-s-416.json'));
    detector = await createDetector({ manifest, modelPath: WEIGHTS, sessions: 2, log: silentLog });
    dir = await mkdtemp(join(tmpdir(), 'streetwatch-detector-'));
  });
  afterAll(async () => {
    await detector.close();
    await rm(dir, { recursive: true });
  });

  test('finds vehicles in close-up highway pictures, inside the content', async () => {
    const names = readdirSync(IMAGES)
      .filter((name) => name.startsWith('vehicles_highway'))
      .slice(0, 8);
    let withVehicle = 0;
    await Promise.all(
      names.map(async (name) => {
        const frame = await loadPicture(join(IMAGES, name), detector);
        const found = await detector.detect(frame);
        for (const { box, score } of found) {
          expect(box.x1).toBeGreaterThanOrEqual(0);
          expect(box.y1).toBeGreaterThanOrEqual(0);
          expect(box.x2).toBeLessThanOrEqual(frame.ref.width);
          expect(box.y2).toBeLessThanOrEqual(frame.ref.height);
          expect(score).toBeGreaterThanOrEqual(0.35);
        }
        if (found.some((d) => ['car', 'bus', 'truck'].includes(d.label))) withVehicle += 1;
      }),
    );
    expect(withVehicle).toBeGreaterThanOrEqual(7);
  });

  test('says the same again, whichever thread works', async () => {
    const name = readdirSync(IMAGES).find((n) => n.startsWith('traffic_manaus'))!;
    const frame = await loadPicture(join(IMAGES, name), detector);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => detector.detect(frame, { minScore: 0.05 })),
    );
    expect(answers[0]!.length).toBeGreaterThan(0);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test('finds single classes below their threshold where asked, and marks them faint', async () => {
    const name = readdirSync(IMAGES).find((n) => n.startsWith('traffic_manaus'))!;
    const frame = await loadPicture(join(IMAGES, name), detector);
    const usual = await detector.detect(frame);
    const more = await detector.detect(frame, { lowest: { person: 0.05 } });
    expect(usual.some(({ faint }) => faint)).toBe(false);
    const faint = more.filter((detection) => detection.faint === true);
    expect(faint.length).toBeGreaterThan(0);
    expect(new Set(faint.map(({ label }) => label))).toEqual(new Set(['person']));
    expect(more.filter((detection) => detection.faint !== true)).toEqual(usual);
  });

  test('refuses a frame of another canvas', async () => {
    const frame = await loadPicture(join(IMAGES, readdirSync(IMAGES)[0]!), {
      canvas: { width: 320, height: 320 },
      padValue: 114,
    });
    await expect(detector.detect(frame)).rejects.toMatchObject({ code: 'model.shape-mismatch' });
  });

  test.each([
    ['another family', 'model.shape-mismatch', { decoder: 'yolox' }],
    [
      'another class list',
      'model.shape-mismatch',
      { classes: ['car'], scoreThresholds: { car: 0.3 }, rivals: [] },
    ],
    ['another hash', 'model.hash-mismatch', { sha256: '0'.repeat(64) }],
  ])('start-up error: %s', async (_, code, change) => {
    const wrong: ModelManifest = Object.assign({}, manifest, change);
    const attempt = createDetector({ manifest: wrong, modelPath: WEIGHTS, sessions: 1, log: silentLog });
    await expect(attempt).rejects.toMatchObject({ code });
  });

  test('start-up error: another input size', async () => {
    const wrong = { ...manifest, input: { ...manifest.input, width: 640, height: 640 } };
    const attempt = createDetector({ manifest: wrong, modelPath: WEIGHTS, sessions: 1, log: silentLog });
    await expect(attempt).rejects.toMatchObject({ code: 'model.shape-mismatch' });
  });

  test('start-up error: not ONNX', async () => {
    const path = join(dir, 'noise.onnx');
    writeFileSync(path, 'this is not a model');
    const wrong = { ...manifest, sha256: await sha256File(path) };
    const attempt = createDetector({ manifest: wrong, modelPath: path, sessions: 1, log: silentLog });
    await expect(attempt).rejects.toMatchObject({ code: 'model.invalid' });
  });

  test('a closed detector refuses, after the work at hand is done', async () => {
    const own = await createDetector({ manifest, modelPath: WEIGHTS, sessions: 1, log: silentLog });
    const frame = await loadPicture(join(IMAGES, readdirSync(IMAGES)[0]!), own);
    const atWork = own.detect(frame);
    const closed = own.close();
    await expect(atWork).resolves.toBeInstanceOf(Array);
    await closed;
    await expect(own.detect(frame)).rejects.toMatchObject({ code: 'inference.failed' });
  });
});

describe.skipIf(!existsSync(IMAGES))(
  `own weights${existsSync(IMAGES) ? '' : ' (skipped: ../shared is not here)'}`,
  () => {
    test.each([
      ['streetwatch-fast', 'vehicles_highway', ['car', 'bus', 'truck']],
      ['streetwatch-accurate', 'garbage_atanu', ['garbage', 'bin', 'overflow']],
      ['streetwatch-accurate', 'fire_smoke_sathurshan', ['fire', 'smoke']],
    ])('%s sees in most pictures of %s what they show', async (id, source, labels) => {
      const model = findModel(id);
      const own = await createDetector({ ...model, sessions: 1, log: silentLog });
      const names = readdirSync(IMAGES)
        .filter((name) => name.startsWith(source))
        .filter((_, i) => i % 12 === 0)
        .slice(0, 8);
      let seen = 0;
      for (const name of names) {
        const found = await own.detect(await loadPicture(join(IMAGES, name), own), { minScore: 0.2 });
        if (found.some((d) => labels.includes(d.label))) seen += 1;
      }
      await own.close();
      expect(seen).toBeGreaterThan(names.length / 2);
    });
  },
);
