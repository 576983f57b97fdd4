/** Pixels of a frame into the input tensor that a model wants. */

import type { ModelInput } from '../models/index.ts';

/** Fills `target` from RGB pixels, row by row, of the canvas size. */
export type InputWriter = (pixels: Uint8Array, target: Float32Array | Uint8Array) => void;

/** Shape of the input tensor, batch 1. */
export function inputDims(input: ModelInput): number[] {
  return input.layout === 'nchw' ? [1, 3, input.height, input.width] : [1, input.height, input.width, 3];
}

/** Memory for the input tensor. */
export function inputBuffer(input: ModelInput): Float32Array | Uint8Array {
  const length = 3 * input.width * input.height;
  return input.dtype === 'uint8' ? new Uint8Array(length) : new Float32Array(length);
}

/**
 * The writer for an input: order of channels, layout and `(v · scale − mean) / std`. Prepared graphs do all that inside
 * and get a plain copy.
 */
export function inputWriter(input: ModelInput): InputWriter {
  if (input.dtype === 'uint8' && input.layout === 'nhwc' && input.colour === 'rgb') {
    return (pixels, target) => target.set(pixels);
  }
  const area = input.width * input.height;
  const planar = input.layout === 'nchw';
  const table = normalisation(input);
  return (pixels, target) => {
    for (let channel = 0; channel < 3; channel++) {
      const from = input.colour === 'rgb' ? channel : 2 - channel;
      const values = table[channel]!;
      const step = planar ? 1 : 3;
      let to = planar ? channel * area : channel;
      for (let i = from; i < pixels.length; i += 3, to += step) target[to] = values[pixels[i]!]!;
    }
  };
}

/** Per channel the 256 possible values: a look-up is faster than the arithmetic. */
function normalisation(input: ModelInput): Float32Array[] {
  const { scale = 1, mean = [0, 0, 0], std = [1, 1, 1] } = input;
  return [0, 1, 2].map((c) => Float32Array.from({ length: 256 }, (_, v) => (v * scale - mean[c]!) / std[c]!));
}
