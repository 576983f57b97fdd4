/** What a picture looks like in a few numbers: one pass over the pixels, well under a millisecond. */

import type { Frame } from '../core/index.ts';

/** Cells that a picture is divided into. */
export const COLUMNS = 64;
export const ROWS = 36;
export const CELLS = COLUMNS * ROWS;
/** About this many pixels are looked at, whatever the size: rows are skipped. */
const MAX_PIXELS = 60_000;

/** Features of one picture. Luma 0–255 (BT.601), chroma −128…127, maps row by row, {@link CELLS} long. */
export interface Picture {
  /** Mean luma, fine detail (mean absolute second difference along the row) and chroma of each cell. */
  readonly luma: Float32Array;
  readonly fine: Float32Array;
  readonly cb: Float32Array;
  readonly cr: Float32Array;
  readonly mean: number;
  /** Standard deviation of the cells' luma: contrast of the scene, untouched by noise. */
  readonly contrast: number;
  /** Percentiles of the pixels' luma. */
  readonly p01: number;
  readonly p05: number;
  readonly p95: number;
  readonly p99: number;
  /** Mean distance of the cells from grey. */
  readonly saturation: number;
}

/**
 * Reads the content part of a frame.
 * @returns `undefined` for pictures too small to be judged (less than one pixel per cell).
 */
export function readPicture(frame: Pick<Frame, 'pixels' | 'canvasWidth' | 'ref'>): Picture | undefined {
  const { width, height } = frame.ref;
  if (width < COLUMNS || height < ROWS) return undefined;
  const sums = addUp(frame);
  const luma = new Float32Array(CELLS);
  const fine = new Float32Array(CELLS);
  const cb = new Float32Array(CELLS);
  const cr = new Float32Array(CELLS);
  let total = 0;
  let saturation = 0;
  for (let i = 0; i < CELLS; i++) {
    const n = Math.max(1, sums.count[i]!);
    const y = sums.luma[i]! / n;
    luma[i] = y;
    fine[i] = sums.fine[i]! / n;
    // BT.601 colour differences.
    cb[i] = 0.564 * (sums.blue[i]! / n - y);
    cr[i] = 0.713 * (sums.red[i]! / n - y);
    total += y;
    saturation += Math.hypot(cb[i]!, cr[i]!);
  }
  const mean = total / CELLS;
  let variance = 0;
  for (let i = 0; i < CELLS; i++) variance += (luma[i]! - mean) ** 2;
  return {
    luma,
    fine,
    cb,
    cr,
    mean,
    contrast: Math.sqrt(variance / CELLS),
    ...percentiles(sums.histogram),
    saturation: saturation / CELLS,
  };
}

interface Sums {
  readonly count: Uint32Array;
  readonly luma: Uint32Array;
  readonly fine: Uint32Array;
  readonly red: Uint32Array;
  readonly blue: Uint32Array;
  readonly histogram: Uint32Array;
}

function addUp(frame: Pick<Frame, 'pixels' | 'canvasWidth' | 'ref'>): Sums {
  const { pixels, canvasWidth } = frame;
  const { width, height } = frame.ref;
  const sums: Sums = {
    count: new Uint32Array(CELLS),
    luma: new Uint32Array(CELLS),
    fine: new Uint32Array(CELLS),
    red: new Uint32Array(CELLS),
    blue: new Uint32Array(CELLS),
    histogram: new Uint32Array(256),
  };
  const columnOf = new Uint8Array(width);
  for (let x = 0; x < width; x++) columnOf[x] = Math.floor((x * COLUMNS) / width);
  const step = Math.max(1, Math.min(Math.floor(height / ROWS), Math.ceil((width * height) / MAX_PIXELS)));
  for (let y = Math.floor(step / 2); y < height; y += step) {
    const rowCell = Math.floor((y * ROWS) / height) * COLUMNS;
    let at = y * canvasWidth * 3;
    let before = 0;
    let last = 0;
    for (let x = 0; x < width; x++, at += 3) {
      const red = pixels[at]!;
      const blue = pixels[at + 2]!;
      const luma = (red * 77 + pixels[at + 1]! * 150 + blue * 29) >> 8;
      const cell = rowCell + columnOf[x]!;
      sums.count[cell]!++;
      sums.luma[cell]! += luma;
      sums.red[cell]! += red;
      sums.blue[cell]! += blue;
      sums.histogram[luma]!++;
      if (x > 1) sums.fine[cell]! += Math.abs(before - 2 * last + luma);
      before = last;
      last = luma;
    }
  }
  return sums;
}

function percentiles(histogram: Uint32Array): Pick<Picture, 'p01' | 'p05' | 'p95' | 'p99'> {
  const total = histogram.reduce((a, b) => a + b, 0);
  const at = (share: number): number => {
    let seen = 0;
    for (let value = 0; value < 256; value++) {
      seen += histogram[value]!;
      if (seen >= total * share) return value;
    }
    return 255;
  };
  return { p01: at(0.01), p05: at(0.05), p95: at(0.95), p99: at(0.99) };
}
