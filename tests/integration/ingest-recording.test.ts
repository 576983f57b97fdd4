/** What is recorded: every codec and shape of picture, stills and clips true to the frame, across gaps, and held footage. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SegmentStore, type SourceOptions } from '../../ingest/index.ts';
import {
  ffmpeg,
  makeNumberedClip,
  numbersOf,
  playH264,
  readNumber,
  recordingLog,
  serveLaunchLines,
  systemClock,
  temporaryFolder,
  watchSource,
  type WatchedRun,
} from '../support/rtsp.ts';
import { streetServerAvailable } from '../../benchmarks/street/index.ts';

const folder = temporaryFolder('ingest-recording');
afterAll(() => folder.remove());
const at = (name: string): string => join(folder.path, name);
const openStore = (
  dir: string,
  limits: Partial<{ maxBytes: number; maxAgeMs: number; minFreeBytes: number }> = {},
) => {
  const log = recordingLog();
  const all = { dir, maxBytes: 1e9, maxAgeMs: 1e9, minFreeBytes: 0, clock: systemClock, log, ...limits };
  return { log, store: new SegmentStore(all) };
};

/** Records a whole file as fast as it decodes, then compares stills and a clip with the frames that were analysed. */
async function record(url: string, dir: string, more: Partial<SourceOptions> = {}): Promise<WatchedRun> {
  const watched = watchSource({ url, pacing: 'asap', segments: { dir, segmentMs: 1_000 }, ...more });
  expect(await watched.ended).toBeUndefined();
  expect(watched.run).toMatchObject({ recorded: true });
  return watched;
}

async function numberOfStill(image: Uint8Array): Promise<number> {
  const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return readNumber(data, info);
}

async function streamOf(path: string): Promise<Record<string, string>> {
  const probe = [
    '-show_entries',
    'stream=codec_name,codec_tag_string,width,height:stream_side_data=rotation',
    '-of',
    'default=nw=1',
  ];
  const { execFileSync } = await import('node:child_process');
  const text = execFileSync('ffprobe', ['-v', 'error', ...probe, path], { encoding: 'utf8' });
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split('=')),
  );
}

const X265 = [
  '-c:v',
  'libx265',
  '-preset',
  'ultrafast',
  '-x265-params',
  'log-level=error:keyint=25:bframes=3',
];

const ODD = ['-pix_fmt', 'yuv444p', '-c:v', 'libx264', '-g', '25'];

