/** Queues and jams: vehicles that came to a stop one behind the other and will move on together. */

import type { BoxNorm } from '../../core/index.ts';
import { SEEN_SHARE, sizesApart } from './parking-place.ts';
import type { ParkingPlace } from './parking-place.ts';
import { isSure } from './witnesses.ts';
import type { Witness } from './witnesses.ts';

/** Neighbours in a queue stop this soon after each other, milliseconds. */
const JOIN_MS = 20_000;
/** Distance of neighbours in a queue, in their own mean size, and how different their sizes may be. */
const NEIGHBOUR_DISTANCE = 2.5;
const NEIGHBOUR_AREA_RATIO = 4;
/** A place that has looked empty this long is left by the queue, milliseconds: more than two key frames. What is hidden has not left. */
const LEFT_MS = 5000;
/** Vehicles of a queue whose arrival must have been seen. */
const LEAST_ARRIVALS = 2;
/** Drivers need this long to start after the vehicle ahead, milliseconds. */
export const RELEASE_MS = 8000;

/** A vehicle that may be part of a queue. */
interface Waiting {
  readonly group: string;
  readonly box: BoxNorm;
  readonly since: number;
  /** The place it has, where it may be reported. */
  readonly place?: ParkingPlace;
  readonly isSure: boolean;
  readonly hasArrived: boolean;
}

/**
 * Notes in `queuedAt` of every place whether it stands in a queue now. A queue is a chain of at least `vehicles`
 * neighbours, each stopped soon after the next, of which at least one stopped within the last `holdMs`. Two at least
 * must have been seen to arrive: of what stood there when the camera began to see nobody knows that it queued up.
 * Witnesses count as well, but of three vehicles one at most may be only suspected.
 */
export function markQueues(
  places: Iterable<ParkingPlace>,
  witnesses: Iterable<Witness>,
  { nowMs, vehicles, holdMs }: { nowMs: number; vehicles: number; holdMs: number },
): void {
  if (vehicles === 0) return;
  const left = new Set(waitingOf(places, witnesses, nowMs));
  if (left.size < vehicles) return;
  for (const start of left) {
    left.delete(start);
    const chain = [start];
    for (let i = 0; i < chain.length; i++) {
      for (const other of left) {
        if (areNeighbours(chain[i]!, other)) {
          left.delete(other);
          chain.push(other);
        }
      }
    }
    const lastStopMs = Math.max(...chain.map(({ since }) => since));
    const arrivals = chain.filter(({ hasArrived }) => hasArrived).length;
    if (arrivals < LEAST_ARRIVALS || countOf(chain) < vehicles || nowMs - lastStopMs > holdMs) continue;
    for (const { place } of chain) if (place !== undefined) place.queuedAt = nowMs;
  }
}

function waitingOf(places: Iterable<ParkingPlace>, witnesses: Iterable<Witness>, nowMs: number): Waiting[] {
  const isWaiting = (one: ParkingPlace | Witness): boolean =>
    one.absentMs <= LEFT_MS && one.seenMs >= SEEN_SHARE * (nowMs - one.since - one.hiddenMs);
  const own = [...places].filter(isWaiting).map((place): Waiting => {
    const { group, box, since, stoppedAt, presentAtStart } = place;
    return { group, box, since: stoppedAt ?? since, place, isSure: true, hasArrived: !presentAtStart };
  });
  const others = [...witnesses].filter(isWaiting).map((witness): Waiting => {
    const { group, box, since, presentAtStart } = witness;
    return { group, box, since, isSure: isSure(witness, nowMs), hasArrived: !presentAtStart };
  });
  return [...own, ...others];
}

/** Vehicles of a chain: what is only suspected counts for half of what is sure, at most. */
function countOf(chain: readonly Waiting[]): number {
  const sure = chain.filter((one) => one.isSure).length;
  return sure + Math.min(chain.length - sure, Math.floor(sure / 2));
}

/** Whether the vehicle stands in a queue, or stood in one until a moment ago. */
export function isQueued(place: ParkingPlace, nowMs: number): boolean {
  return place.queuedAt !== null && nowMs - place.queuedAt <= RELEASE_MS;
}

function areNeighbours(a: Waiting, b: Waiting): boolean {
  if (a.group !== b.group || Math.abs(a.since - b.since) > JOIN_MS) return false;
  const ratio = area(a.box) / Math.max(1e-12, area(b.box));
  if (ratio > NEIGHBOUR_AREA_RATIO || ratio < 1 / NEIGHBOUR_AREA_RATIO) return false;
  return sizesApart(a.box, b.box) <= NEIGHBOUR_DISTANCE;
}

function area(box: BoxNorm): number {
  return (box.x2 - box.x1) * (box.y2 - box.y1);
}
