/** Live feed: every open console is a reader with its own place in the sequence of revisions. */

import type { Clock } from '../../core/index.ts';
import type { Principal } from '../auth/access.ts';
import type { FeedRow } from './revision-reader.ts';

/** What a reader is sent; `event` names are part of the contract. */
export interface FeedMessage {
  readonly id?: number;
  readonly event: string;
  readonly data: string;
}

/** One connected console. */
export interface FeedReader {
  /** The last sequence number that was written to it. */
  position: number;
  /** Who reads; `undefined` once the session or token has ended: the reader is closed then. */
  principal(): Principal | undefined;
  /** The message of a revision for this reader; `undefined` when it may not see it. */
  render(row: FeedRow): FeedMessage | undefined;
  /** Writes to the socket. `false`: its buffer is full; it goes on at `drained`. */
  write(message: FeedMessage): boolean;
  close(): void;
}

/** The committed sequence. */
export interface RevisionSequence {
  newest(): number;
  after(seq: number, limit: number): FeedRow[];
}

const PAGE = 100;
/** Comment lines keep proxies from closing an idle stream, and find out about dead sessions. */
export const HEARTBEAT_MS = 15_000;

/**
 * Tells readers of new revisions. Nothing is kept in memory for a slow reader: its place in the stored sequence is its
 * whole state, so a full socket or a lost connection costs a later read, never an event.
 */
export class FeedHub {
  private readonly readers = new Set<FeedReader>();
  private readonly blocked = new Set<FeedReader>();
  private readonly sequence: RevisionSequence;
  private scheduled = false;
  private readonly beat: NodeJS.Timeout;
  private closed = false;

  constructor(sequence: RevisionSequence, clock: Clock, heartbeatMs = HEARTBEAT_MS) {
    this.sequence = sequence;
    this.beat = setInterval(() => {
      for (const reader of this.readers) {
        if (!reader.principal()) this.remove(reader);
        else reader.write({ event: 'time', data: String(clock.nowMs()) });
      }
    }, heartbeatMs);
    this.beat.unref();
  }

  get clients(): number {
    return this.readers.size;
  }

  newest(): number {
    return this.sequence.newest();
  }

  add(reader: FeedReader): void {
    if (this.closed) {
      reader.close();
      return;
    }
    this.readers.add(reader);
    this.pump(reader);
  }

  remove(reader: FeedReader): void {
    this.blocked.delete(reader);
    if (this.readers.delete(reader)) reader.close();
  }

  /** The socket of a reader has room again. */
  drained(reader: FeedReader): void {
    if (this.blocked.delete(reader)) this.pump(reader);
  }

  /** A revision was committed; many in one turn of the event loop are read together. */
  notify(): void {
    if (this.scheduled || this.closed) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (this.closed) return;
      // Readers that are up to date share one read of the store.
      const lowest = Math.min(
        ...[...this.readers].filter((r) => !this.blocked.has(r)).map((r) => r.position),
      );
      if (!Number.isFinite(lowest)) return;
      const rows = this.sequence.after(lowest, PAGE);
      for (const reader of this.readers) if (!this.blocked.has(reader)) this.pump(reader, rows);
    });
  }

  /** Sends something that is not a revision (a claim, a changed camera) to all who may see it. */
  broadcast(render: (reader: FeedReader) => FeedMessage | undefined): void {
    for (const reader of this.readers) {
      if (this.blocked.has(reader)) continue; // it is about now; a console that lags reads the state anew
      const message = render(reader);
      if (message && !reader.write(message)) this.blocked.add(reader);
    }
  }

  close(): void {
    this.closed = true;
    clearInterval(this.beat);
    for (const reader of this.readers) this.remove(reader);
  }

  private pump(reader: FeedReader, shared?: FeedRow[]): void {
    if (!reader.principal()) {
      this.remove(reader);
      return;
    }
    const usable = shared !== undefined && shared.length > 0 && shared.length < PAGE;
    for (let rows = usable ? shared : this.sequence.after(reader.position, PAGE); ;) {
      for (const row of rows) {
        if (row.seq <= reader.position) continue;
        reader.position = row.seq;
        const message = reader.render(row);
        if (message && !reader.write(message)) {
          this.blocked.add(reader);
          return;
        }
      }
      if (rows.length < PAGE) return;
      rows = this.sequence.after(reader.position, PAGE);
    }
  }
}
