/** Brings the outbox to JetStream for as long as the program runs, whatever the broker does. */

import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Events, type NatsConnection } from 'nats';
import { messageOf, type Clock, type ErrorCode, type Log, type StreetwatchError } from '../../core/index.ts';
import { eventSubjects } from '../events/subjects.ts';
import type { IncidentStore } from '../store/incident-store.ts';
import type { OutboxMessage } from '../store/outbox.ts';
import { brokerError, connectBroker, type BrokerOptions } from './broker.ts';
import { Session, type Acknowledged } from './session.ts';
import { DEFAULT_STREAM, ensureStream, type StreamOptions } from './stream.ts';

/** One message that JetStream has stored. */
export interface AckedMessage extends Acknowledged {
  readonly ackedAtMs: number;
  /** From the capture of the deciding frame to the acknowledgement; absent when no frame caused the message. */
  readonly latencyMs?: number;
}

/** Called as things happen; for metrics and for whoever shows what was published. */
export interface PublisherEvents {
  readonly acked?: (message: AckedMessage) => void;
  /** A connection or a message failed; told every time. */
  readonly failed?: (code: ErrorCode) => void;
  readonly connected?: (up: boolean) => void;
}

export interface PublisherOptions {
  readonly store: IncidentStore;
  /** Without it the outbox waits. */
  readonly broker?: BrokerOptions;
  readonly adcode: string;
  readonly stream?: Omit<StreamOptions, 'subjects'>;
  /** Work that lives as long as a connection, e.g. the feedback consumer. It ends when the connection closes. */
  readonly companions?: readonly ((connection: NatsConnection) => Promise<void>)[];
  readonly events?: PublisherEvents;
  readonly clock: Clock;
  readonly log: Log;
  /** How long to wait for an acknowledgement; a message that comes late is found again, not repeated. */
  readonly ackTimeoutMs?: number;
  /** Waits between attempts to connect, with a quarter of jitter either way. */
  readonly backoffMs?: readonly number[];
}

/** `off`: no broker is configured. */
export type BrokerState = 'off' | 'connecting' | 'connected' | 'closed';

const BACKOFF_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000];
const COMPANION_RETRY_MS = 15_000;
const RETRY_MS = [1_000, 5_000, 15_000, 60_000];

export class Publisher {
  private readonly options: PublisherOptions;
  private readonly stop = new AbortController();
  private readonly drained = new Set<() => void>();
  private connection: NatsConnection | undefined;
  private loop: Promise<void> = Promise.resolve();
  private current: BrokerState;
  private failure: StreetwatchError | undefined;

  constructor(options: PublisherOptions) {
    this.options = options;
    this.current = options.broker === undefined ? 'off' : 'connecting';
  }

  /** What the connection is, the last error while it is not, and how many messages wait. */
  status(): { readonly state: BrokerState; readonly error?: StreetwatchError; readonly depth: number } {
    const depth = this.options.store.outbox.depth();
    return { state: this.current, depth, ...(this.failure === undefined ? {} : { error: this.failure }) };
  }

  start(): void {
    const { broker, log, store } = this.options;
    if (broker === undefined) {
      log.info({ depth: store.outbox.depth() }, 'no broker configured: the outbox waits');
      return;
    }
    this.loop = this.run(broker);
  }

