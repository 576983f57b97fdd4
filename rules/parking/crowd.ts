/** Vehicles among vehicles: where boxes merge, it takes better proof to call one of them standing. */

import { sizesApart } from './parking-place.ts';
import type { ParkingPlace } from './parking-place.ts';

/** Vehicles nearer than this, in their own mean size, confuse the detector. */
const NEAR_SIZES = 4;
/** A neighbour counts until it has not been seen for this long, milliseconds. */
const RECENT_MS = 5000;
/** Scores of late below this leave a doubt; the most time that a doubt adds to the dwell, milliseconds. */
export const CERTAIN_SCORE = 0.75;
const MOST_DOUBT_MS = 12_000;

/** Whether other vehicles stand, or stood a moment ago, close by. */
export function isAmongOthers(place: ParkingPlace, places: Iterable<ParkingPlace>, nowMs: number): boolean {
  for (const other of places) {
    if (other === place || other.group !== place.group || nowMs - other.seenAt > RECENT_MS) continue;
    if (sizesApart(place.box, other.box) <= NEAR_SIZES) return true;
  }
  return false;
}

/**
 * How much longer than the dwell a vehicle must stand, milliseconds. Between standing vehicles detectors give boxes of
 * low score that are halves of two vehicles, or one vehicle in changing halves. Such a box comes and goes, so time
 * settles the doubt: the lower the score, the longer, in proportion.
 * @param minScore score at which the doubt is greatest.
 */
export function doubtMsOf(score: number, minScore: number, amongOthers: boolean): number {
  if (!amongOthers) return 0;
  const doubt = (CERTAIN_SCORE - score) / Math.max(0.05, CERTAIN_SCORE - minScore);
  return Math.max(0, Math.min(1, doubt)) * MOST_DOUBT_MS;
}
