/** Tables of versions about a camera: kept for ever, counted from 1, each with author, time and note. */

import { StreetwatchError } from '../../core/index.ts';
import type { Clock } from '../../core/index.ts';
import type { VersionFacts } from '../contract/index.ts';
import { inTransaction } from './database.ts';
import type { Db } from './database.ts';

/** Who publishes. */
export interface Author {
  readonly id: string;
  readonly name: string;
}

/** A stored version; `body` is what was published, as text. */
export interface StoredVersion<Body extends string | null> extends VersionFacts {
  readonly body: Body;
}

interface Row {
  camera_id: string;
  version: number;
  author_id: string;
  author_name: string;
  at_ms: number;
  note: string;
  body: string | null;
}

export interface VersionTableOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly table: string;
  /** Column of the body. */
  readonly column: string;
  /** What is said to the one who comes second. */
  readonly overtaken: string;
}

/** Reads and adds versions of one table. */
export class VersionTable<Body extends string | null> {
  private readonly options: VersionTableOptions;
  private readonly select: string;

  constructor(options: VersionTableOptions) {
    this.options = options;
    this.select = `SELECT *, ${options.column} AS body FROM ${options.table}`;
  }

  current(cameraId: string): StoredVersion<Body> | undefined {
    return this.rows('WHERE camera_id = ? ORDER BY version DESC LIMIT 1', cameraId)[0];
  }

  version(cameraId: string, version: number): StoredVersion<Body> | undefined {
    return this.rows('WHERE camera_id = ? AND version = ?', cameraId, version)[0];
  }

  /** Newest first. */
  versions(cameraId: string): StoredVersion<Body>[] {
    return this.rows('WHERE camera_id = ? ORDER BY version DESC', cameraId);
  }

  /** The newest version of every camera, in the order in which the cameras were first seen. */
  newest(): StoredVersion<Body>[] {
    const { table } = this.options;
    return this.rows(`AS v
      WHERE version = (SELECT MAX(version) FROM ${table} WHERE camera_id = v.camera_id)
      ORDER BY (SELECT MIN(rowid) FROM ${table} WHERE camera_id = v.camera_id)`);
  }

  /** @throws StreetwatchError `api.if-match-failed` when `basedOn` is not the current version (0: there is none) any more. */
  add(
    cameraId: string,
    wish: { body: Body; note: string; author: Author; basedOn: number },
  ): StoredVersion<Body> {
    const { db, clock, table, column, overtaken } = this.options;
    return inTransaction(db, () => {
      if ((this.current(cameraId)?.version ?? 0) !== wish.basedOn)
        throw new StreetwatchError('api.if-match-failed', overtaken);
      const { body, note, author, basedOn } = wish;
      db.prepare(
        `INSERT INTO ${table} (camera_id, version, author_id, author_name, at_ms, note, ${column})
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ).run(cameraId, basedOn + 1, author.id, author.name, clock.nowMs(), note, body);
      return this.version(cameraId, basedOn + 1)!;
    });
  }

  private rows(clause: string, ...values: (string | number)[]): StoredVersion<Body>[] {
    const rows = this.options.db.prepare(`${this.select} ${clause}`).all(...values) as Row[];
    return rows.map((row) => ({
      cameraId: row.camera_id,
      version: row.version,
      authorId: row.author_id,
      authorName: row.author_name,
      atMs: row.at_ms,
      note: row.note,
      body: row.body as Body,
    }));
  }
}
