/** Versions of the settings of each camera, for ever; the newest one counts. Sources are kept with their passwords. */

import { StreetwatchError } from '../../core/index.ts';
import type { Clock } from '../../core/index.ts';
import type { CameraSettings, CameraVersion } from '../contract/index.ts';
import { inTransaction } from './database.ts';
import type { Db } from './database.ts';
import type { RuleSetAuthor } from './rule-sets.ts';

/** A version as it is stored, with the password of the source. Never to be sent. */
export interface StoredCamera extends CameraVersion {
  /** `undefined`: in this version the camera is gone. */
  readonly settings: CameraSettings | undefined;
}

interface Row {
  camera_id: string;
  version: number;
  author_id: string;
  author_name: string;
  at_ms: number;
  note: string;
  settings: string | null;
}

/** Reads and writes settings of cameras. */
export class CameraSettingsStore {
  private readonly db: Db;
  private readonly clock: Clock;

  constructor(db: Db, clock: Clock) {
    this.db = db;
    this.clock = clock;
  }

  /** The newest version of every camera, removed ones too, in the order in which they were first seen. */
  all(): StoredCamera[] {
    const rows = this.db
      .prepare(
        `SELECT * FROM camera_versions AS v
         WHERE version = (SELECT MAX(version) FROM camera_versions WHERE camera_id = v.camera_id)
         ORDER BY (SELECT MIN(rowid) FROM camera_versions WHERE camera_id = v.camera_id)`,
      )
      .all() as Row[];
    return rows.map((row) => toStored(row));
  }

  current(cameraId: string): StoredCamera | undefined {
    return this.versions(cameraId)[0];
  }

  version(cameraId: string, version: number): StoredCamera | undefined {
    const row = this.db
      .prepare('SELECT * FROM camera_versions WHERE camera_id = ? AND version = ?')
      .get(cameraId, version) as Row | undefined;
    return row && toStored(row);
  }

  /** Newest first. */
  versions(cameraId: string): StoredCamera[] {
    const rows = this.db
      .prepare('SELECT * FROM camera_versions WHERE camera_id = ? ORDER BY version DESC')
      .all(cameraId) as Row[];
    return rows.map((row) => toStored(row));
  }

  /**
   * Stores a new version.
   *
   * @param wish.settings `undefined` removes the camera.
   * @throws StreetwatchError `api.if-match-failed` when `basedOn` is not the current version (0: there is none) any more.
   */
  publish(
    cameraId: string,
    wish: { settings: CameraSettings | undefined; note: string; author: RuleSetAuthor; basedOn: number },
  ): StoredCamera {
    return inTransaction(this.db, () => {
      if ((this.current(cameraId)?.version ?? 0) !== wish.basedOn) {
        throw new StreetwatchError(
          'api.if-match-failed',
          'the camera was changed by somebody else since it was read',
        );
      }
      const { author, note, settings } = wish;
      this.db
        .prepare(
          `INSERT INTO camera_versions (camera_id, version, author_id, author_name, at_ms, note, settings)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          cameraId,
          wish.basedOn + 1,
          author.id,
          author.name,
          this.clock.nowMs(),
          note,
          settings === undefined ? null : JSON.stringify(settings),
        );
      return this.version(cameraId, wish.basedOn + 1)!;
    });
  }
}

function toStored(row: Row): StoredCamera {
  return {
    cameraId: row.camera_id,
    version: row.version,
    authorId: row.author_id,
    authorName: row.author_name,
    atMs: row.at_ms,
    note: row.note,
    removed: row.settings === null,
    settings: row.settings === null ? undefined : (JSON.parse(row.settings) as CameraSettings),
  };
}
