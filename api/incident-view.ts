/** Stored incidents as the contract shows them: no path of a file, no subject, no address. */

import type { EvidenceItem, Incident, Revision } from '../incidents/index.ts';
import type { Claim, EvidenceView, IncidentView, RevisionView } from './contract/index.ts';

/** @param claim who is judging it at the moment. */
export function incidentView(incident: Incident, claim?: Claim): IncidentView {
  const { camera, place, category, model } = incident;
  return {
    incidentId: incident.incidentId,
    revision: incident.revision,
    status: incident.status === 'cleared' ? 'cleared' : 'open',
    eventType: incident.eventType,
    category: {
      code: category.code,
      name: category.name,
      titleZh: category.titleZh,
      titleEn: category.titleEn,
      domain: category.domain,
    },
    severity: incident.severity,
    confidence: incident.confidence,
    camera: {
      cameraId: camera.cameraId,
      name: camera.name,
      timeZone: camera.timeZone,
      ...(camera.place === undefined ? {} : { place: camera.place }),
      ...(camera.district === undefined ? {} : { district: camera.district }),
      ...(camera.lon === undefined ? {} : { lon: camera.lon }),
      ...(camera.lat === undefined ? {} : { lat: camera.lat }),
    },
    zone: {
      zoneId: place.zoneId,
      zoneVersion: place.zoneVersion,
      zoneName: place.zoneName,
      polygon: place.polygon.map(({ x, y }) => ({ x, y })),
      ruleId: place.ruleId,
      ruleVersion: place.ruleVersion,
    },
    ...(model === undefined ? {} : { model: { ...model } }),
    label: incident.label,
    trackIds: [...incident.trackIds],
    box: { x1: incident.box.x1, y1: incident.box.y1, x2: incident.box.x2, y2: incident.box.y2 },
    firstSeenMs: incident.firstSeenMs,
    sinceMs: incident.sinceMs,
    ...(incident.openedAtMs === undefined ? {} : { openedAtMs: incident.openedAtMs }),
    ...(incident.clearedAtMs === undefined ? {} : { clearedAtMs: incident.clearedAtMs }),
    updatedAtMs: incident.updatedAtMs,
    presentAtStart: incident.presentAtStart,
    measurements: { ...incident.measurements },
    review: { ...incident.review },
    held: incident.publication === 'held',
    ...(incident.dispatch === undefined ? {} : { dispatch: { ...incident.dispatch } }),
    ...(claim === undefined ? {} : { claim }),
  };
}

export function revisionView(revision: Revision): RevisionView {
  const { phase, reason, atMs, by, ackedAtMs, streamSeq } = revision;
  return {
    revision: revision.revision,
    phase,
    reason,
    atMs,
    ...(by === undefined ? {} : { by }),
    ...(ackedAtMs === undefined ? {} : { ackedAtMs }),
    ...(streamSeq === undefined ? {} : { streamSeq }),
  };
}

export function evidenceView(item: EvidenceItem): EvidenceView {
  const { incidentId, path: _path, ...rest } = item;
  return { ...rest, url: `/api/incidents/${incidentId}/evidence/${item.evidenceId}` };
}
