/** Sizes of all values in a convolutional graph, for one size of the input. */

import { StreetwatchError } from '../../core/index.ts';
import type { GraphEditor, OnnxNode } from '../onnx/index.ts';
import { attributeOf, intOf, intsOf, stringOf } from '../onnx/index.ts';

/** Dimensions by value name; constants are included. */
export type Shapes = Map<string, readonly number[]>;

const SAME_AS_FIRST = new Set([
  'HardSwish',
  'HardSigmoid',
  'Sigmoid',
  'Relu',
  'LeakyRelu',
  'Elu',
  'Clip',
  'Exp',
  'Softmax',
  'Cast',
  'Tanh',
  'BatchNormalization',
  'Identity',
  'PRelu',
  'Mish',
  'Softplus',
  'Sqrt',
  'Neg',
  'Dropout',
]);
const BROADCAST = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min']);

/** The shapes of the constants and of the graph's one input. */
export function startShapes(editor: GraphEditor, inputShape: readonly number[]): Shapes {
  const shapes: Shapes = new Map(editor.graph.initializer.map((tensor) => [tensor.name ?? '', tensor.dims]));
  shapes.set(editor.graph.input[0]!.name, inputShape);
  return shapes;
}

/**
 * Adds the shapes of a node's outputs.
 *
 * @throws StreetwatchError `model.unsupported` for an operator that is not known here.
 */
export function addOutputShapes(editor: GraphEditor, node: OnnxNode, shapes: Shapes): void {
  const all = outputShapes(editor, node, shapes);
  for (const [i, output] of node.output.entries()) if (all[i]) shapes.set(output, all[i]);
}

function outputShapes(editor: GraphEditor, node: OnnxNode, shapes: Shapes): (readonly number[])[] {
  const inputs = node.input.map((name) => shapes.get(name));
  const first = inputs[0];
  if (!first) throw unknown(node, 'its input has no known shape');
  if (SAME_AS_FIRST.has(node.opType)) return [first];
  if (BROADCAST.has(node.opType)) return [broadcast(node, inputs)];
  switch (node.opType) {
    case 'Conv':
      return [slidingShape(node, first, inputs[1]!.slice(2), inputs[1]![0]!)];
    case 'MaxPool':
    case 'AveragePool':
      return [slidingShape(node, first, intsOf(node, 'kernel_shape', []), first[1]!)];
    case 'GlobalAveragePool':
      return [[...first.slice(0, 2), ...first.slice(2).map(() => 1)]];
    case 'Concat':
      return [concatShape(node, inputs)];
    case 'Split':
      return splitShapes(editor, node, first);
    case 'Slice':
      return [sliceShape(editor, node, first)];
    case 'Transpose':
      return [
        intsOf(
          node,
          'perm',
          first.map((_, i) => first.length - 1 - i),
        ).map((axis) => first[axis]!),
      ];
    case 'Reshape':
      return [reshapeShape(editor, node, first)];
    case 'Resize':
      return [resizeShape(editor, node, first)];
    default:
      throw unknown(node, 'this operator is not known to graph preparation');
  }
}

function unknown(node: OnnxNode, why: string): StreetwatchError {
  return new StreetwatchError(
    'model.unsupported',
    `operator ${node.opType} (${node.output[0] ?? ''}): ${why}`,
  );
}

function broadcast(node: OnnxNode, inputs: readonly (readonly number[] | undefined)[]): number[] {
  const rank = Math.max(...inputs.map((shape) => shape?.length ?? 0));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = inputs.map((shape) => shape?.[i - rank + shape.length] ?? 1);
    const size = Math.max(...sizes);
    if (sizes.some((s) => s !== 1 && s !== size))
      throw unknown(node, `sizes ${sizes.join(' and ')} do not go together`);
    return size;
  });
}

