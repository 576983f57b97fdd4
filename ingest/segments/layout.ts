/** Where segments lie and what their names say: the directory is the index, and a crash cannot put it out of date. */

import { join } from 'node:path';

/**
 * `<dir>/<camera>/<run>/run.json` holds the anchor; finished segments are `<startMs>-<endMs>.mkv` in wall time;
 * the one being written (and those of a crash) has a bare number. Times inside the files are stream times.
 */
export interface RunFile {
  /** `capturedAtMs` = `anchorMs` + time in the file. */
  readonly anchorMs: number;
  readonly codec: string;
  /** Size of the upright picture. */
  readonly width: number;
  readonly height: number;
  /** Degrees as ffmpeg prints them; kept here because Matroska as ffmpeg 5 writes it does not carry it. */
  readonly rotation: number;
}

export const RUN_FILE = 'run.json';

export function isRunFile(value: unknown): value is RunFile {
  if (typeof value !== 'object' || value === null) return false;
  const numbers = ['anchorMs', 'width', 'height', 'rotation'].every(
    (key) => typeof Reflect.get(value, key) === 'number',
  );
  return numbers && 'codec' in value && typeof value.codec === 'string';
}

const FINISHED = /^(\d+)-(\d+)\.mkv$/;
const UNFINISHED = /^\d{9}\.mkv$/;

export function cameraDir(dir: string, cameraId: string): string {
  // A name such as `..` must not lead out of the store.
  return join(
    dir,
    encodeURIComponent(cameraId).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length)),
  );
}

export function cameraOfDir(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

export function segmentName(startMs: number, endMs: number): string {
  return `${startMs}-${endMs}.mkv`;
}

export function parseSegmentName(name: string): { startMs: number; endMs: number } | undefined {
  const match = FINISHED.exec(name);
  return match === null ? undefined : { startMs: Number(match[1]), endMs: Number(match[2]) };
}

export function isUnfinished(name: string): boolean {
  return UNFINISHED.test(name);
}
