/** Whether a vehicle is the one that stood there before, or another that was seen to arrive after it had left. */

import { iou } from '../../core/index.ts';
import { PASSING_DRIFT, SAME_TRACK_IOU, VACANT_MS } from './parking-place.ts';
import type { ParkingPlace } from './parking-place.ts';
import type { Sight } from './sights.ts';

/** After it was seen empty: the vehicle that is back in its place, not one that stopped there as well, overlaps it by this much. */
const SAME_VEHICLE_IOU = 0.65;
const MAX_VISITORS = 4;

/**
 * Notes at every place which vehicles drive over it, and whether its own is seen elsewhere; a sight of its vehicle wipes the
 * notes. A new id alone says nothing: trackers change ids, most of all where one vehicle passes before another.
 */
export function noteTurnover(places: Iterable<ParkingPlace>, sights: readonly Sight[], nowMs: number): void {
  for (const place of places) {
    if (place.seenAt >= nowMs && place.absentMs + place.coveredMs === 0) continue;
    for (const { trackId, group, box, motion } of sights) {
      const overlap = group === place.group ? iou(box, place.box) : 0;
      if (trackId === place.trackIds.at(-1) && overlap < SAME_TRACK_IOU) place.hasLeft = true;
      if (overlap < SAME_TRACK_IOU || motion.drift <= PASSING_DRIFT) continue;
      const others = (place.visitors ?? []).filter((id) => id !== trackId);
      place.visitors = [...others, trackId].slice(-MAX_VISITORS);
    }
  }
}

/**
 * Whether a vehicle that stands at a place now is another than the one before: it was seen to arrive since that one left.
 * At few pictures a second arrivals are not seen; there it is another when it stands otherwise after the place was empty.
 */
export function isReplaced(place: ParkingPlace, { trackId, box }: Sight, stepMs: number): boolean {
  const wasEmpty = place.absentMs >= VACANT_MS;
  if (stepMs >= VACANT_MS && wasEmpty && iou(place.box, box) < SAME_VEHICLE_IOU) return true;
  return (wasEmpty || place.hasLeft === true) && place.visitors?.includes(trackId) === true;
}
