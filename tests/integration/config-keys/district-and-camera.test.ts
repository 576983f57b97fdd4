/** What the keys under `district`, `inference` and `cameras` do, seen on the program at work. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ReceivedEvent } from '../../../benchmarks/demo/watch-incidents.ts';
import { watchIncidents } from '../../../benchmarks/demo/watch-incidents.ts';
import { packagePath } from '../../../core/index.ts';
import { ConfigRig, key } from '../../support/config-keys.ts';
import type { ConfigRun } from '../../support/config-keys.ts';
import { findNatsServer, startBroker } from '../../support/nats.ts';

const rig = new ConfigRig();
afterAll(() => rig.close());

const counted = async ({ program }: ConfigRun, metric: string): Promise<number> => {
  const text = await (await fetch(`${program.telemetryUrl}/metrics`)).text();
  return Number(new RegExp(`^${metric}\\{camera="gate"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
};
const frames = (run: ConfigRun): Promise<number> => counted(run, 'streetwatch_frames_total');

const skip = findNatsServer() === undefined;
describe.skipIf(skip)(skip ? 'an event (SKIPPED: no nats-server)' : 'an event carries', () => {
  let event: ReceivedEvent;

  beforeAll(async () => {
    const broker = await startBroker();
    const codes = JSON.parse(readFileSync(packagePath('config', 'codes', '000000.json'), 'utf8')) as {
      adcode: string;
      version: string;
    };
    writeFileSync(join(rig.dir, 'codes.json'), JSON.stringify({ ...codes, version: 'ours-7' }));
    const run = await rig.start({
      district: { adcode: '310115', name: '浦东新区', codes: '../codes.json' },
      broker: { servers: [`nats://${broker.server}`] },
      inference: { model: 'streetwatch-accurate' },
      camera: {
        id: 'north-gate',
        name: '北门一号',
        code: '31010400001320000007',
        place: '天钥桥路 1 号',
        placeCode: '310199',
        cellId: '310104005012',
        lon: 121.5,
        lat: 31.25,
        crs: 'gcj02',
      },
      zone: { id: 'bay', name: '卸货区' },
      rule: { id: 'keep-clear', zone: 'bay' },
    });
    const seen: ReceivedEvent[] = [];
    const watch = await watchIncidents(`nats://${broker.server}`, (received) => seen.push(received));
    await vi.waitFor(() => expect(seen).not.toEqual([]), { timeout: 50_000 });
    event = seen[0]!;
    await watch.close();
    await run.program.stop();
    await broker.close();
  });

  it(key('district.adcode', 'cameras.id'), () =>
    expect(event.subject).toMatch(/^city\.310115\.incident\..*\.north-gate\.[0-9A-Z]{26}$/),
  );
  it(key('district.name'), () => expect(event.data.camera.district).toBe('浦东新区'));
  it(key('district.codes'), () => expect(event.data.codeTable.version).toBe('ours-7'));
  it(key('inference.model'), () => expect(event.data.model?.name).toBe('streetwatch-accurate'));
  it(key('cameras.name'), () => expect(event.data.camera.name).toBe('北门一号'));
  it(key('cameras.code'), () => expect(event.data.camera.id20).toBe('31010400001320000007'));
  it(key('cameras.place'), () => expect(event.data.camera.place).toBe('天钥桥路 1 号'));
  it(key('cameras.placeCode'), () => expect(event.data.camera.placeCode).toBe('310199'));
  it(key('cameras.cellId'), () => expect(event.data.camera.cellId).toBe('310104005012'));
  it(key('cameras.lon', 'cameras.lat', 'cameras.crs'), () =>
    expect(event.data.camera).toMatchObject({ lon: 121.5, lat: 31.25, crs: 'gcj02' }),
  );
  it(key('cameras.zones.id', 'cameras.zones.name', 'cameras.rules.id', 'cameras.rules.zone'), () =>
    expect(event.data.zone).toMatchObject({ id: 'bay', name: '卸货区', rule: 'keep-clear' }),
  );
});

describe('a car that stops in the zone', () => {
  it('raises one incident, as the cases below rely on', async () => expect(await rig.incidents({})).toBe(1));

  it(key('cameras.zones.polygon'), async () => {
    const sky = [
      [0.1, 0.01],
      [0.9, 0.01],
      [0.9, 0.1],
      [0.1, 0.1],
    ];
    expect(await rig.incidents({ zone: { polygon: sky } })).toBe(0);
  });

  it(key('cameras.rules.kind'), async () =>
    expect(await rig.incidents({ rule: { kind: 'fire_smoke', params: {} } })).toBe(0),
  );
  it(key('cameras.rules.enabled'), async () =>
    expect(await rig.incidents({ rule: { enabled: false } })).toBe(0),
  );
  it(key('cameras.rules.params'), async () =>
    expect(await rig.incidents({ rule: { params: { dwellS: 60 } } })).toBe(0),
  );

  it(key('cameras.rules.approval'), async () => {
    const waiting = (changes: object): Promise<[number, number]> =>
      rig.toEnd(changes, ({ program }) => [
        program.store.list({ limit: 10 }).incidents.length,
        program.store.outbox.depth(),
      ]);
    expect(await waiting({ rule: { approval: true } })).toEqual([1, 0]);
    const [incidents, outbox] = await waiting({ rule: { approval: false } });
    expect(incidents).toBe(1);
    expect(outbox).toBeGreaterThan(0);
  });

  const mornings = [{ days: ['mon'], from: '07:00', to: '09:00' }];
  it(
    key(
      'cameras.rules.schedule.days',
      'cameras.rules.schedule.from',
      'cameras.rules.schedule.to',
      'district.timeZone',
    ),
    async () => {
      expect(await rig.incidents({ rule: { schedule: mornings } })).toBe(1);
      const london = { district: { timeZone: 'Europe/London' }, rule: { schedule: mornings } };
      expect(await rig.incidents(london)).toBe(0);
      expect(await rig.incidents({ rule: { schedule: [{ ...mornings[0], days: ['tue'] }] } })).toBe(0);
      expect(await rig.incidents({ rule: { schedule: [{ ...mornings[0], from: '08:30' }] } })).toBe(0);
      expect(await rig.incidents({ rule: { schedule: [{ ...mornings[0], to: '07:30' }] } })).toBe(0);
    },
  );

  it(
    key(
      'cameras.rules.exemptions.area',
      'cameras.rules.exemptions.labels',
      'cameras.rules.exemptions.schedule.days',
      'cameras.rules.exemptions.schedule.from',
      'cameras.rules.exemptions.schedule.to',
    ),
    async () => {
      const exempt = (exemption: object): Promise<number> =>
        rig.incidents({ rule: { exemptions: [{ name: 'deliveries', ...exemption }] } });
      const whole = [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ];
      const corner = [
        [0, 0],
        [0.05, 0],
        [0.05, 0.05],
      ];
      expect(await exempt({ area: whole })).toBe(0);
      expect(await exempt({ area: corner })).toBe(1);
      expect(await exempt({ labels: ['car', 'bus', 'truck', 'tricycle'] })).toBe(0);
      expect(await exempt({ labels: ['bus'] })).toBe(1);
      expect(await exempt({ schedule: mornings })).toBe(0);
      expect(await exempt({ schedule: [{ ...mornings[0], days: ['tue'] }] })).toBe(1);
      expect(await exempt({ schedule: [{ ...mornings[0], from: '08:30' }] })).toBe(1);
      expect(await exempt({ schedule: [{ ...mornings[0], to: '07:30' }] })).toBe(1);
    },
    120_000,
  );
});

it(key('cameras.rules.exemptions.name'), async () => {
  const nothing = rig.start({ rule: { exemptions: [{ name: 'deliveries' }] } });
  await expect(nothing).rejects.toThrow('exemption deliveries: needs an area, labels or a schedule');
});

describe('frames', () => {
  it(key('cameras.fps'), async () => {
    expect(await rig.toEnd({ camera: { fps: 5, idleFps: 5 } }, frames)).toBeCloseTo(70, -1);
    expect(await rig.toEnd({ camera: { fps: 2, idleFps: 2 } }, frames)).toBeCloseTo(28, -1);
  });
  it(key('cameras.idleFps'), async () => {
    // Eight seconds of one picture of the street, in which nothing moves.
    const still = join(rig.dir, 'still.mp4');
    const freeze = ['-vf', 'select=eq(n\\,0),loop=-1:1,setpts=N/(10*TB)', '-r', '10', '-t', '8', '-g', '20'];
    execFileSync('ffmpeg', ['-v', 'error', '-i', rig.clip, ...freeze, '-pix_fmt', 'yuv420p', still]);
    const seen = async (run: ConfigRun): Promise<[analysed: number, unchanged: number]> => [
      await frames(run),
      await counted(run, 'streetwatch_frames_unchanged_total'),
    ];
    const [all, spared] = await rig.toEnd({ camera: { source: still, idleFps: 5 } }, seen);
    expect([all, spared]).toEqual([40, 0]);
    const [some, unchanged] = await rig.toEnd({ camera: { source: still, idleFps: 0.5 } }, seen);
    expect(some + unchanged).toBe(40);
    expect(some).toBe(4);
  });
  it(key('cameras.decode'), async () => {
    const few = await rig.toEnd({ camera: { decode: 'keyframes' } }, frames);
    expect(few).toBeGreaterThan(2);
    expect(few).toBeLessThan(20);
  });
  it(key('cameras.pacing'), async () => {
    const ended: string[] = [];
    const one = async (pacing: string): Promise<void> => {
      await rig.toEnd({ camera: { pacing, rules: [] } }, () => undefined);
      ended.push(pacing);
    };
    await Promise.all([one('realtime'), one('asap')]);
    expect(ended).toEqual(['asap', 'realtime']);
  });
  it(key('inference.sessions', 'inference.threads'), async () => {
    const ready = await rig.toEnd({ inference: { sessions: 1, threads: 2 } }, ({ logs }) =>
      logs.find((line) => line['sessions'] !== undefined),
    );
    expect(ready).toMatchObject({ sessions: 1, threadsPerSession: 2 });
  });
});
