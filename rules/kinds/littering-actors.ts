/** Who was where in the last seconds: people and vehicles that may have put something down, taken it or hidden it. */

import {
  intersectionArea,
  iou,
  normaliseBox,
  type BoxNorm,
  type Track,
  type TrackedFrame,
} from '../../core/index.ts';
import { coveredShare } from '../place-memory.ts';
import type { Actor, Author } from './littering-state.ts';

export const VEHICLES: ReadonlySet<string> = new Set(['car', 'bus', 'truck', 'tricycle']);
const ACTORS: ReadonlySet<string> = new Set([...VEHICLES, 'person', 'bicycle', 'motorcycle']);

/** Never more than this many actors, the longest unseen go first; each with this many stands. */
const MAX_ACTORS = 48;
const MAX_STANDS = 24;
/** Stands are noted this far apart. */
const STAND_EVERY_MS = 300;
/** Standing still: its box keeps this overlap with where it stood. */
const STILL_IOU = 0.7;
/** A vehicle or person that hid the spot and stood this long uncovers what lies there when it leaves. */
const PARKED_MS = 3000;
const LOITERED_MS = 20_000;
/** A vehicle that has not moved for this long drops nothing. */
const LONG_PARKED_MS = 60_000;
const RUBBISH: ReadonlySet<string> = new Set(['garbage', 'overflow', 'object']);
/** Two boxes of one thing. */
const SAME_THING_IOU = 0.5;
/** From this covered share on a place cannot be judged. */
export const HIDDEN_SHARE = 0.4;

/** Size of the picture, pixels: distances are measured in pixels, not in 0–1. */
export interface Picture {
  readonly width: number;
  readonly height: number;
}

/** A spot, the moment at which something appeared on it, and how far to look back and around. */
export interface Appearance {
  readonly spot: BoxNorm;
  readonly t: number;
  readonly windowMs: number;
  readonly reach: number;
  readonly picture: Picture;
}

/** Notes where the actors of a frame are; forgets what is older than `keepMs`. */
export function rememberActors(
  actors: readonly Actor[],
  frame: TrackedFrame,
  at: { readonly t: number; readonly keepMs: number },
): Actor[] {
  const byId = new Map(actors.map((actor) => [actor.trackId, actor]));
  const atMs = frame.frame.capturedAtMs;
  for (const track of frame.tracks) {
    if (!track.observed || !ACTORS.has(track.label) || isRubbishItself(track, frame.tracks)) continue;
    const box = normaliseBox(track.box, frame.frame.width, frame.frame.height);
    if (!Object.values(box).every(Number.isFinite)) continue;
    const actor = byId.get(track.trackId) ?? begin(track.trackId, track.firstSeenMs, box, at.t);
    byId.set(track.trackId, actor);
    actor.label = track.label;
    if (iou(actor.stillBox, box) < STILL_IOU) {
      const forMs = at.t - actor.stillSinceT;
      if (forMs >= PARKED_MS) actor.left = { box: actor.stillBox, forMs, untilT: at.t };
      actor.stillBox = box;
      actor.stillSinceT = at.t;
    }
    const last = actor.stands.at(-1);
    if (last === undefined || at.t - last.t >= STAND_EVERY_MS) actor.stands.push({ t: at.t, atMs, box });
    if (actor.stands.length > MAX_STANDS) actor.stands.shift();
  }
  const kept = [...byId.values()].filter((actor) => {
    const since = actor.stands.findIndex((stand) => stand.t >= at.t - at.keepMs);
    actor.stands.splice(0, since < 0 ? actor.stands.length : since);
    return actor.stands.length > 0;
  });
  if (kept.length <= MAX_ACTORS) return kept;
  const lastOf = (actor: Actor): number => actor.stands.at(-1)!.t;
  return kept.sort((a, b) => lastOf(b) - lastOf(a) || (a.trackId < b.trackId ? -1 : 1)).slice(0, MAX_ACTORS);
}

/**
 * A heap that the detector also takes for a bicycle: one box under two names has not put itself down. Somebody who bends
 * over the heap may share its box as well; people are always actors.
 */
function isRubbishItself(track: Track, tracks: readonly Track[]): boolean {
  return (
    track.label !== 'person' &&
    tracks.some(
      (other) => other.observed && RUBBISH.has(other.label) && iou(other.box, track.box) >= SAME_THING_IOU,
    )
  );
}

function begin(trackId: string, firstSeenMs: number, box: BoxNorm, t: number): Actor {
  return { trackId, label: '', firstSeenMs, stillSinceT: t, stillBox: box, left: null, stands: [] };
}

/**
 * Whether something that stood before the spot has just left it, so that what is seen now may have been there all
 * along. While it still stands there, what is seen lies in front of it and did appear.
 */
