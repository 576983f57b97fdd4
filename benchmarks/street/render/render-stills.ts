/** Pictures of random streets with exact boxes, as a data set that the detector can be trained on or scored with. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

import { DATASET_CLASSES } from '../../detector/index.ts';
import { randomScene } from '../scenario/random-scene.ts';
import { seededRandom } from '../timeline/random.ts';
import type { FrameObject, FrameTruth } from '../timeline/truth-types.ts';
import { openSceneBrowser } from './browser.ts';

/** What is hidden more than this, or smaller, nobody would mark. */
const LEAST_VISIBLE = 0.4;
/** The border of the picture hides too, but what is left there is plain to see. */
const LEAST_VISIBLE_CUT = 0.15;
/** Of a bus beside the lens little is in the picture and fills it. */
const LARGE_SHARE = 0.04;
const LEAST_PX = 6;

export interface StillsOptions {
  /** Gets `images/SPLIT/` and `labels/SPLIT/`. */
  readonly outDir: string;
  readonly split: string;
  readonly count: number;
  /** Seed of the first scene; the others follow it. */
  readonly firstSeed: number;
  /** Pictures of one street, each with a cast and a camera of its own; a street takes longer to build than to draw. */
  readonly perScene: number;
  readonly onStill?: (done: number) => void;
}

/** @returns how many pictures were written. @throws StreetwatchError `street.no-renderer`. */
export async function renderStills(options: StillsOptions): Promise<number> {
  const { count, firstSeed, perScene } = options;
  const [images, labels] = ['images', 'labels'].map((kind) => join(options.outDir, kind, options.split));
  for (const folder of [images!, labels!]) mkdirSync(folder, { recursive: true });
  const browser = await openSceneBrowser();
  let done = 0;
  try {
    for (let seed = firstSeed; done < count; seed++) {
      const { scenario, shots } = randomScene(seed, Math.min(perScene, count - done));
      await browser.open(scenario);
      for (const [index, { atS, camera }] of shots.entries()) {
        await browser.look(camera);
        const { jpegBase64, truth } = await browser.frame(Math.round(atS * camera.fps));
        // A source of its own for each light and weather, so that scores are told apart.
        const source = `street_${scenario.light}_${scenario.weather}`;
        const name = `${source}-${seed}${String(index).padStart(2, '0')}`;
        const picture = await asCameraSends(Buffer.from(jpegBase64, 'base64'), seed * 100 + index);
        writeFileSync(join(images!, `${name}.jpg`), picture);
        writeFileSync(join(labels!, `${name}.txt`), labelsOf(truth, camera));
        options.onStill?.(++done);
      }
    }
  } finally {
    await browser.close();
  }
  return done;
}

/** The optics and the compression of a cheap camera, each time a little different (compare `encode.ts`). */
async function asCameraSends(drawn: Buffer, seed: number): Promise<Buffer> {
  const random = seededRandom(seed);
  const [contrast, gain] = [0.9 + 0.14 * random(), 0.85 + 0.45 * random()];
  return await sharp(drawn)
    .blur(0.4 + 0.5 * random())
    .modulate({ saturation: 0.75 + 0.25 * random() })
    .linear(contrast * gain, 128 * (1 - contrast) * 0.6)
    .sharpen({ sigma: 1, m1: 0.3, m2: 0.5 })
    .jpeg({ quality: Math.round(80 + 12 * random()) })
    .toBuffer();
}

/** Lines of `class cx cy w h` in 0–1 coordinates, of what can be told in the picture. */
export function labelsOf(truth: FrameTruth, frame: { widthPx: number; heightPx: number }): string {
  const plain = ({ box: [x1, y1, x2, y2], visible }: FrameObject) => {
    const cut = x1 <= 0 || y1 <= 0 || x2 >= frame.widthPx || y2 >= frame.heightPx;
    const large = ((x2 - x1) * (y2 - y1)) / (frame.widthPx * frame.heightPx) > LARGE_SHARE;
    const enough = visible >= (cut ? (large ? 0 : LEAST_VISIBLE_CUT) : LEAST_VISIBLE);
    return enough && x2 - x1 >= LEAST_PX && y2 - y1 >= LEAST_PX;
  };
  return truth.objects
    .filter(plain)
    .map(({ class: kind, box: [x1, y1, x2, y2] }) => {
      const { widthPx: w, heightPx: h } = frame;
      const parts = [(x1 + x2) / 2 / w, (y1 + y2) / 2 / h, (x2 - x1) / w, (y2 - y1) / h];
      return `${DATASET_CLASSES.indexOf(kind)} ${parts.map((part) => part.toFixed(6)).join(' ')}\n`;
    })
    .join('');
}
