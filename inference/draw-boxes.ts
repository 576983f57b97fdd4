/** A picture with its detections drawn in, to look at. */

import type { PictureResult } from './detect-pictures.ts';
import { openPicture, pictureError } from './picture.ts';

/** Longer side of the drawn picture, pixels, at most. */
const LONGEST_PX = 1920;

/**
 * A JPEG with a frame, label and score per detection.
 *
 * @throws StreetwatchError `image.invalid` when the picture can no longer be read.
 */
export async function drawBoxes(result: PictureResult): Promise<Buffer> {
  const scale = Math.min(1, LONGEST_PX / Math.max(result.width, result.height));
  const width = Math.max(1, Math.round(result.width * scale));
  const height = Math.max(1, Math.round(result.height * scale));
  const line = Math.max(1, Math.round(Math.min(width, height) / 250));
  const text = Math.max(10, line * 7);
  const marks = result.detections.map(({ box, label, score }) => {
    const [x, y] = [box.x1 * scale, box.y1 * scale];
    const [w, h] = [(box.x2 - box.x1) * scale, (box.y2 - box.y1) * scale];
    const colour = colourOf(label);
    const caption = `${escapeXml(label)} ${score.toFixed(2)}`;
    return `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="none" stroke="${colour}" stroke-width="${line}"/>
<text x="${x + line}" y="${Math.max(text, y - line)}" font-family="sans-serif" font-size="${text}" fill="${colour}" stroke="#000" stroke-width="${text / 6}" paint-order="stroke">${caption}</text>`;
  });
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${marks.join('')}</svg>`;
  try {
    return await openPicture(result.path)
      .rotate()
      .resize(width, height, { fit: 'fill' })
      .flatten({ background: '#727272' })
      .toColourspace('srgb')
      .composite([{ input: Buffer.from(overlay) }])
      .jpeg({ quality: 88 })
      .toBuffer();
  } catch (cause) {
    throw pictureError(result.path, cause);
  }
}

/** The same colour for the same label, spread over the colour circle. */
function colourOf(label: string): string {
  let hash = 0;
  for (const character of label) hash = (hash * 31 + character.codePointAt(0)!) % 360;
  return `hsl(${(hash * 137) % 360}, 90%, 60%)`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
