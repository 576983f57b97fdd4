/** Tells pictures in which something happens from those that repeat what the detector has seen already. */

import type { Frame } from '../core/index.ts';

/** Side of a block, pixels of the canvas: a person at the far end of a street is about half of it wide. */
const BLOCK_PX = 8;
/** Every second pixel of a block is looked at, in both directions. */
const STEP_PX = 2;
/** Mean brightness of a block that differs by less is never a change: coding alone does as much (0–255). */
const LEAST_CHANGE = 6;
/** Spreads of all blocks that a change must exceed: noise and rain move every block a little, a person few of them much. */
const SPREADS = 5;

export interface ChangeGateOptions {
  /**
   * Longest time between two pictures that are let through, milliseconds of the stream. Raising it saves more while nothing
   * happens; lowering it finds sooner what changes too slowly to be seen as a change.
   */
  readonly idleIntervalMs: number;
}

/**
 * One camera's gate before the detector.
 *
 * A picture is compared with the last one that was let through, not with the one before, so that slow change adds up. What
 * the whole picture has in common (a cloud, the camera's exposure) is taken off first, and the threshold follows the
 * spread of the differences over all blocks: median absolute deviation, which up to half of the blocks do not move.
 */
export class ChangeGate {
  private readonly options: ChangeGateOptions;
  private before: Float32Array | undefined;
  private now: Float32Array = new Float32Array(0);
  private differences: Float32Array = new Float32Array(0);
  private runId = '';
  private letThroughPtsMs = Number.NEGATIVE_INFINITY;

  constructor(options: ChangeGateOptions) {
    this.options = options;
  }

  /** Whether the detector should look at this picture. One that is let through is what the next ones are compared with. */
  opens(frame: Frame): boolean {
    const { runId, ptsMs, width, height } = frame.ref;
    this.measure(frame, Math.ceil(width / BLOCK_PX), Math.ceil(height / BLOCK_PX));
    const before = this.before?.length === this.now.length ? this.before : undefined;
    const due =
      runId !== this.runId ||
      ptsMs < this.letThroughPtsMs ||
      ptsMs - this.letThroughPtsMs >= this.options.idleIntervalMs;
    if (!due && before !== undefined && !this.changed(before)) return false;
    this.runId = runId;
    this.letThroughPtsMs = ptsMs;
    this.before = this.now;
    this.now = before ?? new Float32Array(this.now.length);
    return true;
  }

  /** Mean green, which is most of brightness, of each block of the picture. */
  private measure(frame: Frame, columns: number, rows: number): void {
    if (this.now.length !== columns * rows) this.now = new Float32Array(columns * rows);
    const { pixels, canvasWidth, ref } = frame;
    for (let row = 0; row < rows; row++) {
      const yEnd = Math.min((row + 1) * BLOCK_PX, ref.height);
      for (let column = 0; column < columns; column++) {
        const xEnd = Math.min((column + 1) * BLOCK_PX, ref.width);
        let sum = 0;
        let count = 0;
        for (let y = row * BLOCK_PX; y < yEnd; y += STEP_PX) {
          const line = y * canvasWidth;
          for (let x = column * BLOCK_PX; x < xEnd; x += STEP_PX) {
            sum += pixels[(line + x) * 3 + 1]!;
            count++;
          }
        }
        this.now[row * columns + column] = sum / count;
      }
    }
  }

  private changed(before: Float32Array): boolean {
    const { now } = this;
    if (this.differences.length !== now.length) this.differences = new Float32Array(now.length);
    const { differences } = this;
    for (let i = 0; i < now.length; i++) differences[i] = now[i]! - before[i]!;
    differences.sort();
    const shared = differences[differences.length >> 1]!;
    for (let i = 0; i < now.length; i++) differences[i] = Math.abs(differences[i]! - shared);
    differences.sort();
    // 1.4826 × MAD is σ where the differences are normal.
    const spread = 1.4826 * differences[differences.length >> 1]!;
    return differences.at(-1)! > Math.max(LEAST_CHANGE, SPREADS * spread);
  }
}
