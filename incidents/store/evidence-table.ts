/** Evidence files as the store knows them, and the work on evidence that is still to be done. */

import type { EvidenceItem, MissingEvidence } from '../incident.ts';
import type { EvidencePlan } from '../evidence/plan.ts';
import type { Database } from './database.ts';

/** Evidence that is still to be taken; survives a restart. */
export interface EvidenceJob {
  readonly jobId: number;
  readonly incidentId: string;
  readonly plan: EvidencePlan;
  readonly attempts: number;
}

export type NewEvidenceItem = Omit<EvidenceItem, 'evidenceId'>;

interface ItemRow {
  id: number;
  incident_id: string;
  revision: number;
  role: string;
  moment: string | null;
  path: string;
  media_type: string;
  sha256: string;
  size_bytes: number;
  overlay: number;
  captured_at_ms: number;
  to_ms: number | null;
  width: number | null;
  height: number | null;
}

export class EvidenceTable {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  items(incidentId: string): EvidenceItem[] {
    return this.db
      .all<ItemRow>('SELECT * FROM evidence WHERE incident_id = ? ORDER BY id', [incidentId])
      .map(toItem);
  }

  add(item: NewEvidenceItem): void {
    this.db.run(
      `INSERT INTO evidence (incident_id, revision, role, moment, path, media_type, sha256, size_bytes, overlay,
         captured_at_ms, to_ms, width, height) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        item.incidentId,
        item.revision,
        item.role,
        item.moment ?? null,
        item.path,
        item.mediaType,
        item.sha256,
        item.sizeBytes,
        item.overlay ? 1 : 0,
        item.capturedAtMs,
        item.toMs ?? null,
        item.width ?? null,
        item.height ?? null,
      ],
    );
  }

  missing(incidentId: string): MissingEvidence[] {
    return this.db
      .all<{ role: string; moment: string; reason: string }>(
        'SELECT role, moment, reason FROM missing_evidence WHERE incident_id = ? ORDER BY role, moment',
        [incidentId],
      )
      .map((row) => ({
        role: row.role as MissingEvidence['role'],
        ...(row.moment === '' ? {} : { moment: row.moment }),
        reason: row.reason,
      }));
  }

  addMissing(incidentId: string, missing: MissingEvidence): void {
    this.db.run(
      'INSERT OR REPLACE INTO missing_evidence (incident_id, role, moment, reason) VALUES (?, ?, ?, ?)',
      [incidentId, missing.role, missing.moment ?? '', missing.reason],
    );
  }

  jobs(): EvidenceJob[] {
    return this.db
      .all<{ id: number; incident_id: string; plan: string; attempts: number }>(
        'SELECT * FROM evidence_jobs ORDER BY id',
        [],
      )
      .map((row) => ({
        jobId: row.id,
        incidentId: row.incident_id,
        plan: JSON.parse(row.plan) as EvidencePlan,
        attempts: row.attempts,
      }));
  }

  addJob(incidentId: string, plan: EvidencePlan): EvidenceJob {
    const { rowId } = this.db.run('INSERT INTO evidence_jobs (incident_id, plan) VALUES (?, ?)', [
      incidentId,
      JSON.stringify(plan),
    ]);
    return { jobId: rowId, incidentId, plan, attempts: 0 };
  }

  countAttempt(jobId: number): void {
    this.db.run('UPDATE evidence_jobs SET attempts = attempts + 1 WHERE id = ?', [jobId]);
  }

  finishJob(jobId: number): void {
    this.db.run('DELETE FROM evidence_jobs WHERE id = ?', [jobId]);
  }
}

function toItem(row: ItemRow): EvidenceItem {
  return {
    evidenceId: row.id,
    incidentId: row.incident_id,
    revision: row.revision,
    role: row.role as EvidenceItem['role'],
    ...(row.moment === null ? {} : { moment: row.moment }),
    path: row.path,
    mediaType: row.media_type,
    sha256: row.sha256,
    sizeBytes: row.size_bytes,
    overlay: row.overlay === 1,
    capturedAtMs: row.captured_at_ms,
    ...(row.to_ms === null ? {} : { toMs: row.to_ms }),
    ...(row.width === null ? {} : { width: row.width }),
    ...(row.height === null ? {} : { height: row.height }),
  };
}
