/** Cameras come, change and go while the program runs: the others keep their run, and what was published survives a restart. */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { systemClock } from '../../app/clock.ts';
import { loadConfig } from '../../app/config/index.ts';
import { startProgram } from '../../app/program.ts';
import type { RunningProgram } from '../../app/program.ts';
import { TEST_PASSWORD } from '../../api/testing/index.ts';
import { openHttpCamera } from '../support/http-camera.ts';
import { recordingLog } from '../support/rtsp.ts';

const WAIT = { timeout: 60_000, interval: 200 };
const dir = mkdtempSync(join(tmpdir(), 'streetwatch-cameras-'));
const file = join(dir, 'city.yaml');
const log = recordingLog();
let camera: Awaited<ReturnType<typeof openHttpCamera>>;
let program: RunningProgram;
let cookie = '';
let csrf = '';

const zone = {
  id: 'kerb',
  polygon: [
    [0.1, 0.1],
    [0.9, 0.1],
    [0.9, 0.9],
  ],
};
const rule = { id: 'no-parking', kind: 'illegal_parking', zone: 'kerb', params: { dwellS: 5 } };
const writeConfig = (): void => {
  const common = { fps: 1, zones: [zone], rules: [rule] };
  const cameras = ['one', 'two'].map((id) => ({ id, source: camera.url, ...common }));
  const listen = { listen: '127.0.0.1:0' };
  const district = { adcode: '310104' };
  const store = { minFreeGiB: 0 };
  writeFileSync(file, stringify({ district, store, telemetry: listen, api: listen, cameras }));
};
const start = async (): Promise<void> => {
  program = await startProgram({ loaded: loadConfig(file, {}), clock: systemClock, log });
};
const call = async (method: string, path: string, body?: object, etag?: string) => {
  const reply = await fetch(`${program.console!.url}${path}`, {
    method,
    headers: {
      cookie,
      'x-csrf-token': csrf,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(etag === undefined ? {} : { 'if-match': etag }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const cookies = reply.headers.getSetCookie();
  if (cookies.length > 0) cookie = cookies[0]!.split(';')[0]!;
  const json = (await reply.json()) as Record<string, unknown>;
  if (typeof json['csrf'] === 'string') csrf = json['csrf'];
  return { status: reply.status, etag: reply.headers.get('etag') ?? '', json };
};
const runOf = (cameraId: string): string | undefined => {
  const link = program.pipeline.link(cameraId);
  return link?.state === 'streaming' ? link.run?.runId : undefined;
};
const series = async (cameraId: string): Promise<number> => {
  const text = await (await fetch(`${program.telemetryUrl}/metrics`)).text();
  return text.split('\n').filter((line) => line.includes(`camera="${cameraId}"`)).length;
};
const ids = async (): Promise<string[]> => {
  const { json } = await call('GET', '/api/cameras');
  return (json['items'] as { cameraId: string }[]).map(({ cameraId }) => cameraId);
};

beforeAll(async () => {
  camera = await openHttpCamera();
  writeConfig();
  await start();
  const token = new URL(program.console!.setUpUrl!).hash.slice(1);
  const admin = { name: 'wang.wei', displayName: '王伟', password: TEST_PASSWORD };
  const made = await call('POST', '/api/set-up', { token, ...admin });
  expect(made.status).toBeLessThan(300);
  await vi.waitUntil(() => [runOf('one'), runOf('two')].every((run) => run !== undefined), WAIT);
}, 90_000);
afterAll(async () => {
  await program?.stop();
  await camera?.close();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

test('the file is the first version, and the store is readable by its owner only', async () => {
  const { etag, json } = await call('GET', '/api/camera-settings/one');
  expect([etag, json]).toMatchObject(['"1"', { authorName: 'configuration', settings: { fps: 1 } }]);
  expect(statSync(join(dir, 'data', 'console.db')).mode & 0o077).toBe(0);
});

test('a changed camera is opened anew with its rules, the other one keeps its run', async () => {
  const other = runOf('two')!;
  const before = runOf('one')!;
  const { etag, json } = await call('GET', '/api/camera-settings/one');
  const settings = { ...(json['settings'] as object), fps: 2, name: '路口' };
  const changed = await call('PUT', '/api/camera-settings/one', { settings, note: 'faster' }, etag);
  expect(changed).toMatchObject({ status: 200, etag: '"2"' });
  await expect.poll(() => runOf('one') !== undefined && runOf('one') !== before, WAIT).toBe(true);
  expect(runOf('two')).toBe(other);
  const view = await call('GET', '/api/cameras/one');
  expect(view.json).toMatchObject({ name: '路口', figures: { rules: 1 } });
});

test('a new name alone does not open the camera again', async () => {
  const before = runOf('one')!;
  const { etag, json } = await call('GET', '/api/camera-settings/one');
  const settings = { ...(json['settings'] as object), name: '人民路' };
  await call('PUT', '/api/camera-settings/one', { settings, note: 'name' }, etag);
  expect((await call('GET', '/api/cameras/one')).json).toMatchObject({ name: '人民路' });
  expect(runOf('one')).toBe(before);
});

test('what the configuration file would refuse is refused with the name of the field', async () => {
  const tries = [
    ['settings/fps', { source: camera.url, fps: 99 }],
    ['settings/source', { source: 'gopher://x/y' }],
    ['settings/source', { source: '/etc/passwd' }],
    ['settings/source', { source: '${HOME}.mp4' }],
    ['settings/placeCode', { source: camera.url, placeCode: '31' }],
  ] as const;
  for (const [field, settings] of tries) {
    const { status, json } = await call('POST', '/api/camera-settings', {
      cameraId: 'bad',
      settings,
      note: 'x',
    });
    expect([status, json]).toMatchObject([400, { code: 'api.invalid', errors: [{ path: `body/${field}` }] }]);
  }
  const named = await call('POST', '/api/camera-settings', {
    cameraId: 'a.b',
    settings: { source: camera.url },
    note: 'x',
  });
  expect(named.json).toMatchObject({ errors: [{ path: 'body/cameraId' }] });
  expect(await ids()).toEqual(['one', 'two']);
});

test('a camera is added, seen and given rules at once, and one is removed with its incidents and series', async () => {
  const other = runOf('one')!;
  const url = camera.url.replace('://', '://user:geheim@');
  const settings = { source: url, fps: 1 };
  const added = await call('POST', '/api/camera-settings', { cameraId: 'three', settings, note: 'new' });
  expect(added.status).toBe(201);
  await expect.poll(() => runOf('three'), WAIT).toBeDefined();
  const rules = await call('GET', '/api/cameras/three/rules');
  expect(rules).toMatchObject({ etag: '"1"', json: { note: 'the camera was added' } });
  await expect.poll(() => series('two'), WAIT).toBeGreaterThan(0);

  program.incidents.apply({
    phase: 'raised',
    episodeId: 'two:1',
    cameraId: 'two',
    runId: runOf('two')!,
    ruleId: 'no-parking',
    ruleVersion: 1,
    zoneId: 'kerb',
    zoneVersion: 1,
    eventType: 'illegal_parking.motor',
    severity: 3,
    confidence: 0.9,
    trackIds: ['two:1'],
    label: 'car',
    box: { x1: 0.3, y1: 0.3, x2: 0.5, y2: 0.5 },
    atMs: Date.now(),
    firstSeenMs: Date.now() - 6000,
    sinceMs: Date.now() - 6000,
    presentAtStart: false,
    moments: [],
    measurements: { dwellMs: 6000, dwellLimitMs: 5000 },
  });
  const [incident] = program.store.list({ limit: 1 }).incidents;
  expect(incident).toMatchObject({ status: 'open', camera: { cameraId: 'two' } });
  const removed = await call('POST', '/api/camera-settings/two/remove', { note: 'taken down' }, '"1"');
  expect(removed.json).toMatchObject({ version: 2, removed: true });
  expect(await ids()).toEqual(['one', 'three']);
  expect(program.pipeline.link('two')).toBeUndefined();
  expect(program.store.get(incident!.incidentId)!.status).not.toBe('open');
  await program.incidents.settle();
  expect(await series('two')).toBe(0);
  expect([runOf('one'), runOf('three') !== undefined]).toEqual([other, true]);
});

test('what was published wins over the file at the next start, and comes back by a roll-back', async () => {
  await program.stop();
  log.lines.length = 0;
  await start();
  expect(await ids()).toEqual(['one', 'three']);
  expect((await call('GET', '/api/cameras/one')).json).toMatchObject({
    name: '人民路',
    figures: { rules: 1 },
  });
  const said = log.lines.filter(({ message }) => message.includes('as published at the console'));
  expect(said.map(({ fields }) => fields)).toEqual([
    { cameraId: 'one', removed: false },
    { cameraId: 'two', removed: true },
    { cameraId: 'three' },
  ]);
  await expect.poll(() => runOf('three'), WAIT).toBeDefined();
  const back = await call('POST', '/api/camera-settings/two/roll-back', { version: 1, note: 'back' }, '"2"');
  expect(back.json).toMatchObject({ version: 3, removed: false });
  await expect.poll(() => runOf('two'), WAIT).toBeDefined();
  expect((await call('GET', '/api/cameras/two')).json).toMatchObject({ figures: { rules: 1 } });
});

test('the password of a camera is in no log line', () => {
  expect(JSON.stringify(log.lines)).not.toContain('geheim');
  expect(readFileSync(file, 'utf8')).not.toContain('geheim');
});
