/** One SQLite connection (libsql): prepared statements, transactions, and errors with our codes. */

import Libsql from 'libsql';
import { StreetwatchError, messageOf } from '../../core/index.ts';

/** A value that SQLite can hold and we use. */
export type SqlValue = string | number | null;

/** What `synchronous` a connection commits with: `full` survives a power cut, `normal` a killed process. */
export type Durability = 'full' | 'normal';

export class Database {
  private readonly db: Libsql.Database;
  private readonly statements = new Map<string, Libsql.Statement>();
  private readonly path: string;
  private depth = 0;

  /**
   * Opens or creates a database: WAL, foreign keys, 5 s of patience with other processes.
   * @throws StreetwatchError `store.failed`, `store.corrupt` when the file is no database.
   */
  constructor(path: string, durability: Durability) {
    this.path = path;
    try {
      this.db = new Libsql(path);
    } catch (cause) {
      throw new StreetwatchError('store.failed', `the store ${path} cannot be opened: ${messageOf(cause)}`, {
        cause,
        context: { file: path },
      });
    }
    this.exec('PRAGMA busy_timeout = 5000');
    this.get('PRAGMA journal_mode = WAL', []);
    this.exec(`PRAGMA foreign_keys = ON; PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
  }

  exec(sql: string): void {
    this.guard(() => this.db.exec(sql));
  }

  run(sql: string, params: readonly SqlValue[]): { changes: number; rowId: number } {
    const result = this.guard(() => this.prepare(sql).run([...params]));
    return { changes: result.changes, rowId: Number(result.lastInsertRowid) };
  }

  // The caller knows the columns that it asked for; SQLite cannot tell the compiler.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  get<Row extends object>(sql: string, params: readonly SqlValue[]): Row | undefined {
    const row = this.guard(() => this.prepare(sql).get([...params])) as Row | undefined;
    // libsql adds the duration of the query to a single row.
    if (row !== undefined) Reflect.deleteProperty(row, '_metadata');
    return row;
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  all<Row extends object>(sql: string, params: readonly SqlValue[]): Row[] {
    return this.guard(() => this.prepare(sql).all([...params])) as Row[];
  }

  /** Runs `work` in one write transaction; joins the one that is already open. */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work();
    this.exec('BEGIN IMMEDIATE');
    this.depth++;
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      try {
        this.exec('ROLLBACK');
      } catch {
        // SQLite has rolled back by itself already (SQLITE_FULL does); the first error says more.
      }
      throw error;
    } finally {
      this.depth--;
    }
  }

  /** Moves what the write-ahead log holds into the file, as far as no other connection reads it. */
  checkpoint(): void {
    try {
      this.get('PRAGMA wal_checkpoint(TRUNCATE)', []);
    } catch {
      // Nothing is lost: the log is read again at the next start.
    }
  }

  close(): void {
    this.statements.clear();
    this.db.close();
  }

  private prepare(sql: string): Libsql.Statement {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw storeError(this.path, cause);
    }
  }
}

function storeError(path: string, cause: unknown): unknown {
  if (cause instanceof StreetwatchError || !(cause instanceof Error) || !('code' in cause)) return cause;
  const code = String(cause.code);
  const context = { file: path, sqlite: code };
  if (code.startsWith('SQLITE_FULL')) {
    return new StreetwatchError('disk.full', `the disk of the store ${path} is full`, { cause, context });
  }
  const corrupt = code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB');
  return new StreetwatchError(
    corrupt ? 'store.corrupt' : 'store.failed',
    `the store ${path} failed: ${messageOf(cause)} (${code})`,
    { cause, context },
  );
}
