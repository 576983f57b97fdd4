/** The data of an incident event: one TypeBox schema is the type, the runtime check and the published JSON Schema. */

import { Type, type Static } from 'typebox';
import { EVENT_TYPES } from '../../core/index.ts';
import { DOMAINS, EVIDENCE_ROLES, REVIEW_STATES, REVISION_PHASES, REVISION_REASONS } from '../incident.ts';

/** Version of the data's shape; a change that breaks a consumer makes a new one. */
export const INCIDENT_SCHEMA_ID = 'urn:streetwatch:schema:incident-event:v1';

const Time = (description: string) => Type.String({ format: 'date-time', description });
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the file, hexadecimal.' });
const Uri = Type.String({
  format: 'uri-reference',
  description:
    'Where the file is: relative to the evidence address of the installation unless one is configured.',
});
const Fraction = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

const Review = Type.Object({
  state: Type.Enum([...REVIEW_STATES]),
  by: Type.Optional(Type.String()),
  at: Type.Optional(Time('When the decision was taken.')),
  reason: Type.Optional(Type.String()),
});

const Camera = Type.Object({
  id: Type.String({ description: 'Id in the configuration.' }),
  id20: Type.Optional(Type.String({ pattern: '^[0-9]{20}$', description: 'GB/T 28181 device code.' })),
  name: Type.String(),
  place: Type.Optional(Type.String()),
  district: Type.Optional(Type.String()),
  placeCode: Type.Optional(Type.String({ description: '行政区划 code.' })),
  cellId: Type.Optional(Type.String({ description: '单元网格 code.' })),
  lon: Type.Optional(Type.Number()),
  lat: Type.Optional(Type.Number()),
  crs: Type.Optional(Type.Enum(['wgs84', 'gcj02', 'cgcs2000'])),
  clockSource: Type.Optional(Type.String({ description: 'How the wall clock of the footage was anchored.' })),
  clockErrS: Type.Optional(Type.Number({ description: 'How far the clock may be wrong, seconds.' })),
});

const Zone = Type.Object({
  id: Type.String(),
  version: Type.Integer({ minimum: 0 }),
  name: Type.String(),
  rule: Type.String({ description: 'Id of the rule that raised it.' }),
  ruleVersion: Type.Integer({ minimum: 0 }),
});

const Timing = Type.Object({
  firstSeen: Time('First sight of the object.'),
  stationarySince: Time('Since when it stands, lies or burns.'),
  openedAt: Time('Capture time of the frame that decided it.'),
  clearedAt: Type.Optional(Time('Capture time of the frame that ended it.')),
  updatedAt: Time('Capture time, or time of the decision, of this revision.'),
  presentAtStart: Type.Boolean({
    description: 'It was there when the stream began: its arrival was not seen.',
  }),
});

const DetectedObject = Type.Object({
  class: Type.String(),
  trackIds: Type.Array(Type.String()),
  bbox: Type.Object(
    {
      leftTopX: Fraction('Left edge.'),
      leftTopY: Fraction('Upper edge.'),
      rightBtmX: Fraction('Right edge.'),
      rightBtmY: Fraction('Lower edge.'),
    },
    { description: '0–1 of the picture.' },
  ),
});

const Still = Type.Object({
  role: Type.Enum(EVIDENCE_ROLES.filter((r) => r !== 'clip' && r !== 'manifest' && r !== 'signature')),
  moment: Type.Optional(Type.String({ description: 'Which moment of an act, e.g. `before`.' })),
  imageId41: Type.Optional(Type.String({ pattern: '^[0-9]{41}$', description: 'GA/T 1400 image id.' })),
  type: Type.Enum(['9', '13', '14'], {
    description: 'GA/T 1400 image type: 9 close-up of a vehicle, 13 of a thing, 14 scene.',
  }),
  shotTime: Time('When the picture was taken.'),
  uri: Uri,
  sha256: Sha256,
  mediaType: Type.String(),
  sizeBytes: Type.Integer({ minimum: 0 }),
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 }),
  overlay: Type.Boolean({ description: 'Whether time, place and zone are drawn on it.' }),
  usage: Type.Enum(['上报', '处置', '核查'], { description: 'Use in a case file: report, disposal, check.' }),
});

const Clip = Type.Object({
  part: Type.Enum(['whole', 'arrival', 'confirmation']),
  videoId41: Type.Optional(Type.String({ pattern: '^[0-9]{41}$', description: 'GA/T 1400 video id.' })),
  beginTime: Time('First picture.'),
  endTime: Time('Last picture.'),
  uri: Uri,
  sha256: Sha256,
  mediaType: Type.String(),
  sizeBytes: Type.Integer({ minimum: 0 }),
});

/** Schema of the data of `streetwatch.incident.<phase>.v1`. Fields may be added; consumers ignore what they do not know. */
export const IncidentEventSchema = Type.Object(
  {
    incidentId: Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{26}$' }),
    revision: Type.Integer({ minimum: 1 }),
    phase: Type.Enum([...REVISION_PHASES], { description: 'What this revision says.' }),
    reason: Type.Enum([...REVISION_REASONS], { description: 'What caused this revision.' }),
    status: Type.Enum(['open', 'cleared'], { description: 'Whether it is still there.' }),
    type: Type.Enum([...EVENT_TYPES], { description: 'Our own stable name of the kind of event.' }),
    title: Type.Object({ zh: Type.String(), en: Type.String() }),
    categoryCode: Type.String({ description: 'Code in the table of the city.' }),
    categoryName: Type.String(),
    codeTable: Type.Object({ adcode: Type.String(), version: Type.String(), standard: Type.String() }),
    domain: Type.Enum([...DOMAINS]),
    severity: Type.Enum([1, 2, 3, 4], {
      description: '1 most severe … 4 least (GB/T 28181 AlarmPriority order).',
    }),
    confidence: Fraction('Confidence of the detector.'),
    review: Review,
    camera: Camera,
    zone: Zone,
    timing: Timing,
    objects: Type.Array(DetectedObject),
    measurements: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String(), Type.Boolean()]), {
      description: 'The numbers that decided it, e.g. dwellMs.',
    }),
    evidence: Type.Array(Still, { description: 'All stills so far.' }),
    clips: Type.Array(Clip, { description: 'All clips so far.' }),
    missing: Type.Array(
      Type.Object({
        role: Type.Enum([...EVIDENCE_ROLES]),
        moment: Type.Optional(Type.String()),
        reason: Type.String({ description: 'Stable error code, e.g. footage.missing.' }),
      }),
      { description: 'Evidence that could not be had.' },
    ),
    manifest: Type.Optional(
      Type.Object(
        { uri: Uri, sha256: Sha256, signatureUri: Uri },
        { description: 'Newest signed list of all files and of what they were made with.' },
      ),
    ),
    model: Type.Optional(
      Type.Object({ name: Type.String(), version: Type.Optional(Type.String()), sha256: Sha256 }),
    ),
    dedup: Type.Optional(Type.Object({ parentIncident: Type.String() })),
  },
  {
    $id: INCIDENT_SCHEMA_ID,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Incident event',
  },
);

/** Data of one incident event. */
export type IncidentEvent = Static<typeof IncidentEventSchema>;
