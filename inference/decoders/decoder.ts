/** The one shape of all decoders: raw outputs of a model family become scored boxes. */

import { StreetwatchError } from '../../core/index.ts';
import type { Candidates } from '../candidates.ts';

/** One output tensor of a graph. */
export interface RawOutput {
  readonly name: string;
  readonly data: Float32Array;
  /** Batch first. */
  readonly dims: readonly number[];
}

/** What a decoder must know of a model. */
export interface DecoderSpec {
  readonly modelId: string;
  readonly classCount: number;
  /** Canvas, pixels. */
  readonly width: number;
  readonly height: number;
}

export interface Decoder {
  /**
   * Adds every box whose score of a class reaches `floors[class]`.
   *
   * @param outputs all outputs of one run with batch 1, in the order of the graph.
   * @param floors lowest score per class, 0–1.
   * @throws StreetwatchError `model.shape-mismatch` when the outputs are not those of this family and class count.
   */
  decode(outputs: readonly RawOutput[], floors: Float32Array, into: Candidates): void;
}

export type DecoderFactory = (spec: DecoderSpec) => Decoder;

/** The error of outputs that do not fit. */
export function misfit(spec: DecoderSpec, outputs: readonly RawOutput[], expected: string): StreetwatchError {
  const found = outputs.map((o) => `${o.name} [${o.dims.join(', ')}]`).join(', ') || 'none';
  return new StreetwatchError(
    'model.shape-mismatch',
    `model ${spec.modelId}: expected ${expected}; the graph gives ${found}`,
    { context: { id: spec.modelId } },
  );
}

/** Cells of one scale: all families count a started cell at the border as one. */
export function gridSize(
  spec: DecoderSpec,
  stride: number,
): { columns: number; rows: number; cells: number } {
  const columns = Math.ceil(spec.width / stride);
  const rows = Math.ceil(spec.height / stride);
  return { columns, rows, cells: columns * rows };
}
