/** Weights become constants, so that a runtime can fold and pack them. */

import type { GraphEditor, OnnxTensor } from '../onnx/index.ts';
import { attributeOf, floatTensor, int64Tensor } from '../onnx/index.ts';

/**
 * Takes weights out of the graph's inputs (PaddlePaddle lists them there, and a runtime must then expect other values
 * with every run) and turns Constant nodes into initializers.
 */
export function weightsToConstants(editor: GraphEditor): void {
  const { graph } = editor;
  const weights = new Set(graph.initializer.map((tensor) => tensor.name));
  graph.input = graph.input.filter((input) => !weights.has(input.name));
  const constants = graph.node.filter((node) => node.opType === 'Constant');
  for (const node of constants) {
    const name = node.output[0]!;
    const tensor: OnnxTensor | undefined = attributeOf(node, 'value')?.t;
    const float = attributeOf(node, 'value_float')?.f;
    const floats = attributeOf(node, 'value_floats')?.floats;
    const int = attributeOf(node, 'value_int')?.i;
    const ints = attributeOf(node, 'value_ints')?.ints;
    if (tensor) graph.initializer.push({ ...tensor, name });
    else if (float !== undefined) graph.initializer.push(floatTensor(name, [], [float]));
    else if (floats) graph.initializer.push(floatTensor(name, [floats.length], floats));
    else if (int !== undefined) graph.initializer.push(int64Tensor(name, [], [int]));
    else if (ints) graph.initializer.push(int64Tensor(name, [ints.length], ints));
    else continue;
    graph.node = graph.node.filter((other) => other !== node);
  }
}