/** Convolution and pooling: floor((in + pads − dilation · (kernel − 1) − 1) / stride) + 1, or ceil where it says so. */
function slidingShape(
  node: OnnxNode,
  input: readonly number[],
  kernel: readonly number[],
  channels: number,
): number[] {
  if (kernel.length !== 2 || input.length !== 4)
    throw unknown(node, 'only two-dimensional pictures are supported');
  if (stringOf(node, 'auto_pad', 'NOTSET') !== 'NOTSET') throw unknown(node, 'auto_pad is not supported');
  const pads = intsOf(node, 'pads', [0, 0, 0, 0]);
  const strides = intsOf(node, 'strides', [1, 1]);
  const dilations = intsOf(node, 'dilations', [1, 1]);
  const round = intOf(node, 'ceil_mode', 0) === 1 ? Math.ceil : Math.floor;
  const spatial = kernel.map((size, i) => {
    const extent = input[2 + i]! + pads[i]! + pads[i + 2]! - dilations[i]! * (size - 1) - 1;
    return round(extent / strides[i]!) + 1;
  });
  return [input[0]!, channels, ...spatial];
}

function concatShape(node: OnnxNode, inputs: readonly (readonly number[] | undefined)[]): number[] {
  const first = inputs[0]!;
  const axis = (intOf(node, 'axis', 0) + first.length) % first.length;
  return first.map((size, i) => {
    if (i === axis) return inputs.reduce((sum, shape) => sum + (shape?.[axis] ?? 0), 0);
    const other = inputs.find((shape) => shape?.[i] !== size);
    if (other)
      throw unknown(
        node,
        `pieces of ${size} and ${other[i]} do not fit: the size must be a multiple of the largest stride`,
      );
    return size;
  });
}

function splitShapes(editor: GraphEditor, node: OnnxNode, input: readonly number[]): number[][] {
  const axis = (intOf(node, 'axis', 0) + input.length) % input.length;
  const sizes = attributeOf(node, 'split')?.ints ?? editor.values(node.input[1]);
  return node.output.map((_, i) =>
    input.map((size, dim) => (dim === axis ? (sizes?.[i] ?? size / node.output.length) : size)),
  );
}

function sliceShape(editor: GraphEditor, node: OnnxNode, input: readonly number[]): number[] {
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => editor.values(node.input[i]));
  if (!starts || !ends) throw unknown(node, 'its borders are computed at run time');
  const result = [...input];
  for (const [i, start] of starts.entries()) {
    const axis = ((axes?.[i] ?? i) + input.length) % input.length;
    const size = input[axis]!;
    const step = steps?.[i] ?? 1;
    const from = start < 0 ? start + size : start;
    const to = Math.min(size, ends[i]! < 0 ? ends[i]! + size : ends[i]!);
    if (step < 1) throw unknown(node, 'negative steps are not supported');
    result[axis] = Math.max(0, Math.ceil((to - from) / step));
  }
  return result;
}

function reshapeShape(editor: GraphEditor, node: OnnxNode, input: readonly number[]): number[] {
  const target = editor.values(node.input[1]);
  if (!target) throw unknown(node, 'its target shape is computed at run time; simplify the model before');
  const total = input.reduce((a, b) => a * b, 1);
  const filled = target.map((size, i) => (size === 0 ? input[i]! : size));
  const known = filled.filter((size) => size !== -1).reduce((a, b) => a * b, 1);
  const shape = filled.map((size) => (size === -1 ? total / known : size));
  if (shape.reduce((a, b) => a * b, 1) !== total || shape.some((size) => !Number.isInteger(size))) {
    throw unknown(node, `[${input.join(', ')}] does not go into [${target.join(', ')}]`);
  }
  return shape;
}

function resizeShape(editor: GraphEditor, node: OnnxNode, input: readonly number[]): number[] {
  const scales = editor.values(node.input[2]);
  if (scales && scales.length === input.length) return input.map((size, i) => Math.floor(size * scales[i]!));
  const sizes = editor.values(node.input[3]);
  if (sizes?.length === input.length) return sizes;
  throw unknown(node, 'its scale is computed at run time; simplify the model before');
}
