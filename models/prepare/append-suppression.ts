/** Non-maximum suppression inside the graph: kept for measuring, in TypeScript it is faster. */

import { GraphEditor, intsAttribute, readOnnx, writeOnnx } from '../onnx/index.ts';
import { ELEMENT } from '../onnx/index.ts';

/** Adds ONNX's NonMaxSuppression to a graph with `boxes` and `scores` as a third output, `selected`. */
export function appendSuppression(
  inputPath: string,
  outputPath: string,
  options: { iou: number; minScore: number; maxPerClass: number },
): void {
  const model = readOnnx(inputPath);
  const editor = new GraphEditor(model.graph);
  const byClass = editor.append('Transpose', ['scores'], [intsAttribute('perm', [0, 2, 1])]);
  const limits = [
    editor.addInts('most', [options.maxPerClass]),
    editor.addFloats('iou', [1], [options.iou]),
    editor.addFloats('lowest', [1], [options.minScore]),
  ];
  editor.append('NonMaxSuppression', ['boxes', byClass, ...limits], [], 'selected');
  editor.graph.output.push({
    name: 'selected',
    type: { tensorType: { elemType: ELEMENT.int64, shape: { dim: [{ dimParam: 'n' }, { dimValue: 3 }] } } },
  });
  writeOnnx(outputPath, model);
}
