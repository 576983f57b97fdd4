/** A small city for tests and benchmarks of the API: real stores, real incidents, drawn pictures, no camera. */

import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { ManualClock, silentLog, StreetwatchError } from '../../core/index.ts';
import type { Clock, EventType, Footage, RuleSignal, SignalPhase } from '../../core/index.ts';
import { EvidenceSigner, IncidentService, IncidentStore, loadCodeTable } from '../../incidents/index.ts';
import type { Incident } from '../../incidents/index.ts';
import { replayChange } from '../../rules/index.ts';
import { buildApi } from '../build-api.ts';
import type { Api, ApiDeps } from '../build-api.ts';
import type {
  Access,
  Camera,
  CameraSettings,
  RecentTrack,
  Role,
  RuleSetDocument,
} from '../contract/index.ts';
import type { CameraControl, LiveSource } from '../ports.ts';
import { hashPassword } from '../auth/password.ts';
import { ApiStore } from '../store/api-store.ts';
import type { PublishedRule } from '../store/rule-sets.ts';
import { keptTracks } from './kept-tracks.ts';

const run = promisify(execFile);
/** Fast on purpose: what is tested is who may what, not the cost of guessing. */
export const TEST_COST = { n: 1024, r: 8, p: 1 } as const;
export const TEST_PASSWORD = 'correct horse battery';
export const START_MS = Date.UTC(2026, 10, 20, 1, 0, 0);

const DISTRICTS = { east: '东湖区', west: '西山区' } as const;

/** What a city is made of. */
export interface City {
  readonly api: Api;
  readonly store: ApiStore;
  readonly incidentStore: IncidentStore;
  readonly service: IncidentService;
  readonly clock: Clock;
  readonly cameras: Camera[];
  /** What rules were put to work, newest last. */
  readonly applied: { cameraId: string; rules: readonly PublishedRule[] }[];
  /** What cameras were given other settings, `undefined` for removed ones, newest last. */
  readonly appliedCameras: { cameraId: string; settings: CameraSettings | undefined }[];
  /** A signal of a rule, as the pipeline would send it. */
  signal(wish: {
    cameraId: string;
    phase: SignalPhase;
    episodeId: string;
    eventType?: EventType;
    atMs?: number;
    firstSeenMs?: number;
  }): Incident | undefined;
  /** An incident with evidence, ready to be looked at. */
  incident(cameraId: string, eventType?: EventType): Promise<Incident>;
  user(
    name: string,
    role: Role,
    access?: Partial<Access>,
  ): Promise<{ userId: string; cookie: string; csrf: string }>;
  close(): Promise<void>;
}

/** Options of {@link openCity}. */
export interface CityOptions {
  readonly clock?: Clock;
  readonly live?: LiveSource;
  readonly consoleDir?: string;
  readonly deps?: Partial<ApiDeps>;
}

