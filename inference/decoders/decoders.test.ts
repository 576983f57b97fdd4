/** Every decoder against the one contract. */

import { decoderContract } from './decoder.contract.ts';
import type { PlantedObject } from './decoder.contract.ts';
import { DECODERS } from './index.ts';
import type { DecoderSpec, RawOutput } from './index.ts';

/** Cells of a scale, and the cell whose point lies nearest to the centre of a box. */
function cellOf(spec: DecoderSpec, stride: number, box: PlantedObject['box'], pointAt: number) {
  const columns = Math.ceil(spec.width / stride);
  const rows = Math.ceil(spec.height / stride);
  const column = Math.round((box[0] + box[2]) / 2 / stride - pointAt);
  const row = Math.round((box[1] + box[3]) / 2 / stride - pointAt);
  return {
    cells: columns * rows,
    cell: row * columns + column,
    x: (column + pointAt) * stride,
    y: (row + pointAt) * stride,
    column,
    row,
  };
}

decoderContract({
  family: 'boxes-scores',
  factory: DECODERS['boxes-scores'],
  tolerancePx: 1e-4,
  plant: ({ classCount }, objects) => {
    const n = 10;
    const boxes = new Float32Array(4 * n);
    const scores = new Float32Array(classCount * n);
    for (const [i, { box, scores: s }] of objects.entries()) {
      boxes.set(box, 4 * (i + 3));
      scores.set(s, classCount * (i + 3));
    }
    return [
      { name: 'scores', data: scores, dims: [1, n, classCount] },
      { name: 'boxes', data: boxes, dims: [1, n, 4] },
    ];
  },
});

decoderContract({
  family: 'yolox',
  factory: DECODERS.yolox,
  tolerancePx: 1e-3,
  plant: (spec, objects) => {
    const strides = [8, 16, 32];
    const width = 5 + spec.classCount;
    const total = strides.reduce((sum, s) => sum + cellOf(spec, s, [0, 0, 0, 0], 0).cells, 0);
    const data = new Float32Array(total * width);
    // Objects lie on the second scale, behind all cells of the first.
    const before = cellOf(spec, 8, [0, 0, 0, 0], 0).cells;
    for (const { box, scores } of objects) {
      const { cell, x, y } = cellOf(spec, 16, box, 0);
      const row = (before + cell) * width;
      data[row] = ((box[0] + box[2]) / 2 - x) / 16;
      data[row + 1] = ((box[1] + box[3]) / 2 - y) / 16;
      data[row + 2] = Math.log((box[2] - box[0]) / 16);
      data[row + 3] = Math.log((box[3] - box[1]) / 16);
      // Score = objectness · class: a half of each is exact in float32.
      data[row + 4] = 1;
      data.set(scores, row + 5);
    }
    return [{ name: 'outputs', data, dims: [1, total, width] }];
  },
});

decoderContract({
  family: 'picodet',
  factory: DECODERS.picodet,
  tolerancePx: 1e-2,
  plant: (spec, objects): RawOutput[] => {
    const levels = [8, 16, 32, 64].map((stride) => {
      const { cells } = cellOf(spec, stride, [0, 0, 0, 0], 0.5);
      return {
        stride,
        cells,
        scores: new Float32Array(cells * spec.classCount),
        sides: new Float32Array(cells * 32),
      };
    });
    const level = levels[1]!;
    for (const { box, scores } of objects) {
      const { cell, x, y } = cellOf(spec, 16, box, 0.5);
      level.scores.set(scores, cell * spec.classCount);
      const distances = [x - box[0], y - box[1], box[2] - x, box[3] - y];
      for (const [side, distance] of distances.entries()) {
        // All weight on the two bins around the distance: its mean is the distance.
        const bin = Math.floor(distance / 16);
        const share = distance / 16 - bin;
        const at = cell * 32 + side * 8;
        level.sides.fill(-40, at, at + 8);
        level.sides[at + bin] = Math.log(Math.max(1 - share, 1e-12));
        level.sides[at + bin + 1] = Math.log(Math.max(share, 1e-12));
      }
    }
    return [
      ...levels.map(({ stride, cells, scores }) => ({
        name: `scores${stride}`,
        data: scores,
        dims: [1, cells, spec.classCount],
      })),
      ...levels.map(({ stride, cells, sides }) => ({
        name: `sides${stride}`,
        data: sides,
        dims: [1, cells, 32],
      })),
    ];
  },
});
