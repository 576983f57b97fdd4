/** A made street scene for tests: structure, sensor noise from a fixed seed, and what may go wrong with it. */

import type { Frame } from '../core/index.ts';

const WIDTH = 208;
const HEIGHT = 117;

/** What the camera shows. */
export interface Shown {
  /** Sensor noise, luma levels (1 sigma). Default 2. */
  readonly noise?: number;
  /** Brightness and offset. */
  readonly gain?: number;
  readonly offset?: number;
  /** The view, moved to the right by so many pixels. */
  readonly shiftPx?: number;
  /** Radius of a box blur, pixels. */
  readonly blurPx?: number;
  /** Share of the picture, from the left, under a flat grey thing. */
  readonly covered?: number;
  /** Gains of red, green, blue. */
  readonly tint?: readonly [number, number, number];
  readonly bars?: boolean;
  readonly grey?: boolean;
  /** An empty car park in place of the street: grey asphalt with grain, and two short white lines. */
  readonly bare?: boolean;
  /** The camera's own date and time, white, in the upper left corner. */
  readonly clock?: boolean;
  /** A lamp that lights the middle of the street. */
  readonly lamp?: boolean;
  /** Streaks of rain, elsewhere in each picture. */
  readonly rain?: boolean;
  /** Luma of the flat thing that covers. Default 90. */
  readonly coverLuma?: number;
  /** Position of a moving car, pixels from the left. Left out: none. */
  readonly carPx?: number;
}

/** Frames of one camera, at any time and of any look. */
export class SceneCamera {
  private readonly noise = noiseTable();
  private seq = 0;
  private last: Frame | undefined;

  /** A picture at wall time `atMs`. Noise differs from picture to picture. */
  shoot(atMs: number, shown: Shown = {}, runId = 'run'): Frame {
    const scene = sceneOf(shown.shiftPx ?? 0, shown.blurPx ?? 0, shown.bare ?? false);
    const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
    let n = (this.seq * 7919) % NOISES;
    for (let i = 0, y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const rgb = shownAt(scene, { x, y }, shown);
        n = (n + 1) % NOISES;
        for (let c = 0; c < 3; c++, i++) {
          let value = rgb[c]! * (shown.gain ?? 1) * (shown.tint?.[c] ?? 1);
          if (shown.lamp === true) value *= lampAt(x, y);
          if (shown.rain === true && isStreak(x, y, this.seq)) value += 30;
          value += (shown.offset ?? 0) + (shown.noise ?? 2) * this.noise[n]!;
          if (shown.bars === true && y % 20 < 7) value = value / 2 + 127;
          if (shown.clock === true && isClock(x, y)) value = 235;
          if (shown.clock === true && isDigit(x, y)) value = digitAt(x, y, atMs);
          pixels[i] = Math.max(0, Math.min(255, Math.round(value)));
        }
      }
    }
    this.last = this.frame(pixels, atMs, runId);
    return this.last;
  }

  /** The same picture once more, bit for bit: what a frozen camera, or an encoder in a quiet scene, gives. */
  repeat(atMs: number, runId = 'run'): Frame {
    return this.frame(this.last!.pixels, atMs, runId);
  }

  /** The same picture once more, over which the camera's clock has gone on. */
  repeatUnderClock(atMs: number): Frame {
    const pixels = this.last!.pixels.slice();
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++)
        if (isDigit(x, y)) pixels.fill(digitAt(x, y, atMs), (y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3);
    return this.frame(pixels, atMs, 'run');
  }

  private frame(pixels: Uint8Array, atMs: number, runId: string): Frame {
    const seq = this.seq++;
    return {
      ref: { cameraId: 'cam', runId, seq, ptsMs: atMs, capturedAtMs: atMs, width: WIDTH, height: HEIGHT },
      pixels,
      canvasWidth: WIDTH,
      canvasHeight: HEIGHT,
      sourceWidth: WIDTH,
      sourceHeight: HEIGHT,
      release() {},
    };
  }
}

const NOISES = 65_521;

/** Normal enough numbers from a linear congruential generator (Numerical Recipes): sums of four uniform ones. */
function noiseTable(): Float32Array {
  let seed = 1;
  return Float32Array.from({ length: NOISES }, () => {
    let sum = -2;
    for (let i = 0; i < 4; i++) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      sum += seed / 2 ** 32;
    }
    return sum * 1.73;
  });
}

