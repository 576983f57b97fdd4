/** Clips that show their own time, real RTSP servers that play them, and ways to read the time back. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Clock, Log } from '../../core/index.ts';

const execute = promisify(execFile);

/** The system's clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** A log that keeps everything it is told. */
export function recordingLog(): Log & {
  readonly lines: { level: string; message: string; fields: object }[];
} {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A folder that is gone after `remove`. */
export function temporaryFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `streetwatch-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface NumberedClip {
  readonly path: string;
  readonly seconds?: number;
  readonly fps?: number;
  readonly width?: number;
  readonly height?: number;
  /** Encoder arguments; H.264 with a key frame each second by default. */
  readonly encoder?: readonly string[];
  /** Further output arguments. */
  readonly output?: readonly string[];
  /** Further inputs and filters are put between source and encoder, e.g. an audio source. */
  readonly inputs?: readonly string[];
  /** Filters after the numbers are drawn. */
  readonly filters?: string;
}

/** Height of the strip at the top in which each frame shows its number, as a share of the picture. */
const STRIP_SHARE = 1 / 6;
const BITS = 12;

/** Draws the frame number as twelve black or white blocks, lowest bit left, across the top of the picture. */
function numberStrip(): string {
  const bit = `16+219*mod(floor(N/pow(2,floor(X*${BITS}/W))),2)`;
  const strip = (inside: string, plane: string): string =>
    `'if(lt(Y,H*${STRIP_SHARE}),${inside},${plane}(X,Y))'`;
  return `geq=lum=${strip(bit, 'lum')}:cb=${strip('128', 'cb')}:cr=${strip('128', 'cr')}`;
}

/** Makes a clip whose frames show their own number, from 0. */
export async function makeNumberedClip(clip: NumberedClip): Promise<string> {
  const { seconds = 4, fps = 25, width = 192, height = 144 } = clip;
  const source = `testsrc2=size=${width}x${height}:rate=${fps}:duration=${seconds}`;
  const encoder = clip.encoder ?? ['-c:v', 'libx264', '-g', String(fps), '-bf', '0', '-preset', 'veryfast'];
  const filters = [numberStrip(), clip.filters].filter((filter) => filter !== undefined).join(',');
  await ffmpeg([
    ...['-f', 'lavfi', '-i', source, ...(clip.inputs ?? [])],
    ...['-vf', filters, '-pix_fmt', 'yuv420p', ...encoder, ...(clip.output ?? []), clip.path],
  ]);
  return clip.path;
}

/** Runs ffmpeg to its end; for making and looking at fixtures. */
export async function ffmpeg(args: readonly string[]): Promise<Buffer> {
  const { stdout } = await execute('ffmpeg', ['-v', 'error', '-y', '-nostdin', ...args], {
    encoding: 'buffer',
    maxBuffer: 1 << 28,
  });
  return stdout;
}

/** Reads the number out of RGB pixels; `width` × `height` is the picture, `stride` the pixels of a row. */
export function readNumber(
  pixels: Uint8Array,
  size: { readonly width: number; readonly height: number; readonly stride?: number },
): number {
  const row = Math.floor((size.height * STRIP_SHARE) / 2);
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const x = Math.floor(((bit + 0.5) * size.width) / BITS);
    const at = (row * (size.stride ?? size.width) + x) * 3;
    const light = (pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0);
    if (light > 384) number |= 1 << bit;
  }
  return number;
}

/** Numbers and times of all pictures of a file, decoded by a plain ffmpeg. */
export async function numbersOf(
  path: string,
  size: { readonly width: number; readonly height: number },
): Promise<number[]> {
  const raw = await ffmpeg([
    '-i',
    path,
    '-fps_mode',
    'passthrough',
    '-pix_fmt',
    'rgb24',
    '-f',
    'rawvideo',
    'pipe:1',
  ]);
  const bytes = size.width * size.height * 3;
  return Array.from({ length: Math.floor(raw.length / bytes) }, (_, i) =>
    readNumber(raw.subarray(i * bytes, (i + 1) * bytes), size),
  );
}
