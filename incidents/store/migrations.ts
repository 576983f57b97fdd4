/** Numbered steps from an empty file to the current tables; a step that was released never changes. */

import { StreetwatchError } from '../../core/index.ts';
import type { Database } from './database.ts';

/** SQL of step 1, 2, …; `PRAGMA user_version` holds the number of the last one that was applied. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE incidents (
    incident_id   TEXT PRIMARY KEY,
    episode_id    TEXT NOT NULL UNIQUE,
    status        TEXT NOT NULL CHECK (status IN ('candidate', 'open', 'cleared')),
    revision      INTEGER NOT NULL CHECK (revision >= 0),
    event_type    TEXT NOT NULL,
    domain        TEXT NOT NULL,
    severity      INTEGER NOT NULL,
    camera_id     TEXT NOT NULL,
    zone_id       TEXT NOT NULL,
    rule_id       TEXT NOT NULL,
    district      TEXT,
    opened_at_ms  INTEGER,
    cleared_at_ms INTEGER,
    review_state  TEXT NOT NULL,
    publication   TEXT NOT NULL,
    snapshot      TEXT NOT NULL
  ) STRICT;
  CREATE INDEX incidents_by_time ON incidents (opened_at_ms, incident_id) WHERE status <> 'candidate';
  CREATE INDEX incidents_by_camera ON incidents (camera_id, opened_at_ms);
  CREATE INDEX incidents_by_review ON incidents (review_state, opened_at_ms);

  CREATE TABLE revisions (
    incident_id TEXT NOT NULL REFERENCES incidents (incident_id) ON DELETE CASCADE,
    revision    INTEGER NOT NULL CHECK (revision >= 1),
    phase       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    at_ms       INTEGER NOT NULL,
    by_whom     TEXT,
    data        TEXT NOT NULL,
    acked_at_ms INTEGER,
    stream_seq  INTEGER,
    PRIMARY KEY (incident_id, revision)
  ) STRICT;

  CREATE TABLE outbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    subject        TEXT NOT NULL,
    message_id     TEXT NOT NULL UNIQUE,
    incident_id    TEXT,
    revision       INTEGER,
    headers        TEXT NOT NULL,
    payload        TEXT NOT NULL,
    captured_at_ms INTEGER,
    held           INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1))
  ) STRICT;
  CREATE INDEX outbox_by_subject ON outbox (held, subject, id);
  CREATE INDEX outbox_by_incident ON outbox (incident_id);

  CREATE TABLE subjects (
    subject  TEXT PRIMARY KEY,
    last_seq INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE evidence (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    incident_id    TEXT NOT NULL REFERENCES incidents (incident_id) ON DELETE CASCADE,
    revision       INTEGER NOT NULL,
    role           TEXT NOT NULL,
    moment         TEXT,
    path           TEXT NOT NULL UNIQUE,
    media_type     TEXT NOT NULL,
    sha256         TEXT NOT NULL,
    size_bytes     INTEGER NOT NULL,
    overlay        INTEGER NOT NULL,
    captured_at_ms INTEGER NOT NULL,
    to_ms          INTEGER,
    width          INTEGER,
    height         INTEGER
  ) STRICT;
  CREATE INDEX evidence_by_incident ON evidence (incident_id, id);

  CREATE TABLE missing_evidence (
    incident_id TEXT NOT NULL REFERENCES incidents (incident_id) ON DELETE CASCADE,
    role        TEXT NOT NULL,
    moment      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    PRIMARY KEY (incident_id, role, moment)
  ) STRICT;

  CREATE TABLE evidence_jobs (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    incident_id   TEXT NOT NULL REFERENCES incidents (incident_id) ON DELETE CASCADE,
    plan          TEXT NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE camera_faults (
    camera_id    TEXT NOT NULL,
    fault        TEXT NOT NULL,
    since_ms     INTEGER NOT NULL,
    raised_at_ms INTEGER NOT NULL,
    PRIMARY KEY (camera_id, fault)
  ) STRICT;

  CREATE TABLE case_feedback (
    message_id     TEXT PRIMARY KEY,
    incident_id    TEXT NOT NULL REFERENCES incidents (incident_id) ON DELETE CASCADE,
    at_ms          INTEGER NOT NULL,
    data           TEXT NOT NULL
  ) STRICT;
  CREATE INDEX case_feedback_by_incident ON case_feedback (incident_id, at_ms);

  CREATE TABLE state (
    key  TEXT PRIMARY KEY,
    json TEXT NOT NULL
  ) STRICT;
  `,
];

/**
 * Brings a database to the newest step, all or nothing.
 * @throws StreetwatchError `store.failed` when the file was written by a newer program.
 */
export function migrate(db: Database, path: string): void {
  const row = db.get<{ user_version: number }>('PRAGMA user_version', []);
  const version = row?.user_version ?? 0;
  if (version > MIGRATIONS.length) {
    throw new StreetwatchError(
      'store.failed',
      `the store ${path} is of version ${version}, this program knows ${MIGRATIONS.length}: use a newer program`,
      { context: { file: path } },
    );
  }
  db.transaction(() => {
    for (const [i, step] of MIGRATIONS.entries()) if (i >= version) db.exec(step);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}
