/** Lifts a graph from operator set 11, 12 or 13 to 14. */

import { StreetwatchError } from '../../core/index.ts';
import type { GraphEditor, OnnxModel, OnnxNode } from '../onnx/index.ts';
import { attributeOf, intOf, opsetOf } from '../onnx/index.ts';

/** Attributes that became inputs with operator set 13. */
const TO_INPUT: Readonly<Record<string, string>> = {
  Split: 'split',
  Squeeze: 'axes',
  Unsqueeze: 'axes',
  ReduceSum: 'axes',
};

/** Operators whose meaning changed between 11 and 14 in a way that is not translated here. */
const CHANGED = new Set(['BatchNormalization', 'Hardmax', 'LogSoftmax', 'Upsample']);

const TARGET = 14;

/**
 * Rewrites what changed until operator set 14 (HardSwish exists from there on). Newer graphs stay as they are.
 *
 * @throws StreetwatchError `model.unsupported` that names the operator.
 */
export function upgradeOpset(model: OnnxModel, editor: GraphEditor): void {
  const from = opsetOf(model);
  if (from >= TARGET) return;
  for (const node of editor.graph.node) {
    if (CHANGED.has(node.opType)) {
      throw new StreetwatchError(
        'model.unsupported',
        `operator ${node.opType} of operator set ${from} is not translated; export the model with ${TARGET} or later`,
      );
    }
    const attribute = TO_INPUT[node.opType];
    if (from < 13 && attribute !== undefined) attributeToInput(editor, node, attribute);
    if (from < 13 && node.opType === 'Softmax') requireLastAxis(node, from);
  }
  model.opsetImport = [
    ...model.opsetImport.filter((entry) => (entry.domain ?? '') !== '' && entry.domain !== 'ai.onnx'),
    { domain: '', version: TARGET },
  ];
  model.irVersion = Math.max(model.irVersion ?? 0, 8);
}

function attributeToInput(editor: GraphEditor, node: OnnxNode, name: string): void {
  const ints = attributeOf(node, name)?.ints;
  node.attribute = node.attribute.filter((attribute) => attribute.name !== name);
  if (ints && ints.length > 0)
    node.input = [node.input[0]!, editor.addInts(`${node.opType.toLowerCase()}_${name}`, ints)];
}

/** Before 13, Softmax worked on all axes from `axis` on: the same as today only when that is the last one. */
function requireLastAxis(node: OnnxNode, from: number): void {
  if (intOf(node, 'axis', 1) === -1) return;
  throw new StreetwatchError(
    'model.unsupported',
    `Softmax over several axes (operator set ${from}) is not translated; export the model with ${TARGET} or later`,
  );
}
