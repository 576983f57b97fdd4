/** The outbox: messages that wait for the broker, written in the transaction of what they tell of. */

import type { Database } from './database.ts';

/** One message that has not been acknowledged. */
export interface OutboxMessage {
  readonly id: number;
  readonly subject: string;
  /** `Nats-Msg-Id`: `<incidentId>:<revision>`, or the id of a health event. */
  readonly messageId: string;
  readonly incidentId: string | undefined;
  readonly revision: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
  /** Capture time of the frame that caused it; absent for decisions of people and late evidence. */
  readonly capturedAtMs: number | undefined;
}

export type NewOutboxMessage = Omit<OutboxMessage, 'id'>;

interface Row {
  id: number;
  subject: string;
  message_id: string;
  incident_id: string | null;
  revision: number | null;
  headers: string;
  payload: string;
  captured_at_ms: number | null;
}

const COLUMNS = 'id, subject, message_id, incident_id, revision, headers, payload, captured_at_ms';

export class Outbox {
  private readonly db: Database;
  /** Commits without waiting for the disk: a lost acknowledgement is found again in the stream. */
  private readonly relaxed: Database;
  private readonly listeners = new Set<() => void>();

  constructor(db: Database, relaxed: Database) {
    this.db = db;
    this.relaxed = relaxed;
  }

  /** Call inside the transaction that writes what the message tells of; then {@link Outbox.announce} after it. */
  add(message: NewOutboxMessage, held: boolean): void {
    this.db.run(
      `INSERT INTO outbox (subject, message_id, incident_id, revision, headers, payload, captured_at_ms, held)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        message.subject,
        message.messageId,
        message.incidentId ?? null,
        message.revision ?? null,
        JSON.stringify(message.headers),
        message.payload,
        message.capturedAtMs ?? null,
        held ? 1 : 0,
      ],
    );
  }

  /** Lets the held messages of an approved incident go. */
  releaseHeld(incidentId: string): void {
    this.db.run('UPDATE outbox SET held = 0 WHERE incident_id = ?', [incidentId]);
  }

  /** Forgets the messages of an incident that is removed: those that no one approved. */
  drop(incidentId: string): void {
    this.db.run('DELETE FROM outbox WHERE incident_id = ?', [incidentId]);
  }

  onMessage(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  announce(): void {
    for (const listener of this.listeners) listener();
  }

  /** The oldest waiting message of each subject, oldest first. */
  heads(limit: number): OutboxMessage[] {
    const rows = this.relaxed.all<Row>(
      `SELECT ${COLUMNS} FROM outbox WHERE id IN (SELECT MIN(id) FROM outbox WHERE held = 0 GROUP BY subject)
       ORDER BY id LIMIT ?`,
      [limit],
    );
    return rows.map(toMessage);
  }

  /** The oldest waiting message of one subject. */
  next(subject: string): OutboxMessage | undefined {
    const row = this.relaxed.get<Row>(
      `SELECT ${COLUMNS} FROM outbox WHERE held = 0 AND subject = ? ORDER BY id LIMIT 1`,
      [subject],
    );
    return row === undefined ? undefined : toMessage(row);
  }

  /** Messages that wait for the broker, without those held for approval. */
  depth(): number {
    return this.relaxed.get<{ n: number }>('SELECT COUNT(*) AS n FROM outbox WHERE held = 0', [])?.n ?? 0;
  }

  /** Sequence of the last message that the stream acknowledged on a subject; 0 before the first. */
  lastSequence(subject: string): number {
    return (
      this.relaxed.get<{ last_seq: number }>('SELECT last_seq FROM subjects WHERE subject = ?', [subject])
        ?.last_seq ?? 0
    );
  }

  /** Forgets what is known of a subject's sequence; the next message finds it out from the stream. */
  forget(subject: string): void {
    this.db.run('DELETE FROM subjects WHERE subject = ?', [subject]);
  }

  /** JetStream has stored the message as number `streamSeq`. */
  markDone(message: OutboxMessage, streamSeq: number, atMs: number): void {
    this.relaxed.transaction(() => {
      this.relaxed.run('DELETE FROM outbox WHERE id = ?', [message.id]);
      this.relaxed.run(
        `INSERT INTO subjects (subject, last_seq) VALUES (?, ?)
         ON CONFLICT (subject) DO UPDATE SET last_seq = excluded.last_seq`,
        [message.subject, streamSeq],
      );
      if (message.incidentId === undefined || message.revision === undefined) return;
      this.relaxed.run(
        'UPDATE revisions SET acked_at_ms = ?, stream_seq = ? WHERE incident_id = ? AND revision = ?',
        [atMs, streamSeq, message.incidentId, message.revision],
      );
    });
  }
}

function toMessage(row: Row): OutboxMessage {
  return {
    id: row.id,
    subject: row.subject,
    messageId: row.message_id,
    incidentId: row.incident_id ?? undefined,
    revision: row.revision ?? undefined,
    headers: JSON.parse(row.headers) as Record<string, string>,
    payload: row.payload,
    capturedAtMs: row.captured_at_ms ?? undefined,
  };
}
