/** Whether a place where nothing is seen to stand is empty, hidden, or only badly seen. */

import { iou } from '../../core/index.ts';
import type { BoxNorm } from '../../core/index.ts';
import { SAME_PLACE_IOU } from './parking-place.ts';
import type { ParkingPlace } from './parking-place.ts';
import { isHidden } from './sights.ts';
import type { Cover, Sight } from './sights.ts';

/** Pictures that must show a place empty, however few there are a second: a detector misses vehicles in single ones. */
const LEAST_ABSENT_LOOKS = 4;
/** No single gap between pictures counts for more absence than this, milliseconds: nobody saw the place empty meanwhile. */
const MAX_ABSENT_STEP_MS = 4000;
/** Of its height where it stopped this share is seen of a vehicle whose foot is to be believed. */
const WHOLE_HEIGHT_SHARE = 0.8;

/** Counts a frame in which no vehicle stands at the place. Where one is suspected it may be that one, badly seen. */
export function noteAbsence(
  place: ParkingPlace,
  { stepMs, covers, faint }: { stepMs: number; covers: readonly Cover[]; faint: readonly Sight[] },
): void {
  place.trackId = null;
  const isSuspected = (sight: Sight): boolean =>
    sight.group === place.group && iou(sight.box, place.box) >= SAME_PLACE_IOU;
  const isAbsent = addMissing(place, { stepMs, covers, isSuspected: faint.some(isSuspected) });
  if (isAbsent && stepMs > 0) place.absentLooks = (place.absentLooks ?? 0) + 1;
}

/** Adds a frame to the time for which a vehicle is missing. @returns whether its place looks empty. */
export function addMissing(
  one: Pick<ParkingPlace, 'box' | 'absentMs' | 'coveredMs' | 'hiddenMs'>,
  frame: { stepMs: number; covers: readonly Cover[]; isSuspected?: boolean },
): boolean {
  const { stepMs, covers, isSuspected = false } = frame;
  const lookedMs = Math.min(stepMs, MAX_ABSENT_STEP_MS);
  const hidden = isHidden(one.box, covers);
  const isAbsent = !hidden && !isSuspected;
  one[isAbsent ? 'absentMs' : 'coveredMs'] += lookedMs;
  one.hiddenMs += hidden ? stepMs : stepMs - lookedMs;
  return isAbsent;
}

/** Whether the vehicle counts as gone. */
export function isGone(
  { absentMs, absentLooks = 0, coveredMs }: ParkingPlace,
  { graceS, coveredGraceS }: { graceS: number; coveredGraceS: number },
): boolean {
  const isEmpty = absentMs > graceS * 1000 && absentLooks >= LEAST_ABSENT_LOOKS;
  return isEmpty || coveredMs > coveredGraceS * 1000;
}

/** Whether less of a vehicle is seen than when it stopped: its lower edge is that of what hides it, and not its foot. */
export function isHalfHidden(box: BoxNorm, origin: BoxNorm): boolean {
  return box.y2 - box.y1 < WHOLE_HEIGHT_SHARE * (origin.y2 - origin.y1);
}
