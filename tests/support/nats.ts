/** A real nats-server with JetStream on a free port and a store of its own. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type ConnectionOptions } from 'nats';

/** A broker that a test owns: it may be killed, started again on the same port and store, and is removed at the end. */
export interface TestBroker {
  /** `127.0.0.1:<port>` */
  readonly server: string;
  readonly storeDir: string;
  /** What the server has said so far. */
  log(): string;
  /** Starts it again after {@link TestBroker.kill}. */
  start(): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Kills it and removes its store. */
  close(): Promise<void>;
}

export interface TestBrokerOptions {
  /** Users of the server; without any it takes everybody. */
  readonly users?: readonly { readonly user: string; readonly password: string }[];
  /** Where it listens; default 127.0.0.1. */
  readonly address?: string;
  /** Default true. */
  readonly jetstream?: boolean;
  /** Who asks whether the server is up, when `config` has users of its own. */
  readonly probe?: ConnectionOptions;
  /** Lines added to the configuration. */
  readonly config?: string;
}

/** Path of the nats-server program, or `undefined`: then tests that need it are skipped, aloud. */
export function findNatsServer(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'nats-server')).find((path) => existsSync(path));
}

/** A port on the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts a broker and waits until it answers. */
export async function startBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const program = findNatsServer();
  if (program === undefined) throw new Error('nats-server is not installed: apt-get install nats-server');
  const storeDir = mkdtempSync(join(tmpdir(), 'streetwatch-nats-'));
  const port = await freePort();
  const configPath = join(storeDir, 'nats.conf');
  writeFileSync(configPath, configuration(port, storeDir, options));
  let child: ChildProcess | undefined;
  let said = '';

  const start = async (): Promise<void> => {
    const started = spawn(program, ['-c', configPath], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    await untilListening(port, options, () => {
      if (started.exitCode !== null) throw new Error(`nats-server ended with ${started.exitCode}:\n${said}`);
    });
  };
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  };
  await start();
  return {
    server: `${options.address ?? '127.0.0.1'}:${port}`,
    storeDir,
    log: () => said,
    start,
    kill,
    close: async () => {
      await kill();
      rmSync(storeDir, { recursive: true, force: true });
    },
  };
}

function configuration(port: number, storeDir: string, options: TestBrokerOptions): string {
  const users = (options.users ?? []).map(
    ({ user, password }) => `{ user: "${user}", password: "${password}" }`,
  );
  return [
    `listen: "${options.address ?? '127.0.0.1'}:${port}"`,
    ...(options.jetstream === false ? [] : [`jetstream: { store_dir: "${join(storeDir, 'jetstream')}" }`]),
    ...(users.length > 0 ? [`authorization: { users: [ ${users.join(', ')} ] }`] : []),
    options.config ?? '',
  ].join('\n');
}

async function untilListening(port: number, options: TestBrokerOptions, alive: () => void): Promise<void> {
  const [first] = options.users ?? [];
  for (;;) {
    alive();
    try {
      const connection = await connect({
        servers: `${options.address ?? '127.0.0.1'}:${port}`,
        reconnect: false,
        timeout: 2_000,
        ...(first === undefined ? {} : { user: first.user, pass: first.password }),
        ...options.probe,
      });
      await connection.close();
      return;
    } catch {
      await sleep(50);
    }
  }
}
