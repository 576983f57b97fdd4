/** What a detector makes of vehicles on a lane: boxes in a picture, some missed, all a little wrong. */

import { boxArea, clampBox, intersectionArea } from '../../core/index.ts';
import type { Box, Detection } from '../../core/index.ts';
import { normal } from '../street/timeline/random.ts';
import type { LaneVehicle } from './car-following.ts';

export const WIDTH = 960;
export const HEIGHT = 540;
const PICTURE: Box = { x1: 0, y1: 0, x2: WIDTH, y2: HEIGHT };

/** Where the camera stands. */
export type View =
  /** Across the street: vehicles drive through the picture from left to right. */
  | 'across'
  /** Above the lane: vehicles come towards it and hide each other in part. */
  | 'along';

/** How good the detector is. */
export interface Detector {
  readonly name: string;
  /** Standard deviation of each edge of a box, in the width or height of the box. */
  readonly jitter: number;
  /** Share of the vehicles that are missed in a picture, each by itself, 0–1. */
  readonly miss: number;
}

export const DETECTORS: readonly Detector[] = [
  { name: 'good', jitter: 0.01, miss: 0.02 },
  { name: 'fair', jitter: 0.02, miss: 0.1 },
  { name: 'poor', jitter: 0.04, miss: 0.2 },
];

/** A vehicle of which more than this share is hidden is not detected. */
const MOST_HIDDEN = 0.6;
const PIXELS_PER_METRE = 19;
const ACROSS_FOOT_Y = 300;
/** Pinhole camera above the lane: focal length in pixels, height in metres, rows above the picture at which the horizon is. */
const FOCAL = 900;
const CAMERA_M = 7;
const HORIZON_Y = -30;
/** From the camera to where the lane begins, metres. */
const FAR_M = 58;

/** The box of a vehicle, pixels. */
export function boxOf(vehicle: LaneVehicle, view: View): Box {
  const { frontM, lengthM, widthM, heightM, asideM } = vehicle;
  if (view === 'across') {
    const y2 = ACROSS_FOOT_Y + asideM * 6;
    const x2 = frontM * PIXELS_PER_METRE;
    return { x1: x2 - lengthM * PIXELS_PER_METRE, y1: y2 - heightM * PIXELS_PER_METRE, x2, y2 };
  }
  const near = Math.max(4, FAR_M - frontM);
  const roof = HORIZON_Y + (FOCAL * (CAMERA_M - heightM)) / (near + lengthM);
  const x = WIDTH / 2 + (FOCAL * (asideM - 2)) / near;
  const half = (FOCAL * widthM) / near / 2;
  return { x1: x - half, y1: roof, x2: x + half, y2: HORIZON_Y + (FOCAL * CAMERA_M) / near };
}

/** A picture of vehicles, those in front first. */
export function detect(boxes: readonly Box[], { jitter, miss }: Detector, random: () => number): Detection[] {
  return boxes.flatMap((box, i) => {
    const inside = clampBox(box, PICTURE);
    const area = boxArea(inside);
    const shown = area / boxArea(box);
    const hidden = Math.max(0, ...boxes.slice(0, i).map((front) => intersectionArea(inside, front) / area));
    const score = 0.78 + 0.17 * random();
    const shaken = shake(inside, jitter, random);
    if (random() < miss || shown < 0.5 || hidden > MOST_HIDDEN) return [];
    return [{ box: clampBox(shaken, PICTURE), score, label: 'car' }];
  });
}

function shake({ x1, y1, x2, y2 }: Box, jitter: number, random: () => number): Box {
  const off = (size: number): number => normal(random) * jitter * size;
  const [w, h] = [x2 - x1, y2 - y1];
  return { x1: x1 + off(w), y1: y1 + off(h), x2: x2 + off(w), y2: y2 + off(h) };
}
