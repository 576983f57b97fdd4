/** Appends decoding to a graph: its outputs become `boxes` [1, N, 4] xyxy pixels and `scores` [1, N, classes]. */

import { StreetwatchError } from '../../core/index.ts';
import type { GraphEditor } from '../onnx/index.ts';
import { ELEMENT, intAttribute } from '../onnx/index.ts';
import type { Shapes } from './shapes.ts';

export interface DecodeRequest {
  readonly width: number;
  readonly height: number;
  /** Number of classes of the graph as it came. */
  readonly classCount: number;
  /** Columns of the classes to keep, in the order wanted; all when absent. */
  readonly keep?: readonly number[];
}

interface Grid {
  /** Per anchor: x, y of the cell in cells, and the stride. */
  readonly cells: readonly { readonly x: number; readonly y: number; readonly stride: number }[];
}

function grid(request: DecodeRequest, strides: readonly number[]): Grid {
  const cells = strides.flatMap((stride) => {
    const columns = Math.ceil(request.width / stride);
    const rows = Math.ceil(request.height / stride);
    return Array.from({ length: columns * rows }, (_, i) => ({
      x: i % columns,
      y: Math.floor(i / columns),
      stride,
    }));
  });
  return { cells };
}

function misfit(editor: GraphEditor, shapes: Shapes, family: string, expected: string): StreetwatchError {
  const found = editor.graph.output
    .map((o) => `${o.name} [${(shapes.get(o.name) ?? []).join(', ')}]`)
    .join(', ');
  return new StreetwatchError(
    'model.shape-mismatch',
    `this is no ${family} model of these classes without decoding: expected ${expected}; the graph gives ${found}`,
  );
}

/**
 * PicoDet: 4 × class scores (sigmoid applied), then 4 × box distributions over 0 … bins − 1 cells for left, top,
 * right, bottom (arXiv:2006.04388, equation 5).
 */
export function decodePicodet(editor: GraphEditor, shapes: Shapes, request: DecodeRequest): void {
  const strides = [8, 16, 32, 64];
  const names = editor.graph.output.map((output) => output.name);
  const { cells } = grid(request, strides);
  const dims = names.map((name) => shapes.get(name) ?? []);
  const bins = (dims[4]?.[2] ?? 0) / 4;
  const count = (part: number[][]) => part.reduce((sum, shape) => sum + (shape[1] ?? 0), 0);
  const fits =
    names.length === 8 &&
    dims.every((shape, i) => shape.length === 3 && shape[2] === (i < 4 ? request.classCount : 4 * bins)) &&
    Number.isInteger(bins) &&
    count(dims.slice(0, 4).map((d) => [...d])) === cells.length &&
    count(dims.slice(4).map((d) => [...d])) === cells.length;
  if (!fits)
    throw misfit(
      editor,
      shapes,
      'picodet',
      `4 × [1, N, ${request.classCount}] and 4 × [1, N, 4 × bins], ${cells.length} anchors`,
    );

  const scores = editor.append('Concat', names.slice(0, 4), [intAttribute('axis', 1)]);
  const sides = editor.append('Concat', names.slice(4), [intAttribute('axis', 1)]);
  const rows = editor.append('Reshape', [sides, editor.addInts('shape', [-1, bins])]);
  const probabilities = editor.append('Softmax', [rows], [intAttribute('axis', -1)]);
  const ramp = editor.addFloats(
    'ramp',
    [bins, 1],
    Array.from({ length: bins }, (_, k) => k),
  );
  const mean = editor.append('MatMul', [probabilities, ramp]);
  const distances = editor.append('Reshape', [mean, editor.addInts('shape', [1, -1, 4])]);
  const factors = cells.flatMap(({ stride }) => [-stride, -stride, stride, stride]);
  const centres = cells.flatMap(({ x, y, stride }) => {
    const [cx, cy] = [(x + 0.5) * stride, (y + 0.5) * stride];
    return [cx, cy, cx, cy];
  });
  const scaled = editor.append('Mul', [
    distances,
    editor.addFloats('strides', [1, cells.length, 4], factors),
  ]);
  editor.append('Add', [scaled, editor.addFloats('centres', [1, cells.length, 4], centres)], [], 'boxes');
  finish(editor, scores, request, cells.length);
}

/** YOLOX: [1, N, 5 + classes], centre and logarithm of the size relative to the cell (arXiv:2107.08430). */
export function decodeYolox(editor: GraphEditor, shapes: Shapes, request: DecodeRequest): void {
  const output = editor.graph.output[0]!.name;
  const { cells } = grid(request, [8, 16, 32]);
  const expected = [1, cells.length, 5 + request.classCount];
  if (editor.graph.output.length !== 1 || shapes.get(output)?.join() !== expected.join()) {
    throw misfit(editor, shapes, 'yolox', `[${expected.join(', ')}]`);
  }
  const sizes = editor.addInts('columns', [2, 2, 1, request.classCount]);
  const [xy, wh] = [editor.fresh('xy'), editor.fresh('wh')];
  const [objectness, classes] = [editor.fresh('objectness'), editor.fresh('classes')];
  editor.graph.node.push({
    opType: 'Split',
    input: [output, sizes],
    output: [xy, wh, objectness, classes],
    attribute: [intAttribute('axis', 2)],
    name: `${xy}_node`,
  });
  const n = cells.length;
  const grids = editor.addFloats(
    'grid',
    [1, n, 2],
    cells.flatMap(({ x, y }) => [x, y]),
  );
  const strides = editor.addFloats(
    'strides',
    [1, n, 1],
    cells.map(({ stride }) => stride),
  );
  const halves = editor.addFloats(
    'halves',
    [1, n, 1],
    cells.map(({ stride }) => stride / 2),
  );
  const centre = editor.append('Mul', [editor.append('Add', [xy, grids]), strides]);
  const half = editor.append('Mul', [editor.append('Exp', [wh]), halves]);
  const corners = [editor.append('Sub', [centre, half]), editor.append('Add', [centre, half])];
  editor.append('Concat', corners, [intAttribute('axis', 2)], 'boxes');
  const kept = gather(editor, classes, request);
  finish(
    editor,
    editor.append('Mul', [kept, objectness]),
    { ...request, classCount: columnCount(request) },
    n,
    true,
  );
}

function columnCount(request: DecodeRequest): number {
  return request.keep?.length ?? request.classCount;
}

function gather(editor: GraphEditor, scores: string, request: DecodeRequest): string {
  if (!request.keep) return scores;
  return editor.append('Gather', [scores, editor.addInts('keep', request.keep)], [intAttribute('axis', 2)]);
}

function finish(
  editor: GraphEditor,
  scores: string,
  request: DecodeRequest,
  anchors: number,
  gathered = false,
): void {
  const kept = gathered ? scores : gather(editor, scores, request);
  editor.append('Identity', [kept], [], 'scores');
  const value = (name: string, columns: number) => ({
    name,
    type: {
      tensorType: {
        elemType: ELEMENT.float32,
        shape: { dim: [1, anchors, columns].map((dimValue) => ({ dimValue })) },
      },
    },
  });
  editor.graph.output = [value('boxes', 4), value('scores', columnCount(request))];
}
