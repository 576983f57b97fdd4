/** NATS subjects of what is published and of what comes back (`standards.md` 5.3). */

import type { EventType } from '../../core/index.ts';
import type { Domain } from '../incident.ts';

/**
 * One subject token: printable ASCII without space, `.`, `*` and `>` (NATS ADR-6). Anything else is percent-encoded,
 * so that two different names never meet in one token.
 */
export function subjectToken(text: string): string {
  return encodeURIComponent(text).replace(
    /[.*!'()~]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `illegal_parking.motor` → `illegal_parking-motor`: a type is one token, and no type name holds a hyphen. */
export function typeToken(eventType: EventType): string {
  return eventType.replace('.', '-');
}

export interface IncidentSubject {
  readonly adcode: string;
  readonly domain: Domain;
  readonly eventType: EventType;
  readonly cameraId: string;
  readonly incidentId: string;
}

/** `city.<adcode>.incident.<domain>.<type>.<cameraId>.<incidentId>` */
export function incidentSubject(of: IncidentSubject): string {
  const { adcode, domain, eventType, cameraId, incidentId } = of;
  return `city.${adcode}.incident.${domain}.${typeToken(eventType)}.${subjectToken(cameraId)}.${incidentId}`;
}

/** `city.<adcode>.camera.health.<cameraId>` */
export function healthSubject(adcode: string, cameraId: string): string {
  return `city.${adcode}.camera.health.${subjectToken(cameraId)}`;
}

/** `city.<adcode>.case.feedback.<incidentId>`; without an id all of them. */
export function feedbackSubject(adcode: string, incidentId = '*'): string {
  return `city.${adcode}.case.feedback.${incidentId}`;
}

/** What the event stream of a city holds. */
export function eventSubjects(adcode: string): string[] {
  return [`city.${adcode}.incident.>`, `city.${adcode}.camera.health.>`];
}