describe('one clock for frames, stills and clips', () => {
  it.each([
    ['H.264', 'h264.mp4', {}],
    ['H.264 with B-frames', 'b.mp4', { encoder: ['-c:v', 'libx264', '-g', '30', '-bf', '3'] }],
    ['H.265 with open groups of pictures', 'h265.mp4', { encoder: X265 }],
    ['MJPEG', 'mjpeg.mkv', { encoder: ['-c:v', 'mjpeg', '-q:v', '3'] }],
    [
      'an odd size',
      'odd.mp4',
      { width: 191, height: 143, filters: 'format=yuv444p,crop=191:143:0:0', encoder: ODD },
    ],
    [
      'sound beside it',
      'sound.mp4',
      { inputs: ['-f', 'lavfi', '-i', 'sine=d=3'], output: ['-c:a', 'aac', '-shortest'] },
    ],
    ['times that begin late', 'late.ts', { output: ['-output_ts_offset', '95000', '-muxdelay', '0'] }],
    ['29.97 pictures a second', 'ntsc.mp4', { fps: 30_000 / 1_001 }],
  ])('%s', async (_what, name, more) => {
    // The odd size is cut out of the usual one.
    const made = name === 'odd.mp4' ? { ...more, width: 192, height: 144 } : more;
    const path = await makeNumberedClip({ path: at(name), seconds: 3, ...made });
    const { width = 192, height = 144, fps = 25 } = more as { width?: number; height?: number; fps?: number };
    const dir = at(`${name}-store`);
    const { seen, run } = await record(path, dir);
    expect(seen.length).toBeGreaterThanOrEqual(14);
    const [firstSeen] = seen;
    const shift = firstSeen!.ptsMs - (firstSeen!.number * 1_000) / fps;
    for (const frame of seen)
      expect(Math.abs(frame.ptsMs - shift - (frame.number * 1_000) / fps)).toBeLessThanOrEqual(1);

    const { store } = openStore(dir);
    for (const moment of [seen[0]!, seen[8]!]) {
      const still = await store.still('gate', moment.capturedAtMs);
      expect(still).toMatchObject({ width, height });
      expect(Math.abs(still.capturedAtMs - moment.capturedAtMs)).toBeLessThanOrEqual(1);
      expect(await numberOfStill(still.image)).toBe(moment.number);
    }

    const clipPath = at(`${name}-clip.mp4`);
    const clip = await store.clip(
      'gate',
      { fromMs: seen[6]!.capturedAtMs, toMs: seen[12]!.capturedAtMs },
      clipPath,
    );
    const numbers = await numbersOf(clipPath, { width, height });
    // Beyond the end there may be pictures that B-frames before it refer to.
    const asked = numbers.filter((number) => number <= seen[12]!.number);
    expect(asked).toEqual(asked.map((_, i) => numbers[0]! + i));
    expect(asked.at(-1)).toBe(seen[12]!.number);
    expect(clip.fromMs).toBeLessThanOrEqual(seen[6]!.capturedAtMs);
    const shownMs = (number: number): number => run!.anchorMs + shift + (number * 1_000) / fps;
    expect(Math.abs(clip.fromMs - shownMs(numbers[0]!))).toBeLessThanOrEqual(1_000 / fps);
    expect(Math.abs(clip.toMs - shownMs(numbers.at(-1)!))).toBeLessThanOrEqual(1_000 / fps);
    expect(numbers.at(-1)).toBeLessThanOrEqual(seen[12]!.number + 4);
    const { codec_tag_string: tag, codec_name: codec } = await streamOf(clipPath);
    if (codec === 'hevc') expect(tag).toBe('hvc1');
  });

  it('a variable frame rate keeps its own times', async () => {
    // Pictures 0, 1, 2, then every third: 40 ms and 120 ms apart.
    const path = at('vfr.mkv');
    await makeNumberedClip({
      path,
      filters: "select='lt(n,25)+not(mod(n,3))'",
      output: ['-fps_mode', 'passthrough'],
    });
    const { seen } = await record(path, at('vfr-store'), { decode: { policy: 'fps', fps: 25 } });
    for (const frame of seen) expect(Math.abs(frame.ptsMs - frame.number * 40)).toBeLessThanOrEqual(1);
    const { store } = openStore(at('vfr-store'));
    const moment = seen.at(-3)!;
    // Between two pictures, the one before stands.
    const still = await store.still('gate', moment.capturedAtMs + 100);
    expect(still.capturedAtMs).toBe(moment.capturedAtMs);
    expect(await numberOfStill(still.image)).toBe(moment.number);
  });

  it.each([90, 180, 270])('a picture turned by %i degrees stands upright everywhere', async (degrees) => {
    // Stored lying down, with the note of how to turn it back: upright, the numbers are at the top again.
    const back = { 90: 'transpose=clock', 180: 'hflip,vflip', 270: 'transpose=cclock' }[degrees] ?? 'null';
    const lying = await makeNumberedClip({ path: at(`lying-${degrees}.mp4`), filters: back });
    const path = at(`turned-${degrees}.mp4`);
    await ffmpeg(['-i', lying, '-c', 'copy', '-metadata:s:v:0', `rotate=${degrees}`, path]);
    const dir = at(`turned-${degrees}-store`);
    const upright = (await numbersOf(path, { width: 192, height: 144 }))[10];
    const turnedBack = upright === 10;
    const { seen, run } = await record(path, dir);
    expect(run).toMatchObject({ sourceWidth: 192, sourceHeight: 144 });
    if (!turnedBack) throw new Error(`the fixture shows ${upright} in place of 10`);
    for (const frame of seen) expect(Math.abs(frame.ptsMs - frame.number * 40)).toBeLessThanOrEqual(1);
    const { store } = openStore(dir);
    const still = await store.still('gate', seen[5]!.capturedAtMs);
    expect(still).toMatchObject({ width: 192, height: 144 });
    expect(await numberOfStill(still.image)).toBe(seen[5]!.number);
    const clipPath = at(`turned-${degrees}-clip.mp4`);
    await store.clip('gate', { fromMs: seen[0]!.capturedAtMs, toMs: seen[5]!.capturedAtMs }, clipPath);
    expect((await numbersOf(clipPath, { width: 192, height: 144 }))[10]).toBe(10);
  });

  it('a file that begins again goes on in time', async () => {
    const path = await makeNumberedClip({ path: at('round.mp4'), seconds: 2 });
    const watched = watchSource({
      url: path,
      pacing: 'asap',
      loop: true,
      segments: { dir: at('round-store'), segmentMs: 1_000 },
    });
    await watched.frames(30);
    await watched.stop();
    for (const frame of watched.seen)
      expect(Math.abs((frame.ptsMs % 2_000) - frame.number * 40)).toBeLessThanOrEqual(1);
    expect(await openStore(at('round-store')).store.coverage('gate')).toHaveLength(1);
  });
});

