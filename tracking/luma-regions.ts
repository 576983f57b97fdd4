/** Connected cells of a luma grid, and how sharp their border is. */

import { CELLS, COLUMNS, ROWS } from './luma-grid.ts';

/** Cells that touch, with their extent in columns and rows (inclusive). */
export interface Region {
  readonly cells: readonly number[];
  readonly c1: number;
  readonly r1: number;
  readonly c2: number;
  readonly r2: number;
}

/** Regions of cells that satisfy `isIn`, eight neighbours each, in the order of their first cell. */
export function regionsOf(isIn: (cell: number) => boolean): Region[] {
  const seen = new Uint8Array(CELLS);
  const regions: Region[] = [];
  for (let start = 0; start < CELLS; start++) {
    if (seen[start] !== 0 || !isIn(start)) continue;
    seen[start] = 1;
    const cells = [start];
    let [c1, r1, c2, r2] = [COLUMNS, ROWS, 0, 0];
    for (let at = 0; at < cells.length; at++) {
      const c = cells[at]! % COLUMNS;
      const r = (cells[at]! - c) / COLUMNS;
      [c1, r1, c2, r2] = [Math.min(c1, c), Math.min(r1, r), Math.max(c2, c), Math.max(r2, r)];
      for (const next of neighbours(c, r)) {
        if (seen[next] !== 0 || !isIn(next)) continue;
        seen[next] = 1;
        cells.push(next);
      }
    }
    regions.push({ cells, c1, r1, c2, r2 });
  }
  return regions;
}

function* neighbours(c: number, r: number): Generator<number> {
  for (let y = Math.max(0, r - 1); y <= Math.min(ROWS - 1, r + 1); y++) {
    for (let x = Math.max(0, c - 1); x <= Math.min(COLUMNS - 1, c + 1); x++) {
      if (x !== c || y !== r) yield y * COLUMNS + x;
    }
  }
}

/** Mean step of luma across the border of a region: high where a thing stands out of what is around it. */
export function edgeStrength(luma: Float32Array, region: Region): number {
  const inside = new Set(region.cells);
  let sum = 0;
  let count = 0;
  for (const cell of region.cells) {
    const c = cell % COLUMNS;
    const r = (cell - c) / COLUMNS;
    for (const [x, y] of [
      [c - 1, r],
      [c + 1, r],
      [c, r - 1],
      [c, r + 1],
    ] as const) {
      const other = y * COLUMNS + x;
      if (x < 0 || y < 0 || x >= COLUMNS || y >= ROWS || inside.has(other)) continue;
      sum += Math.abs(luma[cell]! - luma[other]!);
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}
