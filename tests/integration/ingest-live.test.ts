/** A real RTSP server, a real ffmpeg: frames, stills and clips tell the time that their pictures show. */

import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { serveStreet, streetServerAvailable, type StreetServer } from '../../benchmarks/street/index.ts';
import type { Frame } from '../../core/index.ts';
import { createSource, SegmentStore, type RunStarted, type SourceOptions } from '../../ingest/index.ts';
import {
  makeNumberedClip,
  numbersOf,
  playH264,
  readNumber,
  recordingLog,
  serveLaunchLines,
  systemClock,
  temporaryFolder,
  watchSource,
} from '../support/rtsp.ts';

const available = streetServerAvailable();
const title = available.ok ? 'ingest from RTSP' : `ingest from RTSP (SKIPPED: ${available.reason})`;
const size = { width: 192, height: 144 };

describe.skipIf(!available.ok)(title, () => {
  const folder = temporaryFolder('ingest-live');
  let server: StreetServer;

  beforeAll(async () => {
    const plain = await makeNumberedClip({ path: join(folder.path, 'plain.mp4'), seconds: 30, ...size });
    server = await serveStreet({ clips: [{ name: 'plain', path: plain }] });
  });
  afterAll(async () => {
    await server.stop();
    folder.remove();
  });

  it('gives frames their own times, and stills and clips agree with them', async () => {
    const dir = join(folder.path, 'store');
    const log = recordingLog();
    const store = new SegmentStore({
      dir,
      maxBytes: 1e9,
      maxAgeMs: 1e9,
      minFreeBytes: 0,
      clock: systemClock,
      log,
    });
    const options: SourceOptions = {
      cameraId: 'gate',
      url: server.urls['plain'] ?? '',
      transport: 'tcp',
      decode: { policy: 'fps', fps: 5 },
      canvas: { width: 96, height: 96 },
      pacing: 'realtime',
      stallAfterMs: 5_000,
      segments: { dir, segmentMs: 2_000 },
      clock: systemClock,
      log,
    };
    const stop = new AbortController();
    const seen: { ptsMs: number; capturedAtMs: number; number: number }[] = [];
    let run: RunStarted | undefined;
    const done = createSource(options).run(stop.signal, {
      started: (started) => (run = started),
      frame: (frame: Frame) => {
        const { ptsMs, capturedAtMs, width, height } = frame.ref;
        seen.push({ ptsMs, capturedAtMs, number: readNumber(frame.pixels, { width, height, stride: 96 }) });
        frame.release();
      },
    });
    await expect.poll(() => seen.length, { timeout: 30_000 }).toBeGreaterThan(30);
    expect(run).toMatchObject({ codec: 'h264', sourceWidth: 192, sourceHeight: 144, fps: 25 });
    for (const { ptsMs, number } of seen) expect(Math.abs(ptsMs - number * 40)).toBeLessThanOrEqual(40);

    const moment = seen[20]!;
    const still = await store.still('gate', moment.capturedAtMs);
    expect(still).toMatchObject(size);
    expect(still.capturedAtMs).toBe(moment.capturedAtMs);
    const raw = await sharp(still.image).removeAlpha().raw().toBuffer();
    expect(readNumber(raw, size)).toBe(moment.number);

    const clipPath = join(folder.path, 'clip.mp4');
    const range = { fromMs: seen[8]!.capturedAtMs, toMs: seen[27]!.capturedAtMs };
    const clip = await store.clip('gate', range, clipPath);
    stop.abort();
    await done;
    const numbers = await numbersOf(clipPath, size);
    expect(clip.fromMs).toBeLessThanOrEqual(range.fromMs);
    expect(numbers.at(0)! * 40).toBe(clip.fromMs - run!.anchorMs);
    expect(numbers.at(-1)! * 40).toBe(clip.toMs - run!.anchorMs);
    expect(numbers.at(-1)).toBe(seen[27]!.number);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => numbers[0]! + i));
  });

  it('reads rtsps:// from a camera whose certificate nobody signed, as cameras have them', async () => {
    const pem = join(folder.path, 'camera.pem');
    const names = ['-subj', '/CN=camera', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names];
    execFileSync('openssl', [...args, '-keyout', pem, '-out', `${pem}.cert`], { stdio: 'pipe' });
    appendFileSync(pem, readFileSync(`${pem}.cert`));
    const secure = await serveLaunchLines({ gate: playH264(join(folder.path, 'plain.mp4')) }, pem);
    try {
      const watched = watchSource({ url: secure.url('gate') });
      await watched.frames(10);
      for (const { ptsMs, number } of watched.seen)
        expect(Math.abs(ptsMs - number * 40)).toBeLessThanOrEqual(40);
      await watched.stop();
    } finally {
      await secure.stop();
    }
  });
});
