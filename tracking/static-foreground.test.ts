/** The static-foreground detector on made pictures: what is put down, taken away, passes, changes with the light. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box, Detection, Frame } from '../core/index.ts';
import { iou } from '../core/index.ts';
import { StaticForeground } from './index.ts';

const WIDTH = 416;
const HEIGHT = 234;
const FPS = 2;

interface Patch {
  readonly box: Box;
  readonly luma: number;
}
const at = (x: number, y: number, w: number, h: number): Box => ({ x1: x, y1: y, x2: x + w, y2: y + h });

/** A street: a bright and a dark half with a texture, `patches` painted on it, noise that never repeats. */
function frameOf(seq: number, patches: readonly Patch[], gain = 1): Frame {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const patch = patches.findLast(({ box: b }) => x >= b.x1 && x < b.x2 && y >= b.y1 && y < b.y2);
      const ground = (y < 90 ? 150 : 90) + ((x * 7 + y * 3) % 11);
      const noise = ((x * 73 + y * 151 + seq * 977) % 13) - 6;
      const value = Math.max(0, Math.min(255, gain * (patch?.luma ?? ground) + noise));
      pixels.fill(value, (y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3);
    }
  }
  const ptsMs = (seq * 1000) / FPS;
  return {
    ref: {
      cameraId: 'c',
      runId: 'r',
      seq,
      ptsMs,
      capturedAtMs: 1_700_000_000_000 + ptsMs,
      width: WIDTH,
      height: HEIGHT,
    },
    pixels,
    canvasWidth: WIDTH,
    canvasHeight: HEIGHT,
    sourceWidth: WIDTH,
    sourceHeight: HEIGHT,
    release() {},
  };
}

interface Moment {
  readonly patches?: readonly Patch[];
  readonly known?: readonly Box[];
  readonly gain?: number;
}

function play(seconds: number, scene: (s: number) => Moment): { s: number; found: Detection[] }[] {
  const detector = new StaticForeground();
  return Array.from({ length: seconds * FPS }, (_, seq) => {
    const { patches = [], known = [], gain = 1 } = scene(seq / FPS);
    return { s: seq / FPS, found: detector.observe(frameOf(seq, patches, gain), known) };
  });
}

const bag: Patch = { box: at(200, 150, 24, 20), luma: 30 };
const held = (found: { found: Detection[] }[]): Detection[] => found.flatMap((one) => one.found);

describe('static foreground', () => {
  it('proposes what was put down, where it lies, and until it is gone', () => {
    const said = play(60, (s) => ({ patches: s >= 15 && s < 40 ? [bag] : [] }));
    const first = said.find(({ found }) => found.length > 0)!;
    expect(first.s).toBeGreaterThanOrEqual(20);
    expect(first.s).toBeLessThanOrEqual(24);
    expect(first.found).toHaveLength(1);
    expect(first.found[0]!.label).toBe('object');
    expect(iou(first.found[0]!.box, bag.box)).toBeGreaterThan(0.5);
    expect(held(said.filter(({ s }) => s > 25 && s < 40)).length).toBeGreaterThan(20);
    expect(held(said.filter(({ s }) => s > 44))).toEqual([]);
  });

  it.each<[string, (s: number) => Moment]>([
    ['noise alone', () => ({})],
    ['what was there from the start', () => ({ patches: [bag] })],
    ['what passes', (s) => ({ patches: s > 12 ? [{ box: at((s * 60) % 400, 140, 30, 40), luma: 20 }] : [] })],
    ['what stops for less than five seconds', (s) => ({ patches: s > 15 && s < 19 ? [bag] : [] })],
    ['what the network knows', (s) => ({ patches: s > 15 ? [bag] : [], known: s > 15 ? [bag.box] : [] })],
    ['what was taken away', (s) => ({ patches: s < 15 ? [bag] : [] })],
    ['light that goes on', (s) => ({ gain: s < 20 ? 1 : 1.5 })],
    ['dusk', (s) => ({ gain: 1 - s / 400 })],
    ['a camera that is turned', (s) => ({ patches: s > 15 ? [{ box: at(0, 0, 416, 140), luma: 40 }] : [] })],
    [
      'a known car that parked and left',
      (s) => {
        const car = at(150, 120, 90, 60);
        return s > 12 && s < 30 ? { patches: [{ box: car, luma: 20 }], known: [car] } : {};
      },
    ],
  ])('proposes nothing for %s', (_, scene) => {
    expect(held(play(60, scene))).toEqual([]);
  });

  it('takes up what it knew after a restart, and proposes byte for byte the same', () => {
    const scene = (seq: number): Frame => frameOf(seq, seq >= 30 && seq < 90 ? [bag] : []);
    const whole = new StaticForeground();
    const expected = Array.from({ length: 110 }, (_, seq) => JSON.stringify(whole.observe(scene(seq), [])));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 109 }), { maxLength: 3 }), (restarts) => {
        let detector = new StaticForeground();
        const said = Array.from({ length: 110 }, (_, seq) => {
          if (restarts.includes(seq)) {
            const next = new StaticForeground();
            next.restore(JSON.parse(JSON.stringify(detector.save())));
            detector = next;
          }
          return JSON.stringify(detector.observe(scene(seq), []));
        });
        expect(said).toEqual(expected);
      }),
      { numRuns: 4 },
    );
  });

  it('stays finite and bounded whatever comes: time back, no time, broken boxes, tiny pictures', () => {
    const detector = new StaticForeground();
    for (let seq = 0; seq < 60; seq++) {
      const frame = frameOf(seq, seq % 2 === 0 ? [bag] : []);
      const capturedAtMs = [Number.NaN, -1, 1e15, frame.ref.capturedAtMs][seq % 4]!;
      const known = [at(Number.NaN, 0, 1, 1), at(-1e9, -1e9, 2e9, 1), at(0, 0, Number.POSITIVE_INFINITY, 3)];
      const found = detector.observe({ ...frame, ref: { ...frame.ref, capturedAtMs } }, known);
      expect(found.length).toBeLessThanOrEqual(8);
    }
    const small = frameOf(1, []);
    expect(detector.observe({ ...small, ref: { ...small.ref, width: 40, height: 20 } }, [])).toEqual([]);
    expect(JSON.stringify(detector.save()).length).toBeLessThan(120_000);
    expect(() => new StaticForeground().restore(detector.save())).not.toThrow();
  });

  it.each([[null], [{}], [{ version: 1, lastMs: 0, learntMs: 0, maps: ['', '', '', ''] }]])(
    'refuses damaged state %j',
    (state) => {
      expect(() => new StaticForeground().restore(state)).toThrow(/damaged/);
    },
  );
});
