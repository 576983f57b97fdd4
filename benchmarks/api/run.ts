/**
 * `npm run bench:api`: consoles on the live feed while incidents come in. Prints what each console received, what it
 * missed, and how long an event took from its commit to the console.
 */

import { parseArgs } from 'node:util';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { Worker } from 'node:worker_threads';
import { openCity } from '../../api/testing/index.ts';
import type { ConsolesInput, Receipt } from './consoles.ts';

const { values } = parseArgs({
  options: {
    consoles: { type: 'string', default: '50' },
    'per-minute': { type: 'string', default: '100' },
    minutes: { type: 'string', default: '2' },
  },
});
const consoles = Number(values.consoles);
const perMinute = Number(values['per-minute']);
const incidents = Math.round(perMinute * Number(values.minutes));
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

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
await city.service.settle();
const expected = committedAt.size;
await until(() => received.every((one) => one.size >= expected), 30_000);
const cpu = process.cpuUsage(cpuBefore);
const seconds = (Date.now() - startedMs) / 1000;
const missed = received.reduce((sum, one) => sum + (expected - one.size), 0);
delays.sort((a, b) => a - b);
const at = (share: number): number =>
  delays[Math.min(delays.length - 1, Math.floor(share * delays.length))] ?? 0;
const lines = [
  `consoles                    ${consoles} (every third breaks off each 15 s and resumes; ${connections} connections in all)`,
  `incidents                   ${incidents} in ${seconds.toFixed(1)} s (${((incidents / seconds) * 60).toFixed(0)} a minute), each with evidence`,
  `revisions committed         ${expected}`,
  `events received             ${received.reduce((sum, one) => sum + one.size, 0)} of ${expected * consoles}`,
  `missed                      ${missed}`,
  `received twice              ${repeated}`,
  `commit to console, p50      ${at(0.5)} ms`,
  `commit to console, p95      ${at(0.95)} ms (the breaks of 0.2 s are in it)`,
  `commit to console, p99      ${at(0.99)} ms`,
  `CPU of server and clients   ${(((cpu.user + cpu.system) / 1e6 / seconds) * 100).toFixed(0)} % of one core; evidence is drawn and written in it`,
  `machine                     ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
];
console.log(lines.join('\n'));
await worker.terminate();
await city.close();
process.exitCode = missed === 0 ? 0 : 1;

async function until(condition: () => boolean, mostMs = 60_000): Promise<void> {
  const endMs = Date.now() + mostMs;
  while (!condition() && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 50));
}
