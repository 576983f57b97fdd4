/** An incident service on a temporary folder, with signals and footage made for the purpose. */

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import {
  StreetwatchError,
  silentLog,
  type Clock,
  type Footage,
  type FootageClip,
  type FootageStill,
  type Log,
  type RuleSignal,
  type Zone,
} from '../../core/index.ts';
import {
  EvidenceSigner,
  IncidentService,
  IncidentStore,
  loadCodeTable,
  type CameraInfo,
  type IncidentServiceOptions,
} from '../../incidents/index.ts';

export const ADCODE = '310115';

/** The system's clock, as `app/` passes it. */
export const systemClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

export const zone: Zone = {
  zoneId: 'fire-lane',
  version: 3,
  name: '消防通道 & <fire lane>',
  polygon: [
    { x: 0.1, y: 0.4 },
    { x: 0.9, y: 0.4 },
    { x: 0.9, y: 0.95 },
    { x: 0.1, y: 0.95 },
  ],
};

export function camera(cameraId: string): CameraInfo {
  return {
    cameraId,
    name: '世纪大道东',
    code: '31011500001320000001',
    place: '浦东新区世纪大道 100 号',
    district: '浦东新区',
    placeCode: '310115',
    lon: 121.52,
    lat: 31.23,
    crs: 'wgs84',
    timeZone: 'Asia/Shanghai',
    clock: { source: 'ntp', errorMs: 200 },
  };
}

export function signal(over: Partial<RuleSignal> = {}): RuleSignal {
  const atMs = over.atMs ?? Date.parse('2026-03-01T04:00:00.000Z');
  return {
    phase: 'raised',
    episodeId: 'east-1:no-parking:1',
    cameraId: 'east-1',
    runId: 'run-1',
    ruleId: 'no-parking',
    ruleVersion: 2,
    zoneId: zone.zoneId,
    zoneVersion: zone.version,
    eventType: 'illegal_parking.motor',
    severity: 3,
    confidence: 0.87,
    trackIds: ['run-1:7'],
    label: 'car',
    box: { x1: 0.4, y1: 0.5, x2: 0.6, y2: 0.75 },
    firstSeenMs: atMs - 65_000,
    sinceMs: atMs - 60_000,
    presentAtStart: false,
    moments: [],
    measurements: { dwellMs: 60_000 },
    ...over,
    atMs,
  };
}

let encoded: Buffer | undefined;

/** One second of a test picture, encoded once for each process. */
function sampleClip(): Buffer {
  const source = 'testsrc=size=320x180:rate=10:duration=1';
  const output = ['-pix_fmt', 'yuv420p', '-movflags', 'frag_keyframe+empty_moov', '-f', 'mp4', 'pipe:1'];
  encoded ??= execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', source, ...output]);
  return encoded;
}

/** Footage that can show any moment: a picture with the time on it, a clip encoded once by ffmpeg. */
export class PaintedFootage implements Footage {
  readonly held = new Map<string, number>();
  readonly asked: { cameraId: string; fromMs: number; toMs: number }[] = [];
  /** What the next calls throw, one each. */
  readonly failures: StreetwatchError[] = [];
  /** Nothing was recorded before this. */
  recordedFromMs = 0;
  private readonly sample: string;

  constructor(folder: string) {
    this.sample = join(folder, 'sample.mp4');
    writeFileSync(this.sample, sampleClip());
  }

  async still(cameraId: string, atMs: number): Promise<FootageStill> {
    this.fail(cameraId, atMs);
    const [width, height] = [640, 360];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
      <rect width="100%" height="100%" fill="#5b6b73"/><rect x="256" y="180" width="128" height="90" fill="#274690"/>
      <text x="40" y="60" font-size="30" fill="#fff">${cameraId} ${atMs}</text></svg>`;
    const image = await sharp(Buffer.from(svg)).png().toBuffer();
    return { image, width, height, capturedAtMs: atMs - 40 };
  }

  async clip(cameraId: string, range: { fromMs: number; toMs: number }, path: string): Promise<FootageClip> {
    this.fail(cameraId, range.toMs);
    const { fromMs, toMs } = range;
    this.asked.push({ cameraId, fromMs, toMs });
    copyFileSync(this.sample, path);
    return { path, fromMs, toMs, sizeBytes: statSync(path).size };
  }

  hold(_cameraId: string, fromMs: number, holder: string): void {
    this.held.set(holder, Math.min(fromMs, this.held.get(holder) ?? fromMs));
  }

  release(holder: string): void {
    this.held.delete(holder);
  }

  private fail(cameraId: string, atMs: number): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    if (atMs >= this.recordedFromMs) return;
    throw new StreetwatchError('footage.missing', `nothing was recorded by ${cameraId} at ${atMs}`);
  }
}

/** Everything of one installation in one temporary folder. */
export interface Installation {
  readonly dir: string;
  readonly evidenceDir: string;
  readonly store: IncidentStore;
  readonly service: IncidentService;
  readonly footage: PaintedFootage;
  readonly signer: EvidenceSigner;
  /** Opens the same folder again, as a restart does. Close or abandon the old one first. */
  reopen(): Installation;
  close(): Promise<void>;
}

export interface InstallationOptions extends Partial<IncidentServiceOptions> {
  readonly dir?: string;
}

export function install(options: InstallationOptions = {}): Installation {
  const { dir: given, ...over } = options;
  const dir = given ?? mkdtempSync(join(tmpdir(), 'streetwatch-incidents-'));
  const evidenceDir = join(dir, 'evidence');
  const log: Log = over.log ?? silentLog;
  const clock = over.clock ?? systemClock;
  const store = IncidentStore.open(join(dir, 'incidents.db'), { clock, log });
  const footage = new PaintedFootage(dir);
  const signer = EvidenceSigner.open(join(dir, 'evidence-key.pem'));
  const service = new IncidentService({
    store,
    footage,
    evidenceDir,
    adcode: ADCODE,
    codes: over.codes ?? loadCodeTable(),
    cameras: camera,
    zones: (_cameraId, zoneId) => (zoneId === zone.zoneId ? zone : undefined),
    model: () => ({ name: 'picodet-s', version: '1', sha256: 'a'.repeat(64) }),
    signer,
    clock,
    log,
    ...over,
  });
  service.start();
  return {
    dir,
    evidenceDir,
    store,
    service,
    footage,
    signer,
    reopen: () => install({ ...options, dir }),
    close: async () => {
      await service.close();
      store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
