/** Clips that show their own time, real RTSP servers that play them, and ways to read the time back. */

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { silentLog, type Clock, type FrameRef, type Log } from '../../core/index.ts';
import { createSource, type RunStarted, type SourceOptions } from '../../ingest/index.ts';

const execute = promisify(execFile);

/** The system's clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** A log that keeps everything it is told. */
export function recordingLog(): Log & {
  readonly lines: { level: string; message: string; fields: object }[];
} {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A folder that is gone after `remove`. */
export function temporaryFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `streetwatch-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface NumberedClip {
  readonly path: string;
  readonly seconds?: number;
  readonly fps?: number;
  readonly width?: number;
  readonly height?: number;
  /** Encoder arguments; H.264 with a key frame each second by default. */
  readonly encoder?: readonly string[];
  /** Further output arguments. */
  readonly output?: readonly string[];
  /** Further inputs and filters are put between source and encoder, e.g. an audio source. */
  readonly inputs?: readonly string[];
  /** Filters after the numbers are drawn. */
  readonly filters?: string;
}

/** Height of the strip at the top in which each frame shows its number, as a share of the picture. */
const STRIP_SHARE = 1 / 6;
const BITS = 12;

/** Draws the frame number as twelve black or white blocks, lowest bit left, across the top of the picture. */
function numberStrip(): string {
  const bit = `16+219*mod(floor(N/pow(2,floor(X*${BITS}/W))),2)`;
  const strip = (inside: string, plane: string): string =>
    `'if(lt(Y,H*${STRIP_SHARE}),${inside},${plane}(X,Y))'`;
  return `geq=lum=${strip(bit, 'lum')}:cb=${strip('128', 'cb')}:cr=${strip('128', 'cr')}`;
}

/** Makes a clip whose frames show their own number, from 0. */
export async function makeNumberedClip(clip: NumberedClip): Promise<string> {
  const { seconds = 4, fps = 25, width = 192, height = 144 } = clip;
  const source = `testsrc2=size=${width}x${height}:rate=${fps}:duration=${seconds}`;
  const encoder = clip.encoder ?? ['-c:v', 'libx264', '-g', String(fps), '-bf', '0', '-preset', 'veryfast'];
  const filters = [numberStrip(), clip.filters].filter((filter) => filter !== undefined).join(',');
  await ffmpeg(
    [
      ['-f', 'lavfi', '-i', source, ...(clip.inputs ?? [])],
      ['-vf', filters, '-pix_fmt', 'yuv420p', ...encoder, ...(clip.output ?? []), clip.path],
    ].flat(),
  );
  return clip.path;
}

/** Runs ffmpeg to its end; for making and looking at fixtures. */
export async function ffmpeg(args: readonly string[]): Promise<Buffer> {
  const { stdout } = await execute('ffmpeg', ['-v', 'error', '-y', '-nostdin', ...args], {
    encoding: 'buffer',
    maxBuffer: 1 << 28,
  });
  return stdout;
}

/** Reads the number out of RGB pixels; `width` × `height` is the picture, `stride` the pixels of a row. */
export function readNumber(
  pixels: Uint8Array,
  size: { readonly width: number; readonly height: number; readonly stride?: number },
): number {
  const row = Math.floor((size.height * STRIP_SHARE) / 2);
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const x = Math.floor(((bit + 0.5) * size.width) / BITS);
    const at = (row * (size.stride ?? size.width) + x) * 3;
    const light = (pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0);
    if (light > 384) number |= 1 << bit;
  }
  return number;
}

/** Numbers and times of all pictures of a file, decoded by a plain ffmpeg. */
export async function numbersOf(
  path: string,
  size: { readonly width: number; readonly height: number },
): Promise<number[]> {
  const raw = await ffmpeg([
    '-i',
    path,
    '-fps_mode',
    'passthrough',
    '-pix_fmt',
    'rgb24',
    '-f',
    'rawvideo',
    'pipe:1',
  ]);
  const bytes = size.width * size.height * 3;
  return Array.from({ length: Math.floor(raw.length / bytes) }, (_, i) =>
    readNumber(raw.subarray(i * bytes, (i + 1) * bytes), size),
  );
}

export interface LaunchServer {
  readonly port: number;
  url(name: string): string;
  stop(): Promise<void>;
}

/**
 * Serves GStreamer launch lines over RTSP; payloaders are named `pay0`, `pay1`.
 * @param certificate PEM file with certificate and key: the server then speaks TLS.
 */
export async function serveLaunchLines(
  mounts: Readonly<Record<string, string>>,
  certificate?: string,
): Promise<LaunchServer> {
  const script = fileURLToPath(new URL('rtsp-launch.py', import.meta.url));
  const child = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify({ mounts, certificate })}\n`);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the RTSP server ended with ${code}`)));
  });
  const port = Number(/"port": (\d+)/.exec(line)?.[1]);
  return {
    port,
    url: (name) => `${certificate === undefined ? 'rtsp' : 'rtsps'}://127.0.0.1:${port}/${name}`,
    stop: async () => {
      child.stdin.end();
      await gone;
    },
  };
}

/** A launch line that plays an H.264 MP4 as it is, in real time, once. */
export function playH264(path: string): string {
  return `( filesrc location=${path} ! qtdemux ! h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au ! rtph264pay name=pay0 pt=96 )`;
}

/** Serves a folder over HTTP on loopback, as a web server in front of a camera would. */
export async function serveFolder(folder: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = join(folder, basename(new URL(request.url ?? '/', 'http://localhost').pathname));
    readFile(path).then(
      (body) => response.end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A frame that was handed on: what it says of itself, and the number that it shows. */
export interface SeenFrame extends FrameRef {
  readonly number: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
}

export interface WatchedRun {
  readonly seen: SeenFrame[];
  run: RunStarted | undefined;
  /** Waits for so many frames; an end of the run before that is an error. */
  frames(count: number): Promise<void>;
  /** The error that ended the run, `undefined` for a good end. */
  readonly ended: Promise<unknown>;
  /** Ends the run and waits for it. */
  stop(): Promise<void>;
}

/** Runs a source of numbered pictures once, releasing each frame after reading it. */
export function watchSource(options: Partial<SourceOptions> & Pick<SourceOptions, 'url'>): WatchedRun {
  const stop = new AbortController();
  const seen: SeenFrame[] = [];
  let over = false;
  const source = createSource({
    cameraId: 'gate',
    transport: 'tcp',
    decode: { policy: 'fps', fps: 5 },
    canvas: { width: 96, height: 96 },
    pacing: 'realtime',
    stallAfterMs: 10_000,
    clock: systemClock,
    log: silentLog,
    ...options,
  });
  const watched: WatchedRun = {
    seen,
    run: undefined,
    ended: source
      .run(stop.signal, {
        started: (run) => (watched.run = run),
        frame: (frame) => {
          const { ref, canvasWidth: stride, sourceWidth, sourceHeight } = frame;
          const number = readNumber(frame.pixels, { width: ref.width, height: ref.height, stride });
          seen.push({ ...ref, number, sourceWidth, sourceHeight });
          frame.release();
        },
      })
      .then(
        () => undefined,
        (error: unknown) => error,
      )
      .finally(() => (over = true)),
    frames: async (count) => {
      while (seen.length < count) {
        if (over)
          throw new Error(`the run ended after ${seen.length} frames`, { cause: await watched.ended });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    stop: async () => {
      stop.abort();
      const error = await watched.ended;
      if (error !== undefined) throw error;
    },
  };
  return watched;
}
