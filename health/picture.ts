/** What a picture looks like in a few numbers: one pass over the pixels, well under a millisecond. */

import type { Frame } from '../core/index.ts';

/** Cells that a picture is divided into. */
export const COLUMNS = 64;
export const ROWS = 36;
export const CELLS = COLUMNS * ROWS;
/** Cells along a side of a block, and blocks: places large enough to hold some clear edges. */
export const BLOCK_SIDE = 4;
export const BLOCK_COLUMNS = COLUMNS / BLOCK_SIDE;
export const BLOCK_ROWS = ROWS / BLOCK_SIDE;
export const BLOCKS = BLOCK_COLUMNS * BLOCK_ROWS;
/** About this many pixels are looked at, whatever the size: rows are skipped. */
const MAX_PIXELS = 40_000;

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
  /** Detail at the sharpest cells: 90th percentile of `fine`. */
  readonly fineness: number;
  /**
   * How steep the clear edges are, 0.25 (ramps) to 1 (steps): the largest step from pixel to pixel within an edge, as a
   * share of its whole height. A soft lens lowers it whatever the view shows and however few edges it has.
   */
  readonly crispness: number;
  /** Share of the pixels that lie on a clear edge: what {@link Picture.crispness} rests on. */
  readonly edgeShare: number;
  /** Both by block, {@link BLOCKS} long: the steepness of a block without clear edges is 0. */
  readonly blockEdges: Float32Array;
  readonly blockSteepness: Float32Array;
  /**
   * Noise, luma levels (1 sigma): from the flattest quarter of the cells, whose second differences are noise and
   * nothing else; mean |N(0,σ)₁ − 2·N₂ + N₃| = 1.954 σ (after Immerkaer 1996, "Fast noise variance estimation").
   */
  readonly noise: number;
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
  let pixelCount = 0;
  for (let i = 0; i < CELLS; i++) {
    pixelCount += sums.count[i]!;
    const n = Math.max(1, sums.count[i]!);
    const y = sums.luma[i]! / n;
    luma[i] = y;
    fine[i] = sums.fine[i]! / n;
    // BT.601 colour differences.
    cb[i] = 0.564 * (sums.blue[i]! / n - y);
    cr[i] = 0.713 * (sums.red[i]! / n - y);
    total += y;
    saturation += Math.sqrt(cb[i]! * cb[i]! + cr[i]! * cr[i]!);
  }
  const scratch = fine.slice();
  const edges = edgesOf(sums, pixelCount);
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
    fineness: nthSmallest(scratch, Math.floor(CELLS * 0.9)),
    ...edges,
    noise: nthSmallest(scratch, Math.floor(CELLS * 0.25)) / 1.954,
  };
}

/** Clear edges of the whole picture, and block by block. */
function edgesOf(
  { edges, steepness, count }: Sums,
  pixelCount: number,
): Pick<Picture, 'crispness' | 'edgeShare' | 'blockEdges' | 'blockSteepness'> {
  const pixels = new Uint32Array(BLOCKS);
  for (let i = 0; i < CELLS; i++) pixels[blockOfCell(i)]! += count[i]!;
  let found = 0;
  let steep = 0;
  for (let k = 0; k < BLOCKS; k++) {
    found += edges[k]!;
    steep += steepness[k]!;
  }
  return {
    crispness: found === 0 ? 0 : steep / found,
    edgeShare: found / pixelCount,
    blockEdges: edges.map((n, k) => n / Math.max(1, pixels[k]!)),
    blockSteepness: steepness.map((sum, k) => sum / Math.max(1, edges[k]!)),
  };
}

/** The block in which a cell lies. */
export function blockOfCell(i: number): number {
  const row = Math.floor(i / COLUMNS / BLOCK_SIDE);
  return row * BLOCK_COLUMNS + Math.floor((i % COLUMNS) / BLOCK_SIDE);
}

/** The upper left cell of a block. */
export function firstCellOf(block: number): number {
  const row = Math.floor(block / BLOCK_COLUMNS);
  return (row * COLUMNS + (block % BLOCK_COLUMNS)) * BLOCK_SIDE;
}

/** Cameras write date, clock and name into the outer rows: this many blocks high. */
const WRITING_ROWS = 2;

