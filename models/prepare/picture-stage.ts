/** Puts normalisation, colour order and layout inside the graph: bytes of a picture go in as they are. */

import type { GraphEditor, OnnxNode } from '../onnx/index.ts';
import { ELEMENT, floatTensor, intAttribute, intsAttribute, tensorValues } from '../onnx/index.ts';
import type { ModelInput } from '../manifest.ts';

/** How the graph wanted its pixels: `(v · scale − mean) / std`, in the order of `colour`. */
export type Normalisation = Pick<ModelInput, 'colour' | 'mean' | 'std' | 'scale'>;

/**
 * Replaces the float input [1, 3, H, W] by `image`, uint8 [1, H, W, 3], RGB.
 *
 * Scale, deviation and colour order go into the weights of the first convolution, which is exact. The mean does not:
 * the zeros that a convolution pads with stand for the mean, so it is subtracted before (and left out where it is 0).
 */
export function addPictureStage(
  editor: GraphEditor,
  how: Normalisation,
  size: { width: number; height: number },
): void {
  const { graph } = editor;
  const old = graph.input[0]!.name;
  const scale = how.scale ?? 1;
  const order = how.colour === 'rgb' ? [0, 1, 2] : [2, 1, 0];
  // Per channel of the old input: value = (v − offset) · factor.
  const offset = (how.mean ?? [0, 0, 0]).map((mean) => mean / scale);
  const factor = (how.std ?? [1, 1, 1]).map((std) => scale / std);

  const planar = editor.fresh('planar');
  const front: OnnxNode[] = [];
  const add = (opType: string, input: string[], attribute: OnnxNode['attribute'], output: string): string => {
    front.push({ opType, input, output: [output], attribute, name: `${output}_node` });
    return output;
  };
  add('Transpose', ['image'], [intsAttribute('perm', [0, 3, 1, 2])], planar);
  let value = add('Cast', [planar], [intAttribute('to', ELEMENT.float32)], editor.fresh('pixels'));
  // From here on channels are in RGB order until the convolution takes them in its own.
  const toRgb = (values: readonly number[]): number[] => order.map((channel) => values[channel]!);
  if (offset.some((v) => v !== 0)) {
    const mean = editor.addFloats('mean', [1, 3, 1, 1], toRgb(offset));
    value = add('Sub', [value, mean], [], editor.fresh('centred'));
  }
  const users = editor.users().get(old) ?? [];
  const first = users[0];
  const weight = first?.opType === 'Conv' && users.length === 1 ? editor.constant(first.input[1]) : undefined;
  if (first && weight?.dims[1] === 3) {
    const name = editor.fresh('weight');
    graph.initializer.push(
      floatTensor(name, weight.dims, rescaled(tensorValues(weight), weight.dims, order, factor)),
    );
    first.input = [value, name, ...first.input.slice(2)];
  } else {
    if (factor.some((v) => v !== 1)) {
      const std = editor.addFloats('std', [1, 3, 1, 1], toRgb(factor));
      value = add('Mul', [value, std], [], editor.fresh('scaled'));
    }
    if (how.colour === 'bgr') {
      const swap = editor.addInts('bgr', order);
      value = add('Gather', [value, swap], [intAttribute('axis', 1)], editor.fresh('swapped'));
    }
    for (const user of users) user.input = user.input.map((input) => (input === old ? value : input));
  }
  graph.node = [...front, ...graph.node];
  const dim = [1, size.height, size.width, 3].map((dimValue) => ({ dimValue }));
  graph.input = [{ name: 'image', type: { tensorType: { elemType: ELEMENT.uint8, shape: { dim } } } }];
}

/** Weights [out, 3, kh, kw] for RGB channels whose values are not yet multiplied by `factor` (given in the old order). */
function rescaled(
  values: number[],
  dims: readonly number[],
  order: readonly number[],
  factor: readonly number[],
): Float32Array {
  const area = dims[2]! * dims[3]!;
  const result = new Float32Array(values.length);
  for (let out = 0; out < dims[0]!; out++) {
    for (let channel = 0; channel < 3; channel++) {
      const from = order[channel]!;
      for (let k = 0; k < area; k++) {
        result[(out * 3 + channel) * area + k] = values[(out * 3 + from) * area + k]! * factor[from]!;
      }
    }
  }
  return result;
}
