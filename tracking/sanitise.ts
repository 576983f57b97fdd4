/** Makes any detector output safe to track: finite, inside the picture, bounded in number, one box per object. */

import { iou } from '../core/index.ts';
import type { Box, Detection, FrameRef } from '../core/index.ts';

/** Limits of {@link sanitise}. */
export interface SanitiseLimits {
  /** Lowest score that is used at all. */
  readonly minScore: number;
  /** Most detections of one frame that are used, best first. */
  readonly maxDetections: number;
  /** Two boxes of one family that overlap more than this are one object; the better score stays. */
  readonly duplicateIou: number;
  readonly familyOf: (label: string) => string;
}

/** Usable detections, best score first; equal scores keep their order. */
export function sanitise(
  detections: readonly Detection[],
  frame: FrameRef,
  limits: SanitiseLimits,
): Detection[] {
  const usable: Detection[] = [];
  for (const detection of detections) {
    // Comparisons with NaN are false, so NaN scores and corners fall out here.
    if (!(detection.score >= limits.minScore)) continue;
    const box = insidePicture(detection.box, frame);
    if (box === undefined) continue;
    const score = Math.min(1, detection.score);
    usable.push(
      box === detection.box && score === detection.score ? detection : { ...detection, box, score },
    );
  }
  usable.sort((a, b) => b.score - a.score);
  if (usable.length > limits.maxDetections) usable.length = limits.maxDetections;
  return withoutDuplicates(usable, limits);
}

function insidePicture(box: Box, { width, height }: FrameRef): Box | undefined {
  const { x1, y1, x2, y2 } = box;
  if (!(x2 > x1 && y2 > y1 && x1 < width && y1 < height && x2 > 0 && y2 > 0)) return undefined;
  if (x1 >= 0 && y1 >= 0 && x2 <= width && y2 <= height) return box;
  return { x1: Math.max(0, x1), y1: Math.max(0, y1), x2: Math.min(width, x2), y2: Math.min(height, y2) };
}

/** Class-wise suppression in a detector leaves `car` and `truck` boxes on one vehicle: one object, one track. */
function withoutDuplicates(sorted: readonly Detection[], limits: SanitiseLimits): Detection[] {
  const kept: Detection[] = [];
  const families: string[] = [];
  for (const detection of sorted) {
    const family = limits.familyOf(detection.label);
    let duplicate = false;
    for (let i = 0; i < kept.length && !duplicate; i++) {
      duplicate = families[i] === family && iou(kept[i]!.box, detection.box) > limits.duplicateIou;
    }
    if (duplicate) continue;
    kept.push(detection);
    families.push(family);
  }
  return kept;
}
