/** The RTSP server plays real files to a real client, asks for passwords, and leaves nothing behind. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { serveStreet, type StreetLap, streetServerAvailable } from './serve-street.ts';

const run = promisify(execFile);
const available = streetServerAvailable();
const skipped = available.ok ? '' : ` (SKIPPED: ${available.reason})`;

describe.skipIf(!available.ok)(`serveStreet${skipped}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'street-serve-'));
  const clip = (name: string) => join(folder, `${name}.mp4`);

  beforeAll(async () => {
    const make = async (size: string, name: string, codec: readonly string[]) => {
      const source = `testsrc=s=${size}:r=10:d=2`;
      await run('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, ...codec, '-y', clip(name)]);
    };
    await make('322x182', 'h264', ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '10']);
    await make('320x180', 'h265', [
      '-c:v',
      'libx265',
      '-pix_fmt',
      'yuv420p',
      '-x265-params',
      'log-level=error',
    ]);
    await make('320x176', 'mjpeg', ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p']);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const probe = async (url: string, transport: string, seconds: number) => {
    const shown = ['-show_entries', 'packet=pts_time:stream=codec_name,width,height', '-of', 'json'];
    const read = ['-v', 'error', '-rtsp_transport', transport, '-read_intervals', `%+${seconds}`];
    const { stdout } = await run('ffprobe', [...read, ...shown, url]);
    const found: {
      packets: { pts_time?: string }[];
      streams: { codec_name: string; width: number; height: number }[];
    } = JSON.parse(stdout);
    const times = found.packets.flatMap((packet) =>
      packet.pts_time === undefined ? [] : [Number(packet.pts_time)],
    );
    return { times, stream: found.streams[0] };
  };

  it.each([
    ['h264', 'tcp', 'h264', 322],
    ['h264', 'udp', 'h264', 322],
    ['h265', 'tcp', 'hevc', 320],
    ['mjpeg', 'tcp', 'mjpeg', 320],
  ])('plays %s over %s and goes on across the end of the clip', async (name, transport, codec, width) => {
    const server = await serveStreet({ clips: [{ name, path: clip(name) }] });
    try {
      const { times, stream } = await probe(server.urls[name] ?? '', transport, 3);
      expect(stream).toMatchObject({ codec_name: codec, width });
      expect(times.length).toBeGreaterThan(22); // more than the 20 frames of one round
      const sorted = times.toSorted((a, b) => a - b);
      const steps = sorted.slice(2).map((time, index) => time - (sorted[index + 1] ?? 0));
      expect(Math.max(...steps)).toBeLessThan(0.25);
    } finally {
      await server.stop();
    }
  });

  it('refuses a client without the password, and serves one with it', async () => {
    const server = await serveStreet({
      clips: [{ name: 'gate', path: clip('h264') }],
      username: 'viewer',
      password: 's p@ce',
    });
    try {
      await expect(probe(`rtsp://127.0.0.1:${server.port}/gate`, 'tcp', 1)).rejects.toThrow(/401/);
      expect((await probe(server.urls['gate'] ?? '', 'tcp', 1)).times.length).toBeGreaterThan(5);
    } finally {
      await server.stop();
    }
  });

  it('plays once and is gone: the stream ends and the address answers 404', async () => {
    const server = await serveStreet({ clips: [{ name: 'once', path: clip('h264') }], loop: false });
    try {
      expect((await probe(server.urls['once'] ?? '', 'tcp', 60)).times.length).toBeGreaterThan(15);
      await expect
        .poll(() => probe(server.urls['once'] ?? '', 'tcp', 1).then(String, String), { timeout: 15_000 })
        .toMatch(/404/);
    } finally {
      await server.stop();
    }
  });

  it('loses pictures, jumps its clock and goes away when told to', async () => {
    const server = await serveStreet({
      clips: [
        { name: 'lossy', path: clip('h264'), faults: [{ kind: 'drop', fromS: 0.45, toS: 1.55, share: 1 }] },
        { name: 'jumpy', path: clip('h264'), faults: [{ kind: 'clock-jump', atS: 1, byS: 500 }] },
      ],
      loop: false,
    });
    try {
      const lossy = await probe(server.urls['lossy'] ?? '', 'tcp', 60);
      expect(lossy.times.length).toBeLessThan(11);
      const jumpy = await probe(server.urls['jumpy'] ?? '', 'tcp', 1000);
      expect(Math.max(...jumpy.times)).toBeGreaterThan(490);
      server.remove('jumpy');
      await expect(probe(server.urls['jumpy'] ?? '', 'tcp', 1)).rejects.toThrow(/404/);
    } finally {
      await server.stop();
    }
  });

  it('damages pictures on their way, and still sends every one', async () => {
    const server = await serveStreet({
      clips: [
        { name: 'sound', path: clip('h264') },
        { name: 'noisy', path: clip('h264'), faults: [{ kind: 'corrupt', fromS: 0.45, toS: 2, share: 1 }] },
      ],
      loop: false,
    });
    const decode = async (name: string) =>
      (
        await run('ffmpeg', [
          ...['-v', 'error', '-rtsp_transport', 'tcp', '-i', server.urls[name] ?? ''],
          ...['-f', 'null', '-'],
        ])
      ).stderr;
    try {
      expect(await decode('sound')).not.toMatch(/error while decoding|concealing|corrupt|cabac/i);
      expect(await decode('noisy')).toMatch(/error while decoding|concealing|corrupt|cabac/i);
    } finally {
      await server.stop();
    }
  });

  it('says when a clip begins, and begins again', async () => {
    const laps: StreetLap[] = [];
    const server = await serveStreet({
      clips: [{ name: 'a', path: clip('h264') }],
      onLap: (lap) => void laps.push(lap),
    });
    try {
      await probe(server.urls['a'] ?? '', 'tcp', 5);
      expect(laps.map(({ name, lap }) => [name, lap]).slice(0, 3)).toEqual([
        ['a', 0],
        ['a', 1],
        ['a', 2],
      ]);
      expect(laps[1]!.atMs - laps[0]!.atMs).toBeGreaterThan(1900); // the clip has two seconds
    } finally {
      await server.stop();
    }
  });

  it('keeps the connection but sends nothing while it is stalled', async () => {
    const server = await serveStreet({ clips: [{ name: 'a', path: clip('h264') }] });
    try {
      server.stall('a');
      const flags = ['-v', 'error', '-rtsp_transport', 'tcp', '-timeout', '2000000'];
      // ffmpeg takes a silent camera for the end of the stream: its words are looked at, not its exit.
      const { stderr } = await run('ffmpeg', [
        ...flags,
        '-i',
        server.urls['a'] ?? '',
        '-frames:v',
        '5',
        '-f',
        'null',
        '-',
      ]);
      expect(stderr).toMatch(/timed out/);
      server.resume('a');
      expect((await probe(server.urls['a'] ?? '', 'tcp', 1)).times.length).toBeGreaterThan(5);
    } finally {
      await server.stop();
    }
  });

  it('leaves no process and no open port', async () => {
    const server = await serveStreet({ clips: [{ name: 'a', path: clip('h264') }] });
    await server.stop();
    await expect(probe(`rtsp://127.0.0.1:${server.port}/a`, 'tcp', 1)).rejects.toThrow(/refused/);
  });

  it('says which clip cannot be served', async () => {
    await expect(serveStreet({ clips: [{ name: 'a', path: join(folder, 'none.mp4') }] })).rejects.toThrow(
      /none\.mp4/,
    );
    await expect(serveStreet({ clips: [{ name: 'a/b', path: clip('h264') }] })).rejects.toThrow(/a\/b/);
    await run('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'sine=d=1', '-y', clip('sound')]);
    await expect(serveStreet({ clips: [{ name: 'a', path: clip('sound') }] })).rejects.toThrow(/sound\.mp4/);
  });

  it('says when its process dies, and is silent about it when it was stopped', async () => {
    const [killed, stopped] = [await serveStreet({ clips: [] }), await serveStreet({ clips: [] })];
    process.kill(killed.pid, 'SIGKILL');
    await expect(killed.ended).rejects.toMatchObject({ code: 'street.server-ended' });
    await killed.stop();
    await stopped.stop();
    await expect(stopped.ended).resolves.toBeUndefined();
  });
});
