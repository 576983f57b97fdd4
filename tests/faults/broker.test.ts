/** What the publisher does when the broker is away, refuses, or knows better. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, headers, nanos, nkeyAuthenticator, nkeys, type NatsConnection, type StoredMsg } from 'nats';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../core/index.ts';
import {
  DEFAULT_STREAM,
  Publisher,
  ensureStream,
  eventSubjects,
  type BrokerOptions,
  type PublisherEvents,
} from '../../incidents/index.ts';
import { ADCODE, install, signal, systemClock, type Installation } from '../support/incidents.ts';
import { findNatsServer, freePort, startBroker, type TestBroker } from '../support/nats.ts';

const noServer = findNatsServer() === undefined;
const SECRET = 'p4ss-w0rd';
const until = { timeout: 30_000, interval: 50 };

describe.skipIf(noServer)(
  `broker faults${noServer ? ' (SKIPPED: nats-server is not installed)' : ''}`,
  () => {
    let here: Installation;
    const open: { close(): Promise<void> }[] = [];

    beforeEach(() => {
      here = install();
    });
    afterEach(async () => {
      for (const thing of open.splice(0).toReversed()) await thing.close();
      await here.close();
    });

    async function brokerOf(options?: Parameters<typeof startBroker>[0]): Promise<TestBroker> {
      const broker = await startBroker(options);
      open.push(broker);
      return broker;
    }

    function publish(broker: BrokerOptions | undefined, events: PublisherEvents = {}): Publisher {
      const publisher = new Publisher({
        store: here.store,
        ...(broker === undefined ? {} : { broker }),
        adcode: ADCODE,
        events,
        clock: systemClock,
        log: silentLog,
        backoffMs: [50, 100],
        ackTimeoutMs: 1_000,
      });
      open.push(publisher);
      publisher.start();
      return publisher;
    }

    async function clientOf(server: string): Promise<NatsConnection> {
      const client = await connect({ servers: server });
      open.push(client);
      return client;
    }

    async function stored(client: NatsConnection): Promise<StoredMsg[]> {
      const manager = await client.jetstreamManager();
      const { state } = await manager.streams.info(DEFAULT_STREAM);
      const all: StoredMsg[] = [];
      for (let seq = 1; seq <= state.last_seq; seq++)
        all.push(await manager.streams.getMessage(DEFAULT_STREAM, { seq }));
      return all;
    }

    /** Opens incidents; each has two revisions when its evidence is there. */
    async function openIncidents(from: number, to: number): Promise<string[]> {
      const ids: string[] = [];
      for (let i = from; i < to; i++)
        ids.push(here.service.apply(signal({ episodeId: `e${i}` }))?.incidentId ?? '');
      await here.service.settle();
      return ids;
    }

    /** Waits until the stream would take messages that were sent before this call a second time. */
    async function windowOver(client: NatsConnection): Promise<void> {
      const probe = (): Promise<{ duplicate: boolean }> =>
        client.jetstream().publish('city.310115.camera.health.probe', '', { msgID: 'probe' });
      await probe();
      await vi.waitFor(async () => expect((await probe()).duplicate).toBe(false), until);
    }

    const idsOf = (messages: readonly StoredMsg[]): string[] =>
      messages.map((m) => m.header.get('Nats-Msg-Id'));

    it('without a broker the outbox waits, and goes out when there is one', async () => {
      const off = publish(undefined);
      const [id] = await openIncidents(0, 1);
      expect(off.status()).toEqual({ state: 'off', depth: 2 });
      expect(await off.drain(50)).toBe(false);
      const broker = await brokerOf();
      expect(await publish({ servers: [broker.server] }).drain(20_000)).toBe(true);
      expect(idsOf(await stored(await clientOf(broker.server)))).toEqual([`${id}:1`, `${id}:2`]);
    });

    it('a broker that comes late, dies and comes back gets everything once', async () => {
      const broker = await brokerOf();
      await broker.kill();
      const failed = vi.fn<NonNullable<PublisherEvents['failed']>>();
      const publisher = publish({ servers: [broker.server] }, { failed });
      const before = await openIncidents(0, 3);
      await vi.waitFor(() => expect(failed).toHaveBeenCalledWith('broker.unreachable'), until);
      await broker.start();
      await vi.waitFor(() => expect(publisher.status().depth).toBe(0), until);
      await broker.kill();
      await vi.waitFor(() => expect(publisher.status().state).toBe('connecting'), until);
      const after = await openIncidents(3, 6);
      expect(publisher.status().depth).toBe(6);
      await broker.start();
      expect(await publisher.drain(30_000)).toBe(true);
      const sent = idsOf(await stored(await clientOf(broker.server)));
      expect(sent.toSorted()).toEqual(
        [...before, ...after].flatMap((id) => [`${id}:1`, `${id}:2`]).toSorted(),
      );
    });

    it('refused credentials are named, no secret is told, and the outbox waits', async () => {
      const users = [{ user: 'streetwatch', password: SECRET }];
      const broker = await brokerOf({ users });
      const failed = vi.fn<NonNullable<PublisherEvents['failed']>>();
      const servers = [`nats://streetwatch:wrong-${SECRET}@${broker.server}`];
      const wrong = publish({ servers, user: 'streetwatch', password: `wrong-${SECRET}` }, { failed });
      await openIncidents(0, 1);
      await vi.waitFor(() => expect(failed.mock.calls.length).toBeGreaterThan(2), until);
      expect(new Set(failed.mock.calls.flat())).toEqual(new Set(['broker.unauthorised']));
      expect(wrong.status()).toMatchObject({
        state: 'connecting',
        depth: 2,
        error: { code: 'broker.unauthorised' },
      });
      const { error } = wrong.status();
      expect(`${error?.message} ${JSON.stringify(error?.context)}`).not.toContain(SECRET);
      const right = publish({ servers: [broker.server], user: 'streetwatch', password: SECRET });
      expect(await right.drain(20_000)).toBe(true);
    });

    it('finds its own message again when only the acknowledgement was lost, long after the duplicate window', async () => {
      const broker = await brokerOf();
      const client = await clientOf(broker.server);
      const manager = await client.jetstreamManager();
      const { config } = await ensureStream(manager, { subjects: eventSubjects(ADCODE) });
      await manager.streams.update(DEFAULT_STREAM, { ...config, duplicate_window: nanos(100) });
      const [id] = await openIncidents(0, 1);
      const [first] = here.store.outbox.heads(1);
      if (first === undefined) throw new Error('the outbox is empty');
      const sentHeaders = headers();
      for (const [name, value] of Object.entries(first.headers)) sentHeaders.set(name, value);
      const send = (): Promise<{ duplicate: boolean }> =>
        client
          .jetstream()
          .publish(first.subject, first.payload, { msgID: first.messageId, headers: sentHeaders });
      expect((await send()).duplicate).toBe(false);
      await windowOver(client);
      const acked: boolean[] = [];
      const publisher = publish(
        { servers: [broker.server] },
        { acked: (message) => acked.push(message.duplicate) },
      );
      expect(await publisher.drain(20_000)).toBe(true);
      expect(acked).toEqual([true, false]);
      const incidents = (await stored(client)).filter((m) => m.subject === first.subject);
      expect(idsOf(incidents)).toEqual([`${id}:1`, `${id}:2`]);
      expect(here.store.revisions(id ?? '').map((r) => r.streamSeq)).toEqual(incidents.map((m) => m.seq));
    });

    it('a store restored from an older copy repeats nothing', async () => {
      const broker = await brokerOf();
      const client = await clientOf(broker.server);
      const manager = await client.jetstreamManager();
      const { config } = await ensureStream(manager, { subjects: eventSubjects(ADCODE) });
      await manager.streams.update(DEFAULT_STREAM, { ...config, duplicate_window: nanos(100) });
      const [id] = await openIncidents(0, 1);
      const rows = [here.store.outbox.heads(1)[0]];
      const first = publish({ servers: [broker.server] });
      expect(await first.drain(20_000)).toBe(true);
      await first.close();
      // As the copy was: revision 1 waits, nothing is known of the subject.
      const row = rows[0];
      if (row === undefined) throw new Error('the outbox is empty');
      here.store.outbox.add(row, false);
      here.store.outbox.forget(row.subject);
      await windowOver(client);
      expect(await publish({ servers: [broker.server] }).drain(20_000)).toBe(true);
      expect(idsOf((await stored(client)).filter((m) => m.subject === row.subject))).toEqual([
        `${id}:1`,
        `${id}:2`,
      ]);
    });

    it('a stranger on a subject stops nobody: the sequence is taken over and the event goes out', async () => {
      const broker = await brokerOf();
      const client = await clientOf(broker.server);
      await ensureStream(await client.jetstreamManager(), { subjects: eventSubjects(ADCODE) });
      const [strange, plain] = await openIncidents(0, 2);
      const subject = here.store.get(strange ?? '')?.subject ?? '';
      await client.jetstream().publish(subject, 'not ours');
      expect(await publish({ servers: [broker.server] }).drain(20_000)).toBe(true);
      const sent = idsOf(await stored(client));
      expect(sent.filter((id) => id !== '').toSorted()).toEqual(
        [strange, plain].flatMap((id) => [`${id}:1`, `${id}:2`]).toSorted(),
      );
    });

    it('a stream that would lose events is refused by name, until it is put right', async () => {
      const broker = await brokerOf();
      const manager = await (await clientOf(broker.server)).jetstreamManager();
      await manager.streams.add({ name: DEFAULT_STREAM, subjects: ['city.*.incident.>'] });
      const publisher = publish({ servers: [broker.server] });
      await openIncidents(0, 1);
      await vi.waitFor(() => expect(publisher.status().error?.code).toBe('broker.rejected'), until);
      expect(publisher.status().error?.message).toContain('it does not hold city.310115.camera.health.>');
      await manager.streams.update(DEFAULT_STREAM, { subjects: ['city.*.incident.>', 'city.*.camera.>'] });
      expect(await publisher.drain(20_000)).toBe(true);
    });

    /** A certificate for the address and for the name that the client library asks for by itself. */
    function selfSigned(): { certFile: string; keyFile: string } {
      const folder = mkdtempSync(join(tmpdir(), 'streetwatch-tls-'));
      open.push({ close: () => rm(folder, { recursive: true, force: true }) });
      const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
      const names = ['-subj', '/CN=broker', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
      const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names];
      execFileSync('openssl', [...args, '-keyout', keyFile, '-out', certFile], { stdio: 'pipe' });
      return { certFile, keyFile };
    }

    /** Whether the outbox goes out with these credentials; that it does not without them is checked on the way. */
    async function sendsOnlyWith(server: string, ours: Omit<BrokerOptions, 'servers'>): Promise<boolean> {
      await openIncidents(0, 1);
      const without = publish({ servers: [server] });
      await vi.waitFor(() => expect(without.status().error).toBeDefined(), until);
      return publish({ servers: [server], ...ours }).drain(20_000);
    }

    it('takes a token', async () => {
      const broker = await brokerOf({
        config: `authorization: { token: "${SECRET}" }`,
        probe: { token: SECRET },
      });
      expect(await sendsOnlyWith(broker.server, { token: SECRET })).toBe(true);
    });

    it('takes an nkey', async () => {
      const user = nkeys.createUser();
      const config = `authorization: { users: [ { nkey: ${user.getPublicKey()} } ] }`;
      const broker = await brokerOf({ config, probe: { authenticator: nkeyAuthenticator(user.getSeed()) } });
      const nkeyFile = join(here.dir, 'user.nk');
      writeFileSync(nkeyFile, user.getSeed());
      expect(await sendsOnlyWith(broker.server, { nkeyFile })).toBe(true);
    });

    it('takes TLS with an authority of its own, for a server that is known by its address', async () => {
      const { certFile, keyFile } = selfSigned();
      const config = `tls: { cert_file: "${certFile}", key_file: "${keyFile}" }`;
      const broker = await brokerOf({ config, probe: { tls: { caFile: certFile } } });
      expect(await sendsOnlyWith(broker.server, { tls: { caFile: certFile } })).toBe(true);
    });

    it('does not take a server with the certificate of another one', async () => {
      const { certFile, keyFile } = selfSigned();
      const config = `tls: { cert_file: "${certFile}", key_file: "${keyFile}" }`;
      // 127.0.0.2 is not in the certificate; the client library by itself would take it for `localhost`, which is.
      const broker = await brokerOf({ config, address: '127.0.0.2', probe: { tls: { caFile: certFile } } });
      const elsewhere = publish({ servers: [broker.server], tls: { caFile: certFile } });
      await vi.waitFor(() => expect(elsewhere.status().error?.message).toMatch(/altnames/), until);
    });

    it('needs no more permissions than the page says', async () => {
      const publishes = ['city.310115.incident.>', 'city.310115.camera.health.>'];
      const api = ['INFO', 'MSG.GET', 'CREATE'].map((call) => `$JS.API.STREAM.${call}.${DEFAULT_STREAM}`);
      const allowed = [...publishes, ...api].map((subject) => `"${subject}"`).join(', ');
      const permissions = `{ publish: [${allowed}], subscribe: ["_INBOX.>"] }`;
      const config = `authorization: { users: [
      { user: "boss", password: "${SECRET}" },
      { user: "streetwatch", password: "${SECRET}", permissions: ${permissions} } ] }`;
      const broker = await brokerOf({ config, probe: { user: 'boss', pass: SECRET } });
      const [strange] = await openIncidents(0, 2);
      const boss = await connect({ servers: broker.server, user: 'boss', pass: SECRET });
      open.push(boss);
      const publisher = publish({ servers: [broker.server], user: 'streetwatch', password: SECRET });
      expect(await publisher.drain(20_000)).toBe(true);
      // The look-up after a wrong sequence needs a permission of its own.
      await boss.jetstream().publish(here.store.get(strange ?? '')?.subject ?? '', 'not ours');
      here.service.review(strange ?? '', { verb: 'confirm', by: 'li' });
      expect(await publisher.drain(20_000)).toBe(true);
    });

    it('a server without JetStream is refused, one where nobody listens is unreachable', async () => {
      const broker = await brokerOf({ jetstream: false });
      const plain = publish({ servers: [broker.server] });
      await vi.waitFor(() => expect(plain.status().error?.code).toBe('broker.rejected'), until);
      const nobody = publish({ servers: [`127.0.0.1:${await freePort()}`] });
      await vi.waitFor(() => expect(nobody.status().error?.code).toBe('broker.unreachable'), until);
    });
  },
);
