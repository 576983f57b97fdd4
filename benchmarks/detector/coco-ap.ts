/**
 * Average precision as COCO defines it (Lin et al. 2014, arXiv:1405.0312; the reference is pycocotools' COCOeval with
 * all areas and at most 100 detections per picture and class). `coco-ap.test.ts` holds it against numbers of the
 * reference.
 */

import type { Box } from '../../core/index.ts';
import { boxArea, intersectionArea } from '../../core/index.ts';

export interface ScoredBox {
  readonly box: Box;
  readonly score: number;
}

/** Truth and detections of one class in one picture. */
export interface PictureBoxes {
  readonly truth: readonly Box[];
  readonly found: readonly ScoredBox[];
}

export interface AveragePrecision {
  /** At IoU 0.5, 0–1. */
  readonly ap50: number;
  /** Mean over IoU 0.50, 0.55 … 0.95. */
  readonly ap50to95: number;
  /** Objects there are. */
  readonly truthCount: number;
}

const IOU_STEPS = Array.from({ length: 10 }, (_, i) => 0.5 + 0.05 * i);
const RECALL_STEPS = Array.from({ length: 101 }, (_, i) => i / 100);
const MAX_PER_PICTURE = 100;

/** Average precision of one class over pictures; `undefined` where the class has no object. */
export function averagePrecision(pictures: readonly PictureBoxes[]): AveragePrecision | undefined {
  const truthCount = pictures.reduce((sum, picture) => sum + picture.truth.length, 0);
  if (truthCount === 0) return undefined;
  const matched = pictures.flatMap((picture) => matchPicture(picture));
  const order = matched.toSorted((a, b) => b.score - a.score);
  const byIou = IOU_STEPS.map((_, t) =>
    interpolated(
      order.map((m) => m.hits[t]!),
      truthCount,
    ),
  );
  return {
    ap50: byIou[0]!,
    ap50to95: byIou.reduce((sum, value) => sum + value, 0) / byIou.length,
    truthCount,
  };
}

interface Matched {
  readonly score: number;
  /** Whether it finds an object, for each IoU step. */
  readonly hits: readonly boolean[];
}

/** Best score first, each detection takes the free object that it overlaps most. */
function matchPicture({ truth, found }: PictureBoxes): Matched[] {
  const sorted = found.toSorted((a, b) => b.score - a.score).slice(0, MAX_PER_PICTURE);
  const overlaps = sorted.map(({ box }) => truth.map((t) => overlap(box, t)));
  const hits = sorted.map(() => IOU_STEPS.map(() => false));
  for (const [t, step] of IOU_STEPS.entries()) {
    const taken = truth.map(() => false);
    for (const [d, row] of overlaps.entries()) {
      let best = -1;
      let least = Math.min(step, 1 - 1e-10);
      for (const [g, value] of row.entries()) {
        if (taken[g] || value < least) continue;
        least = value;
        best = g;
      }
      if (best < 0) continue;
      taken[best] = true;
      hits[d]![t] = true;
    }
  }
  return sorted.map(({ score }, d) => ({ score, hits: hits[d]! }));
}

function overlap(a: Box, b: Box): number {
  const shared = intersectionArea(a, b);
  return shared === 0 ? 0 : shared / (boxArea(a) + boxArea(b) - shared);
}

/** Mean of the highest precision at or beyond each of 101 recalls. */
function interpolated(hits: readonly boolean[], truthCount: number): number {
  const precision: number[] = [];
  const recall: number[] = [];
  let right = 0;
  for (const [i, hit] of hits.entries()) {
    if (hit) right += 1;
    precision.push(right / (i + 1));
    recall.push(right / truthCount);
  }
  for (let i = precision.length - 2; i >= 0; i--) precision[i] = Math.max(precision[i]!, precision[i + 1]!);
  let at = 0;
  let sum = 0;
  for (const step of RECALL_STEPS) {
    while (at < recall.length && recall[at]! < step) at += 1;
    if (at === recall.length) break;
    sum += precision[at]!;
  }
  return sum / RECALL_STEPS.length;
}

export interface Counts {
  readonly hits: number;
  readonly wrong: number;
  readonly missed: number;
}

/** Hits, false alarms and misses of one class at IoU 0.5; detections below the threshold are already left out. */
export function countMatches({ truth, found }: PictureBoxes): Counts {
  const hits = matchPicture({ truth, found }).filter((m) => m.hits[0]).length;
  return { hits, wrong: found.length - hits, missed: truth.length - hits };
}
