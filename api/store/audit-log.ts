/** The append-only audit log: each entry carries the SHA-256 of itself and of the one before. */

import { createHash } from 'node:crypto';
import { StreetwatchError } from '../../core/index.ts';
import type { Clock } from '../../core/index.ts';
import type { AuditEntry } from '../contract/index.ts';
import { inTransaction } from './database.ts';
import type { Db } from './database.ts';

/** Who did it: a person, a token of a person, or the program itself. */
export interface AuditActor {
  readonly kind: 'user' | 'token' | 'system' | 'anonymous';
  readonly id: string;
  readonly name: string;
}

/** One act to be written down. */
export interface AuditAct {
  readonly actor: AuditActor;
  /** What was done, `<subject>.<verb>`, e.g. `incident.review`. */
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  /** Network address of the caller. */
  readonly address: string;
  /** Plain facts; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The hash before the first entry. */
export const AUDIT_GENESIS = '0'.repeat(64);

interface AuditRow {
  seq: number;
  at_ms: number;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  action: string;
  object_type: string;
  object_id: string;
  address: string;
  details: string;
  prev_hash: string;
  hash: string;
}

/** Which entries to read. */
export interface AuditFilter {
  /** Only entries with a lower number. */
  readonly beforeSeq?: number;
  readonly limit: number;
  readonly actorId?: string;
  readonly action?: string;
  readonly objectType?: string;
  readonly objectId?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** Writes and reads the log. */
export class AuditLog {
  private readonly db: Db;
  private readonly clock: Clock;

  constructor(db: Db, clock: Clock) {
    this.db = db;
    this.clock = clock;
  }

  /** Appends an entry and returns its number; within the caller's transaction when there is one. */
  append(act: AuditAct): number {
    return inTransaction(this.db, () => {
      const last = this.head();
      const row: Omit<AuditRow, 'hash'> = {
        seq: last.seq + 1,
        at_ms: this.clock.nowMs(),
        actor_kind: act.actor.kind,
        actor_id: act.actor.id,
        actor_name: act.actor.name,
        action: act.action,
        object_type: act.objectType,
        object_id: act.objectId,
        address: act.address,
        details: JSON.stringify(act.details ?? {}),
        prev_hash: last.hash,
      };
      this.db
        .prepare(
          `INSERT INTO audit (seq, at_ms, actor_kind, actor_id, actor_name, action, object_type, object_id, address,
             details, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(...hashedFields(row), row.prev_hash, hashOf(row));
      return row.seq;
    });
  }

  /** Number and hash of the newest entry: kept elsewhere, it also proves that the end was not cut off. */
  head(): { seq: number; hash: string } {
    const row = this.db.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get() as
      { seq: number; hash: string } | undefined;
    return row ? { seq: row.seq, hash: row.hash } : { seq: 0, hash: AUDIT_GENESIS };
  }

  /** Entries, newest first. */
  list(filter: AuditFilter): AuditEntry[] {
    const where: string[] = [];
    const values: unknown[] = [];
    const add = (sql: string, value: unknown): void => {
      if (value === undefined) return;
      where.push(sql);
      values.push(value);
    };
    add('seq < ?', filter.beforeSeq);
    add('actor_id = ?', filter.actorId);
    add('action = ?', filter.action);
    add('object_type = ?', filter.objectType);
    add('object_id = ?', filter.objectId);
    add('at_ms >= ?', filter.fromMs);
    add('at_ms < ?', filter.toMs);
    const rows = this.db
      .prepare(
        `SELECT * FROM audit ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY seq DESC LIMIT ?`,
      )
      .all(...values, filter.limit) as AuditRow[];
    return rows.map(toEntry);
  }

  /**
   * Walks the whole chain.
   * @returns the number of entries.
   * @throws StreetwatchError `audit.broken` with the number of the first entry that does not fit.
   */
  check(): number {
    let prevHash = AUDIT_GENESIS;
    let seq = 0;
    for (const raw of this.db.prepare('SELECT * FROM audit ORDER BY seq').iterate()) {
      const row = raw as AuditRow;
      if (row.seq !== seq + 1) throw broken(seq + 1, 'is missing');
      if (row.prev_hash !== prevHash) throw broken(row.seq, 'does not follow the one before');
      if (row.hash !== hashOf(row)) throw broken(row.seq, 'was changed');
      seq = row.seq;
      prevHash = row.hash;
    }
    return seq;
  }
}

function broken(seq: number, what: string): StreetwatchError {
  return new StreetwatchError('audit.broken', `entry ${seq} of the audit log ${what}`, { context: { seq } });
}

function hashedFields(row: Omit<AuditRow, 'hash'>): (string | number)[] {
  return [
    row.seq,
    row.at_ms,
    row.actor_kind,
    row.actor_id,
    row.actor_name,
    row.action,
    row.object_type,
    row.object_id,
    row.address,
    row.details,
  ];
}

function hashOf(row: Omit<AuditRow, 'hash'>): string {
  // A JSON array keeps the borders between the fields, so that no two rows have the same text.
  return createHash('sha256')
    .update(JSON.stringify([...hashedFields(row), row.prev_hash]))
    .digest('hex');
}

function toEntry(row: AuditRow): AuditEntry {
  return {
    seq: row.seq,
    atMs: row.at_ms,
    actorKind: row.actor_kind as AuditEntry['actorKind'],
    actorId: row.actor_id,
    actorName: row.actor_name,
    action: row.action,
    objectType: row.object_type,
    objectId: row.object_id,
    address: row.address,
    details: JSON.parse(row.details) as Record<string, unknown>,
    hash: row.hash,
  };
}
