/** Queues and jams: vehicles that came to a stop one behind the other and will move on together. */

import type { BoxNorm } from '../../core/index.ts';
import { sizesApart } from './parking-place.ts';
import type { ParkingPlace } from './parking-place.ts';

/** Neighbours in a queue stop this soon after each other, milliseconds. */
const JOIN_MS = 20_000;
/** Distance of neighbours in a queue, in their own mean size, and how different their sizes may be. */
const NEIGHBOUR_DISTANCE = 2.5;
const NEIGHBOUR_AREA_RATIO = 4;
/** A place that has looked empty this long is left by the queue, milliseconds: more than two key frames. What is hidden has not left. */
const LEFT_MS = 5000;
/** Drivers need this long to start after the vehicle ahead, milliseconds. */
export const RELEASE_MS = 8000;

/**
 * Notes in `queuedAt` of every place whether it stands in a queue now. A queue is a chain of at least `vehicles`
 * neighbours whose arrival was seen, each stopped soon after the next, of which at least one stopped within the last
 * `holdMs`. Vehicles that were there when the camera began to see are no part of it: nobody saw them queue up.
 */
export function markQueues(
  places: Iterable<ParkingPlace>,
  { nowMs, vehicles, holdMs }: { nowMs: number; vehicles: number; holdMs: number },
): void {
  if (vehicles === 0) return;
  const waiting = [...places].filter((place) => !place.presentAtStart && place.absentMs <= LEFT_MS);
  if (waiting.length < vehicles) return;
  const left = new Set(waiting);
  for (const start of waiting) {
    if (!left.delete(start)) continue;
    const chain = [start];
    for (let i = 0; i < chain.length; i++) {
      for (const other of left) {
        if (areNeighbours(chain[i]!, other)) {
          left.delete(other);
          chain.push(other);
        }
      }
    }
    const lastStopMs = Math.max(...chain.map((place) => place.since));
    if (chain.length < vehicles || nowMs - lastStopMs > holdMs) continue;
    for (const place of chain) place.queuedAt = nowMs;
  }
}

/** Whether the vehicle stands in a queue, or stood in one until a moment ago. */
export function isQueued(place: ParkingPlace, nowMs: number): boolean {
  return place.queuedAt !== null && nowMs - place.queuedAt <= RELEASE_MS;
}

function areNeighbours(a: ParkingPlace, b: ParkingPlace): boolean {
  if (a.group !== b.group || Math.abs(a.since - b.since) > JOIN_MS) return false;
  const ratio = area(a.box) / Math.max(1e-12, area(b.box));
  if (ratio > NEIGHBOUR_AREA_RATIO || ratio < 1 / NEIGHBOUR_AREA_RATIO) return false;
  return sizesApart(a.box, b.box) <= NEIGHBOUR_DISTANCE;
}

function area(box: BoxNorm): number {
  return (box.x2 - box.x1) * (box.y2 - box.y1);
}
