/** Addresses and files that are not what they should be: each is a clear error that names the camera, without the password. */

import { createServer, type Server } from 'node:net';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { serveStreet, streetServerAvailable, type StreetServer } from '../../benchmarks/street/index.ts';
import { StreetwatchError } from '../../core/index.ts';
import { probe } from '../../ingest/index.ts';
import {
  ffmpeg,
  makeNumberedClip,
  recordingLog,
  serveLaunchLines,
  temporaryFolder,
  watchSource,
  type LaunchServer,
} from '../support/rtsp.ts';

const folder = temporaryFolder('ingest-bad');
const at = (name: string): string => join(folder.path, name);

beforeAll(async () => {
  await makeNumberedClip({ path: at('good.mp4'), seconds: 3 });
  await makeNumberedClip({ path: at('good.ts'), seconds: 3 });
  await ffmpeg(['-f', 'lavfi', '-i', 'sine=d=2', at('sound.wav')]);
  writeFileSync(at('empty.mp4'), '');
  writeFileSync(at('text.mp4'), 'this is not a video\n'.repeat(200));
  writeFileSync(at('cut.mp4'), readFileSync(at('good.mp4')));
  truncateSync(at('cut.mp4'), 4_000);
  writeFileSync(at('cut.ts'), readFileSync(at('good.ts')));
  truncateSync(at('cut.ts'), Math.floor(readFileSync(at('good.ts')).length / 2));
  mkdirSync(at('folder'));
});
afterAll(() => folder.remove());

/** The error of a run that must fail, checked for what every error of a camera owes. */
async function failureOf(
  url: string,
  more: Partial<Parameters<typeof watchSource>[0]> = {},
): Promise<string> {
  const error = await watchSource({ ...more, url }).ended;
  expect(error).toBeInstanceOf(StreetwatchError);
  const { code, message, context } = error as StreetwatchError;
  expect(message).toMatch(/^(Camera gate|The address) /);
  expect(`${message}${JSON.stringify(context)}`).not.toContain('s3cret');
  return code;
}

describe('files', () => {
  it.each([
    ['none.mp4', 'source.unreachable'],
    ['folder', 'source.unreachable'],
    ['empty.mp4', 'source.not-a-stream'],
    ['text.mp4', 'source.not-a-stream'],
    ['cut.mp4', 'source.not-a-stream'],
    ['sound.wav', 'source.no-video'],
  ])('%s is %s', async (name, code) => {
    expect(await failureOf(at(name))).toBe(code);
  });

  it('plays what there is of a truncated file, then ends', async () => {
    const watched = watchSource({ url: at('cut.ts'), pacing: 'asap' });
    expect(await watched.ended).toBeUndefined();
    expect(watched.seen.length).toBeGreaterThan(3);
    expect(watched.seen.length).toBeLessThan(15);
  });
});

describe('addresses', () => {
  it.each([
    ['an unknown scheme', 'ftp://u:s3cret@host/x', 'source.unreachable'],
    ['a protocol of ffmpeg that runs over others', 'concat:/etc/passwd|/etc/hosts', 'source.unreachable'],
    ['a filter graph as an input', 'lavfi:testsrc', 'source.unreachable'],
    ['an option', '-version', 'source.unreachable'],
    ['a line break', 'rtsp://u:s3cret@127.0.0.1/a\r\nX: y', 'source.unreachable'],
    ['no host', 'rtsp:///stream', 'source.unreachable'],
    ['a name that does not resolve', 'rtsp://u:s3cret@camera.invalid/1', 'source.unreachable'],
    ['a port on which nobody listens', 'rtsp://u:s3cret@127.0.0.1:9/1', 'source.unreachable'],
    ['HTTP on a port on which nobody listens', 'http://u:s3cret@127.0.0.1:9/1.m3u8', 'source.unreachable'],
  ])('%s', async (_what, url, code) => {
    expect(await failureOf(url)).toBe(code);
  });
});