export function wasUncovered(actors: readonly Actor[], at: Appearance, hiddenNow: boolean): boolean {
  return actors.some((actor) => {
    const needMs = VEHICLES.has(actor.label) ? PARKED_MS : LOITERED_MS;
    const seenT = actor.stands.at(-1)?.t ?? at.t;
    const now = { box: actor.stillBox, forMs: seenT - actor.stillSinceT, untilT: seenT };
    return [hiddenNow ? null : now, actor.left].some(
      (stood) =>
        stood !== null &&
        stood.forMs >= needMs &&
        at.t - stood.untilT <= at.windowMs &&
        coveredShare(at.spot, stood.box) >= HIDDEN_SHARE,
    );
  });
}

/** Who most likely put down what appeared: the nearest in space and time, its feet about where the thing lies. */
export function authorOf(actors: readonly Actor[], at: Appearance): Author | null {
  let best: { author: Author; cost: number } | null = null;
  let near = 0;
  for (const actor of actors) {
    if (VEHICLES.has(actor.label) && at.t - actor.stillSinceT > LONG_PARKED_MS) continue;
    const found = nearestStand(actor, at);
    if (found === undefined) continue;
    near++;
    if (best === null || found.cost < best.cost) best = found;
  }
  return best === null ? null : { ...best.author, others: near - 1 };
}

/** Whether an actor was within reach of a spot in the window. */
export function wasNear(actor: Actor, at: Appearance): boolean {
  return nearestStand(actor, at) !== undefined;
}

function nearestStand(actor: Actor, at: Appearance): { author: Author; cost: number } | undefined {
  let best: { author: Author; cost: number } | undefined;
  let came: number | undefined;
  let lastNear: { t: number; atMs: number } | undefined;
  for (const stand of actor.stands) {
    if (stand.t < at.t - at.windowMs || stand.t > at.t) continue;
    if (actor.label !== 'person' && iou(stand.box, at.spot) >= SAME_THING_IOU) continue;
    const { gap, depth } = distance(stand.box, at.spot, { label: actor.label, picture: at.picture });
    if (gap > at.reach || depth > at.reach / 2 + 0.3) continue;
    came ??= stand.atMs;
    lastNear = stand;
    const cost = gap + 0.3 * depth + (0.2 * (at.t - stand.t)) / Math.max(1, at.windowMs);
    if (best !== undefined && cost >= best.cost) continue;
    const { trackId, label } = actor;
    const nearest = { nearestMs: stand.atMs, nearestBox: stand.box, gap };
    best = {
      cost,
      author: { trackId, label, cameMs: came, ...nearest, others: 0, lastNearT: 0, lastNearMs: 0 },
    };
  }
  if (best === undefined || lastNear === undefined) return undefined;
  return { cost: best.cost, author: { ...best.author, lastNearT: lastNear.t, lastNearMs: lastNear.atMs } };
}

/** Gap between two boxes and difference of their feet, in sizes of the actor (height; for vehicles the shorter side). */
export function distance(
  actor: BoxNorm,
  spot: BoxNorm,
  of: { readonly label: string; readonly picture: Picture },
): { gap: number; depth: number } {
  const { width, height } = of.picture;
  const h = (actor.y2 - actor.y1) * height;
  const w = (actor.x2 - actor.x1) * width;
  const size = Math.max(1, VEHICLES.has(of.label) ? Math.min(w, h) : h);
  const dx = Math.max(0, spot.x1 - actor.x2, actor.x1 - spot.x2) * width;
  const dy = Math.max(0, spot.y1 - actor.y2, actor.y1 - spot.y2) * height;
  return { gap: Math.hypot(dx, dy) / size, depth: (Math.abs(actor.y2 - spot.y2) * height) / size };
}

/** Whether the author, or who follows on it after an ID switch, is within reach of the spot in this frame. */
export function isAttended(
  actors: readonly Actor[],
  author: Author,
  at: Omit<Appearance, 'windowMs'>,
): boolean {
  return actors.some((actor) => {
    const stand = actor.stands.at(-1);
    if (stand === undefined || at.t - stand.t > STAND_EVERY_MS) return false;
    const successor =
      actor.label === author.label &&
      actor.firstSeenMs >= author.lastNearMs - 1000 &&
      actor.firstSeenMs <= author.lastNearMs + 3000;
    if (actor.trackId !== author.trackId && !successor) return false;
    return distance(stand.box, at.spot, { label: actor.label, picture: at.picture }).gap <= at.reach;
  });
}

/** Whether a box is carried: mostly inside a person and above their feet. */
export function isHeld(box: BoxNorm, people: readonly BoxNorm[]): boolean {
  const area = (box.x2 - box.x1) * (box.y2 - box.y1);
  return people.some(
    (person) =>
      intersectionArea(box, person) >= 0.5 * area && box.y2 < person.y2 - 0.1 * (person.y2 - person.y1),
  );
}
