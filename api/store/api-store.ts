/** The API's own store as one object: users, sessions, tokens, audit, claims, rule sets, camera settings. */

import type { Clock } from '../../core/index.ts';
import { AuditLog } from './audit-log.ts';
import { CameraSettingsStore } from './camera-settings.ts';
import { ClaimStore } from './claims.ts';
import { inTransaction, openApiDatabase } from './database.ts';
import type { Db } from './database.ts';
import { RuleSetStore } from './rule-sets.ts';
import { SessionStore, TokenStore } from './sessions.ts';
import { UserStore } from './users.ts';

/** One SQLite file, one connection. */
export class ApiStore {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  readonly audit: AuditLog;
  readonly claims: ClaimStore;
  readonly ruleSets: RuleSetStore;
  readonly cameraSettings: CameraSettingsStore;
  private readonly db: Db;

  private constructor(db: Db, clock: Clock) {
    this.db = db;
    this.users = new UserStore(db, clock);
    this.sessions = new SessionStore(db, clock, this.users);
    this.tokens = new TokenStore(db, clock, this.users);
    this.audit = new AuditLog(db, clock);
    this.claims = new ClaimStore(db, clock);
    this.ruleSets = new RuleSetStore(db, clock);
    this.cameraSettings = new CameraSettingsStore(db, clock);
  }

  /**
   * Opens or creates the store.
   * @throws StreetwatchError `store.failed`.
   */
  static open(path: string, clock: Clock): ApiStore {
    return new ApiStore(openApiDatabase(path), clock);
  }

  /** All of `work`, with its audit entries, or nothing. */
  transaction<T>(work: () => T): T {
    return inTransaction(this.db, work);
  }

  /** What is unsound in the store, one sentence each: the hash chain of the audit log and SQLite's own check. */
  check(): string[] {
    const problems: string[] = [];
    for (const row of this.db.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]) {
      if (row.integrity_check !== 'ok') problems.push(`SQLite: ${row.integrity_check}`);
    }
    try {
      this.audit.check();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
    return problems;
  }

  close(): void {
    this.db.close();
  }
}
