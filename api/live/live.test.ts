/** Live view: boxes of fragmented MP4, the pool's bounds, and real ffmpeg on a stream over HTTP. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../core/index.ts';
import { FragmentSplitter, inputOptions, startsWithKey } from './fragmented-mp4.ts';
import { LivePool } from './live-pool.ts';
import type { LiveViewer } from './live-pool.ts';
import type { LiveChunk, StartStream, StreamEvents } from './live-stream.ts';
import { withTransport } from './mpeg1.ts';

const run = promisify(execFile);

describe('fragmented MP4', () => {
  it('from ffmpeg is cut into header and fragments, with codec and key frames told, however the bytes come', async () => {
    const { stdout } = await run(
      'ffmpeg',
      [
        '-loglevel',
        'error',
        '-f',
        'lavfi',
        '-i',
        'testsrc2=size=320x180:rate=10',
        '-t',
        '3',
        '-c:v',
        'libx264',
        '-pix_fmt',
        'yuv420p',
        '-g',
        '10',
        '-bf',
        '0',
      ].concat([
        '-movflags',
        'empty_moov+default_base_moof+frag_keyframe',
        '-frag_duration',
        '250000',
        '-f',
        'mp4',
        '-',
      ]),
      { encoding: 'buffer', maxBuffer: 1 << 24 },
    );
    const headers: LiveChunk[] = [];
    const keys: boolean[] = [];
    let bytes = 0;
    const splitter = new FragmentSplitter({
      header: (chunk) => headers.push(chunk),
      data: (chunk, key) => {
        keys.push(key);
        bytes += chunk.length;
      },
    });
    for (let at = 0; at < stdout.length; at += 777) splitter.push(stdout.subarray(at, at + 777));
    expect(JSON.parse(String(headers[0]))).toEqual({
      mime: expect.stringMatching(/^video\/mp4; codecs="avc1\.[0-9a-f]{6}"$/),
    });
    expect((headers[1] as Buffer).toString('latin1', 4, 8)).toBe('ftyp');
    expect(keys[0]).toBe(true);
    expect(keys.filter(Boolean)).toHaveLength(3);
    expect(keys.length).toBeGreaterThan(6);
    expect(bytes).toBeLessThan(stdout.length);
  });

  it('refuses what is no box', () => {
    const splitter = new FragmentSplitter({ header: () => undefined, data: () => undefined });
    expect(() => splitter.push(Buffer.from('ffffffff00000000', 'hex'))).toThrow(/not to be expected/);
  });
});

it('a file is played again from its beginning by a real ffmpeg, which ends with its last viewer', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'streetwatch-live-'));
  const url = join(dir, 'clip.mp4');
  const input = ['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=10', '-t', '1'];
  await run('ffmpeg', [...input, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '10', '-bf', '0', url]);
  const limits = { mostStreams: 1, mostViewers: 1, lingerMs: 10, mostLagBytes: 1 << 20 };
  const pool = new LivePool({ address: () => ({ url, loop: true }) }, { log: silentLog, limits });
  const got: LiveChunk[] = [];
  const viewer = {
    send: (chunk: LiveChunk) => void got.push(chunk),
    lagBytes: () => 0,
    ended: () => undefined,
  };
  expect(() => pool.join('a', 'mpeg1', viewer)).toThrow(
    expect.objectContaining({ code: 'live.unavailable' }),
  );
  const leave = pool.join('a', 'fmp4', viewer);
  // The clip has one key frame: a second one is the second time round.
  const isKey = (chunk: LiveChunk): boolean =>
    typeof chunk !== 'string' && chunk.includes('moof') && startsWithKey(chunk);
  await vi.waitFor(() => expect(got.filter(isKey).length).toBeGreaterThan(1), { timeout: 20_000 });
  leave();
  await vi.waitFor(() => expect(pool.state().streams).toBe(0));
  await rm(dir, { recursive: true });
});

it('RTSP transports stand where ffmpeg takes them, and only for RTSP', () => {
  expect(withTransport('rtsp://u:p@h/s', 'tcp')).toBe('rtsp://u:p@h/s?tcp');
  expect(withTransport('rtsp://h/s?x=1', 'udp')).toBe('rtsp://h/s?x=1&udp');
  expect(withTransport('http://h/s', 'tcp')).toBe('http://h/s');
  expect(inputOptions('rtsp://h/s', 'tcp')).toContain('-rtsp_transport');
  expect(inputOptions('http://h/s', 'tcp')).not.toContain('-rtsp_transport');
});

describe('the pool', () => {
  function setup(limits = {}) {
    const started: { url: string; events: StreamEvents; stopped: boolean }[] = [];
    const start: StartStream = ({ url }, events) => {
      const one = { url, events, stopped: false };
      started.push(one);
      return { stop: () => (one.stopped = true) };
    };
    const pool = new LivePool(
      { address: (id) => (id === 'file' ? { url: 'file:///etc/passwd' } : { url: `rtsp://camera/${id}` }) },
      {
        log: silentLog,
        starters: { fmp4: start, mpeg1: start },
        limits: { mostStreams: 2, mostViewers: 3, lingerMs: 20, mostLagBytes: 100, ...limits },
      },
    );
    return { pool, started };
  }
  function viewer(lag = 0): LiveViewer & { got: LiveChunk[]; over: boolean } {
    const one = {
      got: [] as LiveChunk[],
      over: false,
      send: (c: LiveChunk) => void one.got.push(c),
      lagBytes: () => lag,
      ended: () => void (one.over = true),
    };
    return one;
  }

  it('shares one process, gives a late viewer the picture since the last key frame, and ends it when nobody looks', async () => {
    const { pool, started } = setup();
    const first = viewer();
    const leave = pool.join('a', 'fmp4', first);
    const { events } = started[0]!;
    events.header('mime');
    events.data(Buffer.from('1'), true);
    events.data(Buffer.from('2'), false);
    events.data(Buffer.from('3'), true);
    events.data(Buffer.from('4'), false);
    const late = viewer();
    const leaveToo = pool.join('a', 'fmp4', late);
    expect(late.got.map(String)).toEqual(['mime', '3', '4']);
    expect(first.got.map(String)).toEqual(['mime', '1', '2', '3', '4']);
    expect(pool.state()).toMatchObject({ streams: 1, viewers: 2 });
    leave();
    leaveToo();
    await vi.waitFor(() => expect(started[0]!.stopped).toBe(true));
    expect(pool.state()).toMatchObject({ streams: 0, viewers: 0 });
  });

  it('lets a slow viewer skip to the next key frame, and nobody else', () => {
    const { pool, started } = setup();
    let lag = 1000;
    const slow = { ...viewer(), lagBytes: () => lag };
    const quick = viewer();
    pool.join('a', 'fmp4', slow);
    pool.join('a', 'fmp4', quick);
    const { events } = started[0]!;
    events.data(Buffer.from('1'), true);
    lag = 0;
    events.data(Buffer.from('2'), false);
    events.data(Buffer.from('3'), true);
    expect(slow.got.map(String)).toEqual(['3']);
    expect(quick.got.map(String)).toEqual(['1', '2', '3']);
    pool.close();
  });

  it('refuses more streams and viewers than its bounds, and addresses that are no camera', () => {
    const { pool } = setup();
    expect(() => pool.join('file', 'fmp4', viewer())).toThrow(
      expect.objectContaining({ code: 'live.unavailable' }),
    );
    pool.join('a', 'fmp4', viewer());
    pool.join('a', 'mpeg1', viewer());
    expect(() => pool.join('b', 'fmp4', viewer())).toThrow(expect.objectContaining({ code: 'live.busy' }));
    pool.join('a', 'fmp4', viewer());
    expect(() => pool.join('a', 'fmp4', viewer())).toThrow(expect.objectContaining({ code: 'live.busy' }));
    pool.close();
  });

  it('tells its viewers when the process ends', () => {
    const { pool, started } = setup();
    const one = viewer();
    pool.join('a', 'fmp4', one);
    started[0]!.events.end('rtsp://***@camera/a: Connection refused');
    expect(one.over).toBe(true);
    expect(pool.state().streams).toBe(0);
  });
});
