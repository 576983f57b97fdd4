/** Proves a store sound: tables, revisions, outbox, files, hashes and signatures agree. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/index.ts';
import { hashFile } from '../evidence/files.ts';
import { verifySignature } from '../evidence/manifest.ts';
import type { Incident } from '../incident.ts';
import type { Database } from './database.ts';
import { EvidenceTable } from './evidence-table.ts';

/** One contradiction. */
export interface Problem {
  /** What kind, stable. */
  readonly kind:
    | 'database'
    | 'reference'
    | 'revision'
    | 'outbox'
    | 'file-missing'
    | 'file-altered'
    | 'manifest'
    | 'signature';
  readonly incidentId?: string;
  /** One sentence for a person. */
  readonly text: string;
}

export interface CheckOptions {
  /** Without it files are not looked at. */
  readonly evidenceDir?: string;
  /** PEM; without it signatures are not verified. */
  readonly publicKey?: string;
}

/** Reads everything once; memory stays small, the hashes take as long as the disk does. */
export async function checkStore(db: Database, options: CheckOptions): Promise<Problem[]> {
  const problems: Problem[] = [...checkDatabase(db), ...checkRevisions(db)];
  if (options.evidenceDir === undefined) return problems;
  const table = new EvidenceTable(db);
  const ids = db.all<{ incident_id: string }>(
    'SELECT DISTINCT incident_id FROM evidence ORDER BY incident_id',
    [],
  );
  for (const { incident_id: incidentId } of ids) {
    problems.push(...(await checkFiles(incidentId, table, options.evidenceDir)));
    problems.push(...checkManifests(incidentId, table, options.evidenceDir, options.publicKey));
  }
  return problems;
}

function checkDatabase(db: Database): Problem[] {
  const integrity = db
    .all<{ integrity_check: string }>('PRAGMA integrity_check', [])
    .filter((row) => row.integrity_check !== 'ok')
    .map((row): Problem => ({ kind: 'database', text: row.integrity_check }));
  const references = db
    .all<{ table: string; parent: string }>('PRAGMA foreign_key_check', [])
    .map((row): Problem => ({
      kind: 'reference',
      text: `a row of ${row.table} names a row of ${row.parent} that is not there`,
    }));
  return [...integrity, ...references];
}

function checkRevisions(db: Database): Problem[] {
  const problems: Problem[] = [];
  const rows = db.all<{
    incident_id: string;
    revision: number;
    status: string;
    snapshot: string;
    n: number;
    top: number;
  }>(
    `SELECT i.incident_id, i.revision, i.status, i.snapshot, COUNT(r.revision) AS n, IFNULL(MAX(r.revision), 0) AS top
     FROM incidents i LEFT JOIN revisions r ON r.incident_id = i.incident_id GROUP BY i.incident_id`,
    [],
  );
  for (const row of rows) {
    const incidentId = row.incident_id;
    const snapshot = JSON.parse(row.snapshot) as Incident;
    if (row.n !== row.revision || row.top !== row.revision) {
      const text = `incident ${incidentId} is at revision ${row.revision} but has ${row.n} revisions up to ${row.top}`;
      problems.push({ kind: 'revision', incidentId, text });
    }
    if (snapshot.revision !== row.revision || snapshot.status !== row.status) {
      problems.push({ kind: 'revision', incidentId, text: `incident ${incidentId} and its snapshot differ` });
    }
  }
  const lost = db.all<{ incident_id: string; revision: number }>(
    `SELECT r.incident_id, r.revision FROM revisions r WHERE r.acked_at_ms IS NULL AND NOT EXISTS
       (SELECT 1 FROM outbox o WHERE o.incident_id = r.incident_id AND o.revision = r.revision)`,
    [],
  );
  for (const { incident_id: incidentId, revision } of lost) {
    const text = `revision ${revision} of incident ${incidentId} is neither acknowledged nor in the outbox`;
    problems.push({ kind: 'outbox', incidentId, text });
  }
  return problems;
}

async function checkFiles(incidentId: string, table: EvidenceTable, evidenceDir: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const item of table.items(incidentId)) {
    const path = join(evidenceDir, item.path);
    if (!existsSync(path)) {
      problems.push({ kind: 'file-missing', incidentId, text: `${path} is missing` });
      continue;
    }
    const sizeBytes = statSync(path).size;
    if (sizeBytes !== item.sizeBytes) {
      problems.push({
        kind: 'file-altered',
        incidentId,
        text: `${path} has ${sizeBytes} bytes instead of ${item.sizeBytes}`,
      });
    } else if ((await hashFile(path)).sha256 !== item.sha256) {
      problems.push({
        kind: 'file-altered',
        incidentId,
        text: `${path} is not the file that was recorded: its SHA-256 differs`,
      });
    }
  }
  return problems;
}

function checkManifests(
  incidentId: string,
  table: EvidenceTable,
  evidenceDir: string,
  publicKey: string | undefined,
): Problem[] {
  const problems: Problem[] = [];
  const items = table.items(incidentId);
  const hashes = new Map(items.map((item) => [item.path.slice(item.path.lastIndexOf('/') + 1), item.sha256]));
  for (const item of items.filter((i) => i.role === 'manifest')) {
    const path = join(evidenceDir, item.path);
    try {
      const bytes = readFileSync(path);
      const manifest = JSON.parse(bytes.toString('utf8')) as { files: { name: string; sha256: string }[] };
      for (const file of manifest.files) {
        if (hashes.get(file.name) === file.sha256) continue;
        problems.push({
          kind: 'manifest',
          incidentId,
          text: `${path} and the store differ about ${file.name}`,
        });
      }
      if (publicKey !== undefined && !verifySignature(bytes, readFileSync(`${path}.sig`), publicKey)) {
        problems.push({ kind: 'signature', incidentId, text: `the signature of ${path} is not valid` });
      }
    } catch (error) {
      problems.push({ kind: 'manifest', incidentId, text: `${path} cannot be read: ${messageOf(error)}` });
    }
  }
  return problems;
}
