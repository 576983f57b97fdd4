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
export const STAND_EVERY_MS = 300;
/** Standing still: its box keeps this overlap with where it stood. */
const STILL_IOU = 0.7;
/** A vehicle or person that hid the spot and stood this long uncovers what lies there when it leaves. */
const PARKED_MS = 3000;
const LOITERED_MS = 20_000;
/** What has a seat and has not moved for this long drops nothing: what lies beside it may have lain there before. */
const LONG_PARKED_MS = 60_000;
/** Back where it stood within this time, it has not left: something passed before it, or its box was wild. */
const BACK_MS = 3000;
const RUBBISH: ReadonlySet<string> = new Set(['garbage', 'overflow', 'object']);
/** Two boxes of one thing. */
const SAME_THING_IOU = 0.5;
/** A track that goes on as another one: the new one begins at most this long before the old one ends, and after it. */
const SWITCH_OVERLAP_MS = 1000;
const SWITCH_MS = 3000;
/** How far from there, in sizes: at once, and in each second between; people walk about their own height in one. */
const SWITCH_REACH = 0.5;
const WALK_PER_S = 1;
/** What is this near to the edge of the picture may be leaving it, 0-1. */
const EDGE = 0.01;
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

/** When a frame is looked at, how long actors are remembered, and what the rule leaves alone in it. */
export interface ActorsView {
  readonly t: number;
  readonly keepMs: number;
  readonly exempt: readonly Track[];
}

/**
 * Notes where the actors of a frame are; forgets what is older than `keepMs`. What is exempt is noted as well, since what
 * it hid comes to light when it leaves.
 */
export function rememberActors(actors: readonly Actor[], frame: TrackedFrame, at: ActorsView): Actor[] {
  const byId = new Map(actors.map((actor) => [actor.trackId, actor]));
  const atMs = frame.frame.capturedAtMs;
  for (const [tracks, exempt] of [
    [frame.tracks, {}],
    [at.exempt, { exempt: true }],
  ] as const) {
    for (const track of tracks) {
      if (!track.observed || !ACTORS.has(track.label) || isRubbishItself(track, tracks)) continue;
      const box = normaliseBox(track.box, frame.frame.width, frame.frame.height);
      if (!Object.values(box).every(Number.isFinite)) continue;
      const actor = byId.get(track.trackId) ?? begin(track, box, at.t);
      byId.set(track.trackId, actor);
      actor.label = track.label;
      if (iou(actor.stillBox, box) < STILL_IOU) moveOn(actor, box, at.t);
      const last = actor.stands.at(-1);
      if (last === undefined || at.t - last.t >= STAND_EVERY_MS)
        actor.stands.push({ t: at.t, atMs, box, ...exempt });
      if (actor.stands.length > MAX_STANDS) actor.stands.shift();
    }
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

function begin({ trackId, firstSeenMs }: Track, box: BoxNorm, t: number): Actor {
  return {
    trackId,
    label: '',
    firstSeenMs,
    firstBox: box,
    stillSinceT: t,
    stillBox: box,
    left: null,
    stands: [],
  };
}

/** It is no longer where it stood: there it stood until now, unless it is back where it stood a moment ago. */
function moveOn(actor: Actor, box: BoxNorm, t: number): void {
  const forMs = t - actor.stillSinceT;
  if (forMs >= PARKED_MS) actor.left = { box: actor.stillBox, forMs, untilT: t };
  const { left } = actor;
  const isBack = left !== null && t - left.untilT <= BACK_MS && iou(left.box, box) >= STILL_IOU;
  actor.stillBox = isBack ? left.box : box;
  actor.stillSinceT = isBack ? left.untilT - left.forMs : t;
}

/**
 * Whether something that stood before the spot has just left it, so that what is seen now may have been there all
 * along. While it still stands there, what is seen lies in front of it and did appear.
 * @param standing what stands in the picture now.
 */
export function wasUncovered(
  actors: readonly Actor[],
  at: Appearance,
  standing: readonly BoxNorm[],
): boolean {
  return actors.some((actor) => {
    const isVehicle = VEHICLES.has(actor.label);
    const seenT = actor.stands.at(-1)?.t ?? at.t;
    const now = { box: actor.stillBox, forMs: seenT - actor.stillSinceT, untilT: seenT };
    return [now, actor.left].some((stood) => {
      if (stood === null || stood.forMs < (isVehicle ? PARKED_MS : LOITERED_MS)) return false;
      if (at.t - stood.untilT > at.windowMs) return false;
      if (standing.some((box) => iou(box, stood.box) >= STILL_IOU)) return false;
      // What is half under or behind a vehicle is not found, and the edge of its box is not that of its body.
      const share = coveredShare(at.spot, stood.box);
      return isVehicle ? share > 0 : share >= HIDDEN_SHARE;
    });
  });
}

/** An author, or whom the rule leaves alone, and how unlikely it is. */
interface Candidate {
  readonly author: Author;
  readonly cost: number;
  readonly exempt: boolean;
}

/**
 * Who most likely put down what appeared, or took what went: the nearest in space and time, its feet about where the thing
 * lies. What an exempt one most likely did is put down to nobody, not to the next best.
 */
export function authorOf(actors: readonly Actor[], at: Appearance): Author | null {
  const best = likeliest(actors, at);
  return best === null || best.exempt ? null : best.author;
}

/** The same, also when it is exempt. */
export function likeliest(actors: readonly Actor[], at: Appearance): Candidate | null {
  let best: Candidate | null = null;
  let near = 0;
  for (const actor of actors) {
    if (stoodLong(actor, at)) continue;
    const found = nearestStand(actor, at);
    if (found === undefined) continue;
    near++;
    if (best === null || found.cost < best.cost) best = found;
  }
  return best === null ? null : { ...best, author: { ...best.author, others: near - 1 } };
}

/** Whether it stands, or stood by the spot until just now, for so long that what lies there lay there before. */
function stoodLong(actor: Actor, at: Appearance): boolean {
  if (actor.label === 'person') return false;
  if (at.t - actor.stillSinceT > LONG_PARKED_MS) return true;
  const { left } = actor;
  return (
    left !== null &&
    left.forMs > LONG_PARKED_MS &&
    at.t - left.untilT <= at.windowMs &&
    distance(left.box, at.spot, { label: actor.label, picture: at.picture }).gap <= at.reach
  );
}

/** Whether an actor was within reach of a spot in the window. */
export function wasNear(actor: Actor, at: Appearance): boolean {
  return nearestStand(actor, at) !== undefined;
}

function nearestStand(actor: Actor, at: Appearance): Candidate | undefined {
  let best: Candidate | undefined;
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
      exempt: stand.exempt === true,
      author: { trackId, label, cameMs: came, ...nearest, others: 0, lastNearT: 0, lastNearMs: 0 },
    };
  }
  if (best === undefined || lastNear === undefined) return undefined;
  const last = actor.stands.at(-1)!;
  const seen = { trackId: actor.trackId, atMs: last.atMs, box: last.box };
  return {
    ...best,
    author: { ...best.author, lastNearT: lastNear.t, lastNearMs: lastNear.atMs, seen },
  };
}

