/** Whether another vehicle stands at a place, where pictures are too far apart to show that one drives off and another arrives. */

import { iou } from '../../core/index.ts';
import type { BoxNorm } from '../../core/index.ts';
import { VACANT_MS, sizesApart } from './parking-place.ts';
import type { ParkingPlace } from './parking-place.ts';
import type { Sight } from './sights.ts';

/** A box that fits a place by less than this share of what its vehicle does stands elsewhere. */
const ELSEWHERE_FIT = 0.6;
/**
 * Fitting so well it is the same vehicle. After another one was astride the place; others that stop there fit as well in one
 * of ten cases (of seven, seen along the lane). After a picture in which the place was merely empty, and without one: nervous boxes.
 */
const SAME_FIT = { passage: 0.92, gap: 0.87, shift: 0.87 };
const OTHER_AFTER_GAP_FIT = 0.7;
/** In this many pictures in a row it must stand otherwise: single boxes are wild. */
const LOOKS = 2;
const REPORTED_LOOKS = 3;
/** Vehicles of one row: distance of neighbours in their mean size, and how far beside the line between their feet a third one drives. */
const ROW_DISTANCE = 2.5;
const ROW_OFFSET = 0.2;
/** So many neighbours are enough, whatever the input. */
const MAX_NEIGHBOURS = 16;
/** Between two places: this share of the way, at least, from either. */
const BETWEEN_SHARE = 0.15;

/** Where vehicles of a row stand. */
export type Spot = Pick<ParkingPlace, 'group' | 'box'>;

/**
 * Notes at the places of a row whether a vehicle is on its way from one to the next: whatever stands there afterwards is
 * another one, unless it stands just as the one before. A vehicle that is only missed in a picture leaves no such sight.
 */
export function notePassages(
  places: Iterable<ParkingPlace>,
  sights: readonly Sight[],
  row: readonly Spot[],
): void {
  for (const place of places) {
    const isNear = ({ group, box }: Spot): boolean =>
      group === place.group && sizesApart(place.box, box) <= ROW_DISTANCE;
    const near = sights.filter(isNear);
    if (near.length === 0 || near.some(({ box }) => fitOf(place, place.box, box) >= ELSEWHERE_FIT)) continue;
    const neighbours = row.filter((spot) => spot.box !== place.box && isNear(spot)).slice(0, MAX_NEIGHBOURS);
    if (!near.some(({ box }) => neighbours.some((other) => isBetween(box, place.box, other.box)))) continue;
    place.earlier = { box: place.earlier?.box ?? place.box, looks: 0, since: 'passage' };
  }
}

/**
 * Whether the vehicle that stands at the place now is another one than before. Where a place was never seen without a vehicle
 * but its vehicle stands otherwise, it may have shifted a little: then only `shiftedAt` says so, to the queue it may be part of.
 */
export function isSucceeded(place: ParkingPlace, { trackId, box }: Sight, nowMs: number): boolean {
  if (place.absentMs >= VACANT_MS) place.earlier ??= { box: place.box, looks: 0, since: 'gap' };
  const earlier = place.earlier ?? { box: place.box, looks: 0, since: 'shift' };
  const fit = fitOf(place, earlier.box, box);
  // What is reported is not ended as lightly as what is not is begun anew.
  const isReported = place.phase === 'raised';
  const same = isReported ? OTHER_AFTER_GAP_FIT : SAME_FIT[earlier.since];
  if (fit >= same || (isReported && place.trackIds.at(-1) === trackId)) {
    delete place.earlier;
    return false;
  }
  earlier.looks++;
  place.earlier = earlier;
  if (earlier.looks >= (isReported ? REPORTED_LOOKS : LOOKS)) {
    if (earlier.since !== 'shift') return true;
    delete place.earlier;
    place.shiftedAt = nowMs;
  }
  return (
    !isReported && earlier.since !== 'shift' && (earlier.since === 'passage' || fit < OTHER_AFTER_GAP_FIT)
  );
}

/** Overlap of two boxes at a place, in what boxes of its vehicle overlap. */
function fitOf(place: ParkingPlace, before: BoxNorm, box: BoxNorm): number {
  return iou(before, box) / (place.fit ?? 1);
}

/** Whether a vehicle is on the line from one place to another, at neither of them. */
function isBetween(box: BoxNorm, a: BoxNorm, b: BoxNorm): boolean {
  const [from, to, at] = [footOf(a), footOf(b), footOf(box)];
  const [w, h] = [(widthOf(a) + widthOf(b)) / 2, (heightOf(a) + heightOf(b)) / 2];
  const way = { x: (to.x - from.x) / w, y: (to.y - from.y) / h };
  const come = { x: (at.x - from.x) / w, y: (at.y - from.y) / h };
  const length = Math.max(1e-9, Math.hypot(way.x, way.y));
  const along = (come.x * way.x + come.y * way.y) / length ** 2;
  const beside = Math.abs(come.x * way.y - come.y * way.x) / length;
  return along >= BETWEEN_SHARE && along <= 1 - BETWEEN_SHARE && beside <= ROW_OFFSET;
}

const footOf = (box: BoxNorm): { x: number; y: number } => ({ x: (box.x1 + box.x2) / 2, y: box.y2 });
const widthOf = (box: BoxNorm): number => Math.max(1e-9, box.x2 - box.x1);
const heightOf = (box: BoxNorm): number => Math.max(1e-9, box.y2 - box.y1);
