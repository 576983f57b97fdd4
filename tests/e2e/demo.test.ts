/** The first command of the README does the main job: three kinds of incidents, published, with evidence that stands up. */

import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packagePath } from '../../core/index.ts';
import { findNatsServer } from '../support/nats.ts';
import { streetServerAvailable } from '../../benchmarks/street/index.ts';

const run = promisify(execFile);
/** Ends a demo that never gets there; what is missing then is said by the tests. */
const DEADLINE_MS = 300_000;
const CAMERAS = ['parking', 'littering', 'fire'] as const;

interface Line {
  type: string;
  phase: string;
  camera: string;
  zone: string;
  incidentId: string;
  revision: number;
  evidence: string[];
}

/** The parked car has left, after every decoy had its turn, and each camera has an incident with a clip. */
function hasShownEverything(lines: readonly Line[]): boolean {
  const hasClip = (camera: string): boolean =>
    lines.some((line) => line.camera === camera && line.evidence.some((path) => path.endsWith('.mp4')));
  return (
    CAMERAS.every(hasClip) && lines.some(({ camera, phase }) => camera === 'parking' && phase === 'cleared')
  );
}

const street = streetServerAvailable();
const missing = [
  ...(street.ok ? [] : [street.reason]),
  ...(findNatsServer() === undefined ? ['no nats-server'] : []),
];
const title = missing.length === 0 ? 'npm run demo' : `npm run demo (SKIPPED: ${missing.join(', ')})`;

describe.skipIf(missing.length > 0)(title, () => {
  const dir = mkdtempSync(join(tmpdir(), 'streetwatch-e2e-'));
  const lines: Line[] = [];
  const said: string[] = [];
  let code: number | null = null;

  beforeAll(async () => {
    const program = packagePath('dist', 'benchmarks', 'demo', 'main.js');
    const demo = spawn(process.execPath, [program, '--json', '--dir', dir], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => {
      demo.once('exit', resolve);
    });
    const deadline = setTimeout(() => demo.kill('SIGTERM'), DEADLINE_MS);
    createInterface({ input: demo.stderr }).on('line', (line) => said.push(line));
    createInterface({ input: demo.stdout }).on('line', (line) => {
      lines.push(JSON.parse(line) as Line);
      if (hasShownEverything(lines)) demo.kill('SIGTERM');
    });
    code = await ended;
    clearTimeout(deadline);
  }, DEADLINE_MS + 60_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** The last revision of each incident. */
  const incidents = (): Line[] => [...new Map(lines.map((line) => [line.incidentId, line])).values()];

  test('shows everything, ends in order when asked to, and prints nothing but one JSON line per revision', () => {
    expect(code, said.slice(-20).join('\n')).toBe(0);
    expect(hasShownEverything(lines), said.slice(-20).join('\n')).toBe(true);
  });

  test.each([
    ['parking', /^illegal_parking\.motor$/],
    // The act, or the garbage alone when too few frames could be analysed to attribute it.
    ['littering', /^(litter\.act|garbage\.exposed)$/],
    ['fire', /^fire\.(flame|smoke)$/],
  ])('camera %s raises an incident of its kind', (camera, type) => {
    const opened = { camera, type: expect.stringMatching(type) as string, phase: 'opened' };
    expect(lines).toContainEqual(expect.objectContaining(opened));
  });

  test('no decoy raises anything: each camera has incidents of its own kind only', () => {
    const kinds = new Map([
      ['parking', /^illegal_parking\.motor$/],
      ['littering', /^(garbage\.exposed|litter\.act)$/],
      ['fire', /^fire\.(flame|smoke)$/],
    ]);
    expect(incidents().filter((line) => kinds.get(line.camera)?.test(line.type) !== true)).toEqual([]);
    // Nobody may stop in the lane of the queue either; each of its cars stands there for longer than the dwell.
    expect(incidents().filter(({ zone }) => zone === 'lane')).toEqual([]);
  });

  test('revisions of an incident are counted from 1 without a gap, and none comes twice', () => {
    for (const { incidentId } of incidents()) {
      const revisions = lines.filter((line) => line.incidentId === incidentId).map((line) => line.revision);
      expect(revisions).toEqual(revisions.map((_, i) => i + 1));
    }
  });

  test('every file is there and has the hash that the signed manifest gives', () => {
    for (const line of incidents().filter((one) => one.evidence.length > 0)) {
      const manifest = line.evidence.find((path) => /manifest-r\d+\.json$/.test(path));
      expect(manifest).toBeDefined();
      const { files } = JSON.parse(readFileSync(manifest!, 'utf8')) as {
        files: { name: string; sha256: string }[];
      };
      for (const path of line.evidence.filter((one) => one !== manifest)) {
        const entry = files.find((file) => file.name === basename(path));
        expect(entry?.sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
      }
    }
  });

  test.each(CAMERAS)('stills of camera %s can be looked at, and its clip plays', async (camera) => {
    const line = incidents().find(
      (one) => one.camera === camera && one.evidence.some((path) => path.endsWith('.mp4')),
    );
    expect(line, 'an incident with a clip').toBeDefined();
    for (const path of line!.evidence.filter((one) => /\.(png|jpe?g)$/.test(one))) {
      const { width, height } = await sharp(path).metadata();
      expect(Math.min(width, height)).toBeGreaterThan(50);
    }
    for (const path of line!.evidence.filter((one) => one.endsWith('.mp4'))) {
      const { stdout } = await run('ffprobe', [
        '-v',
        'error',
        '-count_frames',
        '-select_streams',
        'v',
        '-of',
        'json',
        '-show_entries',
        'stream=nb_read_frames,codec_name:format=duration',
        path,
      ]);
      const probe = JSON.parse(stdout) as {
        streams: { nb_read_frames: string; codec_name: string }[];
        format: { duration: string };
      };
      expect(probe.streams[0]?.codec_name).toBe('h264');
      expect(Number(probe.streams[0]?.nb_read_frames)).toBeGreaterThan(40);
      expect(Number(probe.format.duration)).toBeGreaterThan(5);
      expect(statSync(path).size).toBeGreaterThan(10_000);
    }
    expect(dirname(line!.evidence[0]!)).toContain(line!.incidentId);
  });
});
