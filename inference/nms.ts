/** Non-maximum suppression: of boxes that show one object, the best stays. */

import type { Candidates } from './candidates.ts';

export interface NmsOptions {
  /** Overlap from which the weaker of two boxes of one class goes, 0–1. Raising it keeps more doubles. */
  readonly iou: number;
  /** Class index to group index; classes of one group are rivals for one object. -1 or absent: no group. */
  readonly groups?: Int16Array;
  /** Overlap from which two boxes of rival classes are one object; 1: never. */
  readonly groupIou?: number;
  /**
   * What becomes of the weaker of two rivals: its score is multiplied by this, once. 0 drops it; above 0 it stays as a
   * second opinion further down the list.
   */
  readonly rivalFactor?: number;
  /** Boxes with the highest scores that are looked at, and kept, at most. */
  readonly maxCandidates?: number;
  readonly maxKept?: number;
}

/**
 * Greedy suppression by class, best score first; equal scores keep the order of the anchors, so that the result is
 * the same on every run. An empty box suppresses nothing and is dropped. Scores of demoted rivals are changed in place.
 *
 * @returns indices into the candidates, best score first.
 */
export function suppress(candidates: Candidates, options: NmsOptions): Uint32Array {
  const { iou, groups, groupIou = 1, rivalFactor = 0, maxCandidates = 4096, maxKept = 300 } = options;
  const { boxes, scores, classes, count } = candidates;
  const order = sortedByScore(scores, count);
  const examined = Math.min(count, maxCandidates);
  const kept = new Uint32Array(Math.min(examined, maxKept));
  const areas = new Float32Array(kept.length);
  // Kept boxes are linked by bucket, so that a box meets only those of its own class or of its rivals.
  const before = new Int32Array(kept.length);
  const lastOf = new Map<number, number>();
  const rivals: number[] = [];
  let keptCount = 0;
  for (let n = 0; n < examined && keptCount < kept.length; n++) {
    const i = order[n]!;
    const x1 = boxes[4 * i]!;
    const y1 = boxes[4 * i + 1]!;
    const x2 = boxes[4 * i + 2]!;
    const y2 = boxes[4 * i + 3]!;
    if (!(x2 > x1) || !(y2 > y1)) continue;
    const area = (x2 - x1) * (y2 - y1);
    const classIndex = classes[i]!;
    const group = groupIou < 1 ? (groups?.[classIndex] ?? -1) : -1;
    const bucket = group < 0 ? classIndex : -1 - group;
    const last = lastOf.get(bucket) ?? -1;
    let rival = false;
    let k = last;
    for (; k >= 0; k = before[k]!) {
      const j = kept[k]!;
      const w = Math.min(x2, boxes[4 * j + 2]!) - Math.max(x1, boxes[4 * j]!);
      if (w <= 0) continue;
      const h = Math.min(y2, boxes[4 * j + 3]!) - Math.max(y1, boxes[4 * j + 1]!);
      if (h <= 0) continue;
      const shared = w * h;
      const same = classes[j] === classIndex;
      if (shared <= (same ? iou : groupIou) * (area + areas[k]! - shared)) continue;
      if (same || rivalFactor === 0) break;
      rival = true;
    }
    if (k >= 0) continue;
    if (rival) rivals.push(i);
    kept[keptCount] = i;
    areas[keptCount] = area;
    before[keptCount] = last;
    lastOf.set(bucket, keptCount);
    keptCount += 1;
  }
  const result = kept.subarray(0, keptCount);
  if (rivals.length === 0) return result;
  for (const i of rivals) scores[i] = scores[i]! * rivalFactor;
  return result.toSorted((a, b) => scores[b]! - scores[a]! || a - b);
}

/** Indices by falling score. One native sort of numbers that hold score and index: ten times a comparator's speed. */
function sortedByScore(scores: Float32Array, count: number): Uint32Array {
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) keys[i] = Math.round((1 - scores[i]!) * 2 ** 31) * 2 ** 21 + i;
  keys.sort();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = keys[i]! % 2 ** 21;
  return order;
}
