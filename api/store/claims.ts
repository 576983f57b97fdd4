/** Claims: who is judging which incident at the moment, so that two people never judge the same one. */

import type { Clock } from '../../core/index.ts';
import type { Claim, User } from '../contract/index.ts';
import { inTransaction } from './database.ts';
import type { Db } from './database.ts';

/** A claim that is not renewed ends by itself: a closed browser must not block a queue. */
export const CLAIM_MS = 90_000;

interface ClaimRow {
  incident_id: string;
  user_id: string;
  user_name: string;
  at_ms: number;
  expires_at_ms: number;
}

/** At most one claim per incident, and one per user: who takes the next lets the last go. */
export class ClaimStore {
  private readonly db: Db;
  private readonly clock: Clock;

  constructor(db: Db, clock: Clock) {
    this.db = db;
    this.clock = clock;
  }

  /** Takes or renews the claim; returns the claim that stands then, which may be somebody else's. */
  take(incidentId: string, user: User): Claim {
    return inTransaction(this.db, () => {
      const standing = this.of(incidentId);
      if (standing && standing.userId !== user.userId) return standing;
      const nowMs = this.clock.nowMs();
      this.db.prepare('DELETE FROM claims WHERE user_id = ? OR incident_id = ?').run(user.userId, incidentId);
      this.db
        .prepare(
          'INSERT INTO claims (incident_id, user_id, user_name, at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?)',
        )
        .run(incidentId, user.userId, user.displayName, standing?.atMs ?? nowMs, nowMs + CLAIM_MS);
      return this.of(incidentId)!;
    });
  }

  release(incidentId: string, userId: string): void {
    this.db.prepare('DELETE FROM claims WHERE incident_id = ? AND user_id = ?').run(incidentId, userId);
  }

  /** The incident that a user is judging. */
  heldBy(userId: string): string | undefined {
    const row = this.db
      .prepare('SELECT incident_id FROM claims WHERE user_id = ? AND expires_at_ms > ?')
      .get(userId, this.clock.nowMs()) as { incident_id: string } | undefined;
    return row?.incident_id;
  }

  of(incidentId: string): Claim | undefined {
    const row = this.db
      .prepare('SELECT * FROM claims WHERE incident_id = ? AND expires_at_ms > ?')
      .get(incidentId, this.clock.nowMs()) as ClaimRow | undefined;
    return row && toClaim(row);
  }

  /** All that stand, by incident. */
  all(): Map<string, Claim> {
    const rows = this.db
      .prepare('SELECT * FROM claims WHERE expires_at_ms > ?')
      .all(this.clock.nowMs()) as ClaimRow[];
    return new Map(rows.map((row) => [row.incident_id, toClaim(row)]));
  }
}

function toClaim(row: ClaimRow): Claim {
  return {
    incidentId: row.incident_id,
    userId: row.user_id,
    userName: row.user_name,
    atMs: row.at_ms,
    expiresAtMs: row.expires_at_ms,
  };
}