/** Whether a cell lies where cameras write. The text of a camera is sharp, lit and alive whatever became of the rest. */
export function mayBeWritten(cell: number): boolean {
  const rows = WRITING_ROWS * BLOCK_SIDE * COLUMNS;
  return cell < rows || cell >= CELLS - rows;
}

interface Sums {
  readonly count: Uint32Array;
  readonly luma: Uint32Array;
  readonly fine: Uint32Array;
  readonly red: Uint32Array;
  readonly blue: Uint32Array;
  readonly histogram: Uint32Array;
  /** Pixels on clear edges, and the sum of their steepness, by block. */
  readonly edges: Float32Array;
  readonly steepness: Float32Array;
}

/** Height of a clear edge over four pixels, luma levels. */
const CLEAR_EDGE = 24;

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
    edges: new Float32Array(BLOCKS),
    steepness: new Float32Array(BLOCKS),
  };
  const edges = Uint16Array.from({ length: COLUMNS + 1 }, (_, c) => Math.ceil((c * width) / COLUMNS));
  const step = Math.max(1, Math.min(Math.floor(height / ROWS), Math.ceil((width * height) / MAX_PIXELS)));
  for (let y = Math.floor(step / 2); y < height; y += step) {
    const rowCell = Math.floor((y * ROWS) / height) * COLUMNS;
    addRow({ pixels, at: y * canvasWidth * 3, edges, rowCell }, sums);
    const block = Math.floor((y * BLOCK_ROWS) / height) * BLOCK_COLUMNS;
    addEdges({ pixels, at: y * canvasWidth * 3, edges, block }, sums);
  }
  return sums;
}

/** One row, cell by cell: sums stay in registers within a cell. */
function addRow(
  row: { pixels: Uint8Array; at: number; edges: Uint16Array; rowCell: number },
  { count, luma, fine, red, blue, histogram }: Sums,
): void {
  const { pixels, edges, rowCell } = row;
  let at = row.at;
  let before = -1;
  let last = -1;
  for (let c = 0; c < COLUMNS; c++) {
    const end = row.at + edges[c + 1]! * 3;
    const n = (end - at) / 3;
    let sumY = 0;
    let sumF = 0;
    let sumR = 0;
    let sumB = 0;
    for (; at < end; at += 3) {
      const r = pixels[at]!;
      const b = pixels[at + 2]!;
      const y = (r * 77 + pixels[at + 1]! * 150 + b * 29) >> 8;
      sumR += r;
      sumB += b;
      sumY += y;
      histogram[y]!++;
      if (before >= 0) sumF += Math.abs(before - 2 * last + y);
      before = last;
      last = y;
    }
    const cell = rowCell + c;
    count[cell]! += n;
    luma[cell]! += sumY;
    fine[cell]! += sumF;
    red[cell]! += sumR;
    blue[cell]! += sumB;
  }
}

/** Clear edges along one row. Luma is the green channel here: the difference is none, and it costs a third. */
function addEdges(
  row: { pixels: Uint8Array; at: number; edges: Uint16Array; block: number },
  sums: Sums,
): void {
  const { pixels, at } = row;
  for (let c = 0, x = 4; c < BLOCK_COLUMNS; c++) {
    const end = row.edges[(c + 1) * BLOCK_SIDE]!;
    let edges = 0;
    let steepness = 0;
    for (let i = at + x * 3 + 1; x < end; x++, i += 3) {
      const height = Math.abs(pixels[i]! - pixels[i - 12]!);
      if (height < CLEAR_EDGE) continue;
      const step = largestStep(pixels, i);
      edges++;
      steepness += step < height ? step / height : 1;
    }
    sums.edges[row.block + c]! += edges;
    sums.steepness[row.block + c]! += steepness;
  }
}

/** Largest of the four steps from pixel to pixel that end at `i`. */
function largestStep(pixels: Uint8Array, i: number): number {
  const a = pixels[i - 9]!;
  const b = pixels[i - 6]!;
  const c = pixels[i - 3]!;
  const left = Math.max(Math.abs(a - pixels[i - 12]!), Math.abs(b - a));
  return Math.max(left, Math.abs(c - b), Math.abs(pixels[i]! - c));
}

/** What would stand at `n` if the values were sorted; moves them about (Hoare 1961, Algorithm 65 "Find"). */
export function nthSmallest(values: Float32Array, n: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = values[n]!;
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (j < n) left = i;
    if (n < i) right = j;
  }
  return values[n]!;
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
