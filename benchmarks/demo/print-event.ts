/** How the demo shows an event: a few lines for people, or one JSON line for programs. */

import { join } from 'node:path';
import type { IncidentEvent } from '../../incidents/index.ts';

/** Absolute paths of all evidence files of a revision. */
export function evidencePaths(event: IncidentEvent, evidenceDir: string): string[] {
  const files = [...event.evidence, ...event.clips].map((item) => item.uri);
  if (event.manifest !== undefined) files.push(event.manifest.uri);
  return files.map((uri) => join(evidenceDir, decodeURIComponent(uri)));
}

/** One line: type, phase, camera, incidentId, revision, evidence paths. */
export function formatEventJson(event: IncidentEvent, evidenceDir: string): string {
  const { type, phase, camera, incidentId, revision } = event;
  return JSON.stringify({
    type,
    phase,
    camera: camera.id,
    incidentId,
    revision,
    evidence: evidencePaths(event, evidenceDir),
  });
}

/** What happened, where, and where the pictures are. */
export function formatEvent(event: IncidentEvent, evidenceDir: string): string {
  const time = event.timing.updatedAt.slice(11, 19);
  const head = `${time}  ${event.title.zh} ${event.title.en}  ${event.phase}  camera ${event.camera.id}, ${event.zone.name}  ${event.incidentId} r${event.revision}`;
  const paths =
    event.reason === 'evidence' || event.phase === 'cleared' ? evidencePaths(event, evidenceDir) : [];
  return [head, ...paths.map((path) => `          ${path}`)].join('\n');
}
