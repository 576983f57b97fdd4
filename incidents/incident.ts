/** What an incident is: one real-world event at one place, its life and its evidence. */

import type { BoxNorm, EventType, PolygonNorm, Severity } from '../core/index.ts';

/** `candidate`: a warning that may still come to nothing, never published. */
export type IncidentStatus = 'candidate' | 'open' | 'cleared';

/** What a revision says (`standards.md` 9). `confirmed` and `withdrawn` come from a person's review. */
export const REVISION_PHASES = ['opened', 'updated', 'confirmed', 'cleared', 'withdrawn'] as const;
export type RevisionPhase = (typeof REVISION_PHASES)[number];

/** Why a revision was written. */
export const REVISION_REASONS = ['rule', 'evidence', 'reopened', 'review', 'retired'] as const;
export type RevisionReason = (typeof REVISION_REASONS)[number];

export const REVIEW_STATES = ['pending', 'confirmed', 'dismissed', 'duplicate'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** The last decision of a person. */
export interface Review {
  readonly state: ReviewState;
  readonly by?: string;
  readonly atMs?: number;
  readonly reason?: string;
  /** The incident that this one repeats. */
  readonly duplicateOf?: string;
}

/** The department that handles a type in this city. */
export const DOMAINS = ['urban', 'env', 'emergency', 'traffic'] as const;
export type Domain = (typeof DOMAINS)[number];

/** What incidents need to know of a camera. */
export interface CameraInfo {
  readonly cameraId: string;
  readonly name: string;
  /** 20-digit GB/T 28181 device code. */
  readonly code?: string;
  /** Address or description of the place. */
  readonly place?: string;
  readonly district?: string;
  /** 行政区划 code of the place, 6 to 12 digits, and its 单元网格 cell. */
  readonly placeCode?: string;
  readonly cellId?: string;
  readonly lon?: number;
  readonly lat?: number;
  readonly crs?: 'wgs84' | 'gcj02' | 'cgcs2000';
  /** IANA name; overlays show local time with its offset. */
  readonly timeZone: string;
  /** How the wall clock of its footage was anchored, and by how much it may be wrong. */
  readonly clock?: { readonly source: string; readonly errorMs?: number };
}

/** The zone and rule as they were when the incident opened. */
export interface PlaceOfIncident {
  readonly zoneId: string;
  readonly zoneVersion: number;
  readonly zoneName: string;
  readonly polygon: PolygonNorm;
  readonly ruleId: string;
  readonly ruleVersion: number;
}

/** The weights that saw it. */
export interface ModelInfo {
  readonly name: string;
  readonly version?: string;
  readonly sha256: string;
}

/** The class of the event in the table of the city. */
export interface Category {
  readonly code: string;
  readonly name: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly domain: Domain;
  readonly table: { readonly adcode: string; readonly version: string; readonly standard: string };
}

/** Case state that came back from the city's platform; kept beside the incident, not published again. */
export interface Dispatch {
  readonly state: string;
  readonly atMs: number;
  readonly caseId?: string;
  readonly by?: string;
  readonly note?: string;
}

/** `held`: waits for a person's approval before anything of it is published. */
export type Publication = 'open' | 'held';

/** The current state of one incident. */
export interface Incident {
  readonly incidentId: string;
  /** The rule's own name of the episode: one incident each. */
  readonly episodeId: string;
  readonly status: IncidentStatus;
  /** 0 while a candidate, then counted from 1. */
  readonly revision: number;
  readonly eventType: EventType;
  readonly category: Category;
  readonly severity: Severity;
  readonly confidence: number;
  readonly camera: CameraInfo;
  readonly place: PlaceOfIncident;
  readonly model?: ModelInfo;
  readonly label: string;
  readonly trackIds: readonly string[];
  readonly box: BoxNorm;
  readonly firstSeenMs: number;
  readonly sinceMs: number;
  readonly openedAtMs?: number;
  readonly clearedAtMs?: number;
  /** `atMs` of the newest signal or decision. */
  readonly updatedAtMs: number;
  readonly presentAtStart: boolean;
  readonly measurements: Readonly<Record<string, number | string | boolean>>;
  readonly review: Review;
  /** The revision of the last review. */
  readonly reviewRevision?: number;
  readonly publication: Publication;
  readonly dispatch?: Dispatch;
  /** NATS subject of all its revisions, fixed when it opens. */
  readonly subject: string;
}

/** One numbered change of an incident. */
export interface Revision {
  readonly incidentId: string;
  readonly revision: number;
  readonly phase: RevisionPhase;
  readonly reason: RevisionReason;
  readonly atMs: number;
  readonly by?: string;
  /** The event payload as published. */
  readonly data: unknown;
  /** When JetStream acknowledged it and as which message of the stream; absent while it waits. */
  readonly ackedAtMs?: number;
  readonly streamSeq?: number;
}

/** What an evidence file shows. */
export const EVIDENCE_ROLES = [
  'arrival',
  'confirmation',
  'clearing',
  'moment',
  'close_up',
  'clip',
  'manifest',
  'signature',
] as const;
export type EvidenceRole = (typeof EVIDENCE_ROLES)[number];

/** One file of evidence. */
export interface EvidenceItem {
  readonly evidenceId: number;
  readonly incidentId: string;
  /** The revision that published it. */
  readonly revision: number;
  readonly role: EvidenceRole;
  /** Name of the moment for `moment`, which part for `clip`. */
  readonly moment?: string;
  /** Relative to the evidence folder, `/` between parts. */
  readonly path: string;
  readonly mediaType: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly overlay: boolean;
  /** Wall time of the picture, or of the first and last picture of a clip. */
  readonly capturedAtMs: number;
  readonly toMs?: number;
  readonly width?: number;
  readonly height?: number;
}

/** A still or clip that could not be had, and why. */
export interface MissingEvidence {
  readonly role: EvidenceRole;
  readonly moment?: string;
  readonly reason: string;
}
