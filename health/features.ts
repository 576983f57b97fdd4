/** Comparisons of a picture with what the camera normally shows: each a number that one fault moves. */

import { CELLS, COLUMNS, ROWS, type Picture } from './picture.ts';

type Maps = Pick<Picture, 'luma' | 'fine' | 'cb' | 'cr' | 'mean' | 'fineness'>;

/** A gradient of the cell map below this is no edge, luma levels per cell. */
const EDGE = 2.5;
/** Share of a reference edge that must be found again, along its direction. */
const FOUND = 0.4;

/** Automatic exposure scales a picture as a whole; this scales it back, within reason. */
export function gainOf(reference: Pick<Picture, 'mean'>, picture: Pick<Picture, 'mean'>): number {
  return Math.min(2.5, Math.max(0.4, reference.mean / Math.max(1, picture.mean)));
}

/**
 * How much of the detail is left: at the cells that are sharpest in the reference (median), and over the whole
 * picture. Blur takes both, another view only the first, a passing truck neither.
 */
export function sharpnessOf(reference: Maps, picture: Maps): { cells: number; whole: number } {
  const gain = gainOf(reference, picture);
  const kept: number[] = [];
  for (let i = 0; i < CELLS; i++) {
    if (reference.fine[i]! >= reference.fineness)
      kept.push((picture.fine[i]! * gain) / Math.max(0.1, reference.fine[i]!));
  }
  kept.sort((a, b) => a - b);
  return {
    cells: kept[Math.floor(kept.length / 2)] ?? 1,
    whole: (picture.fineness * gain) / Math.max(0.1, reference.fineness),
  };
}

/** Static edges of a reference: cell and gradient; the first `count` entries. Plain arrays would grow and box. */
interface Edges {
  count: number;
  readonly cells: Uint16Array;
  readonly gx: Float64Array;
  readonly gy: Float64Array;
}

function edgesOf(luma: Float32Array): Edges {
  const edges: Edges = {
    count: 0,
    cells: new Uint16Array(CELLS),
    gx: new Float64Array(CELLS),
    gy: new Float64Array(CELLS),
  };
  for (let y = 1; y < ROWS - 1; y++) {
    for (let x = 1; x < COLUMNS - 1; x++) {
      const i = y * COLUMNS + x;
      const gx = (luma[i + 1]! - luma[i - 1]!) / 2;
      const gy = (luma[i + COLUMNS]! - luma[i - COLUMNS]!) / 2;
      if (gx * gx + gy * gy < EDGE * EDGE) continue;
      edges.cells[edges.count] = i;
      edges.gx[edges.count] = gx;
      edges.gy[edges.count] = gy;
      edges.count++;
    }
  }
  return edges;
}

/** Share of the edges that the picture shows in the same direction, `dx`, `dy` cells further on. */
function shareFound(
  edges: Edges,
  picture: { luma: Float32Array; gain: number },
  shift: { dx: number; dy: number },
): number {
  const { luma, gain } = picture;
  const { dx, dy } = shift;
  let seen = 0;
  let found = 0;
  for (let k = 0; k < edges.count; k++) {
    const i = edges.cells[k]!;
    const x = (i % COLUMNS) + dx;
    const y = Math.floor(i / COLUMNS) + dy;
    if (x < 1 || x >= COLUMNS - 1 || y < 1 || y >= ROWS - 1) continue;
    seen++;
    const j = y * COLUMNS + x;
    const gx = edges.gx[k]!;
    const gy = edges.gy[k]!;
    const hx = (luma[j + 1]! - luma[j - 1]!) / 2;
    const hy = (luma[j + COLUMNS]! - luma[j - COLUMNS]!) / 2;
    if ((gx * hx + gy * hy) * gain >= FOUND * (gx * gx + gy * gy)) found++;
  }
  // What left the picture on one side is no witness; at least half of the edges must be.
  return seen * 2 < edges.count || seen === 0 ? 0 : found / seen;
}

/**
 * Share of the static edges of the reference, 0–1, that the picture shows at the same place and in the same direction.
 * Light, rain and passing objects take some away; another view takes nearly all.
 */
export function edgePersistence(
  reference: Pick<Picture, 'luma' | 'mean'>,
  picture: Pick<Picture, 'luma' | 'mean'>,
): { share: number; edges: number } {
  const edges = edgesOf(reference.luma);
  const seen = { luma: picture.luma, gain: gainOf(reference, picture) };
  if (edges.count === 0) return { share: 1, edges: 0 };
  return { share: shareFound(edges, seen, { dx: 0, dy: 0 }), edges: edges.count };
}

/**
 * What became of the static edges: share that has vanished altogether, and new strong edges for each one there was. A
 * cover takes edges away; another view has others instead.
 */
export function edgeBalance(
  reference: Pick<Picture, 'luma' | 'mean'>,
  picture: Pick<Picture, 'luma' | 'mean'>,
): { vanished: number; fresh: number } {
  const edges = edgesOf(reference.luma);
  const gain = gainOf(reference, picture);
  const known = new Set(edges.cells.subarray(0, edges.count));
  let vanished = 0;
  let fresh = 0;
  for (let y = 1; y < ROWS - 1; y++) {
    for (let x = 1; x < COLUMNS - 1; x++) {
      const i = y * COLUMNS + x;
      const gx = picture.luma[i + 1]! - picture.luma[i - 1]!;
      const gy = picture.luma[i + COLUMNS]! - picture.luma[i - COLUMNS]!;
      const strength = (Math.hypot(gx, gy) / 2) * gain;
      if (known.has(i)) vanished += strength < EDGE / 2 ? 1 : 0;
      else fresh += strength > EDGE * 1.6 ? 1 : 0;
    }
  }
  const n = Math.max(1, edges.count);
  return { vanished: vanished / n, fresh: fresh / n };
}

