/**
 * YOLOX as Megvii exports it, undecoded: [1, N, 5 + classes] over strides 8, 16, 32; x and y relative to the cell,
 * width and height as logarithms, objectness and class scores with sigmoid applied (arXiv:2107.08430).
 */

import type { DecoderFactory } from './decoder.ts';
import { gridSize, misfit } from './decoder.ts';

const STRIDES = [8, 16, 32] as const;

export const yolox: DecoderFactory = (spec) => {
  const grids = STRIDES.map((stride) => gridSize(spec, stride));
  const total = grids.reduce((sum, grid) => sum + grid.cells, 0);
  const width = 5 + spec.classCount;
  return {
    decode(outputs, floors, into) {
      const output = outputs[0];
      const dims = output?.dims;
      if (!output || outputs.length !== 1 || dims?.length !== 3 || dims[1] !== total || dims[2] !== width) {
        throw misfit(spec, outputs, `[1, ${total}, ${width}]`);
      }
      const data = output.data;
      const lowest = floors.reduce((a, b) => Math.min(a, b), 1);
      let row = 0;
      for (const [level, stride] of STRIDES.entries()) {
        const { columns, cells } = grids[level]!;
        for (let cell = 0; cell < cells; cell++, row += width) {
          const objectness = data[row + 4]!;
          if (objectness < lowest) continue;
          for (let c = 0; c < spec.classCount; c++) {
            const score = objectness * data[row + 5 + c]!;
            if (!(score >= floors[c]!)) continue;
            const cx = (data[row]! + (cell % columns)) * stride;
            const cy = (data[row + 1]! + Math.floor(cell / columns)) * stride;
            const halfWidth = (Math.exp(data[row + 2]!) * stride) / 2;
            const halfHeight = (Math.exp(data[row + 3]!) * stride) / 2;
            into.add(cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight, score, c);
          }
        }
      }
    },
  };
};
