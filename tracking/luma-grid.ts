/** A picture as a small grid of mean luma. */

import type { Frame } from '../core/index.ts';

export const COLUMNS = 80;
export const ROWS = 45;
export const CELLS = COLUMNS * ROWS;

/** Mean luma (BT.601, 0-255) of each cell, row by row; `undefined` when the picture has less than a pixel per cell. */
export function readLuma(frame: Pick<Frame, 'pixels' | 'canvasWidth' | 'ref'>): Float32Array | undefined {
  const { pixels, canvasWidth } = frame;
  const { width, height } = frame.ref;
  if (!(width >= COLUMNS && height >= ROWS)) return undefined;
  const luma = new Float32Array(CELLS);
  for (let r = 0; r < ROWS; r++) {
    const y1 = Math.ceil((r * height) / ROWS);
    const y2 = Math.ceil(((r + 1) * height) / ROWS);
    for (let c = 0; c < COLUMNS; c++) {
      const x1 = Math.ceil((c * width) / COLUMNS);
      const x2 = Math.ceil(((c + 1) * width) / COLUMNS);
      let sum = 0;
      for (let y = y1; y < y2; y++) {
        for (let at = (y * canvasWidth + x1) * 3, end = (y * canvasWidth + x2) * 3; at < end; at += 3) {
          sum += pixels[at]! * 77 + pixels[at + 1]! * 150 + pixels[at + 2]! * 29;
        }
      }
      luma[r * COLUMNS + c] = sum / 256 / Math.max(1, (x2 - x1) * (y2 - y1));
    }
  }
  return luma;
}
