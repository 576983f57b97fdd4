/** The newest picture of a camera, for thumbnails: a copy of an analysed frame, taken at most once a second. */

import sharp from 'sharp';
import type { Footage, Frame } from '../core/index.ts';
import { StreetwatchError } from '../core/index.ts';

const COPY_EVERY_MS = 1_000;
const JPEG_QUALITY = 80;
/** An analysed frame enlarged by this is still good enough for a thumbnail, and costs no ffmpeg. */
const MOST_ENLARGED = 1.6;

interface Copy {
  readonly pixels: Buffer;
  readonly canvasWidth: number;
  readonly canvasHeight: number;
  readonly width: number;
  readonly height: number;
  readonly capturedAtMs: number;
}

/** Holds one picture; a camera that was never seen has none. */
export class LastPicture {
  private copy: Copy | undefined;
  /** The last one that was cut from the recording: many who look at one camera cost one ffmpeg. */
  private cut: { readonly of: string; readonly jpeg: Promise<Uint8Array> } | undefined;

  take(frame: Frame): void {
    const { ref, canvasWidth, canvasHeight } = frame;
    if (this.copy !== undefined && Math.abs(ref.capturedAtMs - this.copy.capturedAtMs) < COPY_EVERY_MS)
      return;
    const { width, height, capturedAtMs } = ref;
    this.copy = { pixels: Buffer.from(frame.pixels), canvasWidth, canvasHeight, width, height, capturedAtMs };
  }

  /**
   * A JPEG, `widthPx` wide at most when it is of the recording: of the analysed frame when that is nearly large enough.
   * @throws StreetwatchError `live.unavailable` when the camera has not been seen yet.
   */
  async jpeg(cameraId: string, widthPx: number, footage: Footage): Promise<Uint8Array> {
    const copy = this.copy;
    if (copy === undefined) {
      throw new StreetwatchError('live.unavailable', `camera ${cameraId} has not sent a picture yet`, {
        context: { cameraId },
      });
    }
    if (widthPx > MOST_ENLARGED * copy.width) {
      const of = `${copy.capturedAtMs} ${widthPx}`;
      try {
        if (this.cut?.of !== of) this.cut = { of, jpeg: cutFrom(footage, cameraId, copy, widthPx) };
        return await this.cut.jpeg;
      } catch {
        // The next one who asks may have more luck.
        if (this.cut?.of === of) this.cut = undefined;
        // Not recorded yet, or not any more: the smaller picture is better than none.
      }
    }
    return sharp(copy.pixels, { raw: { width: copy.canvasWidth, height: copy.canvasHeight, channels: 3 } })
      .extract({ left: 0, top: 0, width: Math.floor(copy.width), height: Math.floor(copy.height) })
      .resize({ width: Math.min(widthPx, Math.floor(MOST_ENLARGED * copy.width)) })
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer();
  }
}

async function cutFrom(
  footage: Footage,
  cameraId: string,
  { capturedAtMs }: Copy,
  widthPx: number,
): Promise<Uint8Array> {
  const { image } = await footage.still(cameraId, capturedAtMs);
  return sharp(image)
    .resize({ width: widthPx, withoutEnlargement: true })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
}
