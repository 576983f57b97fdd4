/** Reads clips of the RoadTrack form: detections per frame, and the vehicles that stopped. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StreetwatchError } from '../../core/index.ts';
import type { Box, Detection } from '../../core/index.ts';
import { readRows } from './clip-rows.ts';

/** Frames per second and picture size of these clips. */
export const CLIP_FPS = 10;
const CLIP_WIDTH = 640;
const CLIP_HEIGHT = 540;

/** Classes of COCO that the program knows too. All others (a traffic light, a dog) are nothing that it would detect. */
const CLASS_NAMES: Readonly<Record<string, string>> = {
  '0': 'person',
  '1': 'bicycle',
  '2': 'car',
  '3': 'motorcycle',
  '5': 'bus',
  '7': 'truck',
};

/** Number of a class as the clips spell it. */
export function classNumber(label: string): number {
  const entry = Object.entries(CLASS_NAMES).find(([, name]) => name === label);
  return entry === undefined ? -1 : Number(entry[0]);
}

/** A vehicle that stopped: its box in each frame of the event, frames from 1. */
export interface TruthEvent {
  readonly eventId: string;
  readonly boxes: ReadonlyMap<number, Box>;
  readonly firstFrame: number;
}

/** One clip. `detections[i]` are those of frame `i + 1`. */
export interface Clip {
  readonly name: string;
  readonly camera: string;
  /** Picture size: that of these clips, or what the boxes need. */
  readonly width: number;
  readonly height: number;
  readonly detections: readonly (readonly Detection[])[];
  /** Empty for clips in which nothing stops. */
  readonly events: readonly TruthEvent[];
  /** Whether a frame, from 1, reaches the analysis; left out: all do. */
  readonly isKept?: (frame: number) => boolean;
}

/**
 * All clips under a folder: any folder that holds `det.txt` is one, at any depth.
 * @throws StreetwatchError `clip.invalid`.
 */
export function readClips(dir: string): Clip[] {
  if (!existsSync(dir)) throw new StreetwatchError('clip.invalid', `there is no folder ${dir}`);
  if (!statSync(dir).isDirectory()) throw new StreetwatchError('clip.invalid', `${dir} is not a folder`);
  const clips: Clip[] = [];
  const visit = (folder: string, name: string): void => {
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.some((entry) => entry.name === 'det.txt')) clips.push(readClip(folder, name));
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isDirectory())
        visit(join(folder, entry.name), name === '' ? entry.name : `${name}/${entry.name}`);
    }
  };
  visit(dir, '');
  if (clips.length === 0)
    throw new StreetwatchError('clip.invalid', `no folder under ${dir} holds a det.txt`);
  return clips;
}

function readClip(folder: string, name: string): Clip {
  const detections = readDetections(join(folder, 'det.txt'));
  const truth = join(folder, 'gt.txt');
  const events = existsSync(truth) ? readEvents(truth) : [];
  const camera = /_(K\d+)_/.exec(name)?.[1] ?? 'unknown';
  const corners = detections.flat().map(({ box }) => box);
  const width = corners.reduce((most, box) => Math.max(most, Math.ceil(box.x2)), CLIP_WIDTH);
  const height = corners.reduce((most, box) => Math.max(most, Math.ceil(box.y2)), CLIP_HEIGHT);
  return { name: name === '' ? basename(folder) : name, camera, width, height, detections, events };
}

function readDetections(path: string): Detection[][] {
  const detections: Detection[][] = [];
  for (const { frame, box, score, classNumber: n } of readRows(path)) {
    while (detections.length < frame) detections.push([]);
    const label = CLASS_NAMES[String(n)];
    if (box === undefined || label === undefined) continue;
    detections[frame - 1]!.push({ box, score, label });
  }
  return detections;
}

function readEvents(path: string): TruthEvent[] {
  const boxes = new Map<number, Map<number, Box>>();
  for (const { frame, id, box } of readRows(path, { isLabels: true })) {
    if (box === undefined) continue;
    let event = boxes.get(id);
    if (event === undefined) boxes.set(id, (event = new Map()));
    event.set(frame, box);
  }
  return [...boxes].map(([id, event]) => ({
    eventId: String(id),
    boxes: event,
    firstFrame: [...event.keys()].reduce((first, frame) => Math.min(first, frame)),
  }));
}
