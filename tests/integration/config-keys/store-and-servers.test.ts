/** What the keys under `store`, `broker`, `telemetry` and `api` do, and those of a camera that need a live stream. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { connect, credsAuthenticator, nkeys } from 'nats';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { serveStreet, streetServerAvailable } from '../../../benchmarks/street/index.ts';
import { readTracks } from '../../../app/history/index.ts';
import { ConfigRig, key } from '../../support/config-keys.ts';
import type { Changes, ConfigRun } from '../../support/config-keys.ts';
import { findNatsServer, freePort, startBroker } from '../../support/nats.ts';
import type { TestBroker, TestBrokerOptions } from '../../support/nats.ts';

const rig = new ConfigRig();
afterAll(() => rig.close());
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** A program that ends with the test. */
async function start(changes: Changes): Promise<ConfigRun> {
  const run = await rig.start(changes);
  open.push({ close: () => run.program.stop() });
  return run;
}

const within = { timeout: 45_000, interval: 200 };
const segmentsOf = ({ dir }: ConfigRun, store = 'data'): string[] => {
  const folder = join(dir, store, 'segments');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mkv'));
};

describe('store', () => {
  it(key('store.dir'), async () => {
    const run = await start({ store: { dir: 'elsewhere' } });
    expect(existsSync(join(run.dir, 'elsewhere', 'streetwatch.db'))).toBe(true);
    expect(existsSync(join(run.dir, 'data'))).toBe(false);
  });

  it(key('store.segmentS'), async () => {
    const count = (segmentS: number): Promise<number> =>
      rig.toEnd({ store: { segmentS }, rule: { enabled: false } }, (run) => segmentsOf(run).length);
    expect(await count(2)).toBeGreaterThan(await count(60));
  });

  /** Segments of a finished recording, before and after the next look at the limits. */
  async function pruned(
    store: object,
    camera: Readonly<Record<string, unknown>> = {},
    passMs = 0,
  ): Promise<[number, number, ConfigRun]> {
    const run = await start({ store: { segmentS: 2, ...store }, rule: { enabled: false }, camera });
    await run.program.whenEnded();
    const before = segmentsOf(run).length;
    run.clock.advance(passMs);
    await expect.poll(() => segmentsOf(run).length, within).toBeLessThan(before);
    return [before, segmentsOf(run).length, run];
  }

  it(key('store.maxAgeH'), async () => {
    const [, , run] = await pruned({ maxAgeH: 1 }, {}, 2 * 3_600_000);
    // They go one after the other.
    await expect.poll(() => segmentsOf(run).length, within).toBe(0);
  });

  it(key('store.tracksMaxAgeH'), async () => {
    const kept = ({ dir }: ConfigRun): number =>
      [
        ...readTracks(join(dir, 'data', 'tracks.db'), {
          cameraId: 'gate',
          fromMs: 0,
          toMs: Number.MAX_SAFE_INTEGER,
        }),
      ].length;
    expect(await rig.toEnd({ store: { tracksMaxAgeH: 0 } }, kept)).toBe(0);
    const run = await start({ store: { tracksMaxAgeH: 2 } });
    await run.program.whenEnded();
    await run.program.stop();
    expect(kept(run)).toBeGreaterThan(0);
    const later = await start({ store: { tracksMaxAgeH: 2, dir: join(run.dir, 'data') } });
    later.clock.advance(4 * 3_600_000);
    await expect.poll(() => kept(run), within).toBe(0);
  });

  it(key('store.minFreeGiB'), async () => {
    const [, , run] = await pruned({ minFreeGiB: 1_000_000 });
    await expect.poll(() => segmentsOf(run).length, within).toBe(0);
  });

  it(key('store.maxGiB'), async () => {
    const clip = join(rig.dir, 'big.mp4');
    const noise = 'color=gray:s=640x360:r=5:d=10,noise=alls=60:allf=t';
    const coder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '12', '-g', '5', '-pix_fmt', 'yuv420p'];
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', noise, ...coder, clip]);
    const [before, after] = await pruned({ maxGiB: 0.01 }, { source: clip });
    expect(before).toBeGreaterThan(after);
    expect(after).toBeGreaterThan(0);
  });
});

