/** Kill -9 in the middle of an open incident, with the broker down: after the restart it goes on as the same incident, once. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoCameras, writeDemoConfig } from '../../benchmarks/demo/config.ts';
import type { ReceivedEvent } from '../../benchmarks/demo/watch-incidents.ts';
import { watchIncidents } from '../../benchmarks/demo/watch-incidents.ts';
import type { StreetServer } from '../../benchmarks/street/index.ts';
import { serveStreet, streetServerAvailable } from '../../benchmarks/street/index.ts';
import { packagePath } from '../../core/index.ts';
import { findNatsServer, freePort, startBroker } from '../support/nats.ts';
import type { TestBroker } from '../support/nats.ts';

const street = streetServerAvailable();
const missing = [
  ...(street.ok ? [] : [street.reason]),
  ...(findNatsServer() === undefined ? ['no nats-server'] : []),
];
const title =
  missing.length === 0 ? 'kill -9 of the program' : `kill -9 of the program (SKIPPED: ${missing.join(', ')})`;
const LONG_MS = 240_000;

describe.skipIf(missing.length > 0)(title, () => {
  const dir = mkdtempSync(join(tmpdir(), 'streetwatch-kill-'));
  let broker: TestBroker;
  let cameras: StreetServer;
  let configFile: string;
  let program: ChildProcess | undefined;

  const startProgram = (): void => {
    program = spawn(process.execPath, [packagePath('dist', 'app', 'cli.js'), 'run', configFile], {
      stdio: 'ignore',
    });
  };
  const endProgram = async (signal: NodeJS.Signals): Promise<void> => {
    if (program === undefined || program.exitCode !== null || program.signalCode !== null) return;
    const gone = once(program, 'exit');
    program.kill(signal);
    await gone;
  };

  beforeAll(async () => {
    broker = await startBroker();
    const parking = demoCameras.find((camera) => camera.id === 'parking')!;
    cameras = await serveStreet({ clips: [{ name: 'parking', path: parking.clip }] });
    const config = writeDemoConfig({
      dir,
      broker: `nats://${broker.server}`,
      urls: cameras.urls,
      telemetryPort: await freePort(),
      consolePort: await freePort(),
      cameras: [parking],
    });
    configFile = config.file;
  });
  afterAll(async () => {
    await endProgram('SIGKILL');
    await cameras?.stop();
    await broker?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test(
    'the open incident is neither lost nor doubled',
    async () => {
      startProgram();
      const before: ReceivedEvent[] = [];
      const firstWatch = await watchIncidents(`nats://${broker.server}`, (event) => before.push(event));
      await expect
        .poll(() => before.some(({ data }) => data.phase === 'opened'), { timeout: LONG_MS / 2 })
        .toBe(true);
      const { incidentId } = before.find(({ data }) => data.phase === 'opened')!.data;
      await firstWatch.close();

      await broker.kill('SIGKILL');
      await endProgram('SIGKILL');
      startProgram();
      await broker.start();

      const all: ReceivedEvent[] = [];
      const watch = await watchIncidents(`nats://${broker.server}`, (event) => all.push(event));
      const ofIncident = (): ReceivedEvent[] => all.filter(({ data }) => data.incidentId === incidentId);
      await expect
        .poll(() => ofIncident().some(({ data }) => data.phase === 'cleared'), { timeout: LONG_MS / 2 })
        .toBe(true);
      await watch.close();

      expect(ofIncident().map(({ data }) => data.revision)).toEqual(ofIncident().map((_, i) => i + 1));
      expect(ofIncident().filter(({ data }) => data.phase === 'opened')).toHaveLength(1);
      const ids = all.map(({ headers }) => headers['Nats-Msg-Id']);
      expect(new Set(ids).size).toBe(ids.length);
      const openedWhileOpen = all.filter(
        ({ data }) => data.phase === 'opened' && data.incidentId !== incidentId,
      );
      expect(
        openedWhileOpen.filter(({ data }) => Date.parse(data.timing.openedAt) < clearedAtMs(ofIncident())),
      ).toEqual([]);
    },
    LONG_MS,
  );

  test('told to stop, the program ends with 0', async () => {
    const running = program!;
    const gone = once(running, 'exit');
    running.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
  });
});

function clearedAtMs(events: readonly ReceivedEvent[]): number {
  return Date.parse(events.find(({ data }) => data.phase === 'cleared')?.data.timing.clearedAt ?? '');
}
