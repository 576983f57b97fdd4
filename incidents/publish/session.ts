/** Sends the outbox over one connection: in order within a subject, many subjects at once. */

import {
  NatsError,
  headers as natsHeaders,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
} from 'nats';
import { StreetwatchError } from '../../core/index.ts';
import type { Outbox, OutboxMessage } from '../store/outbox.ts';
import { brokerError } from './broker.ts';
import { WRONG_LAST_SEQUENCE, reconcile } from './reconcile.ts';

/** What became of one message. */
export interface Acknowledged {
  readonly message: OutboxMessage;
  readonly streamSeq: number;
  /** It was in the stream already. */
  readonly duplicate: boolean;
}

export interface SessionOptions {
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly stream: string;
  readonly outbox: Outbox;
  readonly acknowledged: (result: Acknowledged) => void;
  readonly refused: (error: StreetwatchError, message: OutboxMessage) => void;
  readonly ackTimeoutMs: number;
  /** Subjects sent at once. */
  readonly concurrency: number;
  /** Waits of a subject whose message was refused. */
  readonly retryMs: readonly number[];
}

/** Bounds the look-ups for one message; after that its subject waits like any refused one. */
const MAX_RECONCILES = 3;

export class Session {
  private readonly options: SessionOptions;
  private readonly busy = new Set<string>();
  private readonly blocked = new Map<string, { failures: number; timer: NodeJS.Timeout | undefined }>();
  private ready: string[] = [];
  private dirty = true;
  private ended = false;

  constructor(options: SessionOptions) {
    this.options = options;
  }

  /** Sends until the connection closes. */
  async run(): Promise<void> {
    const stopListening = this.options.outbox.onMessage(() => {
      this.dirty = true;
      this.pump();
    });
    this.pump();
    await this.options.connection.closed();
    this.ended = true;
    stopListening();
    for (const { timer } of this.blocked.values()) clearTimeout(timer);
  }

  private pump(): void {
    while (!this.ended && this.busy.size < this.options.concurrency) {
      if (this.ready.length === 0 && !this.refill()) return;
      const subject = this.ready.shift();
      if (subject !== undefined && !this.busy.has(subject) && !this.isWaiting(subject))
        void this.send(subject);
    }
  }

  private refill(): boolean {
    if (!this.dirty) return false;
    this.dirty = false;
    const room = 500 + this.busy.size + this.blocked.size;
    const heads = this.options.outbox.heads(room);
    // More than one query holds: look again when these are sent.
    if (heads.length === room) this.dirty = true;
    this.ready = heads.map((m) => m.subject).filter((s) => !this.busy.has(s) && !this.isWaiting(s));
    return this.ready.length > 0;
  }

  private isWaiting(subject: string): boolean {
    return this.blocked.get(subject)?.timer !== undefined;
  }

  /** Sends all waiting messages of one subject, one after the other. */
  private async send(subject: string): Promise<void> {
    const { outbox } = this.options;
    this.busy.add(subject);
    try {
      for (let message = outbox.next(subject); message !== undefined; message = outbox.next(subject)) {
        if (this.ended || !(await this.sendOne(message))) break;
        this.blocked.delete(subject);
      }
    } finally {
      this.busy.delete(subject);
      this.pump();
    }
  }

  private async sendOne(message: OutboxMessage): Promise<boolean> {
    try {
      this.options.acknowledged(await this.publish(message));
      return true;
    } catch (cause) {
      const error = cause instanceof StreetwatchError ? cause : brokerError(cause);
      if (this.ended || this.options.connection.isClosed()) return false;
      this.options.refused(error, message);
      this.block(message.subject);
      return false;
    }
  }

  private async publish(message: OutboxMessage): Promise<Acknowledged> {
    const { jetstream, manager, stream, outbox, ackTimeoutMs } = this.options;
    const known = outbox.lastSequence(message.subject);
    let lastSubjectSequence = known;
    for (let i = 0; ; i++) {
      const headers = natsHeaders();
      for (const [name, value] of Object.entries(message.headers)) headers.set(name, value);
      try {
        const ack = await jetstream.publish(message.subject, message.payload, {
          msgID: message.messageId,
          headers,
          timeout: ackTimeoutMs,
          expect: { streamName: stream, lastSubjectSequence },
        });
        return { message, streamSeq: ack.seq, duplicate: ack.duplicate };
      } catch (error) {
        const wrong = error instanceof NatsError && error.api_error?.err_code === WRONG_LAST_SEQUENCE;
        if (!wrong || i >= MAX_RECONCILES) throw error;
      }
      const truth = await reconcile(manager, stream, message, known);
      if (truth.kind === 'stored') return { message, streamSeq: truth.streamSeq, duplicate: true };
      lastSubjectSequence = truth.lastSeq;
    }
  }

  private block(subject: string): void {
    const failures = (this.blocked.get(subject)?.failures ?? 0) + 1;
    const { retryMs } = this.options;
    const waitMs = retryMs[Math.min(failures, retryMs.length) - 1] ?? 1_000;
    const entry: { failures: number; timer: NodeJS.Timeout | undefined } = { failures, timer: undefined };
    entry.timer = setTimeout(() => {
      entry.timer = undefined;
      this.dirty = true;
      this.pump();
    }, waitMs);
    this.blocked.set(subject, entry);
  }
}
