/** Any number of image files through a detector: in order, a few at a time, and one bad file stops nothing. */

import type { Box, Detection } from '../core/index.ts';
import { StreetwatchError } from '../core/index.ts';
import type { Detector } from './detector.ts';
import type { DetectOptions } from './session.ts';
import { contentToSource } from './letterbox.ts';
import { loadPicture } from './picture.ts';

/** What was found in one file; boxes in pixels of the upright picture. */
export interface PictureResult {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly detections: readonly Detection[];
}

/** A file that could not be read as a picture. */
export interface PictureFailure {
  readonly path: string;
  readonly error: StreetwatchError;
}

/**
 * Detects in picture files. At most two more pictures than the detector has sessions are in memory at a time.
 *
 * @returns results in the order of the paths; a file that is no picture gives a failure in its place.
 * @throws StreetwatchError of the detector itself.
 */
export async function* detectPictures(
  paths: Iterable<string>,
  detector: Detector,
  options: DetectOptions = {},
): AsyncGenerator<PictureResult | PictureFailure> {
  const ahead = detector.sessions + 2;
  const line: Promise<PictureResult | PictureFailure>[] = [];
  for (const path of paths) {
    const work = detectPicture(path, detector, options);
    // Its turn to be awaited may come after it failed: Node must not take it for an unhandled one meanwhile.
    work.catch(() => {});
    line.push(work);
    if (line.length >= ahead) yield await line.shift()!;
  }
  while (line.length > 0) yield await line.shift()!;
}

async function detectPicture(
  path: string,
  detector: Detector,
  options: DetectOptions,
): Promise<PictureResult | PictureFailure> {
  let frame;
  try {
    frame = await loadPicture(path, detector);
  } catch (error) {
    if (error instanceof StreetwatchError && error.code === 'image.invalid') return { path, error };
    throw error;
  }
  const source = { width: frame.sourceWidth, height: frame.sourceHeight };
  const toSource = (box: Box): Box => contentToSource(box, frame.ref, source);
  const found = await detector.detect(frame, options);
  return { path, ...source, detections: found.map((d) => ({ ...d, box: toSource(d.box) })) };
}