describe('what the store answers', () => {
  const dir = at('ring-store');
  let watched: WatchedRun;
  beforeAll(async () => {
    const path = await makeNumberedClip({ path: at('ring.mp4'), seconds: 8 });
    watched = await record(path, dir);
  });

  it('footage.missing for what was never recorded', async () => {
    const { store } = openStore(dir);
    const early = watched.run!.anchorMs - 60_000;
    await expect(store.still('gate', early)).rejects.toMatchObject({ code: 'footage.missing' });
    await expect(store.still('nowhere', early)).rejects.toMatchObject({ code: 'footage.missing' });
    const range = { fromMs: early, toMs: early + 1_000 };
    await expect(store.clip('gate', range, at('none.mp4'))).rejects.toMatchObject({
      code: 'footage.missing',
    });
    expect(existsSync(at('none.mp4'))).toBe(false);
  });

  it('a clip as far as there is footage, when more is asked for', async () => {
    const { store } = openStore(dir);
    const anchorMs = watched.run!.anchorMs;
    const clip = await store.clip(
      'gate',
      { fromMs: anchorMs - 5_000, toMs: anchorMs + 60_000 },
      at('all.mp4'),
    );
    expect(clip).toMatchObject({ fromMs: anchorMs, toMs: anchorMs + 8_000 - 40 });
  });

  it('a clip that cannot be written is an error and leaves nothing', async () => {
    const { store } = openStore(dir);
    const anchorMs = watched.run!.anchorMs;
    const clip = store.clip(
      'gate',
      { fromMs: anchorMs, toMs: anchorMs + 2_000 },
      at('no/such/folder/clip.mp4'),
    );
    await expect(clip).rejects.toMatchObject({ code: 'footage.failed' });
  });

  it('deletes the oldest beyond its size, and never what is held', async () => {
    const anchorMs = watched.run!.anchorMs;
    const before = await openStore(dir).store.usage();
    expect(before.segments).toBe(8);
    const { store, log } = openStore(dir, { maxBytes: before.bytes * 0.7 });
    // All of it is held: the limit is exceeded rather than evidence lost.
    store.hold('gate', anchorMs, 'incident-1');
    expect(await store.prune()).toMatchObject({ deletedSegments: 0 });
    expect((await store.usage()).heldBytes).toBe(before.bytes);
    store.release('incident-1');
    store.hold('gate', anchorMs + 4_500, 'incident-2');
    const { deletedSegments } = await store.prune();
    expect(deletedSegments).toBeGreaterThanOrEqual(2);
    const [stretch] = await store.coverage('gate');
    expect(stretch).toMatchObject({ fromMs: anchorMs + deletedSegments * 1_000, toMs: anchorMs + 8_000 });
    expect(log.lines).toEqual([]);
  });

  it('under disk pressure deletes the oldest first, keeps what is held, and says so', async () => {
    const anchorMs = watched.run!.anchorMs;
    const { store, log } = openStore(dir, { minFreeBytes: 1e18 });
    store.hold('gate', anchorMs + 6_500, 'incident-3');
    await store.prune();
    expect(await store.coverage('gate')).toEqual([
      expect.objectContaining({ fromMs: anchorMs + 6_000, toMs: anchorMs + 8_000 }),
    ]);
    expect(log.lines.map((line) => line.message)).toEqual([
      'disk nearly full, oldest footage deleted early',
      'disk nearly full and nothing left to delete',
    ]);
  });

  it('forgets by age, down to the empty folder', async () => {
    const { store } = openStore(dir, { maxAgeMs: 1 });
    await expect
      .poll(async () => (await store.prune(), store.coverage('gate')), { timeout: 20_000 })
      .toEqual([]);
    expect(existsSync(join(dir, 'gate'))).toBe(false);
  });
});

