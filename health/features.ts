/** Comparisons of a picture with what the camera normally shows: each a number that one fault moves. */

import { CELLS, COLUMNS, mayBeWritten, ROWS, type Picture } from './picture.ts';

/** What comparisons look at. */
export type Maps = Pick<
  Picture,
  'luma' | 'fine' | 'cb' | 'cr' | 'mean' | 'fineness' | 'blockEdges' | 'blockSteepness'
>;

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

/**
 * Edges of the reference that cannot be the camera's own writing: of those in the outer rows only the ones that the
 * picture does not show at the same place.
 */
function viewEdgesOf(luma: Float32Array, seen: Seen): Edges {
  const edges = edgesOf(luma);
  let count = 0;
  for (let k = 0; k < edges.count; k++) {
    const i = edges.cells[k]!;
    if (mayBeWritten(i) && isFoundAt(edges, k, i, seen)) continue;
    edges.cells[count] = i;
    edges.gx[count] = edges.gx[k]!;
    edges.gy[count] = edges.gy[k]!;
    count++;
  }
  edges.count = count;
  return edges;
}

/** A picture, and what brings it to the brightness of the reference. */
interface Seen {
  readonly luma: Float32Array;
  readonly gain: number;
}

/** Whether the picture has an edge at cell `j` in the direction of the `k`th of `edges`. */
function isFoundAt({ gx, gy }: Edges, k: number, j: number, { luma, gain }: Seen): boolean {
  const hx = (luma[j + 1]! - luma[j - 1]!) / 2;
  const hy = (luma[j + COLUMNS]! - luma[j - COLUMNS]!) / 2;
  const x = gx[k]!;
  const y = gy[k]!;
  return (x * hx + y * hy) * gain >= FOUND * (x * x + y * y);
}

