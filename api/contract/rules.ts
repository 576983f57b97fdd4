/** Zones and rules of a camera as one versioned document. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { Id, oneOf, PointNorm, text, TimeMs } from './basics.ts';
import { VersionFacts } from './versions.ts';

const strict = { additionalProperties: false };

export const ZoneDocument = Type.Object(
  {
    zoneId: Id,
    name: text(80, 1),
    polygon: Type.Array(PointNorm, { minItems: 3, maxItems: 100 }),
  },
  strict,
);
export type ZoneDocument = Static<typeof ZoneDocument>;

const Schedule = Type.Object(
  {
    timeZone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA name, e.g. Asia/Shanghai.' }),
    windows: Type.Array(
      Type.Object(
        {
          days: Type.Array(oneOf(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), {
            minItems: 1,
            maxItems: 7,
            uniqueItems: true,
          }),
          from: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'HH:MM, included.' }),
          to: Type.String({
            pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$',
            description: 'HH:MM up to 24:00, not included; at or before `from`: on the next day.',
          }),
        },
        strict,
      ),
      { minItems: 1, maxItems: 50 },
    ),
  },
  {
    ...strict,
    description: 'When it holds, in local time; it holds while any window does. Left out: always.',
  },
);

const Exemption = Type.Object(
  {
    name: text(80, 1),
    area: Type.Optional(
      Type.Array(PointNorm, {
        minItems: 3,
        maxItems: 100,
        description:
          'Part of the picture; where an object touches the ground decides. Left out: all of the zone.',
      }),
    ),
    labels: Type.Optional(
      Type.Array(text(40, 1), {
        minItems: 1,
        maxItems: 20,
        description: 'Class names. Left out: all classes.',
      }),
    ),
    schedule: Type.Optional(Schedule),
  },
  {
    ...strict,
    description:
      'What the rule leaves alone, e.g. deliveries in the morning. All conditions that are given must hold; at least one must be given.',
  },
);

export const RuleDocument = Type.Object(
  {
    ruleId: Id,
    kind: Id,
    zoneId: Id,
    enabled: Type.Boolean(),
    approval: Type.Optional(
      Type.Boolean({
        description:
          'true: nothing of an incident of this rule is published before a person has confirmed it.',
      }),
    ),
    /** Parameters of the kind; `GET /api/rule-kinds` has their schema. */
    params: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown()),
    schedule: Type.Optional(Schedule),
    exemptions: Type.Optional(Type.Array(Exemption, { maxItems: 20 })),
  },
  strict,
);
export type RuleDocument = Static<typeof RuleDocument>;

/** What an author edits. */
export const RuleSetDocument = Type.Object(
  {
    zones: Type.Array(ZoneDocument, { maxItems: 50 }),
    rules: Type.Array(RuleDocument, { maxItems: 100 }),
  },
  strict,
);
export type RuleSetDocument = Static<typeof RuleSetDocument>;

/** A published document: each zone and rule has the version in which it last changed. */
export const PublishedRuleSet = Type.Object({
  ...VersionFacts.properties,
  document: RuleSetDocument,
  zoneVersions: Type.Record(Type.String(), Type.Integer()),
  ruleVersions: Type.Record(Type.String(), Type.Integer()),
});
export type PublishedRuleSet = Static<typeof PublishedRuleSet>;

export const RuleSetDraft = Type.Object({
  cameraId: Id,
  revision: Type.Integer(),
  /** The published version that the draft began from. */
  basedOn: Type.Integer(),
  authorId: Type.String(),
  authorName: Type.String(),
  atMs: TimeMs,
  document: RuleSetDocument,
  /** What would keep it from being published. */
  problems: Type.Array(Type.String()),
});
export type RuleSetDraft = Static<typeof RuleSetDraft>;

export const SaveDraft = Type.Object({ document: RuleSetDocument }, strict);
export const Publish = Type.Object({ document: RuleSetDocument, note: text(500, 1) }, strict);
export const RollBack = Type.Object({ version: Type.Integer({ minimum: 1 }), note: text(500, 1) }, strict);

/** One difference between two documents. */
export const RuleSetChange = Type.Object({
  subject: oneOf(['zone', 'rule']),
  id: Type.String(),
  change: oneOf(['added', 'removed', 'changed']),
  /** Names of the fields that differ, e.g. `params.dwellMs`. */
  fields: Type.Array(Type.Object({ name: Type.String(), before: Type.Unknown(), after: Type.Unknown() })),
});
export type RuleSetChange = Static<typeof RuleSetChange>;
export const RuleSetDiff = Type.Object({
  from: Type.Integer(),
  to: Type.Integer(),
  changes: Type.Array(RuleSetChange),
});
export type RuleSetDiff = Static<typeof RuleSetDiff>;

/** A rule kind with the JSON Schema of its parameters: title, help text, range and default of each. */
export const RuleKindInfo = Type.Object({ kind: Id, params: Type.Record(Type.String(), Type.Unknown()) });
export type RuleKindInfo = Static<typeof RuleKindInfo>;
/** All kinds, and the JSON Schema of a rule: schedule, exemptions and approval with their help texts. */
export const RuleKinds = Type.Object({
  items: Type.Array(RuleKindInfo),
  timeZone: Type.String({ description: 'IANA zone of the district, with which a new schedule begins.' }),
  rule: Type.Record(Type.String(), Type.Unknown()),
});
export type RuleKinds = Static<typeof RuleKinds>;
