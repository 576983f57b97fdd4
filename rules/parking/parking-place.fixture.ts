/** A place of the parking rule for tests. */

import type { BoxNorm } from '../../core/index.ts';
import type { ParkingPlace } from './parking-place.ts';

/** One where a vehicle stands, as `over` says. */
export const placeAt = (at: BoxNorm, over: Partial<ParkingPlace> = {}): ParkingPlace => ({
  n: 1,
  group: 'motor',
  box: at,
  origin: at,
  seenAt: 0,
  since: 0,
  sinceMs: 0,
  firstSeenMs: 0,
  presentAtStart: false,
  phase: 'watching',
  trackId: 'old',
  trackIds: ['old'],
  votes: [],
  scoreSum: 0,
  sights: 5,
  seenMs: 0,
  hiddenMs: 0,
  absentMs: 0,
  coveredMs: 0,
  drift: 0,
  steadyMs: 0,
  recentScore: 0.9,
  queuedAt: null,
  muted: false,
  ...over,
});
