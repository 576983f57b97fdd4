/** Queues and jams: vehicles that came to a stop one behind the other and will move on together. */

import type { BoxNorm } from '../../core/index.ts';
import { SEEN_SHARE, sizesApart } from './parking-place.ts';
import type { ParkingPlace } from './parking-place.ts';
import { isSure } from './witnesses.ts';
import type { Witness } from './witnesses.ts';

/** Neighbours in a queue stop this soon after each other, milliseconds. */
const JOIN_MS = 20_000;
/** Distance of neighbours in a queue, in their own mean size, and how different their areas may be. */
const NEIGHBOUR_DISTANCE = 2.5;
const NEIGHBOUR_AREA_RATIO = 4;
/** A bus is up to three times as long as a car and twice as high. */
const LONG_VEHICLES: ReadonlySet<string> = new Set(['bus', 'truck']);
const LONG_AREA_RATIO = 3;
/** A place that has looked empty this long is left by the queue, milliseconds: more than two key frames. What is hidden has not left. */
const LEFT_MS = 5000;
/** Within this time all of a short queue move up, milliseconds. */
const MOVE_UP_MS = 8000;
/** Vehicles of a queue whose arrival must have been seen. */
const LEAST_ARRIVALS = 2;
/** Drivers need this long to start after the vehicle ahead, milliseconds. */
export const RELEASE_MS = 8000;

/** A vehicle that may be part of a queue. */
interface Waiting {
  readonly group: string;
  readonly label: string;
  readonly box: BoxNorm;
  readonly since: number;
  /** When it may have come to a stop, rule time: it, or the one in whose spot it was taken to stand. */
  readonly stops: readonly number[];
  /** When another one stood in its spot, rule time. */
  readonly retakenAt: number | undefined;
  /** The place it has, where it may be reported. */
  readonly place?: ParkingPlace;
  readonly isSure: boolean;
  readonly hasArrived: boolean;
}

/**
 * Notes in `queuedAt` of every place whether it stands in a queue now. A queue is a chain of at least `vehicles`
 * neighbours whose arrival was seen, each stopped soon after the next, of which at least one stopped, or half moved up,
 * within the last `holdMs`. Vehicles that were there when the camera began to see are no part of it: nobody saw them queue
 * up. At few pictures a second an arrival may fall between two pictures; there two arrivals are enough. Witnesses count as
 * well, but of three vehicles one at most may be only suspected.
 */
export function markQueues(
  places: Iterable<ParkingPlace>,
  witnesses: Iterable<Witness>,
  {
    nowMs,
    vehicles,
    holdMs,
    hasFewPictures = false,
  }: { nowMs: number; vehicles: number; holdMs: number; hasFewPictures?: boolean },
): void {
  if (vehicles === 0) return;
  const waiting = waitingOf(places, witnesses, nowMs);
  const left = new Set(waiting.filter((one) => one.hasArrived || hasFewPictures));
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
    const lastStopMs = Math.max(movedAt(chain), ...chain.map(({ since }) => since));
    const arrivals = chain.filter(({ hasArrived }) => hasArrived).length;
    if (
      arrivals < Math.min(LEAST_ARRIVALS, vehicles) ||
      countOf(chain) < vehicles ||
      nowMs - lastStopMs > holdMs
    )
      continue;
    for (const { place } of chain) if (place !== undefined) place.queuedAt = nowMs;
  }
}

function waitingOf(places: Iterable<ParkingPlace>, witnesses: Iterable<Witness>, nowMs: number): Waiting[] {
  const isWaiting = (one: ParkingPlace | Witness): boolean =>
    one.absentMs <= LEFT_MS && one.seenMs >= SEEN_SHARE * (nowMs - one.since - one.hiddenMs);
  const own = [...places].filter(isWaiting).map((place): Waiting => {
    const { group, box, stoppedAt, presentAtStart } = place;
    const retakenAt = latestOf(place.retakenAt, place.shiftedAt);
    const since = stoppedAt ?? place.since;
    const label = place.votes[0]?.[0] ?? '';
    const stops = [since, place.since, retakenAt ?? since];
    return { group, label, box, since, stops, retakenAt, place, isSure: true, hasArrived: !presentAtStart };
  });
  const others = [...witnesses].filter(isWaiting).map((witness): Waiting => {
    const { group, label, box, since, retakenAt, presentAtStart } = witness;
    const sure = isSure(witness, nowMs);
    const stops = [since, retakenAt ?? since];
    return { group, label, box, since, stops, retakenAt, isSure: sure, hasArrived: !presentAtStart };
  });
  return [...own, ...others];
}

function latestOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

/**
 * When a queue last moved up, rule time, as far as its places tell: half of them, and two at least, were seen empty and
 * taken by other tracks at about the same time. At few pictures a second nothing else shows it.
 */
function movedAt(chain: readonly Waiting[]): number {
  const times = chain.flatMap(({ retakenAt }) => retakenAt ?? []).sort((a, b) => b - a);
  const needed = Math.max(2, Math.ceil(chain.length / 2));
  const moved = times.find(
    (time, i) => (times[i + needed - 1] ?? Number.NEGATIVE_INFINITY) >= time - MOVE_UP_MS,
  );
  return moved ?? Number.NEGATIVE_INFINITY;
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
  if (a.group !== b.group) return false;
  const isSoon = (one: number): boolean => b.stops.some((other) => Math.abs(one - other) <= JOIN_MS);
  if (!a.stops.some(isSoon)) return false;
  const ratio = area(a.box) / Math.max(1e-12, area(b.box));
  const isMixed = LONG_VEHICLES.has(a.label) !== LONG_VEHICLES.has(b.label);
  const mostRatio = NEIGHBOUR_AREA_RATIO * (isMixed ? LONG_AREA_RATIO : 1);
  if (ratio > mostRatio || ratio < 1 / mostRatio) return false;
  return sizesApart(a.box, b.box) <= NEIGHBOUR_DISTANCE;
}

function area(box: BoxNorm): number {
  return (box.x2 - box.x1) * (box.y2 - box.y1);
}
