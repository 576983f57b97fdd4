/** Consoles on the live feed while incidents come in: what each received, what it missed, how long an event took. */

import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { openCity } from '../../api/testing/index.ts';
import type { ConsolesInput, Receipt } from './consoles.ts';

export interface FeedLoad {
  readonly consoles: number;
  readonly perMinute: number;
  readonly minutes: number;
}

/** What came of it; times in milliseconds. */
export interface FeedFigures {
  readonly connections: number;
  readonly incidents: number;
  readonly seconds: number;
  readonly committed: number;
  readonly received: number;
  readonly missed: number;
  readonly repeated: number;
  /** Time from the commit to a console below which so large a share lies. */
  delayMs(share: number): number;
  /** Share of one core that server and clients took; evidence is drawn and written in it. */
  readonly cpuShare: number;
}

const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

export async function measureFeed({ consoles, perMinute, minutes }: FeedLoad): Promise<FeedFigures> {
  const incidents = Math.round(perMinute * minutes);
  const city = await openCity({ clock });
  await city.api.app.listen({ host: '127.0.0.1', port: 0 });
  const cookies: string[] = [];
  for (let i = 0; i < consoles; i++) cookies.push((await city.user(`console.${i}`, 'operator')).cookie);
  const committedAt = new Map<string, number>();
  city.service.onChange(({ incident }) =>
    committedAt.set(`${incident.incidentId} ${incident.revision}`, Date.now()),
  );
  const received = Array.from({ length: consoles }, () => new Map<number, string>());
  const delays: number[] = [];
  let repeated = 0;
  let connections = 0;
  const workerData: ConsolesInput = {
    port: (city.api.app.server.address() as AddressInfo).port,
    cookies,
    breakAfterMs: 15_000,
  };
  const worker = new Worker(new URL('./consoles.js', import.meta.url), { workerData });
  worker.on('message', (message: Receipt | 'connected') => {
    if (message === 'connected') {
      connections++;
      return;
    }
    const own = received[message.console]!;
    if (own.has(message.seq)) repeated++;
    own.set(message.seq, message.key);
    delays.push(message.atMs - (committedAt.get(message.key) ?? message.atMs));
  });
  await until(() => connections >= consoles);

  const cpuBefore = process.cpuUsage();
  const startedMs = Date.now();
  for (let i = 0; i < incidents; i++) {
    const dueMs = startedMs + (i * 60_000) / perMinute;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - Date.now())));
    const camera = city.cameras[i % city.cameras.length]!;
    city.signal({ cameraId: camera.cameraId, phase: 'raised', episodeId: `bench-${i}` });
  }
  const seconds = (Date.now() - startedMs) / 1000;
  await city.service.settle();
  const committed = committedAt.size;
  await until(() => received.every((one) => one.size >= committed), 30_000);
  const cpu = process.cpuUsage(cpuBefore);
  const allSeconds = (Date.now() - startedMs) / 1000;
  await worker.terminate();
  await city.close();
  delays.sort((a, b) => a - b);
  return {
    connections,
    incidents,
    seconds,
    committed,
    received: received.reduce((sum, one) => sum + one.size, 0),
    missed: received.reduce((sum, one) => sum + (committed - one.size), 0),
    repeated,
    delayMs: (share) => delays[Math.min(delays.length - 1, Math.floor(share * delays.length))] ?? 0,
    cpuShare: (cpu.user + cpu.system) / 1e6 / allSeconds,
  };
}

async function until(condition: () => boolean, mostMs = 60_000): Promise<void> {
  const endMs = Date.now() + mostMs;
  while (!condition() && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 50));
}
