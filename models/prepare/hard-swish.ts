/** Spelled-out hard-swish becomes one operator (MobileNetV3, arXiv:1905.02244, section 5.2). */

import type { GraphEditor, OnnxNode } from '../onnx/index.ts';
import { floatOf } from '../onnx/index.ts';

const close = (values: number[] | undefined, expected: number): boolean =>
  values?.length === 1 && Math.abs(values[0]! - expected) < 1e-6;

/**
 * `x · clip(x + 3, 0, 6) / 6` and `x · hardsigmoid(x)` with slope 1/6 become HardSwish (operator set 14), which a
 * runtime computes inside the convolution before it.
 *
 * @returns how many were found.
 */
export function fuseHardSwish(editor: GraphEditor): number {
  let count = 0;
  const fuse = (x: string, nodes: readonly OnnxNode[], output: string): void => {
    editor.replace(nodes, {
      opType: 'HardSwish',
      input: [x],
      output: [output],
      attribute: [],
      name: `${output}_hardswish`,
    });
    count += 1;
  };
  for (const node of editor.graph.node.slice()) {
    const found =
      node.opType === 'Div'
        ? matchClip(editor, node)
        : node.opType === 'Mul'
          ? matchSigmoid(editor, node)
          : undefined;
    if (found) fuse(found.x, found.nodes, node.output[0]!);
  }
  return count;
}

interface Match {
  readonly x: string;
  readonly nodes: readonly OnnxNode[];
}

/** Add(x, 3) → Clip(0, 6) → Mul(x, ·) → Div(·, 6). */
function matchClip(editor: GraphEditor, div: OnnxNode): Match | undefined {
  const makers = editor.makers();
  const mul = makers.get(div.input[0]!);
  if (mul?.opType !== 'Mul' || !close(editor.values(div.input[1]), 6)) return undefined;
  for (const [x, gate] of bothWays(mul)) {
    const clip = makers.get(gate);
    if (clip?.opType !== 'Clip') continue;
    const add = makers.get(clip.input[0]!);
    if (add?.opType !== 'Add' || !add.input.includes(x)) continue;
    const three = add.input.find((input) => input !== x);
    const sixes = close(editor.values(clip.input[1]), 0) && close(editor.values(clip.input[2]), 6);
    if (!sixes || !close(editor.values(three), 3)) continue;
    if (!usedOnlyHere(editor, [add, clip, mul])) continue;
    return { x, nodes: [add, clip, mul, div] };
  }
  return undefined;
}

/** HardSigmoid(x; 1/6, 1/2) → Mul(x, ·). */
function matchSigmoid(editor: GraphEditor, mul: OnnxNode): Match | undefined {
  const makers = editor.makers();
  for (const [x, gate] of bothWays(mul)) {
    const sigmoid = makers.get(gate);
    if (sigmoid?.opType !== 'HardSigmoid' || sigmoid.input[0] !== x) continue;
    const slope = floatOf(sigmoid, 'alpha', 0.2);
    if (Math.abs(slope - 1 / 6) > 1e-5 || Math.abs(floatOf(sigmoid, 'beta', 0.5) - 0.5) > 1e-5) continue;
    if (usedOnlyHere(editor, [sigmoid])) return { x, nodes: [sigmoid, mul] };
  }
  return undefined;
}

/** The two operands of a product, in both orders. */
function bothWays(mul: OnnxNode): [string, string][] {
  const [a = '', b = ''] = mul.input;
  return [
    [a, b],
    [b, a],
  ];
}

function usedOnlyHere(editor: GraphEditor, nodes: readonly OnnxNode[]): boolean {
  const users = editor.users();
  return nodes.every((node) => users.get(node.output[0]!)?.length === 1 && !editor.isOutput(node.output[0]!));
}