/** Opens a city in a temporary folder; `close` removes it. */
export async function openCity(options: CityOptions = {}): Promise<City> {
  const dir = await mkdtemp(join(tmpdir(), 'streetwatch-api-'));
  const clock = options.clock ?? new ManualClock(START_MS);
  const cameras = makeCameras(clock.nowMs());
  const evidenceDir = join(dir, 'evidence');
  const incidentStore = IncidentStore.open(join(dir, 'incidents.db'), { clock, log: silentLog });
  const footage = new DrawnFootage();
  const store = ApiStore.open(join(dir, 'api.db'), clock);
  const service = new IncidentService({
    store: incidentStore,
    footage,
    evidenceDir,
    adcode: '330106',
    codes: loadCodeTable(),
    cameras: (cameraId) => {
      const camera = cameras.find((one) => one.cameraId === cameraId);
      return (
        camera && { cameraId, name: camera.name, district: camera.districtId, timeZone: 'Asia/Shanghai' }
      );
    },
    zones: (cameraId, zoneId) => {
      const set = store.ruleSets.current(cameraId);
      const zone = set?.document.zones.find((one) => one.zoneId === zoneId);
      return zone && { ...zone, version: set?.zoneVersions[zoneId] ?? 1 };
    },
    requiresApproval: (cameraId, ruleId) =>
      store.ruleSets.current(cameraId)?.document.rules.find((rule) => rule.ruleId === ruleId)?.approval ===
      true,
    signer: EvidenceSigner.open(join(dir, 'evidence.key')),
    clock,
    log: silentLog,
  });
  for (const { cameraId, name } of cameras) {
    store.ruleSets.startWith(cameraId, startRules());
    const settings = { source: `rtsp://admin:s3cret@10.0.0.7/${cameraId}?token=t0p`, name, fps: 5 };
    const author = { id: 'configuration', name: 'configuration' };
    store.cameraSettings.publish(cameraId, { settings, note: 'from the file', author, basedOn: 0 });
  }
  const applied: City['applied'] = [];
  const appliedCameras: City['appliedCameras'] = [];
  const api = await buildApi({
    clock,
    store,
    incidentStore,
    incidents: service,
    evidenceDir,
    cameras: {
      list: () => cameras,
      get: (cameraId) => cameras.find((one) => one.cameraId === cameraId),
      snapshot: async (cameraId, widthPx) => {
        const camera = cameras.find((one) => one.cameraId === cameraId);
        if (camera?.state !== 'online') throw new StreetwatchError('live.unavailable', 'there is no picture');
        return drawStreet(cameraId, widthPx);
      },
      pictureAt: (cameraId, _atMs, widthPx) => drawStreet(cameraId, widthPx),
      recentTracks: (cameraId) => tracksOf(cameraId, clock.nowMs()),
    },
    cameraControl: cameraControl(cameras, appliedCameras),
    rules: { apply: (cameraId, rules) => void applied.push({ cameraId, rules }) },
    replay: { run: async (wish) => replayChange(wish, keptTracks(wish.cameraId, wish.toMs)) },
    live: options.live ?? { address: () => undefined },
    timeZone: 'Asia/Shanghai',
    version: '0.0.0-test',
    passwordCost: TEST_COST,
    ...(options.consoleDir === undefined ? {} : { consoleDir: options.consoleDir }),
    ...options.deps,
  });
  let episodes = 0;
  const signal: City['signal'] = (wish) => service.apply(makeSignal(wish, wish.atMs ?? clock.nowMs()));
  return {
    api,
    store,
    incidentStore,
    service,
    clock,
    cameras,
    applied,
    appliedCameras,
    signal,
    incident: async (cameraId, eventType = 'illegal_parking.motor') => {
      const episodeId = `${cameraId}:episode-${++episodes}`;
      const incident = signal({ cameraId, eventType, episodeId, phase: 'raised' });
      if (!incident) throw new Error('the signal raised no incident');
      await service.settle();
      return incidentStore.get(incident.incidentId)!;
    },
    user: async (name, role, access) => {
      const user = store.users.create({
        name,
        displayName: name,
        role,
        access: { all: access === undefined, districts: [], cameras: [], ...access },
      });
      store.users.setPassword(user.userId, await hashPassword(TEST_PASSWORD, TEST_COST));
      const secret = store.sessions.start(user.userId);
      return {
        userId: user.userId,
        cookie: `streetwatch=${secret}`,
        csrf: store.sessions.find(secret)!.csrf!,
      };
    },
    close: async () => {
      await api.app.close();
      await service.close();
      incidentStore.close();
      store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function makeCameras(nowMs: number): Camera[] {
  const names = ['人民路口东', '人民路口西', '学院路小学门前', '滨河公园北门', '建设街菜场', '车站广场'];
  return names.map((name, i) => {
    const districtId = i % 2 === 0 ? 'east' : 'west';
    const offline = i === 3;
    return {
      cameraId: `cam-${String(i + 1).padStart(2, '0')}`,
      name,
      districtId,
      districtName: DISTRICTS[districtId],
      state: offline ? ('offline' as const) : ('online' as const),
      sinceMs: nowMs - (i + 1) * 3_600_000,
      ...(offline ? { reason: { code: 'source.unreachable', message: 'The camera does not answer.' } } : {}),
      faults: i === 4 ? [{ fault: 'blurred', sinceMs: nowMs - 600_000 }] : [],
      width: 1280,
      height: 720,
      codec: 'h264',
      figures: { analysedFps: offline ? 0 : 5, reconnects: i * 3, rules: 1 },
    };
  });
}

/** Takes any address and up to 30 frames a second; cameras come and go in the list. */
function cameraControl(cameras: Camera[], applied: City['appliedCameras']): CameraControl {
  return {
    district: { id: 'east', name: DISTRICTS.east },
    schema: {
      properties: {
        source: { type: 'string', description: 'rtsp://…' },
        name: { type: 'string', description: 'What people call the camera.' },
        transport: { enum: ['tcp', 'udp'], default: 'tcp', description: 'RTSP transport.' },
        fps: { type: 'number', default: 5, minimum: 0.1, maximum: 30, description: 'Frames a second.' },
      },
    },
    check: (_cameraId, settings) =>
      (settings.fps ?? 5) > 30
        ? { problems: [{ path: 'settings.fps', message: 'must be at most 30' }] }
        : { settings: { ...settings, fps: settings.fps ?? 5 } },
    apply: async (cameraId, settings) => {
      applied.push({ cameraId, settings });
      const at = cameras.findIndex((one) => one.cameraId === cameraId);
      if (settings === undefined) cameras.splice(at, at < 0 ? 0 : 1);
      else if (at >= 0) cameras[at] = { ...cameras[at]!, name: settings.name ?? cameraId };
      else {
        const [districtId, districtName] = ['east', DISTRICTS.east];
        const place = { districtId, districtName, state: 'connecting' as const, faults: [], figures: {} };
        cameras.push({ cameraId, name: settings.name ?? cameraId, ...place });
      }
    },
  };
}

function startRules(): RuleSetDocument {
  return {
    zones: [
      {
        zoneId: 'kerb',
        name: '路缘禁停区',
        polygon: [
          { x: 0.1, y: 0.55 },
          { x: 0.6, y: 0.5 },
          { x: 0.65, y: 0.85 },
          { x: 0.08, y: 0.92 },
        ],
      },
    ],
    rules: [{ ruleId: 'no-parking', kind: 'illegal_parking', zoneId: 'kerb', enabled: true, params: {} }],
  };
}

function makeSignal(
  wish: {
    cameraId: string;
    phase: SignalPhase;
    episodeId: string;
    eventType?: EventType;
    firstSeenMs?: number;
  },
  atMs: number,
): RuleSignal {
  return {
    phase: wish.phase,
    episodeId: wish.episodeId,
    cameraId: wish.cameraId,
    runId: 'run-1',
    ruleId: 'no-parking',
    ruleVersion: 1,
    zoneId: 'kerb',
    zoneVersion: 1,
    eventType: wish.eventType ?? 'illegal_parking.motor',
    severity: wish.eventType?.startsWith('fire') === true ? 1 : 3,
    confidence: 0.87,
    trackIds: ['run-1:7'],
    label: wish.eventType?.startsWith('fire') === true ? 'fire' : 'car',
    box: { x1: 0.3, y1: 0.56, x2: 0.5, y2: 0.78 },
    atMs,
    firstSeenMs: wish.firstSeenMs ?? atMs - 200_000,
    sinceMs: atMs - 184_000,
    presentAtStart: false,
    moments: [],
    measurements: { dwellMs: 184_000, dwellLimitMs: 180_000 },
  };
}

function tracksOf(cameraId: string, nowMs: number): RecentTrack[] {
  return [0, 1, 2].map((i) => ({
    trackId: `${cameraId}:${i}`,
    label: i === 2 ? 'truck' : 'car',
    firstSeenMs: nowMs - 400_000,
    lastSeenMs: nowMs - 20_000 * i,
    dwellMs: 60_000 * (i + 1),
    box: { x1: 0.2 + 0.2 * i, y1: 0.55, x2: 0.34 + 0.2 * i, y2: 0.7 },
    path: [0, 1, 2, 3].map((step) => ({
      x: 0.05 + 0.2 * i + 0.07 * step,
      y: 0.72 - 0.01 * step,
      atMs: nowMs - 400_000 + step * 60_000,
    })),
  }));
}

const drawn = new Map<string, Promise<Uint8Array>>();

/** A street at noon: road, kerb, houses, a car in the zone; drawn once for each camera and width. */
export function drawStreet(name: string, widthPx: number): Promise<Uint8Array> {
  const key = `${name} ${widthPx}`;
  const picture = drawn.get(key) ?? draw(name, widthPx);
  drawn.set(key, picture);
  return picture;
}

async function draw(name: string, widthPx: number): Promise<Uint8Array> {
  const hue = [...name].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 360;
  const houses = [0, 1, 2, 3, 4, 5]
    .map((i) => {
      const height = 120 + ((hue * (i + 3)) % 110);
      return `<rect x="${i * 220}" y="${330 - height}" width="200" height="${height}" fill="hsl(${(hue + i * 17) % 360} 14% ${52 + i * 3}%)"/>`;
    })
    .join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720">
    <rect width="1280" height="330" fill="#a9bdcc"/>${houses}
    <rect y="330" width="1280" height="60" fill="#9a948a"/><rect y="390" width="1280" height="330" fill="#55585c"/>
    <path d="M0 560 L1280 540" stroke="#d8d3c4" stroke-width="6" stroke-dasharray="60 40"/>
    <g><rect x="384" y="440" width="256" height="84" rx="18" fill="hsl(${hue} 45% 40%)"/><rect x="430" y="404" width="150" height="52" rx="16" fill="#27323c"/>
    <circle cx="440" cy="528" r="24" fill="#1b1d1f"/><circle cx="590" cy="528" r="24" fill="#1b1d1f"/></g></svg>`;
  return sharp(Buffer.from(svg)).resize({ width: widthPx }).jpeg({ quality: 80 }).toBuffer();
}

let clipFile: Promise<string> | undefined;

/** A playable clip of a few seconds, made once. */
async function clip(): Promise<string> {
  clipFile ??= (async () => {
    const dir = await mkdtemp(join(tmpdir(), 'streetwatch-clip-'));
    const still = join(dir, 'still.jpg');
    const path = join(dir, 'clip.mp4');
    await sharp(Buffer.from(await drawStreet('clip', 1280))).toFile(still);
    const input = ['-loglevel', 'error', '-loop', '1', '-framerate', '10', '-i', still, '-t', '4'];
    await run('ffmpeg', [
      ...input,
      '-c:v',
      'libx264',
      '-pix_fmt',
      'yuv420p',
      '-g',
      '10',
      '-movflags',
      '+faststart',
      path,
    ]);
    return path;
  })();
  return clipFile;
}

class DrawnFootage implements Footage {
  async still(cameraId: string, atMs: number): ReturnType<Footage['still']> {
    return { image: await drawStreet(cameraId, 1280), width: 1280, height: 720, capturedAtMs: atMs };
  }

  async clip(
    _cameraId: string,
    range: { fromMs: number; toMs: number },
    path: string,
  ): ReturnType<Footage['clip']> {
    await copyFile(await clip(), path);
    return { path, fromMs: range.fromMs, toMs: range.toMs, sizeBytes: (await stat(path)).size };
  }

  hold(): void {}
  release(): void {}
}
