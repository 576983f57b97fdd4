/** The shape of a picture, for the stage that it is shown on. */

import type { CSSProperties } from 'react';

/** Sets `--shape` (width / height); 16:9 where the size is not known. */
export function shapeOf(sizePx: {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}): CSSProperties {
  const { width, height } = sizePx;
  if (width === undefined || height === undefined || width <= 0 || height <= 0) return {};
  return { '--shape': String(width / height) } as CSSProperties;
}