type Rgb = readonly [number, number, number];
const scenes = new Map<string, Rgb[]>();

/** The empty street, moved and blurred, drawn once. */
function sceneOf(shiftPx: number, blurPx: number, bare: boolean): Rgb[] {
  const key = `${shiftPx} ${blurPx} ${bare}`;
  let scene = scenes.get(key);
  if (scene === undefined) {
    scene = [];
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++)
        scene.push(blurredAt(bare ? asphaltAt : colourAt, { x: x + shiftPx, y }, blurPx));
    scenes.set(key, scene);
  }
  return scene;
}

function blurredAt(
  colour: (x: number, y: number) => Rgb,
  { x, y }: { x: number; y: number },
  r: number,
): Rgb {
  const sum: [number, number, number] = [0, 0, 0];
  let n = 0;
  for (let dy = -r; dy <= r; dy++) {
    for (let dx = -r; dx <= r; dx++, n++) {
      const rgb = colour(x + dx, y + dy);
      for (let c = 0; c < 3; c++) sum[c]! += rgb[c]!;
    }
  }
  return [sum[0] / n, sum[1] / n, sum[2] / n];
}

function shownAt(scene: readonly Rgb[], { x, y }: { x: number; y: number }, shown: Shown): Rgb {
  if (shown.covered !== undefined && x < shown.covered * WIDTH) {
    const luma = shown.coverLuma ?? 90;
    return [luma, luma, luma];
  }
  const { carPx } = shown;
  if (carPx !== undefined && y > 70 && y < 100 && x > carPx && x < carPx + 50) {
    return (x - carPx) % 16 < 3 ? [40, 40, 40] : [180, 40, 40];
  }
  const rgb = scene[y * WIDTH + x]!;
  const grey = (rgb[0] + rgb[1] + rgb[2]) / 3;
  return shown.grey === true ? [grey, grey, grey] : rgb;
}

/** Sky, houses with windows, a road with marks. */
function colourAt(x: number, y: number): Rgb {
  const house = Math.floor((x + 1000) / 37);
  const roof = 20 + ((house * 13) % 17);
  if (y < roof) return [150, 180, 220];
  if (y < 62) {
    const window = (x + 1000) % 12 < 5 && y % 14 < 8;
    const wall = 90 + ((house * 29) % 70);
    return window ? [50, 55, 60] : [wall, wall - 10, wall - 30];
  }
  const mark = y > 84 && y < 88 && (x + 1000) % 30 < 16;
  return mark ? [220, 220, 210] : [95, 95, 100];
}

/** Where the seconds of the clock stand, and what they look like: another pattern each second. */
function isDigit(x: number, y: number): boolean {
  return y > 4 && y < 15 && x >= 120 && x < 128;
}

function digitAt(x: number, y: number, atMs: number): number {
  return ((x >> 1) + (y >> 1) + Math.floor(atMs / 1000)) % 3 === 0 ? 235 : 20;
}

/** Streaks two pixels wide and twelve high; in each picture they are somewhere else. */
function isStreak(x: number, y: number, seq: number): boolean {
  const column = Math.imul((x >> 1) + 977 * seq, 2_654_435_761) >>> 0;
  return column % 8 === 0 && (y + column) % 40 < 12;
}

/** Light of the lamp: three times as much in the middle of the pool, nothing out of it. */
function lampAt(x: number, y: number): number {
  return 1 + 2 * Math.exp(-((x - 110) ** 2 + (y - 80) ** 2) / (2 * 30 ** 2));
}

/** Strokes of about 3 % of the picture. */
function isClock(x: number, y: number): boolean {
  return y > 4 && y < 15 && x > 6 && x < 120 && (x % 6 < 2 || y % 5 === 0);
}

/** Asphalt that darkens to the right, with grain that is always the same, and two short white lines. */
function asphaltAt(x: number, y: number): Rgb {
  const line = (x > 20 && x < 24 && y > 8 && y < 30) || (x > 150 && x < 154 && y > 85 && y < 110);
  const grain = (Math.imul(x * 73_856_093, 1) ^ Math.imul(y * 19_349_663, 1)) & 3;
  const luma = line ? 225 : 118 - x / 8 + grain;
  return [luma, luma, luma];
}
