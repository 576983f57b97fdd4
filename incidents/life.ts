/** The values of an incident after each step of its life; pure. */

import type { RuleSignal, Zone } from '../core/index.ts';
import { incidentSubject } from './events/subjects.ts';
import { newId } from './ids.ts';
import type { CameraInfo, Category, Incident, ModelInfo, RevisionPhase } from './incident.ts';

export interface Birth {
  readonly nowMs: number;
  readonly adcode: string;
  readonly camera: CameraInfo;
  readonly zone?: Zone;
  readonly category: Category;
  readonly model?: ModelInfo;
  /** Publish nothing before a person has confirmed it. */
  readonly held: boolean;
}

/** A candidate. Camera, zone, category and model stay as they are now, whatever the configuration becomes. */
export function newIncident(signal: RuleSignal, birth: Birth): Incident {
  const incidentId = newId(birth.nowMs);
  const { eventType, cameraId } = signal;
  const subject = { adcode: birth.adcode, domain: birth.category.domain, eventType, cameraId, incidentId };
  return {
    incidentId,
    episodeId: signal.episodeId,
    status: 'candidate',
    revision: 0,
    eventType,
    category: birth.category,
    camera: birth.camera,
    place: {
      zoneId: signal.zoneId,
      zoneVersion: signal.zoneVersion,
      zoneName: birth.zone?.name ?? signal.zoneId,
      polygon: birth.zone?.polygon ?? [],
      ruleId: signal.ruleId,
      ruleVersion: signal.ruleVersion,
    },
    ...(birth.model === undefined ? {} : { model: birth.model }),
    firstSeenMs: signal.firstSeenMs,
    sinceMs: signal.sinceMs,
    presentAtStart: signal.presentAtStart,
    review: { state: 'pending' },
    publication: birth.held ? 'held' : 'open',
    subject: incidentSubject(subject),
    ...observed(signal),
  };
}

/** Revision 1. */
export function opened(candidate: Incident, signal: RuleSignal): Incident {
  return {
    ...candidate,
    ...observed(signal),
    status: 'open',
    revision: 1,
    openedAtMs: signal.atMs,
    firstSeenMs: Math.min(candidate.firstSeenMs, signal.firstSeenMs),
    sinceMs: signal.sinceMs,
  };
}

/** The same event under new track ids; no revision. */
export function refreshed(incident: Incident, signal: RuleSignal): Incident {
  return { ...incident, trackIds: signal.trackIds, box: signal.box };
}

/** The next revision by a signal. */
export function revised(incident: Incident, signal: RuleSignal, phase: RevisionPhase): Incident {
  const next = { ...incident, revision: incident.revision + 1 };
  if (phase === 'cleared') {
    // Where it was and how sure the rule was stay as they were while it was there.
    const measurements = { ...incident.measurements, ...signal.measurements };
    return { ...next, status: 'cleared', clearedAtMs: signal.atMs, updatedAtMs: signal.atMs, measurements };
  }
  const { clearedAtMs: _, ...open } = next;
  return { ...open, ...observed(signal), status: 'open' };
}

function observed(
  signal: RuleSignal,
): Pick<Incident, 'severity' | 'confidence' | 'label' | 'trackIds' | 'box' | 'measurements' | 'updatedAtMs'> {
  const { severity, confidence, label, trackIds, box, measurements, atMs } = signal;
  return { severity, confidence, label, trackIds, box, measurements, updatedAtMs: atMs };
}
