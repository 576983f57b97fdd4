/** How the demo shows an event: a few lines for people, or one JSON line for programs. */

import { join } from 'node:path';
import type { IncidentEvent } from '../../incidents/index.ts';

/** Absolute paths of all evidence files of a revision. */
export function evidencePaths(event: IncidentEvent, evidenceDir: string): string[] {
  const files = [...event.evidence, ...event.clips].map((item) => item.uri);
  if (event.manifest !== undefined) files.push(event.manifest.uri);
  return files.map((uri) => join(evidenceDir, decodeURIComponent(uri)));
}

/** One line: type, phase, camera, zone, incidentId, revision, evidence paths. */
export function formatEventJson(event: IncidentEvent, evidenceDir: string): string {
  const { type, phase, camera, zone, incidentId, revision } = event;
  return JSON.stringify({
    type,
    phase,
    camera: camera.id,
    zone: zone.id,
    incidentId,
    revision,
    evidence: evidencePaths(event, evidenceDir),
  });
}

/** Prints what happened and where, and each file once, when it is new. */
export class EventPrinter {
  private readonly shown = new Set<string>();
  private readonly evidenceDir: string;

  constructor(evidenceDir: string) {
    this.evidenceDir = evidenceDir;
  }

  format(event: IncidentEvent): string {
    const time = event.timing.updatedAt.slice(11, 19);
    const what = event.reason === 'evidence' ? 'evidence' : event.phase;
    const place = `camera ${event.camera.id}, ${event.zone.name}`;
    const head = `${time}  ${event.title.zh} ${event.title.en}  ${what}  ${place}  ${event.incidentId} r${event.revision}`;
    const fresh = evidencePaths(event, this.evidenceDir).filter((path) => !this.shown.has(path));
    for (const path of fresh) this.shown.add(path);
    return [head, ...fresh.map((path) => `          ${path}`)].join('\n');
  }
}
