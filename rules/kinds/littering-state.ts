/** The state of a `littering` rule, as it is saved. */

import { Type, type Static } from 'typebox';

const box = Type.Object({ x1: Type.Number(), y1: Type.Number(), x2: Type.Number(), y2: Type.Number() });

/** Where an actor was. Rule time in `t`, wall time in `atMs`. */
const stand = Type.Object({
  t: Type.Number(),
  atMs: Type.Number(),
  box,
  /** It was exempt there and then: it hides what lies behind it, and is never named. */
  exempt: Type.Optional(Type.Literal(true)),
});

const actor = Type.Object({
  trackId: Type.String(),
  label: Type.String(),
  firstSeenMs: Type.Number(),
  /** Where its track began. States saved before there was an `author.seen` have none. */
  firstBox: Type.Optional(box),
  /** Rule time since when it stands still, and where. */
  stillSinceT: Type.Number(),
  stillBox: box,
  /** Where it stood before it began to move, for how long, and until when. */
  left: Type.Union([Type.Null(), Type.Object({ box, forMs: Type.Number(), untilT: Type.Number() })]),
  stands: Type.Array(stand),
});

/** To whom the appearance of a heap is attributed. */
const author = Type.Object({
  trackId: Type.String(),
  label: Type.String(),
  /** When it came near, and when it was nearest, with its box. */
  cameMs: Type.Number(),
  nearestMs: Type.Number(),
  nearestBox: box,
  /** Distance then, in its own heights. */
  gap: Type.Number(),
  /** How many others were near as well. */
  others: Type.Integer(),
  /** Rule and wall time when it was last within reach. */
  lastNearT: Type.Number(),
  lastNearMs: Type.Number(),
  /** Under which track it was last seen, near or far, when and where: after an ID switch it goes on from there. */
  seen: Type.Optional(Type.Object({ trackId: Type.String(), atMs: Type.Number(), box })),
});

const episode = Type.Object({
  episodeId: Type.String(),
  eventType: Type.Union([
    Type.Literal('garbage.exposed'),
    Type.Literal('garbage.overflow'),
    Type.Literal('litter.act'),
  ]),
  confidence: Type.Number(),
  severity: Type.Union([Type.Literal(2), Type.Literal(3)]),
  reportedAreaNorm: Type.Number(),
  reportedAtT: Type.Number(),
  /** An act whose heap has since lain for longer than `exposedAfterMs`, and this was said. */
  exposedSaid: Type.Boolean(),
});

const place = Type.Object({
  n: Type.Integer(),
  group: Type.String(),
  box,
  /** Where it began to lie: what leaves it has moved, and lies anew. */
  anchor: box,
  /** Rule time of the last match, and of the first and last free sight. */
  seenAt: Type.Number(),
  firstT: Type.Number(),
  lastFreeT: Type.Number(),
  firstSeenMs: Type.Number(),
  lastSeenMs: Type.Number(),
  arrival: Type.Union([
    Type.Literal('appeared'),
    Type.Literal('uncovered'),
    Type.Literal('found_again'),
    Type.Literal('present_at_start'),
  ]),
  author: Type.Union([Type.Null(), author]),
  /** Time in which the place was seen empty since the last sight. */
  absentMs: Type.Number(),
  /** Whether somebody was there when it was first seen to be gone, and who, unless that is left alone. */
  taken: Type.Optional(Type.Boolean()),
  remover: Type.Union([Type.Null(), Type.Object({ trackId: Type.String(), label: Type.String() })]),
  /** Frames with free sight, frames in which it was detected, sum of its scores. */
  frames: Type.Integer(),
  hits: Type.Integer(),
  scoreSum: Type.Number(),
  trackIds: Type.Array(Type.String()),
  episode: Type.Union([Type.Null(), episode]),
});

/** Where garbage lay that was last seen to be gone, nobody having taken it. */
const lainPlace = Type.Object({
  group: Type.String(),
  box,
  /** Time in which the place has been seen empty. */
  emptyMs: Type.Number(),
});

export const litteringState = Type.Object({
  version: Type.Literal(1),
  clock: Type.Object({ ruleMs: Type.Number(), lastCapturedMs: Type.Union([Type.Null(), Type.Number()]) }),
  runId: Type.String(),
  /** Rule time since when the view has been unbroken: before it, arrivals were not seen. */
  viewSinceT: Type.Number(),
  /** Pictures in it. States saved before they were counted have none. */
  viewPictures: Type.Optional(Type.Integer()),
  suspended: Type.Boolean(),
  memory: Type.Object({ nextN: Type.Integer(), places: Type.Array(place) }),
  actors: Type.Array(actor),
  lain: Type.Optional(Type.Array(lainPlace)),
});

export type Actor = Static<typeof actor>;
export type Author = Static<typeof author>;
export type HeapEpisode = Static<typeof episode>;
/** One heap, bag or overflowing bin. Boxes 0–1. */
export type Heap = Static<typeof place>;
export type LainPlace = Static<typeof lainPlace>;
export type LitteringState = Static<typeof litteringState>;
