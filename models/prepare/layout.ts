/** Rewrites that let a runtime keep its own fast memory layout from one operator to the next. */

import type { GraphEditor } from '../onnx/index.ts';
import { stringAttribute, stringOf } from '../onnx/index.ts';

/**
 * Nearest-neighbour doubling with half-pixel centres takes the same source pixel as with corners, floor(x / 2), and only
 * the latter is done in the blocked layout.
 *
 * @returns how many were changed.
 */
export function simplifyDoubling(editor: GraphEditor): number {
  let count = 0;
  for (const node of editor.graph.node) {
    if (node.opType !== 'Resize' || stringOf(node, 'mode', 'nearest') !== 'nearest') continue;
    if (stringOf(node, 'coordinate_transformation_mode', 'half_pixel') !== 'half_pixel') continue;
    const scales = editor.values(node.input[2]);
    if (scales?.join() !== '1,1,2,2') continue;
    if (stringOf(node, 'nearest_mode', 'round_prefer_floor') !== 'round_prefer_floor') continue;
    node.input = [node.input[0]!, '', node.input[2]!];
    node.attribute = [
      stringAttribute('mode', 'nearest'),
      stringAttribute('coordinate_transformation_mode', 'asymmetric'),
      stringAttribute('nearest_mode', 'floor'),
    ];
    count += 1;
  }
  return count;
}
