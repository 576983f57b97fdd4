/** What of a picture is hidden by something that was not there: structure, texture and colours, block by block. */

import { gainOf, type Maps } from './features.ts';
import { BLOCK_SIDE as SIDE, COLUMNS, mayBeWritten, ROWS } from './picture.ts';

/** What became of the blocks of one sort: those with structure, or those with texture. */
export interface Loss {
  /** Blocks of this sort that there were, and how many of them cannot be the camera's own writing. */
  readonly blocks: number;
  readonly ofTheView: number;
  /** Share of them that have lost it, 0–1. */
  readonly lost: number;
  /**
   * How the light and dark of the lost blocks follow the reference: correlation −1…1, and slope. Blur and fog keep the
   * first, blur keeps the second; behind a cover neither is left.
   */
  readonly likeness: number;
  readonly slope: number;
}

/** What of the picture is hidden. */
export interface Cover {
  readonly structure: Loss;
  /** Grain of surfaces: what is left to lose where nothing but asphalt is seen. */
  readonly texture: Loss;
  /** Blocks that were flat and now have structure, for each one that has lost it: a moved view has both. */
  readonly gained: number;
  /** Share of all blocks that now show one flat colour in place of another one, 0–1. */
  readonly intruder: number;
}

/** Spread of a block's cells: structure, hardly any, and new structure, luma levels. */
const STRUCTURED = 6;
const FLAT = 3;
const FRESH = 8;
/** Mean fine detail that is grain and not rounding, luma levels. */
const TEXTURED = 0.5;
/** Less than this share is left: lost. More than the other: kept. */
const LEFT = 0.35;
const KEPT = 0.75;
/** Another colour: this far off in luma or chroma; and one colour: within so many levels of luma. */
const OTHER_LUMA = 10;
const OTHER_CHROMA = 5;
const ONE_COLOUR = 16;
const LEAST_UNCHANGED = 0.05;
const DIVERSE = 8;
/** So few lost blocks say nothing about likeness. */
const LEAST_LOST = 4;

interface Block {
  readonly mean: number;
  readonly spread: number;
  readonly fine: number;
  readonly cb: number;
  readonly cr: number;
}

/** Compares a picture with the reference in blocks of 4 × 4 cells. */
export function coverOf(reference: Maps, picture: Maps): Cover {
  const gain = gainOf(reference, picture);
  const structure = new Losses();
  const texture = new Losses();
  const flat: number[] = [];
  const before: number[] = [];
  let unchanged = 0;
  let gained = 0;
  let blocks = 0;
  for (let y = 0; y + SIDE <= ROWS; y += SIDE) {
    for (let x = 0; x + SIDE <= COLUMNS; x += SIDE) {
      const a = blockOf(reference, x, y);
      const b = blockOf(picture, x, y);
      blocks++;
      if (a.spread < FLAT && b.spread * gain > FRESH) gained++;
      if (!isOther(a, b)) unchanged++;
      else if (b.spread <= FLAT) {
        flat.push(b.mean);
        before.push(a.mean);
      }
      const written = mayBeWritten(y * COLUMNS + x) && b.spread * gain > a.spread * KEPT;
      if (a.spread >= STRUCTURED) structure.take(a, b, { lost: b.spread * gain <= a.spread * LEFT, written });
      if (a.fine >= TEXTURED) texture.take(a, b, { lost: b.fine * gain <= a.fine * LEFT, written });
    }
  }
  return {
    structure: structure.sum(),
    texture: texture.sum(),
    gained: gained / Math.max(1, structure.count),
    // Even before and even now, and nothing stayed as it was: that is the light.
    intruder:
      unchanged < LEAST_UNCHANGED * blocks && deviation(before) < DIVERSE
        ? 0
        : largestCluster(flat, ONE_COLOUR) / blocks,
  };
}

class Losses {
  private readonly was: number[] = [];
  private readonly is: number[] = [];
  private blocks = 0;
  private written = 0;

  get count(): number {
    return this.was.length;
  }

  take(a: Block, b: Block, is: { readonly lost: boolean; readonly written: boolean }): void {
    this.blocks++;
    if (is.written) this.written++;
    if (!is.lost) return;
    this.was.push(a.mean);
    this.is.push(b.mean);
  }

  sum(): Loss {
    const few = this.count < LEAST_LOST;
    const { correlation, slope } = few ? { correlation: 1, slope: 1 } : regression(this.was, this.is);
    const lost = this.blocks === 0 ? 0 : this.count / this.blocks;
    return {
      blocks: this.blocks,
      ofTheView: this.blocks - this.written,
      lost,
      likeness: correlation,
      slope,
    };
  }
}

function isOther(a: Block, b: Block): boolean {
  return Math.abs(a.mean - b.mean) > OTHER_LUMA || Math.hypot(a.cb - b.cb, a.cr - b.cr) > OTHER_CHROMA;
}

/** Most values that lie within `width` of each other. */
function largestCluster(values: number[], width: number): number {
  values.sort((a, b) => a - b);
  let most = 0;
  for (let from = 0, to = 0; to < values.length; to++) {
    while (values[to]! - values[from]! > width) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

function blockOf(maps: Maps, x0: number, y0: number): Block {
  let sum = 0;
  let squares = 0;
  let fine = 0;
  let cb = 0;
  let cr = 0;
  for (let y = y0; y < y0 + SIDE; y++) {
    for (let x = x0; x < x0 + SIDE; x++) {
      const i = y * COLUMNS + x;
      const value = maps.luma[i]!;
      sum += value;
      squares += value * value;
      fine += maps.fine[i]!;
      cb += maps.cb[i]!;
      cr += maps.cr[i]!;
    }
  }
  const n = SIDE * SIDE;
  const mean = sum / n;
  const spread = Math.sqrt(Math.max(0, squares / n - mean * mean));
  return { mean, spread, fine: fine / n, cb: cb / n, cr: cr / n };
}

function deviation(values: readonly number[]): number {
  const n = Math.max(1, values.length);
  const mean = values.reduce((x, y) => x + y, 0) / n;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
}

function regression(a: readonly number[], b: readonly number[]): { correlation: number; slope: number } {
  const n = a.length;
  const ma = a.reduce((x, y) => x + y, 0) / n;
  const mb = b.reduce((x, y) => x + y, 0) / n;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < n; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  if (aa === 0) return { correlation: 0, slope: 0 };
  return { correlation: bb === 0 ? 0 : ab / Math.sqrt(aa * bb), slope: ab / aa };
}
