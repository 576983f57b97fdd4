/** From an incident and its files to the published event. */

import { DateTime } from 'luxon';
import type { EvidenceItem, Incident, MissingEvidence, RevisionPhase, RevisionReason } from '../incident.ts';
import type { NewOutboxMessage } from '../store/outbox.ts';
import { toHeaders } from './cloud-event.ts';
import { INCIDENT_SCHEMA_ID, type IncidentEvent } from './incident-event.ts';

/** What one revision is made of. */
export interface EventInput {
  readonly incident: Incident;
  readonly phase: RevisionPhase;
  readonly reason: RevisionReason;
  /** Capture time of the frame, or time of the decision, that made the revision. */
  readonly atMs: number;
  readonly evidence: readonly EvidenceItem[];
  readonly missing: readonly MissingEvidence[];
  /** Put before the paths of files: an address that ends in `/`, or empty. */
  readonly evidenceBaseUri: string;
  /** CloudEvents `source` of this installation. */
  readonly source: string;
  /** Present when a frame, not a person or late evidence, made the revision: latency is counted from it. */
  readonly capturedAtMs?: number;
}

/** `Nats-Msg-Id` and CloudEvents id of a revision. */
export function revisionId(incidentId: string, revision: number): string {
  return `${incidentId}:${revision}`;
}

/** The outbox message of a revision. */
export function toMessage(input: EventInput): NewOutboxMessage {
  const { incident } = input;
  const messageId = revisionId(incident.incidentId, incident.revision);
  const headers = toHeaders({
    id: messageId,
    source: input.source,
    type: `streetwatch.incident.${input.phase}.v1`,
    subject: incident.incidentId,
    time: iso(input.atMs),
    dataschema: INCIDENT_SCHEMA_ID,
    extensions: { sequence: String(incident.revision), partitionkey: incident.incidentId },
  });
  return {
    subject: incident.subject,
    messageId,
    incidentId: incident.incidentId,
    revision: incident.revision,
    headers,
    payload: JSON.stringify(toIncidentEvent(input)),
    capturedAtMs: input.capturedAtMs,
  };
}

/** The full state of an incident after a revision, so that a consumer needs only the newest event of each. */
export function toIncidentEvent(input: EventInput): IncidentEvent {
  const { incident, evidence } = input;
  const { category, place } = incident;
  const uri = (path: string): string =>
    input.evidenceBaseUri + path.split('/').map(encodeURIComponent).join('/');
  return dropUndefined({
    incidentId: incident.incidentId,
    revision: incident.revision,
    phase: input.phase,
    reason: input.reason,
    status: incident.status === 'cleared' ? 'cleared' : 'open',
    type: incident.eventType,
    title: { zh: category.titleZh, en: category.titleEn },
    categoryCode: category.code,
    categoryName: category.name,
    codeTable: category.table,
    domain: category.domain,
    severity: incident.severity,
    confidence: clamp01(incident.confidence),
    review: toReview(incident),
    camera: toCamera(incident),
    zone: {
      id: place.zoneId,
      version: place.zoneVersion,
      name: place.zoneName,
      rule: place.ruleId,
      ruleVersion: place.ruleVersion,
    },
    timing: dropUndefined({
      firstSeen: iso(incident.firstSeenMs),
      stationarySince: iso(incident.sinceMs),
      openedAt: iso(incident.openedAtMs ?? input.atMs),
      clearedAt: incident.clearedAtMs === undefined ? undefined : iso(incident.clearedAtMs),
      updatedAt: iso(input.atMs),
      presentAtStart: incident.presentAtStart,
    }),
    objects: [
      {
        class: incident.label,
        trackIds: [...incident.trackIds],
        bbox: {
          leftTopX: clamp01(incident.box.x1),
          leftTopY: clamp01(incident.box.y1),
          rightBtmX: clamp01(incident.box.x2),
          rightBtmY: clamp01(incident.box.y2),
        },
      },
    ],
    measurements: incident.measurements,
    evidence: evidence.filter(isStill).map((item) => toStill(incident, item, uri)),
    clips: evidence.filter((item) => item.role === 'clip').map((item) => toClip(incident, item, uri)),
    missing: input.missing.map((m) => ({ ...m })),
    manifest: toManifest(evidence, uri),
    model: incident.model,
    dedup:
      incident.review.duplicateOf === undefined ? undefined : { parentIncident: incident.review.duplicateOf },
  }) as IncidentEvent;
}

