/** Streams that go wrong while they run: silence, damage, a new size, a jumping clock, a killed program, a full disk. */

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { serveStreet, streetServerAvailable, type StreetServer } from '../../benchmarks/street/index.ts';
import { SegmentStore } from '../../ingest/index.ts';
import { compileChild } from '../support/child-program.ts';
import {
  makeNumberedClip,
  numbersOf,
  recordingLog,
  serveLaunchLines,
  systemClock,
  temporaryFolder,
  watchSource,
} from '../support/rtsp.ts';

const folder = temporaryFolder('ingest-stream');
const at = (name: string): string => join(folder.path, name);
const openStore = (dir: string, log = recordingLog()) =>
  new SegmentStore({
    dir,
    maxBytes: 1e9,
    maxAgeMs: 1e9,
    minFreeBytes: 0,
    clock: systemClock,
    log,
    patienceMs: 3_000,
  });

/** Processes whose command line holds a text, from /proc. */
function processesWith(text: string): number[] {
  const commandOf = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc')
    .filter(
      (name) => /^\d+$/.test(name) && commandOf(name).startsWith('ffmpeg') && commandOf(name).includes(text),
    )
    .map(Number);
}

afterAll(() => folder.remove());

const available = streetServerAvailable();
describe.skipIf(!available.ok)(`streams${available.ok ? '' : ` (SKIPPED: ${available.reason})`}`, () => {
  let street: StreetServer;
  const url = (name: string): string => street.urls[name] ?? '';

  beforeAll(async () => {
    const path = await makeNumberedClip({ path: at('clip.mp4'), seconds: 12 });
    const short = await makeNumberedClip({ path: at('short.mp4'), seconds: 3 });
    street = await serveStreet({
      clips: [
        { name: 'silent', path },
        { name: 'leaving', path: short },
        { name: 'killed', path },
        { name: 'disk', path },
        { name: 'damaged', path, faults: [{ kind: 'corrupt', fromS: 1, toS: 12, share: 0.3 }] },
        { name: 'back', path, faults: [{ kind: 'clock-jump', atS: 2, byS: -60 }] },
        { name: 'ahead', path, faults: [{ kind: 'clock-jump', atS: 2, byS: 600 }] },
      ],
    });
  });
  afterAll(async () => {
    await street.stop();
  });

  it('connected but silent is source.stalled, and ffmpeg is gone', async () => {
    const watched = watchSource({ url: url('silent'), stallAfterMs: 2_500 });
    await watched.frames(3);
    street.stall('silent');
    expect(await watched.ended).toMatchObject({ code: 'source.stalled', context: { cameraId: 'gate' } });
    expect(processesWith(url('silent'))).toEqual([]);
    street.resume('silent');
    const again = watchSource({ url: url('silent') });
    await again.frames(2);
    await again.stop();
  });

  it('a camera that is taken away is an error, not an end', async () => {
    const watched = watchSource({ url: url('leaving'), stallAfterMs: 2_000 });
    await watched.frames(2);
    street.remove('leaving');
    expect(await watched.ended).toMatchObject({
      code: expect.stringMatching(/^source\.(ended|stalled|decode-failed)$/),
    });
  });

  it('corrupt packets are survived, with the right times after them', async () => {
    const dir = at('damaged-store');
    const watched = watchSource({ url: url('damaged'), segments: { dir, segmentMs: 2_000 } });
    await watched.frames(35);
    await watched.stop();
    const steps = watched.seen.slice(1).map((frame, i) => frame.ptsMs - watched.seen[i]!.ptsMs);
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThan(2_000);
    expect((await openStore(dir).coverage('gate')).length).toBeGreaterThan(0);
  });

  it.each(['back', 'ahead'])('a stream clock that jumps %s ends the run', async (name) => {
    const watched = watchSource({ url: url(name) });
    expect(await watched.ended).toMatchObject({ code: 'source.clock-jumped' });
    const { seen, run } = watched;
    expect(seen.length).toBeGreaterThan(3);
    // Nothing from behind the jump was handed on with times from before it.
    for (const frame of seen) expect(frame.capturedAtMs - run!.anchorMs).toBeLessThan(3_000);
  });

  it('a program killed with -9 leaves footage that can be used, and no ffmpeg', async () => {
    const dir = at('killed-store');
    const child = spawn(process.execPath, [await compileChild('ingest-child.ts'), url('killed'), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const times: number[] = [];
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => line.startsWith('frame') && times.push(Number(line.split(' ')[1])));
    await expect.poll(() => times.length, { timeout: 30_000 }).toBeGreaterThan(24);
    expect(processesWith(url('killed'))).toHaveLength(1);
    child.kill('SIGKILL');
    await expect.poll(() => processesWith(url('killed')), { timeout: 15_000 }).toEqual([]);

    const store = openStore(dir);
    await store.scan();
    const [stretch, ...others] = await store.coverage('gate');
    expect(others).toEqual([]);
    expect(stretch!.toMs).toBeGreaterThan(times.at(-1)! - 1_000);
    const range = { fromMs: times[2]!, toMs: stretch!.toMs };
    const clip = await store.clip('gate', range, at('killed.mp4'));
    expect(clip.toMs - clip.fromMs).toBeGreaterThan(3_000);
    const numbers = await numbersOf(at('killed.mp4'), { width: 192, height: 144 });
    expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
    const still = await store.still('gate', times[20]!);
    expect(still.capturedAtMs).toBe(times[20]);
  });

  it('a disk that fills up while recording is disk.full', async () => {
    const dir = at('full-store');
    const watched = watchSource({ url: url('disk'), segments: { dir, segmentMs: 1_000 } });
    await watched.frames(1);
    const runDir = join(dir, 'gate', watched.run!.runId);
    // Every write to /dev/full fails with ENOSPC, as on a full disk.
    for (const number of [3, 4, 5]) symlinkSync('/dev/full', join(runDir, `00000000${number}.mkv`));
    expect(await watched.ended).toMatchObject({ code: 'disk.full' });
    expect((await openStore(dir).coverage('gate')).length).toBeGreaterThan(0);
  });

  it('without room on the disk the camera is watched all the same, and it is said', async () => {
    const log = recordingLog();
    const dir = at('no-room-store');
    const watched = watchSource({
      url: url('disk'),
      log,
      segments: { dir, segmentMs: 1_000, minFreeBytes: 1e18 },
    });
    await watched.frames(3);
    await watched.stop();
    expect(watched.run).toMatchObject({ recorded: false });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'disk full, camera is not recorded' }),
    );
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe('a stream that changes its picture size midway', () => {
  beforeAll(async () => {
    const [one, two] = [at('one.ts'), at('two.ts')];
    await makeNumberedClip({ path: one, seconds: 2 });
    await makeNumberedClip({
      path: two,
      seconds: 2,
      width: 256,
      height: 192,
      output: ['-output_ts_offset', '2'],
    });
    writeFileSync(at('both.ts'), Buffer.concat([readFileSync(one), readFileSync(two)]));
  });

  it('ends the run of a file with source.format-changed', async () => {
    const watched = watchSource({
      url: at('both.ts'),
      pacing: 'asap',
      segments: { dir: at('size-store'), segmentMs: 500 },
    });
    expect(await watched.ended).toMatchObject({ code: 'source.format-changed' });
    expect(watched.seen.length).toBeGreaterThan(5);
    for (const frame of watched.seen) {
      expect(frame).toMatchObject({ sourceWidth: 192, sourceHeight: 144, width: 96, height: 72 });
      expect(Math.abs(frame.ptsMs - frame.number * 40)).toBeLessThanOrEqual(40);
    }
  });

  it.skipIf(!available.ok)(
    `ends the run of a camera${available.ok ? '' : ' (SKIPPED: no RTSP server)'}`,
    async () => {
      const line = `( filesrc location=${at('both.ts')} ! tsdemux ! h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au ! identity sync=true ! rtph264pay name=pay0 pt=96 )`;
      const server = await serveLaunchLines({ size: line });
      try {
        expect(await watchSource({ url: server.url('size') }).ended).toMatchObject({
          code: 'source.format-changed',
        });
      } finally {
        await server.stop();
      }
    },
  );
});
