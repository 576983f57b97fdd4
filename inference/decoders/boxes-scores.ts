/** Prepared graphs: `boxes` [1, N, 4] xyxy canvas pixels and `scores` [1, N, classes], both decoded inside. */

import type { DecoderFactory } from './decoder.ts';
import { misfit } from './decoder.ts';

export const boxesScores: DecoderFactory = (spec) => ({
  decode(outputs, floors, into) {
    const boxes = outputs.find((o) => o.name === 'boxes');
    const scores = outputs.find((o) => o.name === 'scores');
    const count = boxes?.dims[1] ?? -1;
    if (
      !boxes ||
      !scores ||
      boxes.dims.length !== 3 ||
      boxes.dims[2] !== 4 ||
      scores.dims.length !== 3 ||
      scores.dims[1] !== count ||
      scores.dims[2] !== spec.classCount
    ) {
      throw misfit(spec, outputs, `boxes [1, N, 4] and scores [1, N, ${spec.classCount}]`);
    }
    const classCount = spec.classCount;
    const b = boxes.data;
    const s = scores.data;
    for (let i = 0, at = 0; i < count; i++) {
      for (let c = 0; c < classCount; c++, at++) {
        const score = s[at]!;
        if (score >= floors[c]!) into.add(b[4 * i]!, b[4 * i + 1]!, b[4 * i + 2]!, b[4 * i + 3]!, score, c);
      }
    }
  },
});
