/** How a picture of any size lies on the canvas of a model, and back. */

import type { Box } from '../core/index.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Size of the content when a picture is scaled to fit a canvas and put in its top-left corner. At least one pixel a
 * side, so that a picture of 1 × 10,000 still has content.
 */
export function contentSize(source: Size, canvas: Size): Size {
  const scale = Math.min(canvas.width / source.width, canvas.height / source.height);
  return {
    width: Math.min(canvas.width, Math.max(1, Math.round(source.width * scale))),
    height: Math.min(canvas.height, Math.max(1, Math.round(source.height * scale))),
  };
}

/** Content pixels to pixels of the source picture. */
export function contentToSource(box: Box, content: Size, source: Size): Box {
  const sx = source.width / content.width;
  const sy = source.height / content.height;
  return { x1: box.x1 * sx, y1: box.y1 * sy, x2: box.x2 * sx, y2: box.y2 * sy };
}

/** Pixels of the source picture to content pixels: the inverse of {@link contentToSource}. */
export function sourceToContent(box: Box, content: Size, source: Size): Box {
  return contentToSource(box, source, content);
}
