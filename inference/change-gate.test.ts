/** What counts as a change, and what does not. */

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../benchmarks/street/timeline/random.ts';
import type { Frame } from '../core/index.ts';
import { ChangeGate } from './change-gate.ts';

const WIDTH = 320;
const HEIGHT = 180;

interface Scene {
  /** Standard deviation of the noise of a pixel, and which noise. */
  noise?: number;
  seed?: number;
  /** Added to all pixels. */
  light?: number;
  /** A patch of other brightness: left, top, width, height, brightness. */
  patch?: readonly [number, number, number, number, number];
  runId?: string;
}

/** A street of textured stripes, 180 rows of 320 pixels on a square canvas. */
function frame(ptsMs: number, scene: Scene = {}): Frame {
  const { noise = 0, seed = 1, light = 0, patch, runId = 'r1' } = scene;
  const next = seededRandom(seed);
  const pixels = new Uint8Array(WIDTH * WIDTH * 3).fill(114);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      let value = 60 + 40 * Math.sin(x / 9) + 0.3 * y + light;
      if (patch && x >= patch[0] && x < patch[0] + patch[2] && y >= patch[1] && y < patch[1] + patch[3])
        value = patch[4];
      // Sum of three uniforms: near enough to normal, standard deviation 0.5.
      value += 2 * noise * (next() + next() + next() - 1.5);
      pixels.fill(
        Math.max(0, Math.min(255, Math.round(value))),
        (y * WIDTH + x) * 3,
        (y * WIDTH + x) * 3 + 3,
      );
    }
  }
  return {
    ref: { cameraId: 'a', runId, seq: 0, ptsMs, capturedAtMs: ptsMs, width: WIDTH, height: HEIGHT },
    pixels,
    canvasWidth: WIDTH,
    canvasHeight: WIDTH,
    sourceWidth: 1920,
    sourceHeight: 1080,
    release: () => undefined,
  };
}

const gate = () => new ChangeGate({ idleIntervalMs: 1000 });

describe('nothing happens', () => {
  it.each([
    ['the same picture', {}, {}],
    ['noise of a night', { noise: 8, seed: 1 }, { noise: 8, seed: 2 }],
    ['a cloud before the sun', {}, { light: -25 }],
  ] satisfies [string, Scene, Scene][])('%s', (_name, before, after) => {
    const one = gate();
    expect(one.opens(frame(0, before))).toBe(true);
    expect(one.opens(frame(200, after))).toBe(false);
  });

  it('one picture for each idle interval goes through all the same', () => {
    const one = gate();
    const through = Array.from({ length: 26 }, (_, i) => one.opens(frame(i * 200)));
    expect(through.flatMap((open, i) => (open ? [i * 200] : []))).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
  });
});

describe('something happens', () => {
  it.each([
    ['a person far away appears', {}, { patch: [200, 60, 5, 12, 20] }],
    ['a bag is left at night', { noise: 8, seed: 1 }, { noise: 8, seed: 2, patch: [80, 120, 8, 8, 120] }],
    ['a flame, a tenth of a block, in the dark', { light: -40 }, { light: -40, patch: [40, 40, 4, 4, 250] }],
    ['the picture is cut', {}, { light: 5, patch: [0, 0, 320, 60, 200] }],
  ] satisfies [string, Scene, Scene][])('%s', (_name, before, after) => {
    const one = gate();
    one.opens(frame(0, before));
    expect(one.opens(frame(200, after))).toBe(true);
  });

  it('slow change adds up until it is seen, since the last picture let through is what counts', () => {
    const one = new ChangeGate({ idleIntervalMs: 60_000 });
    one.opens(frame(0, { patch: [100, 100, 16, 16, 60] }));
    const grey = Array.from({ length: 12 }, (_, i) => 60 + i);
    const first = grey.findIndex((level, i) =>
      one.opens(frame(200 * (i + 1), { patch: [100, 100, 16, 16, level] })),
    );
    expect(first).toBeGreaterThan(3);
    expect(first).toBeLessThan(9);
  });

  it.each([
    ['a new run', { runId: 'r2' }, 200],
    ['a stream clock that goes back', {}, -500],
  ] satisfies [string, Scene, number][])('%s lets its first picture through', (_name, scene, ptsMs) => {
    const one = gate();
    one.opens(frame(0));
    expect(one.opens(frame(ptsMs, scene))).toBe(true);
  });
});