  /** Waits until nothing waits any more. @returns false when `timeoutMs` passed first: the rest stays for the next start. */
  async drain(timeoutMs: number): Promise<boolean> {
    if (this.options.store.outbox.depth() === 0) return true;
    if (this.current === 'off' || this.current === 'closed') return false;
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.options.store.outbox.depth() === 0) done(true);
      };
      const timer = setTimeout(() => done(false), timeoutMs);
      const done = (result: boolean): void => {
        clearTimeout(timer);
        this.drained.delete(check);
        resolve(result);
      };
      this.drained.add(check);
    });
  }

  /** Ends the connection; messages under way without acknowledgement stay in the outbox. */
  async close(): Promise<void> {
    this.stop.abort();
    await this.connection?.close();
    await this.loop;
    this.current = 'closed';
  }

  private async run(broker: BrokerOptions): Promise<void> {
    for (let failures = 0; !this.stop.signal.aborted;) {
      try {
        await this.session(broker, () => (failures = 0));
      } catch (cause) {
        this.report(brokerError(cause, broker.servers));
      }
      if (this.stop.signal.aborted) break;
      const steps = this.options.backoffMs ?? BACKOFF_MS;
      const step = steps[Math.min(failures, steps.length - 1)] ?? 1_000;
      failures++;
      const waitMs = step * (0.75 + randomInt(0, 501) / 1_000);
      await sleep(waitMs, undefined, { signal: this.stop.signal }).catch(() => {});
    }
  }

  private async session(broker: BrokerOptions, established: () => void): Promise<void> {
    const { store, adcode, log } = this.options;
    const connection = await connectBroker(broker);
    this.connection = connection;
    if (this.stop.signal.aborted) await connection.close();
    try {
      void this.watch(connection);
      const manager = await connection.jetstreamManager({ checkAPI: false });
      const stream = { ...this.options.stream, subjects: eventSubjects(adcode) };
      await ensureStream(manager, stream);
      established();
      this.setState('connected');
      log.info({ server: connection.getServer(), depth: store.outbox.depth() }, 'broker connected');
      const companions = (this.options.companions ?? []).map((run) => this.companion(run, connection));
      const session = new Session({
        connection,
        manager,
        jetstream: connection.jetstream(),
        stream: stream.name ?? DEFAULT_STREAM,
        outbox: store.outbox,
        acknowledged: (result) => this.acknowledge(result),
        refused: (error, message) => this.refuse(error, message),
        ackTimeoutMs: this.options.ackTimeoutMs ?? 5_000,
        concurrency: 64,
        retryMs: RETRY_MS,
      });
      await session.run();
      await Promise.all(companions);
      const error = await connection.closed();
      if (!this.stop.signal.aborted)
        this.report(brokerError(error ?? new Error('connection lost'), broker.servers));
    } finally {
      await connection.close();
      this.connection = undefined;
      this.setState(this.stop.signal.aborted ? 'closed' : 'connecting');
    }
  }

  private async companion(
    run: (nc: NatsConnection) => Promise<void>,
    connection: NatsConnection,
  ): Promise<void> {
    const closed = new AbortController();
    void connection.closed().then(() => closed.abort());
    while (!connection.isClosed()) {
      try {
        await run(connection);
      } catch (error) {
        if (connection.isClosed()) return;
        this.options.log.warn({ error: messageOf(error) }, 'broker companion failed and is started again');
      }
      await sleep(COMPANION_RETRY_MS, undefined, { signal: closed.signal }).catch(() => {});
    }
  }

  /** Refusals that the server tells outside of any answer, e.g. a missing permission to publish. */
  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type !== Events.Error) continue;
      this.options.log.warn(
        { error: JSON.stringify(status.data), permission: status.permissionContext },
        'broker reports an error',
      );
    }
  }

  private acknowledge(result: Acknowledged): void {
    const { store, clock, events } = this.options;
    const ackedAtMs = clock.nowMs();
    store.outbox.markDone(result.message, result.streamSeq, ackedAtMs);
    const { capturedAtMs } = result.message;
    const latency = capturedAtMs === undefined ? {} : { latencyMs: ackedAtMs - capturedAtMs };
    events?.acked?.({ ...result, ackedAtMs, ...latency });
    for (const check of this.drained) check();
  }

  private refuse(error: StreetwatchError, message: OutboxMessage): void {
    const { code } = error;
    const { messageId, subject } = message;
    this.options.log.warn({ code, messageId, subject, error: error.message }, 'message not acknowledged yet');
    this.options.events?.failed?.(code);
  }

  /** Logs a change of what is wrong once; every failure is counted. */
  private report(error: StreetwatchError): void {
    const known = this.failure?.code === error.code;
    this.failure = error;
    this.options.events?.failed?.(error.code);
    if (known) this.options.log.debug({ code: error.code }, 'broker still away');
    else
      this.options.log.error(
        { code: error.code, ...error.context, error: error.message },
        'broker away: the outbox waits',
      );
  }

  private setState(state: BrokerState): void {
    if (this.current === state) return;
    this.current = state;
    if (state === 'connected') this.failure = undefined;
    this.options.events?.connected?.(state === 'connected');
  }
}
