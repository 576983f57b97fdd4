/** Gives a fully convolutional graph another input size. */

import { StreetwatchError } from '../../core/index.ts';
import type { GraphEditor, OnnxNode } from '../onnx/index.ts';
import { addOutputShapes, startShapes } from './shapes.ts';
import type { Shapes } from './shapes.ts';

/** Dimensions of the graph's one picture input, [1, 3, height, width]. */
export function pictureShape(editor: GraphEditor): readonly [number, number, number, number] {
  const { input } = editor.graph;
  const dims = input[0]?.type?.tensorType?.shape?.dim.map((dim) => dim.dimValue ?? 0) ?? [];
  const [batch = 0, channels, height, width] = dims;
  if (input.length !== 1 || dims.length !== 4 || channels !== 3 || batch > 1 || !height || !width) {
    const found = input.map((value) => value.name).join(', ') || 'none';
    throw new StreetwatchError(
      'model.shape-mismatch',
      `expected one input [1, 3, height, width] of fixed size; the graph takes ${found} [${dims.join(', ')}]`,
    );
  }
  return [1, 3, height, width];
}

/**
 * Changes the input to `width` × `height`: reshapes and resizes that spell out a size get the new one. Weights stay.
 *
 * @returns the shapes of all values at the new size.
 * @throws StreetwatchError `model.unsupported` for operators that are not known, `model.shape-mismatch`.
 */
export function changeInputSize(editor: GraphEditor, size: { width: number; height: number }): Shapes {
  const oldPicture = pictureShape(editor);
  const before = startShapes(editor, oldPicture);
  const after = startShapes(editor, [1, 3, size.height, size.width]);
  for (const node of editor.graph.node) {
    addOutputShapes(editor, node, before);
    if (node.opType === 'Reshape') followReshape(editor, node, before, after);
    if (node.opType === 'Resize') followResize(editor, node, before, after);
    addOutputShapes(editor, node, after);
  }
  const dims = (shape: readonly number[]) => shape.map((dimValue) => ({ dimValue }));
  for (const value of [...editor.graph.input, ...editor.graph.output]) {
    const shape = after.get(value.name);
    if (shape)
      value.type = {
        tensorType: { elemType: value.type?.tensorType?.elemType ?? 1, shape: { dim: dims(shape) } },
      };
  }
  return after;
}

/** A target that repeats the old height and width, or their product, gets the new ones. */
function followReshape(editor: GraphEditor, node: OnnxNode, before: Shapes, after: Shapes): void {
  const target = editor.values(node.input[1])!;
  const old = before.get(node.input[0]!)!;
  const now = after.get(node.input[0]!)!;
  const changed = old.flatMap((size, i) => (size === now[i] ? [] : [i]));
  // A target with a free size follows by itself.
  if (changed.length === 0 || target.includes(-1)) return;
  const result = [...target];
  const [oldHeight, oldWidth] = old.slice(-2);
  const [height, width] = now.slice(-2);
  const last = target.length - 1;
  if (target[last] === oldWidth && target[last - 1] === oldHeight) result.splice(-2, 2, height!, width!);
  else {
    const at = target.lastIndexOf(oldHeight! * oldWidth!);
    if (at >= 0) result[at] = height! * width!;
  }
  if (result.some((size, i) => size !== target[i])) node.input[1] = editor.addInts('shape', result);
}

/** A resize to a fixed size becomes one by the factor that it was. */
function followResize(editor: GraphEditor, node: OnnxNode, before: Shapes, after: Shapes): void {
  const sizes = editor.values(node.input[3]);
  if (!sizes || sizes.length === 0) return;
  const old = before.get(node.input[0]!)!;
  const now = after.get(node.input[0]!)!;
  node.input[3] = editor.addInts(
    'sizes',
    sizes.map((size, i) => Math.round((size / old[i]!) * now[i]!)),
  );
}