const noBroker = findNatsServer() === undefined;
describe.skipIf(noBroker)(noBroker ? 'broker (SKIPPED: no nats-server)' : 'broker', () => {
  async function brokerOf(options: TestBrokerOptions = {}): Promise<TestBroker> {
    const broker = await startBroker(options);
    open.push(broker);
    return broker;
  }
  const connected = (run: ConfigRun): boolean => run.logs.some(({ msg }) => msg === 'broker connected');

  /** Whether the program gets in with these keys, after it was seen that it does not without them. */
  async function getsInOnlyWith(server: string, keys: object): Promise<boolean> {
    const without = await start({ broker: { servers: [server] }, camera: { rules: [] } });
    await expect
      .poll(() => without.logs.some(({ msg }) => msg === 'broker away: the outbox waits'), within)
      .toBe(true);
    expect(connected(without)).toBe(false);
    const run = await start({ broker: { servers: [server], ...keys }, camera: { rules: [] } });
    await expect.poll(() => connected(run), within).toBe(true);
    return connected(run);
  }

  it(key('broker.servers', 'broker.stream', 'broker.casesStream', 'store.incidentsMaxAgeD'), async () => {
    const broker = await brokerOf();
    const keys = { servers: [`nats://${broker.server}`], stream: 'OURS', casesStream: 'THEIRS' };
    const run = await start({ broker: keys, store: { incidentsMaxAgeD: 2 } });
    const client = await connect({ servers: broker.server });
    open.push(client);
    const manager = await client.jetstreamManager();
    const messages = async (name: string): Promise<number> =>
      (await manager.streams.info(name).catch(() => undefined))?.state.messages ?? -1;
    await expect.poll(() => messages('OURS'), within).toBeGreaterThan(0);
    await expect.poll(() => messages('THEIRS'), within).toBe(0);

    const { store, incidents } = run.program;
    await run.program.whenEnded();
    const [incident] = store.list({ limit: 1 }).incidents;
    incidents.retire(() => false);
    await expect.poll(() => store.outbox.depth(), within).toBe(0);
    run.clock.advance(86_400_000);
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    expect(store.get(incident!.incidentId)).toBeDefined();
    run.clock.advance(2 * 86_400_000);
    await expect.poll(() => store.get(incident!.incidentId), within).toBeUndefined();
  });

  it(key('broker.user', 'broker.password'), async () => {
    const broker = await brokerOf({ users: [{ user: 'streetwatch', password: 'p4ss' }] });
    const keys = { user: 'streetwatch', password: '${SECRET}' };
    expect(await getsInOnlyWith(`nats://${broker.server}`, keys)).toBe(true);
  });

  it(key('broker.token'), async () => {
    const config = 'authorization: { token: "p4ss" }';
    const broker = await brokerOf({ config, probe: { token: 'p4ss' } });
    expect(await getsInOnlyWith(`nats://${broker.server}`, { token: '${SECRET}' })).toBe(true);
  });

  it(key('broker.tlsCa'), async () => {
    const { certFile, keyFile } = certificate();
    const config = `tls: { cert_file: "${certFile}", key_file: "${keyFile}" }`;
    const broker = await brokerOf({ config, probe: { tls: { caFile: certFile } } });
    expect(await getsInOnlyWith(`tls://${broker.server}`, { tlsCa: certFile })).toBe(true);
  });

  it(key('broker.credentials'), async () => {
    const { config, creds } = operatorMode();
    const credsFile = join(rig.dir, 'user.creds');
    writeFileSync(credsFile, creds);
    const probe = { authenticator: credsAuthenticator(new TextEncoder().encode(creds)) };
    const broker = await brokerOf({ config, probe });
    expect(await getsInOnlyWith(`nats://${broker.server}`, { credentials: credsFile })).toBe(true);
  });
});

describe('servers of the program', () => {
  it(key('telemetry.listen'), async () => {
    const port = await freePort();
    const run = await start({ telemetry: { listen: `127.0.0.1:${port}` } });
    expect(run.program.telemetryUrl).toBe(`http://127.0.0.1:${port}`);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });

  it(key('telemetry.token'), async () => {
    const run = await start({ telemetry: { token: 'a-token-of-16-characters' } });
    const status = async (path: string, authorization?: string): Promise<number> =>
      (
        await fetch(`${run.program.telemetryUrl}${path}`, {
          ...(authorization === undefined ? {} : { headers: { authorization } }),
        })
      ).status;
    expect(await status('/healthz')).toBe(200);
    for (const path of ['/metrics', '/readyz', '/nothing']) {
      expect(await status(path)).toBe(401);
      expect(await status(path, 'Bearer another-token-of-16')).toBe(401);
      expect(await status(path, 'Bearer a-token-of-16-characters')).not.toBe(401);
    }
    expect(await status('/metrics', 'Bearer a-token-of-16-characters')).toBe(200);
  });

  it(key('telemetry.log'), async () => {
    const levels = async (log: string): Promise<unknown[]> =>
      rig.toEnd({ telemetry: { log }, camera: { rules: [] } }, ({ logs }) => logs.map(({ level }) => level));
    expect(await levels('info')).toContain('info');
    expect(await levels('error')).not.toContain('info');
  });

  it(key('api.listen', 'api.tlsCert', 'api.tlsKey'), async () => {
    const port = await freePort();
    const { certFile, keyFile } = certificate();
    await start({ api: { listen: `127.0.0.1:${port}`, tlsCert: certFile, tlsKey: keyFile } });
    const agent = new Agent({ ca: readFileSync(certFile) });
    const status = await new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path: '/healthz', agent }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      request.on('error', reject);
    });
    expect(status).toBe(200);
  });
});

