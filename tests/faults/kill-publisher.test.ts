/** Kill -9 at random points, of the process and of the broker: nothing lost, nothing twice, one incident each. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, nanos, type StoredMsg } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath, silentLog } from '../../core/index.ts';
import {
  DEFAULT_STREAM,
  EvidenceSigner,
  IncidentStore,
  ensureStream,
  eventSubjects,
} from '../../incidents/index.ts';
import { compileChild } from '../support/child-program.ts';
import { ADCODE, systemClock } from '../support/incidents.ts';
import { findNatsServer, startBroker, type TestBroker } from '../support/nats.ts';

const noServer = findNatsServer() === undefined;
const EPISODES = 6;

describe.skipIf(noServer)(`kill -9${noServer ? ' (SKIPPED: nats-server is not installed)' : ''}`, () => {
  let program: string;
  beforeAll(async () => {
    program = await compileChild('incident-child.ts');
  });
  afterAll(() => rmSync(program, { force: true }));

  async function live(
    dir: string,
    broker: TestBroker,
    killAfterMs: number | undefined,
  ): Promise<number | null> {
    const codes = packagePath('config', 'codes', '000000.json');
    const child = spawn(process.execPath, [program, dir, broker.server, codes, String(EPISODES)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    await Promise.race([once(child.stdout, 'data'), ended]);
    if (killAfterMs !== undefined) {
      await Promise.race([sleep(killAfterMs), ended]);
      child.kill('SIGKILL');
    }
    await ended;
    return child.exitCode;
  }

  async function readAll(server: string): Promise<StoredMsg[]> {
    const client = await connect({ servers: server });
    const manager = await client.jetstreamManager();
    const { state } = await manager.streams.info(DEFAULT_STREAM);
    const all: StoredMsg[] = [];
    for (let seq = 1; seq <= state.last_seq; seq++)
      all.push(await manager.streams.getMessage(DEFAULT_STREAM, { seq }));
    await client.close();
    return all;
  }

  async function expectSound(dir: string, broker: TestBroker): Promise<void> {
    const store = IncidentStore.open(join(dir, 'incidents.db'), { clock: systemClock, log: silentLog });
    const { incidents } = store.list({ limit: 500 });
    expect(new Set(incidents.map((i) => i.episodeId)).size).toBe(EPISODES);
    expect(incidents.map((i) => i.status)).toEqual(Array(EPISODES).fill('cleared'));
    const sent = await readAll(broker.server);
    const inStream = sent.map((m) => m.header.get('Nats-Msg-Id'));
    const inStore = incidents.flatMap((i) =>
      store.revisions(i.incidentId).map((r) => `${i.incidentId}:${r.revision}`),
    );
    expect(inStream.toSorted()).toEqual(inStore.toSorted());
    for (const { incidentId } of incidents) {
      const order = inStream.filter((id) => id.startsWith(incidentId)).map((id) => Number(id.split(':')[1]));
      expect(order).toEqual(order.map((_, i) => i + 1));
      const shown = store.evidence(incidentId).map((e) => e.role);
      expect(shown).toEqual(
        expect.arrayContaining(['arrival', 'confirmation', 'close_up', 'clip', 'clearing', 'manifest']),
      );
      expect(new Set(store.evidence(incidentId).map((e) => e.path)).size).toBe(shown.length);
    }
    const { publicKey } = EvidenceSigner.open(join(dir, 'evidence-key.pem'));
    expect(await store.check({ evidenceDir: join(dir, 'evidence'), publicKey })).toEqual([]);
    store.close();
  }

  it.each([
    { name: 'of the process', killsBroker: false },
    { name: 'of the process and of the broker', killsBroker: true },
  ])('$name', { timeout: 240_000 }, async ({ killsBroker }) => {
    const broker = await startBroker();
    const dir = mkdtempSync(join(tmpdir(), 'streetwatch-kill-'));
    try {
      // The shortest window that JetStream allows: what keeps doubles out must not be the window.
      const client = await connect({ servers: broker.server });
      const manager = await client.jetstreamManager();
      const { config } = await ensureStream(manager, { subjects: eventSubjects(ADCODE) });
      await manager.streams.update(DEFAULT_STREAM, { ...config, duplicate_window: nanos(100) });
      await client.close();
      for (let life = 0; life < 6; life++) {
        const brokerDies = killsBroker && life % 2 === 1;
        const broken = brokerDies ? sleep(life * 20).then(() => broker.kill()) : Promise.resolve();
        await live(dir, broker, Math.random() * 400);
        await broken;
        if (brokerDies) await broker.start();
      }
      expect(await live(dir, broker, undefined)).toBe(0);
      await expectSound(dir, broker);
    } finally {
      await broker.close();
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
