/** Image files become frames: any format that sharp reads, scaled and put on a model's canvas. */

import sharp from 'sharp';
import type { Sharp } from 'sharp';
import type { Frame } from '../core/index.ts';
import { StreetwatchError, messageOf } from '../core/index.ts';
import { contentSize } from './letterbox.ts';

/** Largest picture that is opened, pixels. Compressed bombs beyond it are refused before decoding. */
const MAX_SOURCE_PIXELS = 16_383 * 16_383;

/**
 * A picture file, not decoded yet. Damage that still leaves a picture is taken as it is, as browsers do; what ends too
 * early is refused while it is decoded.
 */
export function openPicture(path: string): Sharp {
  return sharp(path, { limitInputPixels: MAX_SOURCE_PIXELS, sequentialRead: true, failOn: 'error' });
}

/** The error of a file that cannot be read as a picture. */
export function pictureError(path: string, cause: unknown): StreetwatchError {
  const told = messageOf(cause);
  // libvips keeps its messages for the whole process: of pictures that are read at once, one may be left without.
  const reason = told === '' || told === 'Unknown error' ? 'it is damaged or cut off' : told;
  return new StreetwatchError('image.invalid', `${path} cannot be read as an image: ${reason}`, {
    cause,
    context: { file: path },
  });
}

export interface PictureOptions {
  readonly canvas: { readonly width: number; readonly height: number };
  readonly padValue: number;
}

/**
 * Reads a picture as a frame, upright (EXIF), as 8-bit sRGB (grey, CMYK and 16-bit converted, alpha laid on mid-grey),
 * without holding more than the scaled picture in memory where the format allows.
 *
 * @returns a frame whose `ref.cameraId` is the path; `sourceWidth` × `sourceHeight` are those of the upright picture.
 * @throws StreetwatchError `image.invalid` that names the file.
 */
export async function loadPicture(path: string, options: PictureOptions): Promise<Frame> {
  const { canvas, padValue } = options;
  try {
    const image = openPicture(path);
    const { width, height, orientation = 1 } = await image.metadata();
    const turned = orientation >= 5;
    const source = { width: turned ? height : width, height: turned ? width : height };
    const content = contentSize(source, canvas);
    const background = { r: padValue, g: padValue, b: padValue };
    const { data, info } = await image
      .rotate()
      .resize(content.width, content.height, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
      .flatten({ background })
      .toColourspace('srgb')
      .extend({
        right: canvas.width - content.width,
        bottom: canvas.height - content.height,
        background,
      })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return {
      ref: {
        cameraId: path,
        runId: path,
        seq: 0,
        ptsMs: 0,
        capturedAtMs: 0,
        width: content.width,
        height: content.height,
      },
      pixels: info.channels === 3 ? data : threeChannels(data, info.channels),
      canvasWidth: canvas.width,
      canvasHeight: canvas.height,
      sourceWidth: source.width,
      sourceHeight: source.height,
      release() {},
    };
  } catch (cause) {
    throw pictureError(path, cause);
  }
}

/** Grey with one channel stays grey in some formats: the value goes into all three. */
function threeChannels(data: Uint8Array, channels: number): Uint8Array {
  const count = data.length / channels;
  const rgb = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = data[channels * i + (channels < 3 ? 0 : c)]!;
  }
  return rgb;
}
