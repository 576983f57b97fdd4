/** From rule signals to acknowledged CloudEvents on a real JetStream, read back with the plain client. */

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { AckPolicy, connect, type JsMsg, type NatsConnection } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packagePath, silentLog } from '../../core/index.ts';
import {
  DEFAULT_STREAM,
  Publisher,
  decodeHeaderValue,
  type AckedMessage,
  type IncidentEvent,
} from '../../incidents/index.ts';
import { ADCODE, install, signal, systemClock, type Installation } from '../support/incidents.ts';
import { findNatsServer, startBroker, type TestBroker } from '../support/nats.ts';

const noServer = findNatsServer() === undefined;
const ajv = new Ajv2020({ allErrors: true, strict: true });
formats.default(ajv);
const published = (name: string): object =>
  JSON.parse(readFileSync(packagePath('incidents', 'schema', name), 'utf8')) as object;
const isIncidentEvent = ajv.compile(published('incident-event.v1.json'));
const isHealthEvent = ajv.compile(published('camera-health.v1.json'));

describe.skipIf(noServer)(`publishing${noServer ? ' (SKIPPED: nats-server is not installed)' : ''}`, () => {
  let broker: TestBroker;
  let here: Installation;
  let publisher: Publisher;
  let client: NatsConnection;
  let acked: AckedMessage[];

  beforeEach(async () => {
    broker = await startBroker();
    here = install();
    acked = [];
    publisher = new Publisher({
      store: here.store,
      broker: { servers: [broker.server] },
      adcode: ADCODE,
      events: { acked: (message) => acked.push(message) },
      clock: systemClock,
      log: silentLog,
    });
    publisher.start();
    client = await connect({ servers: broker.server });
  });

  afterEach(async () => {
    await client.close();
    await publisher.close();
    await here.close();
    await broker.close();
  });

  /** Reads as any consumer does: durable, acknowledging. */
  async function received(count: number): Promise<JsMsg[]> {
    const manager = await client.jetstreamManager();
    await manager.consumers.add(DEFAULT_STREAM, { durable_name: 'desk', ack_policy: AckPolicy.Explicit });
    const consumer = await client.jetstream().consumers.get(DEFAULT_STREAM, 'desk');
    const all: JsMsg[] = [];
    for await (const message of await consumer.fetch({ max_messages: count, expires: 20_000 })) {
      message.ack();
      all.push(message);
    }
    expect((await consumer.info()).num_pending).toBe(0);
    return all;
  }

  it('sends every revision of a life once, in order, valid by the published schema', async () => {
    const opened = here.service.apply(signal());
    await here.service.settle();
    here.service.apply(signal({ phase: 'cleared', atMs: signal().atMs + 30_000 }));
    await here.service.settle();
    expect(await publisher.drain(20_000)).toBe(true);
    const messages = await received(4);
    const events = messages.map((m) => m.json<IncidentEvent>());
    for (const event of events)
      expect([isIncidentEvent(event), isIncidentEvent.errors]).toEqual([true, null]);
    expect(events.map((e) => [e.revision, e.phase, e.reason, e.status])).toEqual([
      [1, 'opened', 'rule', 'open'],
      [2, 'updated', 'evidence', 'open'],
      [3, 'cleared', 'rule', 'cleared'],
      [4, 'updated', 'evidence', 'cleared'],
    ]);
    expect(messages[0]?.subject).toBe(
      `city.310115.incident.traffic.illegal_parking-motor.east-1.${opened?.incidentId}`,
    );
    expect(messages.map((m) => m.headers?.get('Nats-Msg-Id'))).toEqual(
      [1, 2, 3, 4].map((revision) => `${opened?.incidentId}:${revision}`),
    );
    const header = (name: string): string => decodeHeaderValue(messages[0]?.headers?.get(name) ?? '');
    expect(header('ce-specversion')).toBe('1.0');
    expect(header('ce-id')).toBe(`${opened?.incidentId}:1`);
    expect(header('ce-type')).toBe('streetwatch.incident.opened.v1');
    expect(header('ce-source')).toBe('/streetwatch/310115');
    expect(header('ce-time')).toBe('2026-03-01T04:00:00.000Z');
    expect(header('ce-dataschema')).toBe('urn:streetwatch:schema:incident-event:v1');
    expect(acked.map((a) => a.duplicate)).toEqual([false, false, false, false]);
    expect(here.store.revisions(opened?.incidentId ?? '').map((r) => r.streamSeq)).toEqual([1, 2, 3, 4]);
    expect(here.store.outbox.depth()).toBe(0);
  });

  it('tells the health of a camera once for each change', async () => {
    const fault = {
      cameraId: 'east-1',
      fault: 'covered',
      atMs: 2_000,
      sinceMs: 1_000,
      measurements: { share: 0.9 },
    } as const;
    here.service.applyHealth({ ...fault, phase: 'raised', suspendedRules: ['no-parking'] });
    here.service.applyHealth({ ...fault, phase: 'raised' });
    here.service.applyHealth({ ...fault, phase: 'cleared' });
    here.service.applyHealth({ ...fault, phase: 'cleared' });
    expect(await publisher.drain(20_000)).toBe(true);
    const messages = await received(2);
    const events = messages.map((m) => m.json<{ phase: string; suspendedRules?: string[] }>());
    expect(events.map((e) => e.suspendedRules)).toEqual([['no-parking'], undefined]);
    for (const event of events) expect([isHealthEvent(event), isHealthEvent.errors]).toEqual([true, null]);
    expect(events.map((e) => e.phase)).toEqual(['raised', 'cleared']);
    expect(messages.map((m) => m.subject)).toEqual(Array(2).fill('city.310115.camera.health.east-1'));
  });
});
