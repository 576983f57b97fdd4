/** Replay of changed rules over the tracks that were kept: what they would have raised, beside what the present ones do. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { BoxNorm, Id, oneOf, TimeMs } from './basics.ts';
import { RuleSetDocument } from './rules.ts';

export const ReplayWish = Type.Object(
  {
    document: RuleSetDocument,
    hours: Type.Integer({
      minimum: 1,
      maximum: 168,
      default: 24,
      description: 'How far back from now, hours; tracks are kept for `store.tracksMaxAgeH`.',
    }),
  },
  { additionalProperties: false },
);

/** One event as one of the two rule sets sees it. */
const ReplayedEvent = Type.Object({
  ruleId: Id,
  zoneId: Id,
  raisedAtMs: TimeMs,
  sinceMs: TimeMs,
  clearedAtMs: Type.Optional(TimeMs),
});

export const ReplayedPair = Type.Object({
  outcome: oneOf(['both', 'before', 'after'], {
    description: 'both: the change keeps it; before: the change loses it; after: the change adds it.',
  }),
  eventType: Type.String(),
  severity: Type.Integer({ minimum: 1, maximum: 4 }),
  label: Type.String(),
  /** Where it was when it was raised. */
  box: BoxNorm,
  before: Type.Optional(ReplayedEvent),
  after: Type.Optional(ReplayedEvent),
  incidentId: Type.Optional(
    Type.String({ description: 'The incident that the program raised for it then.' }),
  ),
});
export type ReplayedPair = Static<typeof ReplayedPair>;

export const ReplayResult = Type.Object({
  fromMs: TimeMs,
  toMs: TimeMs,
  frames: Type.Integer({ description: 'Frames of the span that were replayed.' }),
  coveredMs: Type.Integer({ description: 'How much of the span has tracks, milliseconds.' }),
  /** The published version that it is compared with. */
  version: Type.Integer(),
  kept: Type.Integer({ description: 'Events that both raise.' }),
  lost: Type.Integer({ description: 'Events that only the published rules raise.' }),
  added: Type.Integer({ description: 'Events that only the changed rules raise.' }),
  /** The newest first; at most 500, differences before what both raise. */
  items: Type.Array(ReplayedPair),
});
export type ReplayResult = Static<typeof ReplayResult>;