/** Share of the edges that the picture shows in the same direction, `dx`, `dy` cells further on. */
function shareFound(
  edges: Edges,
  picture: Seen,
  { dx, dy }: { readonly dx: number; readonly dy: number },
): number {
  let seen = 0;
  let found = 0;
  for (let k = 0; k < edges.count; k++) {
    const i = edges.cells[k]!;
    const x = (i % COLUMNS) + dx;
    const y = Math.floor(i / COLUMNS) + dy;
    if (x < 1 || x >= COLUMNS - 1 || y < 1 || y >= ROWS - 1) continue;
    seen++;
    if (isFoundAt(edges, k, y * COLUMNS + x, picture)) found++;
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
 * What became of the static edges of the view: share that has vanished altogether, new strong edges for each one there
 * was, and how many there were. A cover takes edges away; another view has others instead.
 */
export function edgeBalance(
  reference: Pick<Picture, 'luma' | 'mean'>,
  picture: Pick<Picture, 'luma' | 'mean'>,
): { vanished: number; fresh: number; edges: number } {
  const gain = gainOf(reference, picture);
  const all = edgesOf(reference.luma);
  const known = new Set(all.cells.subarray(0, all.count));
  const view = viewEdgesOf(reference.luma, { luma: picture.luma, gain });
  const strengthAt = (i: number): number => {
    const gx = picture.luma[i + 1]! - picture.luma[i - 1]!;
    const gy = picture.luma[i + COLUMNS]! - picture.luma[i - COLUMNS]!;
    return (Math.hypot(gx, gy) / 2) * gain;
  };
  let vanished = 0;
  for (let k = 0; k < view.count; k++) if (strengthAt(view.cells[k]!) < EDGE / 2) vanished++;
  let fresh = 0;
  for (let y = 1; y < ROWS - 1; y++) {
    for (let x = 1; x < COLUMNS - 1; x++) {
      const i = y * COLUMNS + x;
      if (!known.has(i) && strengthAt(i) > EDGE * 1.6) fresh++;
    }
  }
  const n = Math.max(1, view.count);
  return { vanished: vanished / n, fresh: fresh / n, edges: view.count };
}

/** How far a view may have turned and still be found, cells. */
const MOST_DX = 20;
const MOST_DY = 11;

/**
 * Where the static edges of the view are found best, and what share of them is found where they were: a turned camera
 * shows them elsewhere, under writing that stays. Shares 0–1, shifts in cells.
 */
export function bestShift(
  reference: Pick<Picture, 'luma' | 'mean'>,
  picture: Pick<Picture, 'luma' | 'mean'>,
): { share: number; dx: number; dy: number; stayed: number; edges: number } {
  const seen = { luma: picture.luma, gain: gainOf(reference, picture) };
  const edges = viewEdgesOf(reference.luma, seen);
  const stayed = shareFound(edges, seen, { dx: 0, dy: 0 });
  let best = { share: 0, dx: 0, dy: 0 };
  for (let dy = -MOST_DY; dy <= MOST_DY; dy++) {
    for (let dx = -MOST_DX; dx <= MOST_DX; dx++) {
      const share = shareFound(edges, seen, { dx, dy });
      if (share > best.share) best = { share, dx, dy };
    }
  }
  return { ...best, stayed, edges: edges.count };
}

/** Darker cells carry too little colour to lean, luma; what has a strong colour of its own may only have moved, chroma. */
const LIT_LUMA = 40;
const NEARLY_GREY = 25;
const LEAST_LIT = Math.floor(CELLS / 20);

/**
 * How far the picture's colour leans from the reference where there is light and next to no colour, chroma levels, and the
 * share of these cells that do.
 */
export function castOf(reference: Maps, picture: Maps): { lean: number; share: number } {
  const lit: number[] = [];
  for (let i = 0; i < CELLS; i++) {
    const isGrey = Math.hypot(reference.cb[i]!, reference.cr[i]!) < NEARLY_GREY;
    if (isGrey && reference.luma[i]! > LIT_LUMA && picture.luma[i]! > LIT_LUMA) lit.push(i);
  }
  if (lit.length < LEAST_LIT) return { lean: 0, share: 0 };
  let cb = 0;
  let cr = 0;
  for (const i of lit) {
    cb += (picture.cb[i]! - reference.cb[i]!) / lit.length;
    cr += (picture.cr[i]! - reference.cr[i]!) / lit.length;
  }
  const lean = Math.hypot(cb, cr);
  let along = 0;
  for (const i of lit) {
    const dot = (picture.cb[i]! - reference.cb[i]!) * cb + (picture.cr[i]! - reference.cr[i]!) * cr;
    if (dot > 0.3 * lean * lean) along++;
  }
  return { lean, share: along / lit.length };
}

/** Bars across the whole width or height that the reference does not have. */
export interface Bars {
  /** Of the difference to the reference, luma levels, and the share of all difference that it makes, 0–1. */
  readonly strength: number;
  readonly share: number;
  /** How much stronger bars are in the picture itself than in the reference: blur that takes long edges away has less. */
  readonly added: number;
}

export function stripesOf(reference: Maps, picture: Maps): Bars {
  const rows = barsOf(reference, picture, { lines: ROWS, along: COLUMNS, step: 1, next: COLUMNS });
  const columns = barsOf(reference, picture, { lines: COLUMNS, along: ROWS, step: COLUMNS, next: 1 });
  return rows.strength * rows.share >= columns.strength * columns.share ? rows : columns;
}

function barsOf(
  reference: Maps,
  picture: Maps,
  of: { lines: number; along: number; step: number; next: number },
): Bars {
  const was: number[] = [];
  const is: number[] = [];
  let total = 0;
  for (let line = 0; line < of.lines; line++) {
    let before = 0;
    let now = 0;
    for (let k = 0; k < of.along; k++) {
      const i = line * of.next + k * of.step;
      before += reference.luma[i]!;
      now += picture.luma[i]!;
      total += (picture.luma[i]! - reference.luma[i]!) ** 2;
    }
    was.push(before / of.along);
    is.push(now / of.along);
  }
  const bars = barEnergy(is.map((mean, line) => mean - was[line]!));
  const strength = Math.sqrt(bars / of.lines);
  const added = Math.sqrt(barEnergy(is) / of.lines) - Math.sqrt(barEnergy(was) / of.lines);
  return { strength, share: total === 0 ? 0 : Math.min(1, (bars * of.along) / total), added };
}

/** How much lines stand out from those beside them, squared and summed. */
function barEnergy(means: readonly number[]): number {
  let energy = 0;
  for (const [line, mean] of means.entries()) {
    const near = [means[line - 2], means[line - 1], means[line + 1], means[line + 2]].filter(
      (v) => v !== undefined,
    );
    energy += (mean - near.reduce((a, b) => a + b, 0) / near.length) ** 2;
  }
  return energy;
}

/** How the cells' luma differs between two pictures. */
export interface Change {
  readonly most: number;
  readonly mean: number;
  /** Largest change outside the outer rows, where the camera's own clock may run. */
  readonly inner: number;
  /** Share of the cells that change so little that not even noise is seen, 0–1. */
  readonly quiet: number;
}

/** A cell that changes less than this between looks shows no noise. */
const QUIET_CELL = 0.04;

export function changeOf(a: Float32Array, b: Float32Array): Change {
  let outer = 0;
  let inner = 0;
  let sum = 0;
  let quiet = 0;
  for (let i = 0; i < CELLS; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    if (mayBeWritten(i)) outer = Math.max(outer, d);
    else inner = Math.max(inner, d);
    if (d < QUIET_CELL) quiet++;
    sum += d;
  }
  return { most: Math.max(outer, inner), mean: sum / CELLS, inner, quiet: quiet / CELLS };
}
