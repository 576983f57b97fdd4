/** What the parking rule remembers of a place where a vehicle stands. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { iou } from '../../core/index.ts';
import type { BoxNorm } from '../../core/index.ts';

/** Least overlap of a box with a place to be the vehicle that stands there. */
export const SAME_PLACE_IOU = 0.4;
/** Least overlap for the very same track, which may have shifted a little. */
export const SAME_TRACK_IOU = 0.1;
/** A vehicle that came this far in the window passes by and cannot take the place of one that stands. */
export const PASSING_DRIFT = 0.5;
/** Creeping further than this from where it stopped, in its own size, is driving on: the dwell begins anew. */
export const CREEP_SHIFT = 0.5;

/** Seen empty for this long a place may have been left, milliseconds. */
export const VACANT_MS = 1000;
/** Share of the time it is said to stand in which a vehicle must have been seen, time behind other things left out. */
export const SEEN_SHARE = 0.45;

export const BoxSchema = Type.Object({
  x1: Type.Number(),
  y1: Type.Number(),
  x2: Type.Number(),
  y2: Type.Number(),
});

export const ParkingPlaceSchema = Type.Object({
  n: Type.Integer(),
  group: Type.String(),
  box: BoxSchema,
  seenAt: Type.Number(),
  /** Where it stood when its dwell began: the measure of creeping on. */
  origin: BoxSchema,
  /** Rule time since which it stands. */
  since: Type.Number(),
  sinceMs: Type.Number(),
  firstSeenMs: Type.Number(),
  presentAtStart: Type.Boolean(),
  phase: Type.Union([Type.Literal('watching'), Type.Literal('warned'), Type.Literal('raised')]),
  /** Track that stands here now, or `null` while the place looks empty, and the last few that did. */
  trackId: Type.Union([Type.String(), Type.Null()]),
  trackIds: Type.Array(Type.String()),
  votes: Type.Array(Type.Tuple([Type.String(), Type.Number()])),
  scoreSum: Type.Number(),
  sights: Type.Integer(),
  /** Of the dwell: how long it was seen, and how long it was hidden, milliseconds. */
  seenMs: Type.Number(),
  hiddenMs: Type.Number(),
  /** How long it has looked empty, and how long it has been hidden, milliseconds. */
  absentMs: Type.Number(),
  coveredMs: Type.Number(),
  /** In how many pictures it has looked empty. */
  absentLooks: Type.Optional(Type.Integer()),
  /** While nothing stands here: whether its vehicle was seen elsewhere, and tracks that were seen to drive over it. */
  hasLeft: Type.Optional(Type.Boolean()),
  visitors: Type.Optional(Type.Array(Type.String())),
  /** Rule time at which another track stood where the place had been seen empty. */
  retakenAt: Type.Optional(Type.Number()),
  /** Rule time at which it was found to stand otherwise than before, never seen empty: shifted, or another one. */
  shiftedAt: Type.Optional(Type.Number()),
  /** The track that stood here before the present one, where, and whether it was seen to have left. */
  takenFrom: Type.Optional(Type.Object({ trackId: Type.String(), box: BoxSchema, hasLeft: Type.Boolean() })),
  /** How well the boxes of its vehicle overlap each other, 0-1: less where the detector is nervous. */
  fit: Type.Optional(Type.Number()),
  /** How well the last box did. */
  lastFit: Type.Optional(Type.Number()),
  /**
   * While what stands here may be another vehicle than before, at few pictures a second: where the one before stood, how many
   * pictures show it otherwise, and whether one was seen on its way through the place.
   */
  earlier: Type.Optional(
    Type.Object({
      box: BoxSchema,
      looks: Type.Integer(),
      since: Type.Union([Type.Literal('passage'), Type.Literal('gap'), Type.Literal('shift')]),
    }),
  ),
  /** Motion of what stands here over the last window, and how long this window is, milliseconds. */
  drift: Type.Number(),
  steadyMs: Type.Number(),
  /** Score of late, so that one good look is not believed for ever. */
  recentScore: Type.Number(),
  /** Rule time at which it came to a stop, where it was a witness before its dwell began. */
  stoppedAt: Type.Optional(Type.Number()),
  /** Rule time at which it last stood in a queue. */
  queuedAt: Type.Union([Type.Number(), Type.Null()]),
  /** The place has had its share of events today. */
  muted: Type.Boolean(),
});