/** Distance of the centres of two boxes of one actor, in its size in the first. */
function sizesApart(
  first: BoxNorm,
  second: BoxNorm,
  of: { readonly label: string; readonly picture: Picture },
): number {
  const { width, height } = of.picture;
  const dx = ((second.x1 + second.x2 - first.x1 - first.x2) / 2) * width;
  const dy = ((second.y1 + second.y2 - first.y1 - first.y2) / 2) * height;
  return Math.hypot(dx, dy) / sizePx(first, of);
}

/** What distances are measured in: the height of an actor, for vehicles the shorter side. */
function sizePx(box: BoxNorm, of: { readonly label: string; readonly picture: Picture }): number {
  const h = (box.y2 - box.y1) * of.picture.height;
  const w = (box.x2 - box.x1) * of.picture.width;
  return Math.max(1, VEHICLES.has(of.label) ? Math.min(w, h) : h);
}

/** Gap between two boxes and difference of their feet, in sizes of the actor. */
export function distance(
  actor: BoxNorm,
  spot: BoxNorm,
  of: { readonly label: string; readonly picture: Picture },
): { gap: number; depth: number } {
  const { width, height } = of.picture;
  const size = sizePx(actor, of);
  const dx = Math.max(0, spot.x1 - actor.x2, actor.x1 - spot.x2) * width;
  const dy = Math.max(0, spot.y1 - actor.y2, actor.y1 - spot.y2) * height;
  return { gap: Math.hypot(dx, dy) / size, depth: (Math.abs(actor.y2 - spot.y2) * height) / size };
}

/** Whether the author is within reach of the spot in this frame; notes where it is seen. */
export function isAttended(
  actors: readonly Actor[],
  author: Author,
  at: Omit<Appearance, 'windowMs'>,
): boolean {
  const present = actors.filter((actor) => at.t - (actor.stands.at(-1)?.t ?? -Infinity) <= STAND_EVERY_MS);
  const actor =
    present.find(({ trackId }) => trackId === author.trackId) ??
    present.find(({ trackId }) => trackId === author.seen?.trackId) ??
    successorOf(author, present, at.picture);
  const stand = actor?.stands.at(-1);
  if (actor === undefined || stand === undefined) return false;
  author.seen = { trackId: actor.trackId, atMs: stand.atMs, box: stand.box };
  return distance(stand.box, at.spot, { label: actor.label, picture: at.picture }).gap <= at.reach;
}

/**
 * As whom the author goes on after an ID switch: the track of its class that began when and where it was last seen, as
 * far from there as somebody walks meanwhile. Who walked out of the picture has no successor, others come in there.
 */
function successorOf(
  { seen, label }: Author,
  present: readonly Actor[],
  picture: Picture,
): Actor | undefined {
  if (seen === undefined || isAtEdge(seen.box)) return undefined;
  let best: { actor: Actor; away: number } | undefined;
  for (const actor of present) {
    const laterMs = actor.firstSeenMs - seen.atMs;
    if (actor.label !== label || actor.firstBox === undefined) continue;
    if (laterMs < -SWITCH_OVERLAP_MS || laterMs > SWITCH_MS) continue;
    const away = sizesApart(seen.box, actor.firstBox, { label, picture });
    if (away > SWITCH_REACH + (WALK_PER_S * Math.max(0, laterMs)) / 1000) continue;
    if (best === undefined || away < best.away) best = { actor, away };
  }
  return best?.actor;
}

function isAtEdge({ x1, y1, x2, y2 }: BoxNorm): boolean {
  return Math.min(x1, y1) <= EDGE || Math.max(x2, y2) >= 1 - EDGE;
}

/** Whether a box is carried: mostly inside a person and above their feet. */
export function isHeld(box: BoxNorm, people: readonly BoxNorm[]): boolean {
  const area = (box.x2 - box.x1) * (box.y2 - box.y1);
  return people.some(
    (person) =>
      intersectionArea(box, person) >= 0.5 * area && box.y2 < person.y2 - 0.1 * (person.y2 - person.y1),
  );
}