function toReview({ review }: Incident): IncidentEvent['review'] {
  return dropUndefined({
    state: review.state,
    by: review.by,
    at: review.atMs === undefined ? undefined : iso(review.atMs),
    reason: review.reason,
  }) as IncidentEvent['review'];
}

function toCamera({ camera }: Incident): IncidentEvent['camera'] {
  return dropUndefined({
    id: camera.cameraId,
    id20: camera.code,
    name: camera.name,
    place: camera.place,
    district: camera.district,
    placeCode: camera.placeCode,
    cellId: camera.cellId,
    lon: camera.lon,
    lat: camera.lat,
    crs: camera.crs,
    clockSource: camera.clock?.source,
    clockErrS: camera.clock?.errorMs === undefined ? undefined : camera.clock.errorMs / 1000,
  }) as IncidentEvent['camera'];
}

function isStill(item: EvidenceItem): boolean {
  return item.role !== 'clip' && item.role !== 'manifest' && item.role !== 'signature';
}

function toStill(
  incident: Incident,
  item: EvidenceItem,
  uri: (path: string) => string,
): IncidentEvent['evidence'][number] {
  const vehicle = incident.eventType.startsWith('illegal_parking.');
  return dropUndefined({
    role: item.role,
    moment: item.moment,
    imageId41: objectId41(incident, item, '02'),
    type: item.role !== 'close_up' ? '14' : vehicle ? '9' : '13',
    shotTime: iso(item.capturedAtMs),
    uri: uri(item.path),
    sha256: item.sha256,
    mediaType: item.mediaType,
    sizeBytes: item.sizeBytes,
    width: item.width,
    height: item.height,
    overlay: item.overlay,
    usage: item.role === 'clearing' ? '核查' : '上报',
  }) as IncidentEvent['evidence'][number];
}

function toClip(
  incident: Incident,
  item: EvidenceItem,
  uri: (path: string) => string,
): IncidentEvent['clips'][number] {
  return dropUndefined({
    part: item.moment ?? 'whole',
    videoId41: objectId41(incident, item, '01'),
    beginTime: iso(item.capturedAtMs),
    endTime: iso(item.toMs ?? item.capturedAtMs),
    uri: uri(item.path),
    sha256: item.sha256,
    mediaType: item.mediaType,
    sizeBytes: item.sizeBytes,
  }) as IncidentEvent['clips'][number];
}

function toManifest(
  evidence: readonly EvidenceItem[],
  uri: (path: string) => string,
): IncidentEvent['manifest'] {
  const manifest = evidence.findLast((item) => item.role === 'manifest');
  const signature = evidence.findLast((item) => item.role === 'signature');
  if (manifest === undefined || signature === undefined) return undefined;
  return { uri: uri(manifest.path), sha256: manifest.sha256, signatureUri: uri(signature.path) };
}

/**
 * GA/T 1400 id of a picture or clip: device code 20, subtype 2, local time 14, serial 5 (`standards.md` 2.2). The
 * serial is the number of the file in this store, so two files of one second differ. Absent without a device code.
 */
function objectId41({ camera }: Incident, item: EvidenceItem, subtype: '01' | '02'): string | undefined {
  if (camera.code === undefined || !/^\d{20}$/.test(camera.code)) return undefined;
  const time = DateTime.fromMillis(item.capturedAtMs, { zone: camera.timeZone }).toFormat('yyyyMMddHHmmss');
  return camera.code + subtype + time + String(item.evidenceId % 100_000).padStart(5, '0');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function dropUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
