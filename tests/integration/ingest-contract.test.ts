/** The contract of sources, against real servers and files of every kind. */

import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';

import { serveStreet, streetServerAvailable, type StreetServer } from '../../benchmarks/street/index.ts';
import type { Frame } from '../../core/index.ts';
import { sourceContract } from '../../ingest/source.contract.ts';
import {
  ffmpeg,
  makeNumberedClip,
  playH264,
  readNumber,
  serveFolder,
  serveLaunchLines,
  systemClock,
  temporaryFolder,
  type LaunchServer,
} from '../support/rtsp.ts';

const folder = temporaryFolder('ingest-contract');
const size = { width: 192, height: 144, seconds: 8 };
const at = (name: string): string => join(folder.path, name);
const numberOf = (frame: Frame): number =>
  readNumber(frame.pixels, { width: frame.ref.width, height: frame.ref.height, stride: frame.canvasWidth });
const common = { readNumber: numberOf, clock: systemClock };

const X265 = [
  '-c:v',
  'libx265',
  '-preset',
  'ultrafast',
  '-x265-params',
  'log-level=error:keyint=25:open-gop=0:bframes=0',
];

beforeAll(async () => {
  await makeNumberedClip({ path: at('h264.mp4'), ...size });
  await makeNumberedClip({
    path: at('b-frames.mp4'),
    ...size,
    encoder: ['-c:v', 'libx264', '-g', '25', '-bf', '3'],
  });
  await makeNumberedClip({ path: at('h265.mp4'), ...size, encoder: X265 });
  await makeNumberedClip({
    path: at('mjpeg.mkv'),
    ...size,
    encoder: ['-c:v', 'mjpeg', '-q:v', '4', '-huffman', 'default'],
  });
});
afterAll(() => folder.remove());

describe('a file as fast as it decodes', () => {
  sourceContract({
    ...common,
    codec: 'h264',
    options: () => ({ url: at('b-frames.mp4'), transport: 'tcp', pacing: 'asap' }),
  });
});

describe('a file in real time', () => {
  sourceContract({
    ...common,
    codec: 'mjpeg',
    options: () => ({ url: at('mjpeg.mkv'), transport: 'tcp', pacing: 'realtime' }),
  });
});

describe('HLS over HTTP', () => {
  let server: Awaited<ReturnType<typeof serveFolder>>;
  beforeAll(async () => {
    await ffmpeg([
      '-i',
      at('h264.mp4'),
      '-c',
      'copy',
      '-f',
      'hls',
      '-hls_time',
      '2',
      '-hls_list_size',
      '0',
      at('list.m3u8'),
    ]);
    server = await serveFolder(folder.path);
  });
  afterAll(async () => await server.stop());
  sourceContract({
    ...common,
    codec: 'h264',
    options: () => ({ url: `${server.url}/list.m3u8`, transport: 'tcp', pacing: 'realtime' }),
  });
});

const available = streetServerAvailable();
describe.skipIf(!available.ok)(available.ok ? 'RTSP' : `RTSP (SKIPPED: ${available.reason})`, () => {
  let street: StreetServer;
  let launched: LaunchServer;
  beforeAll(async () => {
    const clips = ['h264.mp4', 'h265.mp4', 'mjpeg.mkv'].map((name) => ({
      name: name.split('.')[0]!,
      path: at(name),
    }));
    street = await serveStreet({ clips });
    launched = await serveLaunchLines({ 'b-frames': playH264(at('b-frames.mp4')) });
  });
  afterAll(async () => {
    await street.stop();
    await launched.stop();
  });

  describe.each([
    ['h264', 'tcp', 'h264'],
    ['h264', 'udp', 'h264'],
    ['h265', 'tcp', 'hevc'],
    ['mjpeg', 'tcp', 'mjpeg'],
  ] as const)('%s over %s', (name, transport, codec) => {
    sourceContract({
      ...common,
      codec,
      options: () => ({ url: street.urls[name] ?? '', transport, pacing: 'realtime' }),
    });
  });

  describe('h264 with B-frames over tcp', () => {
    sourceContract({
      ...common,
      codec: 'h264',
      options: () => ({ url: launched.url('b-frames'), transport: 'tcp', pacing: 'realtime' }),
    });
  });
});
