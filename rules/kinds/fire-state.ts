/** The state of a `fire_smoke` rule, as it is saved. */

import { Type, type Static } from 'typebox';

const box = Type.Object({ x1: Type.Number(), y1: Type.Number(), x2: Type.Number(), y2: Type.Number() });
const label = Type.Union([Type.Literal('fire'), Type.Literal('smoke')]);

const sample = Type.Object({
  /** Rule time and wall time, ms. */
  t: Type.Number(),
  atMs: Type.Number(),
  label,
  box,
  score: Type.Number(),
});

const episode = Type.Object({
  episodeId: Type.String(),
  eventType: Type.Union([Type.Literal('fire.flame'), Type.Literal('fire.smoke')]),
  sinceMs: Type.Number(),
  presentAtStart: Type.Boolean(),
  /** Area when it was raised and when it was last reported, as a share of the picture. */
  raisedAreaNorm: Type.Number(),
  reportedAreaNorm: Type.Number(),
  severity: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Literal(4)]),
  confidence: Type.Number(),
  reportedAtT: Type.Number(),
  /** Rule time and area now and then over the last `fastGrowthMs`, oldest first: how fast it grows. */
  areas: Type.Optional(Type.Array(Type.Tuple([Type.Number(), Type.Number()]))),
  /** Around its last sights, kept while it is hidden: single boxes of flames flicker. */
  extent: Type.Optional(box),
});

const weak = Type.Object({
  balance: Type.Integer(),
  /** Rule time of a sight and the balance before it, oldest first. */
  onsets: Type.Array(Type.Tuple([Type.Number(), Type.Integer()])),
  lastT: Type.Number(),
  /** Pictures with evidence, and all, of late. */
  present: Type.Number(),
  pictures: Type.Number(),
});

const place = Type.Object({
  id: Type.Integer(),
  samples: Type.Array(sample),
  firstT: Type.Number(),
  firstSeenMs: Type.Number(),
  presentAtStart: Type.Boolean(),
  /** Last sight of any score. */
  lastT: Type.Number(),
  box,
  trackIds: Type.Array(Type.String()),
  /** Since `firstT`: analysed frames, frames with strong evidence, sum of the strong scores. */
  frames: Type.Integer(),
  hits: Type.Integer(),
  scoreSum: Type.Number(),
  /** Pictures with and without weak evidence, and where it may have begun: see `fire-onset.ts`. */
  weak: Type.Optional(weak),
  episode: Type.Union([Type.Null(), episode]),
});

export const fireState = Type.Object({
  version: Type.Literal(1),
  runId: Type.String(),
  clock: Type.Object({ ruleMs: Type.Number(), lastCapturedMs: Type.Union([Type.Null(), Type.Number()]) }),
  runStartT: Type.Number(),
  /** The camera could not see the last picture: what is found next was not seen to begin. */
  suspended: Type.Optional(Type.Boolean()),
  frames: Type.Array(Type.Number()),
  places: Type.Array(place),
  nextPlace: Type.Integer(),
});

export type FireSample = Static<typeof sample>;
/** An incident at a place, from `raised` to `cleared`. */
export type FireEpisode = Static<typeof episode>;
/** One place. Rule times in `t`, wall times in `Ms`, boxes 0–1. */
export type FirePlace = Static<typeof place>;
export type FireState = Static<typeof fireState>;

export function emptyState(): FireState {
  return {
    version: 1,
    runId: '',
    clock: { ruleMs: 0, lastCapturedMs: null },
    runStartT: 0,
    frames: [],
    places: [],
    nextPlace: 1,
  };
}
