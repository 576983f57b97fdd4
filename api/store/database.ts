/** Opens the SQLite file of users, sessions, tokens, audit, rule versions and claims, and brings it up to date. */

import { chmodSync } from 'node:fs';
import Database from 'libsql';
import { messageOf, StreetwatchError } from '../../core/index.ts';
import { MIGRATIONS } from './migrations.ts';

/** A synchronous SQLite connection (the better-sqlite3 interface of libsql). */
export type Db = Database.Database;

/**
 * Opens or creates the file and applies the migrations that it lacks, each in its own transaction.
 *
 * @param path a file, or `:memory:`.
 * @throws StreetwatchError `store.failed` when it cannot be opened, or is newer than this program.
 */
export function openApiDatabase(path: string): Db {
  try {
    const db = new Database(path);
    // Addresses of cameras hold passwords; the files beside it (-wal, -shm) take the mode of this one.
    if (path !== ':memory:') chmodSync(path, 0o600);
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL');
    db.exec('PRAGMA foreign_keys = ON');
    db.exec('PRAGMA busy_timeout = 5000');
    migrate(db, path);
    return db;
  } catch (error) {
    if (error instanceof StreetwatchError) throw error;
    throw new StreetwatchError('store.failed', `the store ${path} cannot be opened: ${messageOf(error)}`, {
      cause: error,
      context: { path },
    });
  }
}

function migrate(db: Db, path: string): void {
  const row = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (row.user_version > MIGRATIONS.length) {
    throw new StreetwatchError('store.failed', `the store ${path} was written by a newer program`, {
      context: { path, version: row.user_version, known: MIGRATIONS.length },
    });
  }
  for (let i = row.user_version; i < MIGRATIONS.length; i++) {
    inTransaction(db, () => {
      db.exec(MIGRATIONS[i]!);
      db.exec(`PRAGMA user_version = ${i + 1}`);
    });
  }
}

/** Runs `work` in one write transaction: all of it, or nothing. */
export function inTransaction<T>(db: Db, work: () => T): T {
  if (db.inTransaction) return work();
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
