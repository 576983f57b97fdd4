/** A tiny scenario really is drawn by the browser, and its truth is the same every time. */

import { describe, expect, it } from 'vitest';
import sharp from 'sharp';

import { parseScenario } from '../scenario/load.ts';
import { projectPoint } from '../timeline/ground-to-picture.ts';
import { chromiumPath, openSceneBrowser } from './browser.ts';

const TINY = `
name: tiny
summary: A car drives behind a bus, a man stands by, something burns, a bin is full.
seed: 3
durationS: 2
startsAt: 2025-06-11 08:15:00
light: day
weather: clear
camera: { at: [0, 6, 17], lookAt: [0, 0.5, 3], fovDeg: 50, widthPx: 256, heightPx: 144, fps: 2, gopS: 1, codec: h264, crf: 28, noise: 4 }
actors:
  - { id: car, kind: car, model: sedan, colour: '#b01a1c', route: [[0, -5, 2], [2, 5, 2]] }
  - { id: hidden, kind: car, model: hatch, colour: '#e8e8e4', headingDeg: 180, route: [[0, 0, -4.6]] }
  - { id: bus, kind: bus, colour: '#e8eae6', stripe: '#1c7a46', route: [[0, 0, -1.2]] }
  - { id: man, kind: person, top: '#7a1f24', legs: '#20283c', route: [[0, 5, 9]] }
  - { id: late, kind: person, top: '#7a1f24', legs: '#20283c', route: [[1.5, 3, 9], [2, 4, 9]] }
things:
  - { id: bin, kind: bin, at: [-4, 8.2], colour: '#1f7a3c', fill: [[0, 0], [0.5, 1]] }
  - { id: blaze, kind: fire, at: [-6, 9], fromS: 0, toS: 9, growS: 0.5, sizeM: 1, smoke: 0.9 }
zones: []
`;

const BEHIND = `
name: behind
summary: A red car, seen from behind.
seed: 3
durationS: 1
startsAt: 2025-06-11 08:15:00
light: day
weather: overcast
camera: { at: [-9, 1.8, 2], lookAt: [0, 0.7, 2], fovDeg: 24, widthPx: 256, heightPx: 144, fps: 2, gopS: 1, codec: h264, crf: 28, noise: 0 }
actors:
  - { id: car, kind: car, model: suv, colour: '#b01a1c', headingDeg: 0, route: [[0, 0, 2]] }
things: []
zones: []
`;

const missing = chromiumPath() === undefined;

describe.skipIf(missing)(`drawing a scenario${missing ? ' (SKIPPED: no Chromium is installed)' : ''}`, () => {
  it(
    'draws a picture, tells the truth about it, and does both the same again',
    { timeout: 300_000 },
    async () => {
      const scenario = parseScenario(TINY, 'tiny.yaml');
      const browser = await openSceneBrowser();
      try {
        await browser.open(scenario);
        const first = [await browser.frame(0), await browser.frame(2)];
        await browser.open(scenario);
        const again = [await browser.frame(0), await browser.frame(2)];
        expect(again.map(({ truth }) => truth)).toEqual(first.map(({ truth }) => truth));

        const { width, height } = await sharp(Buffer.from(first[0]!.jpegBase64, 'base64')).metadata();
        expect([width, height]).toEqual([256, 144]);
        const { channels } = await sharp(Buffer.from(first[1]!.jpegBase64, 'base64')).stats();
        expect(Math.min(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(15);

        const [at0, at1] = first.map(
          ({ truth }) => new Map(truth.objects.map((object) => [object.id, object])),
        );
        expect(at0!.get('car')).toMatchObject({ class: 'car', visible: 1, moving: true });
        expect(at0!.get('man')).toMatchObject({ class: 'person', moving: false });
        expect(at0!.has('late')).toBe(false);
        expect([at0!.get('bin')?.class, at1!.get('bin')?.class]).toEqual(['bin', 'overflow']);
        expect(at1!.get('blaze')?.class).toBe('fire');
        expect(at1!.get('blaze-smoke')?.class).toBe('smoke');
        expect(at0!.get('hidden')?.visible ?? 0).toBeLessThan(0.6);
        expect(at1!.get('car')!.box[0]).toBeGreaterThan(at0!.get('car')!.box[0]);

        // The wheels stand where the ground plan says.
        const [x, y] = projectPoint(scenario.camera, [0, 0, 2])!;
        const [x1, y1, x2, y2] = at1!.get('car')!.box;
        expect(x * 256).toBeGreaterThan(x1);
        expect(x * 256).toBeLessThan(x2);
        expect(y * 144).toBeGreaterThan(y1);
        expect(y * 144).toBeLessThan(y2 + 2);
      } finally {
        await browser.close();
      }
    },
  );

  it(
    'lights the rear of a car from outside, and sees it elsewhere when the camera is moved',
    { timeout: 300_000 },
    async () => {
      const scenario = parseScenario(BEHIND, 'behind.yaml');
      const browser = await openSceneBrowser();
      try {
        await browser.open(scenario);
        const { jpegBase64, truth } = await browser.frame(0);
        const [red, green] = await meanBetweenWindowAndPlate(jpegBase64, truth.objects[0]!.box);
        expect(red!).toBeGreaterThan(3 * green!);

        const beside: typeof scenario.camera = { ...scenario.camera, at: [3, 4, 14], fovDeg: 40 };
        await browser.look(beside);
        const moved = await browser.frame(0);
        const [x, y] = projectPoint(beside, [0, 0.8, 2])!;
        const [x1, y1, x2, y2] = moved.truth.objects[0]!.box;
        expect((x1 + x2) / 2 / 256).toBeCloseTo(x, 1);
        expect((y1 + y2) / 2 / 144).toBeCloseTo(y, 1);
        expect(moved.truth.objects[0]!.box).not.toEqual(truth.objects[0]!.box);

        await browser.look(scenario.camera);
        expect((await browser.frame(0)).truth).toEqual(truth);
      } finally {
        await browser.close();
      }
    },
  );
});

async function meanBetweenWindowAndPlate(jpegBase64: string, box: readonly [number, number, number, number]) {
  const [x1, y1, x2, y2] = box;
  const [width, height] = [x2 - x1, y2 - y1];
  const part = sharp(Buffer.from(jpegBase64, 'base64')).extract({
    left: Math.round(x1 + 0.3 * width),
    top: Math.round(y1 + 0.48 * height),
    width: Math.round(0.4 * width),
    height: Math.round(0.12 * height),
  });
  const { channels } = await sharp(await part.png().toBuffer()).stats();
  return channels.map(({ mean }) => mean);
}
