/** Time, place, camera and zone on a copy of a still; the original stays as it was decoded. */

import { DateTime } from 'luxon';
import sharp from 'sharp';
import type { BoxNorm } from '../../core/index.ts';
import type { EvidenceRole, Incident } from '../incident.ts';

/** A picture and what is to be said on it. */
export interface OverlayInput {
  readonly image: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly capturedAtMs: number;
  readonly incident: Incident;
  readonly role: EvidenceRole;
  readonly moment?: string;
  readonly box?: BoxNorm;
  /** Draw the box as the place where the object was. */
  readonly empty?: boolean;
  /** SHA-256 of the original, printed on the copy. */
  readonly originalSha256: string;
}

const ROLE_TEXT: Partial<Record<EvidenceRole, string>> = {
  arrival: '到达 Arrival',
  confirmation: '确认 Confirmed',
  clearing: '清除 Cleared',
  moment: '过程 Act',
  close_up: '特写 Close-up',
};

// CJK first, so that one run of text has one design; librsvg falls back by itself where a font is missing.
const FONTS = `'Noto Sans CJK SC', 'Noto Sans SC', 'WenQuanYi Zen Hei', 'DejaVu Sans', sans-serif`;

/** Narrower pictures are enlarged on the copy, so that the text below them can be read. */
const MIN_WIDTH_PX = 640;

/** JPEG with box and zone drawn in and a band of text below the picture, so that nothing of it is covered. */
export async function drawOverlay(
  input: OverlayInput,
): Promise<{ image: Uint8Array; width: number; height: number }> {
  const width = Math.max(input.width, MIN_WIDTH_PX);
  const height = Math.round((input.height * width) / input.width);
  const lines = overlayText(input);
  const sizePx = fontSizePx(lines, width);
  const bandPx = Math.round(sizePx * (1.45 * lines.length + 0.7));
  const text = lines
    .map((line, i) => {
      const y = height + Math.round(sizePx * (1.35 + i * 1.45));
      return `<text x="${Math.round(sizePx * 0.6)}" y="${y}">${escapeXml(line)}</text>`;
    })
    .join('');
  const shapes = { ...input, width, height };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + bandPx}">
    ${input.role === 'close_up' ? '' : zoneShape(shapes)}${boxShape(shapes)}
    <g font-family="${FONTS}" font-size="${sizePx}" fill="#ffffff">${text}</g></svg>`;
  const image = await sharp(input.image)
    .resize(width, height, { fit: 'fill' })
    .extend({ bottom: bandPx, background: '#101418' })
    .composite([{ input: Buffer.from(svg), left: 0, top: 0 }])
    .jpeg({ quality: 90 })
    .toBuffer();
  return { image, width, height: height + bandPx };
}

/** A 64th of the width, or smaller when the longest line would not fit: an ideograph is one em wide, a letter 0.6. */
function fontSizePx(lines: readonly string[], width: number): number {
  const ems = lines.map((line) => {
    let sum = 1.2;
    for (const c of line) sum += c > '\u2e7f' ? 1 : 0.6;
    return sum;
  });
  return Math.floor(Math.min(Math.max(14, width / 64), width / Math.max(...ems)));
}

/** The box of the object with a margin of a quarter of its size, at least 160 pixels each way. */
export async function cropBox(
  still: { image: Uint8Array; width: number; height: number },
  box: BoxNorm,
): Promise<{ image: Uint8Array; width: number; height: number }> {
  const side = (from: number, to: number, sizePx: number): { start: number; length: number } => {
    const wanted = Math.min(sizePx, Math.max(160, (to - from) * sizePx * 1.5));
    const middle = ((from + to) / 2) * sizePx;
    const start = Math.round(Math.min(Math.max(0, middle - wanted / 2), sizePx - wanted));
    return { start, length: Math.max(1, Math.min(Math.round(wanted), sizePx - start)) };
  };
  const x = side(box.x1, box.x2, still.width);
  const y = side(box.y1, box.y2, still.height);
  const image = await sharp(still.image)
    .extract({ left: x.start, top: y.start, width: x.length, height: y.length })
    .jpeg({ quality: 92 })
    .toBuffer();
  return { image, width: x.length, height: y.length };
}

/** The lines of the band. */
export function overlayText(input: Omit<OverlayInput, 'image'>): string[] {
  const { camera, place, category, incidentId } = input.incident;
  const time = DateTime.fromMillis(input.capturedAtMs, { zone: camera.timeZone }).toFormat(
    'yyyy-MM-dd HH:mm:ss.SSS ZZ',
  );
  const role = ROLE_TEXT[input.role] ?? input.role;
  const where = [camera.place, camera.name, camera.code ?? camera.cameraId].filter(
    (t) => t !== undefined && t !== '',
  );
  return [
    `${time}   ${[...new Set(where)].join(' · ')}`,
    `${place.zoneName} · ${category.titleZh} ${category.titleEn} · ${role}${input.moment === undefined ? '' : ` (${input.moment})`}`,
    `${incidentId}   SHA-256 ${input.originalSha256.slice(0, 32)}`,
  ];
}

function zoneShape({ incident, width, height }: OverlayInput): string {
  if (incident.place.polygon.length < 3) return '';
  const points = incident.place.polygon.map((p) => `${px(p.x * width)},${px(p.y * height)}`).join(' ');
  return `<polygon points="${points}" fill="#ffd54a" fill-opacity="0.08" stroke="#ffd54a" stroke-width="${stroke(width)}"/>`;
}

function boxShape({ box, empty, width, height }: OverlayInput): string {
  if (box === undefined) return '';
  const dash = empty === true ? ` stroke-dasharray="${stroke(width) * 4}"` : '';
  return `<rect x="${px(box.x1 * width)}" y="${px(box.y1 * height)}" width="${px((box.x2 - box.x1) * width)}"
    height="${px((box.y2 - box.y1) * height)}" fill="none" stroke="#ff3b30" stroke-width="${stroke(width)}"${dash}/>`;
}

function stroke(width: number): number {
  return Math.max(2, Math.round(width / 640));
}

function px(value: number): string {
  return value.toFixed(1);
}

/** XML has no control characters at all; names come from configuration and may hold anything else. */
function escapeXml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\ufffe\uffff]/g, ' ').replace(/[&<>"']/g, (c) => entities[c] ?? c);
}
