/** Incidents, their evidence, and the decisions of people. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { BoxNorm, Id, oneOf, pageQuery, PointNorm, text, TimeMs } from './basics.ts';

const Names = Type.Array(Id, { minItems: 1, maxItems: 50 });

export const REVIEW_STATE_NAMES = ['pending', 'confirmed', 'dismissed', 'duplicate'] as const;

/** Why an incident was not one: the operator's one-key reasons. */
export const DISMISS_REASONS = [
  'not_there',
  'allowed',
  'wrong_type',
  'authorised_vehicle',
  'moving_traffic',
  'reflection_or_light',
  'camera_problem',
  'zone_wrong',
  'other',
] as const;
export type DismissReason = (typeof DISMISS_REASONS)[number];

/** Who is judging an incident. */
export const Claim = Type.Object({
  incidentId: Type.String(),
  userId: Type.String(),
  userName: Type.String(),
  atMs: TimeMs,
  expiresAtMs: TimeMs,
});
export type Claim = Static<typeof Claim>;

const Review = Type.Object({
  state: oneOf(REVIEW_STATE_NAMES),
  by: Type.Optional(Type.String()),
  atMs: Type.Optional(TimeMs),
  reason: Type.Optional(Type.String()),
  duplicateOf: Type.Optional(Type.String()),
});

/** An incident as the queue and the lists show it. */
export const IncidentView = Type.Object({
  incidentId: Type.String(),
  revision: Type.Integer(),
  status: oneOf(['open', 'cleared']),
  eventType: Type.String(),
  category: Type.Object({
    code: Type.String(),
    name: Type.String(),
    titleZh: Type.String(),
    titleEn: Type.String(),
    domain: Type.String(),
  }),
  severity: Type.Integer({ minimum: 1, maximum: 4 }),
  confidence: Type.Number(),
  camera: Type.Object({
    cameraId: Type.String(),
    name: Type.String(),
    place: Type.Optional(Type.String()),
    district: Type.Optional(Type.String()),
    timeZone: Type.String(),
    lon: Type.Optional(Type.Number()),
    lat: Type.Optional(Type.Number()),
  }),
  zone: Type.Object({
    zoneId: Type.String(),
    zoneVersion: Type.Integer(),
    zoneName: Type.String(),
    polygon: Type.Array(PointNorm),
    ruleId: Type.String(),
    ruleVersion: Type.Integer(),
  }),
  model: Type.Optional(
    Type.Object({ name: Type.String(), version: Type.Optional(Type.String()), sha256: Type.String() }),
  ),
  label: Type.String(),
  trackIds: Type.Array(Type.String()),
  box: BoxNorm,
  firstSeenMs: TimeMs,
  sinceMs: TimeMs,
  openedAtMs: Type.Optional(TimeMs),
  clearedAtMs: Type.Optional(TimeMs),
  updatedAtMs: TimeMs,
  presentAtStart: Type.Boolean(),
  measurements: Type.Record(Type.String(), Type.Unknown()),
  review: Review,
  /** It waits for approval before anything of it is published. */
  held: Type.Boolean(),
  dispatch: Type.Optional(
    Type.Object({
      state: Type.String(),
      atMs: TimeMs,
      caseId: Type.Optional(Type.String()),
      by: Type.Optional(Type.String()),
      note: Type.Optional(Type.String()),
    }),
  ),
  claim: Type.Optional(Claim),
});
export type IncidentView = Static<typeof IncidentView>;

export const RevisionView = Type.Object({
  revision: Type.Integer(),
  phase: Type.String(),
  reason: Type.String(),
  atMs: TimeMs,
  by: Type.Optional(Type.String()),
  /** When the broker acknowledged it, and as which message of the stream. */
  ackedAtMs: Type.Optional(TimeMs),
  streamSeq: Type.Optional(Type.Integer()),
});
export type RevisionView = Static<typeof RevisionView>;

export const EvidenceView = Type.Object({
  evidenceId: Type.Integer(),
  revision: Type.Integer(),
  role: Type.String(),
  moment: Type.Optional(Type.String()),
  mediaType: Type.String(),
  sha256: Type.String(),
  sizeBytes: Type.Integer(),
  overlay: Type.Boolean(),
  capturedAtMs: TimeMs,
  toMs: Type.Optional(TimeMs),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  /** Path on this server; needs the capability `evidence.read`. */
  url: Type.String(),
});
export type EvidenceView = Static<typeof EvidenceView>;

export const IncidentDetail = Type.Object({
  incident: IncidentView,
  revisions: Type.Array(RevisionView),
  evidence: Type.Array(EvidenceView),
  missing: Type.Array(
    Type.Object({ role: Type.String(), moment: Type.Optional(Type.String()), reason: Type.String() }),
  ),
  feedback: Type.Array(Type.Record(Type.String(), Type.Unknown())),
});
export type IncidentDetail = Static<typeof IncidentDetail>;

/** Filters of the list; what is left out does not restrict. Several values of one filter: the name again, `type=a&type=b`. */
export const IncidentQuery = Type.Object(
  {
    ...pageQuery,
    fromMs: Type.Optional(TimeMs),
    toMs: Type.Optional(TimeMs),
    type: Type.Optional(Names),
    camera: Type.Optional(Names),
    district: Type.Optional(Names),
    zone: Type.Optional(Id),
    rule: Type.Optional(Id),
    status: Type.Optional(oneOf(['open', 'cleared'])),
    review: Type.Optional(Type.Array(oneOf(REVIEW_STATE_NAMES), { minItems: 1, maxItems: 4 })),
    held: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type IncidentQuery = Static<typeof IncidentQuery>;

/** One decision on the revision that was seen (`If-Match`). `pending` undoes the last one. */
export const Decision = Type.Object(
  {
    state: oneOf(REVIEW_STATE_NAMES),
    /** Needed for `dismissed`. */
    reason: Type.Optional(oneOf(DISMISS_REASONS)),
    note: Type.Optional(text(500)),
    /** Needed for `duplicate`. */
    duplicateOf: Type.Optional(Id),
  },
  { additionalProperties: false },
);
export type Decision = Static<typeof Decision>;

/** One decision for many: a storm after a wrongly drawn zone. */
export const BulkDecision = Type.Object(
  {
    incidentIds: Type.Array(Id, { minItems: 1, maxItems: 200, uniqueItems: true }),
    decision: Type.Omit(Decision, ['duplicateOf'], { additionalProperties: false }),
  },
  { additionalProperties: false },
);
export const BulkResult = Type.Object({
  items: Type.Array(
    Type.Object({
      incidentId: Type.String(),
      revision: Type.Optional(Type.Integer()),
      code: Type.Optional(Type.String()),
    }),
  ),
});
export type BulkResult = Static<typeof BulkResult>;

/** One message of the live feed; the event's id is its place in the sequence. */
export const FeedEvent = Type.Object({
  incident: IncidentView,
  revision: Type.Integer(),
  phase: Type.String(),
  reason: Type.String(),
});
export type FeedEvent = Static<typeof FeedEvent>;