const server = streetServerAvailable();
describe.skipIf(!server.ok)(server.ok ? 'a live camera' : `a live camera (SKIPPED: ${server.reason})`, () => {
  async function camera(): Promise<{ url: string; stall(): void }> {
    const street = await serveStreet({ clips: [{ name: 'gate', path: rig.clip }] });
    open.push({ close: () => street.stop() });
    return { url: street.urls['gate']!, stall: () => street.stall('gate') };
  }
  const linkOf = (run: ConfigRun) => run.program.pipeline.link('gate');
  const streaming = async (run: ConfigRun): Promise<void> => {
    await expect.poll(() => linkOf(run)?.state, within).toBe('streaming');
  };

  it(key('cameras.source', 'cameras.transport'), async () => {
    const { url } = await camera();
    for (const transport of ['tcp', 'udp']) {
      const run = await rig.start({ camera: { source: url, transport, rules: [] } });
      try {
        await streaming(run);
        // RTP over UDP needs sockets of its own; over TCP it shares the connection of the session.
        await expect.poll(() => udpSocketsOf(url), within).toBe(transport === 'udp');
      } finally {
        await run.program.stop();
      }
    }
  });

  it(key('cameras.stallAfterS'), async () => {
    const { url, stall } = await camera();
    const quick = await start({ camera: { source: url, stallAfterS: 3, rules: [] } });
    const slow = await start({ camera: { source: url, stallAfterS: 600, rules: [] } });
    await streaming(quick);
    await streaming(slow);
    stall();
    await expect.poll(() => linkOf(quick)?.lastError?.code, within).toBe('source.stalled');
    expect(linkOf(slow)).toMatchObject({ state: 'streaming', failures: 0 });
  });
});

/** Whether an ffmpeg of this process that plays `url` has UDP sockets open. */
function udpSocketsOf(url: string): boolean {
  const port = new URL(url).port;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const players = pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`:${port}/gate`);
    } catch {
      return false;
    }
  });
  return players.some((pid) => execFileSync('ss', ['-uanp'], { encoding: 'utf8' }).includes(`pid=${pid},`));
}

/** A certificate for 127.0.0.1 that is its own authority. */
function certificate(): { certFile: string; keyFile: string } {
  const folder = join(rig.dir, 'tls');
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  if (existsSync(certFile)) return { certFile, keyFile };
  mkdirSync(folder);
  const names = ['-subj', '/CN=broker', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names];
  execFileSync('openssl', [...args, '-keyout', keyFile, '-out', certFile], { stdio: 'pipe' });
  return { certFile, keyFile };
}

type KeyPair = ReturnType<typeof nkeys.createUser>;

/**
 * Operator, account and user of a NATS server with decentralised authentication, and the user's `.creds` file.
 * The claims follow https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt.
 */
function operatorMode(): { config: string; creds: string } {
  const operator = nkeys.createOperator();
  const [system, account] = [nkeys.createAccount(), nkeys.createAccount()];
  const user = nkeys.createUser();
  const unlimited = { subs: -1, data: -1, payload: -1 };
  const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const limits = { ...unlimited, ...storage, imports: -1, exports: -1, conn: -1, leaf: -1, wildcards: true };
  const claim = (issuer: KeyPair, subject: KeyPair, name: string, nats: object): string => {
    const part = (value: object | Uint8Array): string =>
      Buffer.from(value instanceof Uint8Array ? value : JSON.stringify(value)).toString('base64url');
    const iat = Math.floor(Date.now() / 1000);
    const body = { jti: name, iat, iss: issuer.getPublicKey(), sub: subject.getPublicKey(), name };
    const signed = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part({ ...body, nats: { ...nats, version: 2 } })}`;
    return `${signed}.${part(issuer.sign(new TextEncoder().encode(signed)))}`;
  };
  const operatorJwt = claim(operator, operator, 'operator', { type: 'operator' });
  const systemJwt = claim(operator, system, 'system', { type: 'account', limits: unlimited });
  const accountJwt = claim(operator, account, 'city', { type: 'account', limits });
  const userJwt = claim(account, user, 'streetwatch', { type: 'user', pub: {}, sub: {}, ...unlimited });
  const config = [
    `operator: ${operatorJwt}`,
    'resolver: MEMORY',
    `system_account: ${system.getPublicKey()}`,
    `resolver_preload: { ${system.getPublicKey()}: ${systemJwt}, ${account.getPublicKey()}: ${accountJwt} }`,
  ].join('\n');
  const seed = new TextDecoder().decode(user.getSeed());
  const creds = [
    '-----BEGIN NATS USER JWT-----',
    userJwt,
    '------END NATS USER JWT------',
    '',
    '-----BEGIN USER NKEY SEED-----',
    seed,
    '------END USER NKEY SEED------',
    '',
  ].join('\n');
  return { config, creds };
}
