/** `streetwatch detect`: files and folders of pictures in, one text file of boxes per picture out. */

import type { Dirent } from 'node:fs';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import type { Log } from '../core/index.ts';
import { StreetwatchError, messageOf } from '../core/index.ts';
import type { ModelEntry } from '../models/index.ts';
import { detectPictures } from './detect-pictures.ts';
import type { PictureResult } from './detect-pictures.ts';
import { createDetector } from './detector.ts';
import { drawBoxes } from './draw-boxes.ts';

/** Endings that are taken for pictures inside folders; a file that is named itself is always tried. */
const PICTURE_ENDINGS = new Set([
  '.jpg',
  '.jpeg',
  '.png',
  '.webp',
  '.tif',
  '.tiff',
  '.gif',
  '.avif',
  '.heic',
  '.bmp',
]);

export interface DetectImagesOptions {
  /** Picture files and folders (searched to the bottom; links to files are followed, links to folders are not). */
  readonly paths: readonly string[];
  readonly model: Pick<ModelEntry, 'manifest' | 'modelPath'>;
  /**
   * Lowest score of any class; the thresholds of the manifest when absent. With it, second labels of an object are listed
   * too, with half their score.
   */
  readonly minScore?: number;
  /** Gets `NAME.txt` per picture; made when it is not there. */
  readonly outDir: string;
  /** Also write `NAME.boxes.jpg` with the boxes drawn in. */
  readonly drawBoxes?: boolean;
  readonly sessions?: number;
  readonly log: Log;
  /** Called after each picture. */
  readonly progress?: (done: number, total: number) => void;
  /** Called for each file that is no picture; the batch goes on. */
  readonly failed?: (path: string, error: StreetwatchError) => void;
  readonly signal?: AbortSignal;
}

export interface DetectImagesSummary {
  readonly pictures: number;
  readonly failed: number;
  readonly boxes: number;
}

/**
 * Detects in pictures. Each `NAME.txt` has lines `label score x y w h`, best score first: x and y of the top-left corner
 * and the size in 0–1 of the upright picture; blanks in labels become `_`. A picture without objects gives an empty
 * file. Pictures of a folder keep their place below it; where two would write the same file, the later one keeps its
 * ending in the name.
 *
 * @throws StreetwatchError `image.invalid` when a path does not exist or all of them hold no picture, and those of
 *   `createDetector`.
 */
export async function detectImages(options: DetectImagesOptions): Promise<DetectImagesSummary> {
  const { model, outDir, log, minScore, sessions, progress, failed, signal } = options;
  const targets = outputNames(options.paths);
  if (targets.size === 0) {
    const endings = [...PICTURE_ENDINGS].join(', ');
    throw new StreetwatchError(
      'image.invalid',
      `${options.paths.join(', ')}: no file there ends in ${endings}`,
    );
  }
  const detector = await createDetector({ ...model, log, ...(sessions === undefined ? {} : { sessions }) });
  const summary = { pictures: 0, failed: 0, boxes: 0 };
  try {
    const results = detectPictures(
      targets.keys(),
      detector,
      minScore === undefined ? {} : { minScore, rivals: 'demote' },
    );
    for await (const result of results) {
      signal?.throwIfAborted();
      const error =
        'error' in result
          ? result.error
          : await keep(result, join(outDir, targets.get(result.path)!), options.drawBoxes === true);
      if (error) {
        summary.failed += 1;
        failed?.(result.path, error);
      } else if ('detections' in result) {
        summary.pictures += 1;
        summary.boxes += result.detections.length;
      }
      progress?.(summary.pictures + summary.failed, targets.size);
    }
  } finally {
    await detector.close();
  }
  return summary;
}

/** Writes one result; the error of a picture that cannot be drawn, since one picture stops nothing. */
async function keep(
  result: PictureResult,
  target: string,
  draw: boolean,
): Promise<StreetwatchError | undefined> {
  let drawing: Buffer | undefined;
  try {
    if (draw) drawing = await drawBoxes(result);
  } catch (error) {
    if (error instanceof StreetwatchError) return error;
    throw error;
  }
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.txt`, boxLines(result));
  if (drawing) writeFileSync(`${target}.boxes.jpg`, drawing);
  return undefined;
}

/** The text of one result. */
export function boxLines({ detections, width, height }: PictureResult): string {
  return detections
    .map(({ label, score, box }) => {
      const numbers = [
        box.x1 / width,
        box.y1 / height,
        (box.x2 - box.x1) / width,
        (box.y2 - box.y1) / height,
      ];
      return `${label.replaceAll(/\s+/g, '_')} ${score.toFixed(4)} ${numbers.map((v) => v.toFixed(6)).join(' ')}\n`;
    })
    .join('');
}

/** Picture files with the path of their output below the output folder, without ending. */
function outputNames(paths: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const path of paths) {
    for (const [file, place] of picturesBelow(path)) {
      if (names.has(file)) continue;
      const stem = place.slice(0, place.length - extname(place).length);
      let name = taken.has(stem) ? place : stem;
      for (let n = 2; taken.has(name); n++) name = `${place}-${n}`;
      taken.add(name);
      names.set(file, name);
    }
  }
  return names;
}

/** Files with their place below the path that was asked for. */
function picturesBelow(path: string): [string, string][] {
  try {
    if (!statSync(path).isDirectory()) return [[path, basename(path)]];
    return readdirSync(path, { withFileTypes: true, recursive: true })
      .filter((entry) => PICTURE_ENDINGS.has(extname(entry.name).toLowerCase()) && isFile(entry))
      .map((entry): [string, string] => {
        const file = join(entry.parentPath, entry.name);
        return [file, relative(path, file)];
      })
      .toSorted(([a], [b]) => a.localeCompare(b));
  } catch (cause) {
    throw new StreetwatchError('image.invalid', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** Links count as what they lead to: a selection is often a folder of links. One that leads nowhere is told as unreadable. */
function isFile(entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.isFile() ?? true;
}