/** How far a view may have turned and still be found, cells. */
const MOST_DX = 14;
const MOST_DY = 9;

/** Where the static edges are found best: a turned camera shows them elsewhere. Shares 0–1, shifts in cells. */
export function bestShift(
  reference: Pick<Picture, 'luma' | 'mean'>,
  picture: Pick<Picture, 'luma' | 'mean'>,
): { share: number; dx: number; dy: number } {
  const edges = edgesOf(reference.luma);
  const seen = { luma: picture.luma, gain: gainOf(reference, picture) };
  let best = { share: 0, dx: 0, dy: 0 };
  for (let dy = -MOST_DY; dy <= MOST_DY; dy++) {
    for (let dx = -MOST_DX; dx <= MOST_DX; dx++) {
      const share = shareFound(edges, seen, { dx, dy });
      if (share > best.share) best = { share, dx, dy };
    }
  }
  return best;
}

/** What of the picture is hidden by something flat that was not there: shares of the cells, 0–1. */
export interface Cover {
  /** Share of the formerly structured cells that have lost their structure. */
  readonly lost: number;
  /** How well the light and dark of these cells still follow the reference, −1…1: blur keeps it, a cover does not. */
  readonly likeness: number;
  /** Blocks with structure that there were. */
  readonly structured: number;
  /** Blocks that were flat and now have structure, for each one that has lost it: a moved view has both. */
  readonly gained: number;
}

/** Looks at blocks of 4 × 4 cells: the spread of their cells and their fine detail. */
export function coverOf(reference: Maps, picture: Maps): Cover {
  const size = 4;
  const gain = gainOf(reference, picture);
  let structured = 0;
  let lost = 0;
  let gained = 0;
  const was: number[] = [];
  const is: number[] = [];
  for (let y = 0; y + size <= ROWS; y += size) {
    for (let x = 0; x + size <= COLUMNS; x += size) {
      const a = blockOf(reference, { x, y, size });
      const b = blockOf(picture, { x, y, size });
      if (a.spread < 3 && b.spread * gain > 8) gained++;
      if (a.spread < 6) continue;
      structured++;
      if (b.spread * gain > a.spread * 0.35) continue;
      lost++;
      was.push(a.mean);
      is.push(b.mean);
    }
  }
  return {
    lost: structured === 0 ? 0 : lost / structured,
    likeness: lost < 4 ? 1 : correlation(was, is),
    structured,
    gained: gained / Math.max(1, lost),
  };
}

function blockOf(maps: Maps, at: { x: number; y: number; size: number }): { mean: number; spread: number } {
  let sum = 0;
  let squares = 0;
  for (let y = at.y; y < at.y + at.size; y++) {
    for (let x = at.x; x < at.x + at.size; x++) {
      const value = maps.luma[y * COLUMNS + x]!;
      sum += value;
      squares += value * value;
    }
  }
  const n = at.size * at.size;
  const mean = sum / n;
  return { mean, spread: Math.sqrt(Math.max(0, squares / n - mean * mean)) };
}

/** How far the picture's colour as a whole leans from the reference, chroma levels, and the share of cells that do. */
export function castOf(reference: Maps, picture: Maps): { lean: number; share: number } {
  let cb = 0;
  let cr = 0;
  for (let i = 0; i < CELLS; i++) {
    cb += (picture.cb[i]! - reference.cb[i]!) / CELLS;
    cr += (picture.cr[i]! - reference.cr[i]!) / CELLS;
  }
  const lean = Math.hypot(cb, cr);
  let along = 0;
  for (let i = 0; i < CELLS; i++) {
    const dot = (picture.cb[i]! - reference.cb[i]!) * cb + (picture.cr[i]! - reference.cr[i]!) * cr;
    if (dot > 0.3 * lean * lean) along++;
  }
  return { lean, share: along / CELLS };
}

/** Bars across the whole width or height that the reference does not have: their strength and their share, 0–1. */
export function stripesOf(reference: Maps, picture: Maps): { strength: number; share: number } {
  const rows = barsOf(reference, picture, { lines: ROWS, along: COLUMNS, step: 1, next: COLUMNS });
  const columns = barsOf(reference, picture, { lines: COLUMNS, along: ROWS, step: COLUMNS, next: 1 });
  return rows.strength * rows.share >= columns.strength * columns.share ? rows : columns;
}

function barsOf(
  reference: Maps,
  picture: Maps,
  of: { lines: number; along: number; step: number; next: number },
): { strength: number; share: number } {
  const means: number[] = [];
  let total = 0;
  for (let line = 0; line < of.lines; line++) {
    let sum = 0;
    for (let k = 0; k < of.along; k++) {
      const i = line * of.next + k * of.step;
      const d = picture.luma[i]! - reference.luma[i]!;
      sum += d;
      total += d * d;
    }
    means.push(sum / of.along);
  }
  let bars = 0;
  for (const [line, mean] of means.entries()) {
    const near = [means[line - 2], means[line - 1], means[line + 1], means[line + 2]].filter(
      (v) => v !== undefined,
    );
    const own = mean - near.reduce((a, b) => a + b, 0) / near.length;
    bars += own * own;
  }
  const strength = Math.sqrt(bars / of.lines);
  return { strength, share: total === 0 ? 0 : Math.min(1, (bars * of.along) / total) };
}

/** Largest change of a cell's luma between two pictures, and the mean one. */
export function changeOf(a: Float32Array, b: Float32Array): { most: number; mean: number } {
  let most = 0;
  let sum = 0;
  for (let i = 0; i < CELLS; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    if (d > most) most = d;
    sum += d;
  }
  return { most, mean: sum / CELLS };
}

function correlation(a: readonly number[], b: readonly number[]): number {
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
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}