/** See {@link ParkingPlaceSchema}. */
export type ParkingPlace = Static<typeof ParkingPlaceSchema>;

/** A vehicle whose box fits its place by less than this share of what it used to is moving off. */
const SET_OFF_FIT = 0.9;
const MAX_TRACK_IDS = 8;
const MAX_LABELS = 4;

/** Notes that a track stands here in this frame. */
export function noteSight(
  place: ParkingPlace,
  sight: { trackId: string; label: string; score: number; box: BoxNorm },
  step: { nowMs: number; stepMs: number },
): void {
  // The place follows its vehicle slowly: a memory of about 2 s irons out jitter.
  const weight = Math.min(0.5, step.stepMs / 2000);
  const before = place.trackIds.at(-1);
  const isOther = before !== sight.trackId;
  if (before !== undefined && isOther && hasSetOff(place))
    place.takenFrom ??= { trackId: before, box: place.box, hasLeft: place.hasLeft === true };
  const fit = place.fit ?? 1;
  place.lastFit = iou(place.box, sight.box);
  if (place.earlier === undefined) place.fit = fit + (place.lastFit - fit) * weight;
  place.box = blend(place.box, sight.box, weight);
  // The same track back is a missed picture, no move.
  if (place.absentMs >= VACANT_MS && isOther) place.retakenAt = step.nowMs;
  place.seenAt = step.nowMs;
  place.seenMs += step.stepMs;
  place.recentScore += (sight.score - place.recentScore) * Math.min(0.5, step.stepMs / 3000);
  place.absentMs = 0;
  delete place.absentLooks;
  delete place.hasLeft;
  delete place.visitors;
  place.coveredMs = 0;
  place.scoreSum += sight.score;
  place.sights++;
  if (place.trackId !== sight.trackId) {
    place.trackId = sight.trackId;
    place.trackIds = [...place.trackIds.filter((id) => id !== sight.trackId), sight.trackId].slice(
      -MAX_TRACK_IDS,
    );
  }
  vote(place, sight.label, sight.score);
}

/**
 * Whether the vehicle was last seen to move off its place. Where ids are swapped as one vehicle passes before another, its id
 * is elsewhere all of a sudden.
 */
export function hasSetOff({ fit = 1, lastFit = 1 }: ParkingPlace): boolean {
  return lastFit < SET_OFF_FIT * fit;
}

function vote(place: ParkingPlace, label: string, score: number): void {
  const own = place.votes.find(([name]) => name === label);
  if (own === undefined) place.votes.push([label, score]);
  else own[1] += score;
  place.votes.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (place.votes.length > MAX_LABELS) place.votes.length = MAX_LABELS;
}

/** The box on the way from `a` to `b`. */
export function blend(a: BoxNorm, b: BoxNorm, weight: number): BoxNorm {
  return {
    x1: a.x1 + (b.x1 - a.x1) * weight,
    y1: a.y1 + (b.y1 - a.y1) * weight,
    x2: a.x2 + (b.x2 - a.x2) * weight,
    y2: a.y2 + (b.y2 - a.y2) * weight,
  };
}

/** Distance of the middles of two boxes, in their mean width and height. */
export function sizesApart(a: BoxNorm, b: BoxNorm): number {
  const w = (a.x2 - a.x1 + b.x2 - b.x1) / 2;
  const h = (a.y2 - a.y1 + b.y2 - b.y1) / 2;
  const dx = (a.x1 + a.x2 - b.x1 - b.x2) / 2;
  const dy = (a.y1 + a.y2 - b.y1 - b.y2) / 2;
  return Math.hypot(dx / Math.max(1e-9, w), dy / Math.max(1e-9, h));
}

/** How far `b` has moved from `a`, in widths and heights of `a`. */
export function shiftOf(a: BoxNorm, b: BoxNorm): number {
  const dx = (b.x1 + b.x2 - a.x1 - a.x2) / 2;
  const dy = (b.y1 + b.y2 - a.y1 - a.y2) / 2;
  return Math.hypot(dx / Math.max(1e-9, a.x2 - a.x1), dy / Math.max(1e-9, a.y2 - a.y1));
}
