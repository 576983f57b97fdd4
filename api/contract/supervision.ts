/** Figures for supervision, and the state of the program. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { Id, oneOf, TimeMs } from './basics.ts';

export const STATISTICS_STEPS = ['day', 'week', 'month'] as const;
export const STATISTICS_GROUPS = ['type', 'district', 'department', 'camera', 'rule', 'zone'] as const;

export const StatisticsQuery = Type.Object(
  {
    fromMs: TimeMs,
    toMs: TimeMs,
    by: oneOf(STATISTICS_GROUPS),
    step: Type.Optional(oneOf(STATISTICS_STEPS)),
    format: Type.Optional(oneOf(['json', 'csv'])),
    lang: Type.Optional(oneOf(['zh', 'en'])),
    district: Type.Optional(Id),
  },
  { additionalProperties: false },
);
export type StatisticsQuery = Static<typeof StatisticsQuery>;

/** Counts of one group in one span of time. Shares are absent where nothing was counted below the line. */
export const StatisticsRow = Type.Object({
  /** `2026-11-22`, `2026-W47`, `2026-11`; absent without `step`. */
  period: Type.Optional(Type.String()),
  group: Type.String(),
  groupName: Type.String(),
  incidents: Type.Integer(),
  confirmed: Type.Integer(),
  dismissed: Type.Integer(),
  duplicates: Type.Integer(),
  pending: Type.Integer(),
  open: Type.Integer(),
  /** confirmed / (confirmed + dismissed), 0–1. */
  precision: Type.Optional(Type.Number()),
  /** Median time from opening to the decision. */
  medianReviewMs: Type.Optional(Type.Integer()),
});
export type StatisticsRow = Static<typeof StatisticsRow>;

/**
 * The figures of the monthly bulletin as far as the program knows them. 立案 and 结案 come from the case feedback of
 * the city's platform; without feedback they are zero and the rates are absent. 按期结案率 counts the cases whose
 * feedback carries a time limit.
 */
export const Bulletin = Type.Object({
  reported: Type.Integer({ description: '上报数: incidents that were raised.' }),
  accepted: Type.Integer({ description: '受理数: not dismissed and not a duplicate.' }),
  filed: Type.Integer({ description: '立案数: the platform made a case of it.' }),
  closed: Type.Integer({ description: '结案数: the platform closed the case.' }),
  due: Type.Integer({
    description: '应结案数: cases with a time limit that has passed, or that are closed already.',
  }),
  closedInTime: Type.Integer({ description: '按期结案数: of those, closed within their time limit.' }),
  closingRate: Type.Optional(Type.Number({ description: '结案率 = 结案数 / 立案数.' })),
  inTimeRate: Type.Optional(Type.Number({ description: '按期结案率 = 按期结案数 / 应结案数.' })),
  repeatRate: Type.Optional(Type.Number({ description: '重复上报率 = duplicates / 上报数.' })),
  validRate: Type.Optional(
    Type.Number({ description: '有效上报率 = confirmed / decided, duplicates among the decided.' }),
  ),
});
export type Bulletin = Static<typeof Bulletin>;

/** A zone with several incidents. */
export const RepeatPlace = Type.Object({
  cameraId: Type.String(),
  cameraName: Type.String(),
  zoneId: Type.String(),
  zoneName: Type.String(),
  eventType: Type.String(),
  incidents: Type.Integer(),
  lastAtMs: TimeMs,
});

export const Statistics = Type.Object({
  fromMs: TimeMs,
  toMs: TimeMs,
  rows: Type.Array(StatisticsRow),
  bulletin: Bulletin,
  repeatPlaces: Type.Array(RepeatPlace),
});
export type Statistics = Static<typeof Statistics>;

export const SystemState = Type.Object({
  version: Type.String(),
  startedAtMs: TimeMs,
  nowMs: TimeMs,
  cameras: Type.Object({ total: Type.Integer(), online: Type.Integer(), withFaults: Type.Integer() }),
  incidents: Type.Object({ pending: Type.Integer(), open: Type.Integer() }),
  feed: Type.Object({ clients: Type.Integer(), newestSeq: Type.Integer() }),
  live: Type.Object({
    streams: Type.Integer(),
    viewers: Type.Integer(),
    mostStreams: Type.Integer(),
    mostViewers: Type.Integer(),
  }),
  audit: Type.Object({ entries: Type.Integer(), headHash: Type.String() }),
  memoryBytes: Type.Integer(),
  /** What the program adds: outbox, disk, inference. */
  figures: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()])),
});
export type SystemState = Static<typeof SystemState>;
