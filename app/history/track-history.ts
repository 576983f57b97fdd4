/** Keeps what was tracked, so that a changed rule can be replayed over it: one SQLite file of deflated chunks. */

import Database from 'libsql';
import type { CameraFault, Clock, Log, TrackedFrame } from '../../core/index.ts';
import { messageOf, StreetwatchError } from '../../core/index.ts';
import type { ReplayFrame } from '../../rules/index.ts';
import { decodeChunk, encodeChunk } from './track-chunk.ts';

/** A chunk ends after so much media time or so many frames: what a crash may lose. */
const CHUNK_MS = 60_000;
const CHUNK_FRAMES = 900;
/** A store that cannot be written is told so often. */
const WARN_EVERY_MS = 60_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS chunks (
    chunk_id INTEGER PRIMARY KEY,
    camera_id TEXT NOT NULL,
    from_ms REAL NOT NULL,
    to_ms REAL NOT NULL,
    frames INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
  CREATE INDEX IF NOT EXISTS chunks_by_camera ON chunks (camera_id, from_ms);
  CREATE INDEX IF NOT EXISTS chunks_by_age ON chunks (to_ms);
`;

export interface TrackHistoryOptions {
  /** A file, or `:memory:`. */
  readonly path: string;
  /** How long tracks are kept, milliseconds; 0 keeps none. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the cameras of a program write; {@link readTracks} reads it. */
export class TrackHistory {
  readonly path: string;
  private readonly options: TrackHistoryOptions;
  /** Left out when the file cannot be used: it is no evidence, and cameras go on. */
  private readonly db: Database.Database | undefined;
  private readonly open = new Map<string, ReplayFrame[]>();
  private warnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: TrackHistoryOptions) {
    this.options = options;
    this.path = options.path;
    try {
      this.db = openFile(options.path);
    } catch (error) {
      options.log.error({ error: messageOf(error) }, 'tracks not kept');
    }
  }

  /** Takes one frame as its camera judged it. A full disk costs tracks, never the camera. */
  add(tracked: TrackedFrame, faults: readonly CameraFault[]): void {
    if (this.db === undefined || this.options.maxAgeMs <= 0) return;
    const { frame } = tracked;
    const waiting = this.open.get(frame.cameraId) ?? [];
    const first = waiting[0]?.tracked.frame;
    const last = waiting.at(-1)?.tracked.frame;
    if (first && last) {
      const goesOn =
        first.runId === frame.runId && first.width === frame.width && first.height === frame.height;
      const full =
        waiting.length >= CHUNK_FRAMES || Math.abs(frame.capturedAtMs - first.capturedAtMs) >= CHUNK_MS;
      if (!goesOn || full || frame.capturedAtMs < last.capturedAtMs) this.flush(frame.cameraId);
    }
    const chunk = this.open.get(frame.cameraId);
    if (chunk) chunk.push({ tracked, faults });
    else this.open.set(frame.cameraId, [{ tracked, faults }]);
  }

  /** Writes what is still in memory, of one camera or of all. */
  flush(cameraId?: string): void {
    for (const [id, frames] of cameraId === undefined ? [...this.open] : this.chunkOf(cameraId)) {
      this.open.delete(id);
      this.write(id, frames);
    }
  }

  /** Writes chunks of cameras that have gone silent, and deletes what is too old. */
  prune(): void {
    const nowMs = this.options.clock.nowMs();
    for (const [cameraId, frames] of this.open)
      if (nowMs - frames.at(-1)!.tracked.frame.capturedAtMs > CHUNK_MS) this.flush(cameraId);
    const beforeMs = nowMs - this.options.maxAgeMs;
    this.tolerate(() => this.db?.prepare('DELETE FROM chunks WHERE to_ms < ?').run(beforeMs));
  }

  close(): void {
    this.flush();
    this.db?.close();
  }

  private chunkOf(cameraId: string): [string, ReplayFrame[]][] {
    const frames = this.open.get(cameraId);
    return frames ? [[cameraId, frames]] : [];
  }

  private write(cameraId: string, frames: readonly ReplayFrame[]): void {
    const [first, last] = [frames[0]!.tracked.frame, frames.at(-1)!.tracked.frame];
    this.tolerate(() =>
      this.db
        ?.prepare('INSERT INTO chunks (camera_id, from_ms, to_ms, frames, bytes) VALUES (?, ?, ?, ?, ?)')
        .run(cameraId, first.capturedAtMs, last.capturedAtMs, frames.length, encodeChunk(frames)),
    );
  }

  private tolerate(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      const nowMs = this.options.clock.monotonicMs();
      if (nowMs - this.warnedAtMs < WARN_EVERY_MS) return;
      this.warnedAtMs = nowMs;
      this.options.log.warn({ error: messageOf(error) }, 'tracks not kept');
    }
  }
}

/** Frames of a camera in the order of their times, chunk by chunk. */
export function* readTracks(
  path: string,
  wish: { readonly cameraId: string; readonly fromMs: number; readonly toMs: number },
): Generator<ReplayFrame> {
  const db = openFile(path);
  try {
    const rows = db
      .prepare(
        'SELECT chunk_id FROM chunks WHERE camera_id = ? AND to_ms >= ? AND from_ms <= ? ORDER BY from_ms, chunk_id',
      )
      .all(wish.cameraId, wish.fromMs, wish.toMs) as { chunk_id: number }[];
    const read = db.prepare('SELECT bytes FROM chunks WHERE chunk_id = ?');
    for (const { chunk_id: chunkId } of rows) {
      // It may have become too old since.
      const row = read.get(chunkId) as { bytes: Uint8Array } | undefined;
      for (const frame of row ? decodeChunk(row.bytes) : []) {
        const atMs = frame.tracked.frame.capturedAtMs;
        if (atMs >= wish.fromMs && atMs <= wish.toMs) yield frame;
      }
    }
  } finally {
    db.close();
  }
}

function openFile(path: string): Database.Database {
  try {
    const db = new Database(path);
    db.exec('PRAGMA journal_mode = WAL');
    // A power cut may cost the last chunks: they are no evidence.
    db.exec('PRAGMA synchronous = NORMAL');
    db.exec('PRAGMA busy_timeout = 5000');
    db.exec(SCHEMA);
    return db;
  } catch (error) {
    throw new StreetwatchError('store.failed', `kept tracks ${path} cannot be opened: ${messageOf(error)}`, {
      cause: error,
      context: { path },
    });
  }
}
