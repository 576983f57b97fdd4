/** Enters taken evidence into the store together with a signed manifest of all files so far. */

import { join } from 'node:path';
import type { Incident } from '../incident.ts';
import type { NewEvidenceItem } from '../store/evidence-table.ts';
import type { IncidentStore } from '../store/incident-store.ts';
import { evidenceFolder, type Collected } from './collector.ts';
import { writeDurablySync } from './files.ts';
import { manifestBytes, type EvidenceSigner } from './manifest.ts';

export interface RecordInput {
  readonly store: IncidentStore;
  /** With the revision that will publish the files; 0 for a candidate, which gets no manifest yet. */
  readonly incident: Incident;
  readonly collected: Collected;
  readonly evidenceDir: string;
  readonly signer: EvidenceSigner;
}

/** Call in a transaction: a manifest that is on disk without its row is replaced by the next attempt. */
export function recordEvidence({ store, incident, collected, evidenceDir, signer }: RecordInput): void {
  const { incidentId, revision } = incident;
  const table = store.evidenceTable;
  for (const item of collected.items) table.add({ ...item, revision });
  for (const missing of collected.missing) table.addMissing(incidentId, missing);
  if (revision === 0) return;
  const known = table.items(incidentId);
  const files = known.filter((item) => item.role !== 'manifest' && item.role !== 'signature');
  const bytes = manifestBytes({
    incident,
    revision,
    files,
    missing: table.missing(incidentId),
    previousSha256: known.findLast((item) => item.role === 'manifest')?.sha256,
    keyId: signer.keyId,
  });
  const common = { incidentId, revision, overlay: false, capturedAtMs: incident.updatedAtMs };
  const write = (
    role: 'manifest' | 'signature',
    name: string,
    content: Uint8Array,
    mediaType: string,
  ): NewEvidenceItem => {
    const path = `${evidenceFolder(incident)}/${name}`;
    return { ...common, role, path, mediaType, ...writeDurablySync(join(evidenceDir, path), content) };
  };
  table.add(write('manifest', `manifest-r${revision}.json`, bytes, 'application/json'));
  table.add(
    write('signature', `manifest-r${revision}.json.sig`, signer.sign(bytes), 'application/octet-stream'),
  );
}