const available = streetServerAvailable();
describe.skipIf(!available.ok)(
  `live recording${available.ok ? '' : ` (SKIPPED: ${available.reason})`}`,
  () => {
    it('B-frames over RTSP, a reconnect in the middle, and the segment that is being written', async () => {
      const path = await makeNumberedClip({
        path: at('live.mp4'),
        seconds: 12,
        encoder: ['-c:v', 'libx264', '-g', '25', '-bf', '2'],
      });
      const server = await serveLaunchLines({ gate: playH264(path) });
      try {
        const dir = at('live-store');
        const { store } = openStore(dir);
        const open = () => watchSource({ url: server.url('gate'), segments: { dir, segmentMs: 2_000 } });
        const one = open();
        await one.frames(12);
        await one.stop();
        const two = open();
        await two.frames(8);
        // Its segment is still open.
        const moment = two.seen[5]!;
        const still = await store.still('gate', moment.capturedAtMs);
        expect(still.capturedAtMs).toBe(moment.capturedAtMs);
        expect(await numberOfStill(still.image)).toBe(moment.number);
        const range = { fromMs: one.seen[6]!.capturedAtMs, toMs: moment.capturedAtMs };
        const clip = await store.clip('gate', range, at('live-clip.mp4'));
        await two.stop();
        expect(await store.coverage('gate')).toHaveLength(2);
        const numbers = await numbersOf(at('live-clip.mp4'), { width: 192, height: 144 });
        const turn = numbers.findIndex((number, i) => i > 0 && number < numbers[i - 1]!);
        expect(turn).toBeGreaterThan(0);
        const before = numbers.slice(0, turn);
        const after = numbers.slice(turn).filter((number) => number <= moment.number);
        // The connection ended between a picture and the B-frames before it, in the order of decoding.
        const whole = before.slice(0, -3);
        expect(whole).toEqual(whole.map((_, i) => before[0]! + i));
        expect(after).toEqual(after.map((_, i) => after[0]! + i));
        expect(after.at(-1)).toBe(moment.number);
        // The gap is in the clip's own time: it lasts as long as what it shows did.
        expect(clip.toMs).toBeGreaterThanOrEqual(moment.capturedAtMs);
        expect(clip.toMs).toBeLessThanOrEqual(moment.capturedAtMs + 160);
      } finally {
        await server.stop();
      }
    });
  },
);