describe('servers that are no cameras', () => {
  const sockets: Server[] = [];
  const listen = async (answer: string | undefined): Promise<number> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (answer !== undefined) socket.on('data', () => socket.end(answer));
    });
    sockets.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  afterAll(() => sockets.forEach((server) => server.close()));

  it.each([
    ['SSH instead of RTSP', 'SSH-2.0-OpenSSH_9.2\r\n', 'rtsp', 'source.not-a-stream'],
    [
      'a web page instead of RTSP',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
      'rtsp',
      'source.not-a-stream',
    ],
    [
      'a web page instead of HLS',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
      'http',
      'source.not-a-stream',
    ],
    ['a missing page instead of HLS', 'HTTP/1.1 404 Not Found\r\n\r\n', 'http', 'source.not-a-stream'],
    ['a page behind a password', 'HTTP/1.1 401 Unauthorized\r\n\r\n', 'http', 'source.unauthorised'],
  ])('%s', async (_what, answer, scheme, code) => {
    const port = await listen(answer);
    expect(await failureOf(`${scheme}://u:s3cret@127.0.0.1:${port}/x`)).toBe(code);
  });

  it('a server that takes the connection and says nothing has stalled', async () => {
    const port = await listen(undefined);
    expect(await failureOf(`rtsp://127.0.0.1:${port}/x`, { stallAfterMs: 800 })).toBe('source.stalled');
  });

  it('a playlist from the network cannot make us read a local file', async () => {
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://${at('good.ts')}\n#EXT-X-ENDLIST\n`;
    const answer = `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\nContent-Length: ${playlist.length}\r\n\r\n${playlist}`;
    const port = await listen(answer);
    const watched = watchSource({ url: `http://127.0.0.1:${port}/x.m3u8` });
    expect(await watched.ended).toMatchObject({ code: 'source.not-a-stream' });
    expect(watched.seen).toEqual([]);
  });
});

const available = streetServerAvailable();
describe.skipIf(!available.ok)(`RTSP servers${available.ok ? '' : ` (SKIPPED: ${available.reason})`}`, () => {
  let guarded: StreetServer;
  let launched: LaunchServer;
  beforeAll(async () => {
    guarded = await serveStreet({
      clips: [{ name: 'gate', path: at('good.mp4') }],
      username: 'viewer',
      password: 's3cret/@:%',
    });
    const sound = 'audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay0 pt=8';
    const picture =
      'videotestsrc is-live=true ! video/x-raw,format=I420,width=192,height=144,framerate=25/1 ! jpegenc ! rtpjpegpay name=pay1 pt=26';
    launched = await serveLaunchLines({ sound: `( ${sound} )`, both: `( ${sound} ${picture} )` });
  });
  afterAll(async () => {
    await guarded.stop();
    await launched.stop();
  });

  it('a wrong password is source.unauthorised, and neither the error nor the log holds it', async () => {
    const log = recordingLog();
    const url = `rtsp://viewer:s3cret-wrong@127.0.0.1:${guarded.port}/gate`;
    expect(await failureOf(url, { log })).toBe('source.unauthorised');
    expect(await failureOf(`rtsp://127.0.0.1:${guarded.port}/gate`, { log })).toBe('source.unauthorised');
    expect(JSON.stringify(log.lines)).not.toContain('s3cret');
    await expect(probe(url, { transport: 'tcp', timeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'source.unauthorised',
    });
  });

  it('the right password, with signs that are special in addresses, opens the stream', async () => {
    const watched = watchSource({ url: guarded.urls['gate'] ?? '' });
    await watched.frames(2);
    await watched.stop();
    const info = await probe(guarded.urls['gate'] ?? '', { transport: 'tcp', timeoutMs: 10_000 });
    expect(info).toEqual({ codec: 'h264', width: 192, height: 144, fps: 25 });
  });

  it('an address that the camera does not know is source.not-a-stream', async () => {
    const url = (guarded.urls['gate'] ?? '').replace('/gate', '/none');
    expect(await failureOf(url)).toBe('source.not-a-stream');
  });

  it('sound alone is source.no-video', async () => {
    expect(await failureOf(launched.url('sound'))).toBe('source.no-video');
  });

  it('sound beside the picture is left alone', async () => {
    const watched = watchSource({ url: launched.url('both') });
    await watched.frames(8);
    await watched.stop();
    const steps = watched.seen.slice(1).map((frame, i) => frame.ptsMs - watched.seen[i]!.ptsMs);
    for (const step of steps) expect(Math.abs(step - 200)).toBeLessThanOrEqual(40);
  });
});
