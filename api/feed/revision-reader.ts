/** The committed sequence of all revisions, read straight from the incident store: what the live feed resumes from. */

import Database from 'libsql';
import { messageOf, StreetwatchError } from '../../core/index.ts';

/** One revision in the order of commitment. */
export interface FeedRow {
  /** Grows with every committed revision; the SSE event id. */
  readonly seq: number;
  readonly incidentId: string;
  readonly revision: number;
  readonly phase: string;
  readonly reason: string;
}

/**
 * Reads `revisions` by rowid. SQLite gives each new row the highest rowid plus one within the single writer's
 * transaction, so the order of rowids is the order of commitment and no later row can appear before one that was read.
 */
export class RevisionReader {
  private readonly db: Database.Database;
  private readonly pageStatement: Database.Statement;
  private readonly newestStatement: Database.Statement;

  /**
   * @param path the file of the incident store; it must exist.
   * @throws StreetwatchError `store.failed`.
   */
  constructor(path: string) {
    try {
      this.db = new Database(path, { readonly: true });
      this.db.exec('PRAGMA busy_timeout = 5000');
      this.pageStatement = this.db.prepare(
        `SELECT rowid AS seq, incident_id, revision, phase, reason FROM revisions WHERE rowid > ? ORDER BY rowid LIMIT ?`,
      );
      this.newestStatement = this.db.prepare('SELECT max(rowid) AS seq FROM revisions');
    } catch (error) {
      throw new StreetwatchError(
        'store.failed',
        `the incident store ${path} cannot be read: ${messageOf(error)}`,
        {
          cause: error,
          context: { path },
        },
      );
    }
  }

  /** Number of the newest revision, 0 when there is none. */
  newest(): number {
    return (this.newestStatement.get() as { seq: number | null }).seq ?? 0;
  }

  /** Revisions after `seq`, oldest first. */
  after(seq: number, limit: number): FeedRow[] {
    const rows = this.pageStatement.all(seq, limit) as {
      seq: number;
      incident_id: string;
      revision: number;
      phase: string;
      reason: string;
    }[];
    return rows.map((row) => ({
      seq: row.seq,
      incidentId: row.incident_id,
      revision: row.revision,
      phase: row.phase,
      reason: row.reason,
    }));
  }

  close(): void {
    this.db.close();
  }
}
