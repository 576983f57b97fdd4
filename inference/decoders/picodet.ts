/**
 * PicoDet as PaddleDetection exports it without post-processing: per stride 8, 16, 32, 64 the class scores
 * [1, N, classes] (sigmoid applied), then per stride the box distributions [1, N, 4 × bins]
 * (arXiv:2111.00902; the distribution is that of generalised focal loss, arXiv:2006.04388).
 */

import type { DecoderFactory, RawOutput } from './decoder.ts';
import { gridSize, misfit } from './decoder.ts';

const STRIDES = [8, 16, 32, 64] as const;

export const picodet: DecoderFactory = (spec) => {
  const grids = STRIDES.map((stride) => gridSize(spec, stride));
  const fits = (outputs: readonly RawOutput[]): boolean =>
    outputs.length === 2 * STRIDES.length &&
    outputs.every(
      (o, i) =>
        o.dims.length === 3 &&
        o.dims[1] === grids[i % STRIDES.length]!.cells &&
        (i < STRIDES.length ? o.dims[2] === spec.classCount : o.dims[2]! >= 8 && o.dims[2]! % 4 === 0),
    );
  return {
    decode(outputs, floors, into) {
      if (!fits(outputs)) {
        const cells = grids.map((g) => g.cells).join(', ');
        throw misfit(
          spec,
          outputs,
          `4 × [1, N, ${spec.classCount}], then 4 × [1, N, 4 × bins], N = ${cells}`,
        );
      }
      const box = new Float64Array(4);
      for (const [level, stride] of STRIDES.entries()) {
        const scores = outputs[level]!.data;
        const sides = outputs[level + STRIDES.length]!;
        const bins = sides.dims[2]! / 4;
        const { columns, cells } = grids[level]!;
        for (let cell = 0, at = 0; cell < cells; cell++) {
          let decoded = false;
          for (let c = 0; c < spec.classCount; c++, at++) {
            const score = scores[at]!;
            if (!(score >= floors[c]!)) continue;
            if (!decoded) {
              const cx = ((cell % columns) + 0.5) * stride;
              const cy = (Math.floor(cell / columns) + 0.5) * stride;
              for (let side = 0; side < 4; side++) {
                const distance = expectation(sides.data, cell * 4 * bins + side * bins, bins) * stride;
                box[side] = (side % 2 === 0 ? cx : cy) + (side < 2 ? -distance : distance);
              }
              decoded = true;
            }
            into.add(box[0]!, box[1]!, box[2]!, box[3]!, score, c);
          }
        }
      }
    },
  };
};

/** Mean of a distribution over 0 … bins − 1 that is given by its logits. */
function expectation(logits: Float32Array, from: number, bins: number): number {
  let highest = -Infinity;
  for (let k = 0; k < bins; k++) highest = Math.max(highest, logits[from + k]!);
  let sum = 0;
  let weighted = 0;
  for (let k = 0; k < bins; k++) {
    const p = Math.exp(logits[from + k]! - highest);
    sum += p;
    weighted += p * k;
  }
  return weighted / sum;
}
