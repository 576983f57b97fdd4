/** Whether a vehicle is the one that stood there before, or another that was seen to arrive after it had left. */

import { iou } from '../../core/index.ts';
import type { BoxNorm } from '../../core/index.ts';
import type { Motion } from '../motion.ts';
import { PASSING_DRIFT, SAME_PLACE_IOU, SAME_TRACK_IOU, VACANT_MS, hasSetOff } from './parking-place.ts';
import type { ParkingPlace } from './parking-place.ts';
import type { Sight } from './sights.ts';

/** A vehicle that drifts no more stands; where its usual box overlaps that of the one before so well, it is that one under another id. */
const STANDS_DRIFT = 0.1;
const SAME_VEHICLE_IOU = 0.9;
const MAX_VISITORS = 4;

/**
 * Notes at every place which vehicles drive over it, and whether its own is seen elsewhere; a sight of its vehicle wipes the
 * notes. A new id alone says nothing: trackers change ids, most of all where one vehicle passes before another.
 */
export function noteTurnover(places: Iterable<ParkingPlace>, sights: readonly Sight[], nowMs: number): void {
  for (const place of places) {
    noteLeaving(place, sights);
    if (place.seenAt >= nowMs && place.absentMs + place.coveredMs === 0) continue;
    for (const { trackId, group, box, motion } of sights) {
      const overlap = group === place.group ? iou(box, place.box) : 0;
      if (trackId === place.trackIds.at(-1) && hasSetOff(place) && isAway(place, overlap, motion))
        place.hasLeft = true;
      if (overlap < SAME_TRACK_IOU || motion.drift <= PASSING_DRIFT) continue;
      const others = (place.visitors ?? []).filter((id) => id !== trackId);
      place.visitors = [...others, trackId].slice(-MAX_VISITORS);
    }
  }
}

function noteLeaving(place: ParkingPlace, sights: readonly Sight[]): void {
  const { takenFrom } = place;
  if (takenFrom === undefined || takenFrom.hasLeft) return;
  const before = sights.find(({ trackId }) => trackId === takenFrom.trackId);
  if (before !== undefined && isAway(place, iou(before.box, takenFrom.box), before.motion))
    takenFrom.hasLeft = true;
}

/**
 * Whether a vehicle drove off from a place that it overlaps by so much only; many are out of the picture before they are off
 * their place. What is reported is not ended as lightly as what is not is begun anew.
 */
function isAway({ phase }: ParkingPlace, overlap: number, motion: Motion): boolean {
  const isDriving = motion.drift > PASSING_DRIFT && phase !== 'raised';
  return overlap < (isDriving ? SAME_PLACE_IOU : SAME_TRACK_IOU);
}

/** Whether a vehicle that stands at a place now is another than the one before: it was seen to arrive since that one left. */
export function isReplaced(
  place: ParkingPlace,
  { trackId, motion }: Sight,
  usualBox: () => BoxNorm,
): boolean {
  const wasLeft = place.absentMs >= VACANT_MS || place.hasLeft === true;
  if (wasLeft && place.visitors?.includes(trackId) === true) return true;
  // Where vehicles follow each other closely no place is seen empty.
  const { takenFrom } = place;
  if (takenFrom === undefined || motion.spanMs < VACANT_MS || motion.drift > STANDS_DRIFT) return false;
  const isSame = trackId === takenFrom.trackId || iou(takenFrom.box, usualBox()) >= SAME_VEHICLE_IOU;
  if (isSame) delete place.takenFrom;
  return !isSame && takenFrom.hasLeft;
}

/**
 * Whether a vehicle that stands at a place now stood at another one before: in a dense queue the next vehicle is there before
 * the place was seen empty. Neighbours that only changed their ids stand at each other's places.
 */
export function hasMovedUp(
  place: ParkingPlace,
  { trackId, group }: Sight,
  { places, sights }: { places: Iterable<ParkingPlace>; sights: readonly Sight[] },
): boolean {
  const before = place.trackIds.at(-1);
  if (before === trackId) return false;
  for (const from of places) {
    if (from === place || from.group !== group || from.trackIds.at(-1) !== trackId) continue;
    const gone = sights.find((one) => one.trackId === before);
    return (
      gone !== undefined &&
      iou(gone.box, place.box) < SAME_PLACE_IOU &&
      iou(gone.box, from.box) < SAME_PLACE_IOU
    );
  }
  return false;
}
