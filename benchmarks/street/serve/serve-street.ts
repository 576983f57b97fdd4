/** Plays video files as live RTSP cameras through a real RTSP server (a child process around gst-rtsp-server). */

import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { packagePath, StreetwatchError } from '../../../core/index.ts';
import type { ServingFault } from '../scenario/schema.ts';

/** One camera: `name` is its path on the server, `path` an MP4, MOV, MKV or AVI file with H.264, H.265, MJPEG or MPEG-4 video. */
export interface StreetClip {
  readonly name: string;
  readonly path: string;
  /** What goes wrong on the way from the camera, in seconds of clip time; it comes again in every loop. */
  readonly faults?: readonly ServingFault[];
}

/** A clip begins: when a first client plays it, and in a loop at every seam. */
export interface StreetLap {
  readonly name: string;
  /** 0 at first. A camera that all clients had left begins anew with 0. */
  readonly lap: number;
  /** Wall time at which the first frame of the clip is sent. */
  readonly atMs: number;
}

export interface ServeStreetOptions {
  readonly clips: readonly StreetClip[];
  /** Called whenever a clip begins, so that clip time can be told from wall time. */
  readonly onLap?: (lap: StreetLap) => void;
  /** TCP port on loopback; 0, the default, takes a free one. */
  readonly port?: number;
  /** true (default): clips go round without a seam in the timestamps; false: the camera is gone after the last frame. */
  readonly loop?: boolean;
  /** With a user name every request must carry it and the password (Basic), or is answered 401. */
  readonly username?: string;
  readonly password?: string;
}

export interface StreetServer {
  readonly port: number;
  /** Process id of the server. */
  readonly pid: number;
  /** Rejects with StreetwatchError `street.server-ended` when the server ends without having been stopped; else resolves. */
  readonly ended: Promise<void>;
  /** Address of each camera by name; carries the user name and password when the server asks for them. */
  readonly urls: Readonly<Record<string, string>>;
  /** Sends nothing more for this camera while its connections stay open, until {@link StreetServer.resume}. */
  stall(name: string): void;
  resume(name: string): void;
  /** Takes the camera away: its address answers 404, and every client of the server is disconnected. */
  remove(name: string): void;
  /** Ends the server; resolves when its process is gone. */
  stop(): Promise<void>;
}

type ServerProcess = ChildProcessByStdio<Writable, Readable, Readable>;

const CAMERA_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Starts an RTSP server on loopback with one shared live stream per clip, at `rtsp://127.0.0.1:PORT/NAME`.
 * A stream begins at the first frame of its clip when the first client plays it; later clients join what is being sent.
 * @throws StreetwatchError `clip.invalid` when a file cannot be served, `street.no-server` when the server cannot run here.
 */
export async function serveStreet(options: ServeStreetOptions): Promise<StreetServer> {
  checkClips(options.clips);
  const python = findPython();
  const child: ServerProcess = spawn(
    python,
    [packagePath('benchmarks', 'street', 'serve', 'rtsp-server.py')],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stdin.on('error', () => undefined); // A server that died is noticed by its exit, not by a broken pipe.
  child.stdin.write(
    `${JSON.stringify({
      port: options.port ?? 0,
      loop: options.loop ?? true,
      username: options.username,
      password: options.password,
      cameras: options.clips,
    })}\n`,
  );
  const lastWords = lastLines(child.stderr);
  const port = await awaitReady(child, lastWords, options.onLap ?? (() => undefined));
  const ended = gone.then(() => {
    if (child.killed) return; // by `stop`
    const how = `exit code ${child.exitCode ?? 'none'}, signal ${child.signalCode ?? 'none'}`;
    throw new StreetwatchError(
      'street.server-ended',
      [`The RTSP server ended (${how}).`, ...lastWords].join('\n'),
    );
  });
  ended.catch(() => undefined); // Whoever does not ask notices by his streams.
  const order = (verb: string, name: string) => {
    child.stdin.write(`${JSON.stringify({ do: verb, name })}\n`);
  };
  return {
    port,
    pid: child.pid!,
    ended,
    urls: Object.fromEntries(options.clips.map(({ name }) => [name, cameraUrl(options, port, name)])),
    stall: (name) => order('stall', name),
    resume: (name) => order('resume', name),
    remove: (name) => order('remove', name),
    stop: async () => {
      child.stdin.end();
      child.kill('SIGTERM');
      const lastResort = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(lastResort);
    },
  };
}

/** Whether the RTSP server can run here; if not, `reason` says what is missing. For tests that must skip aloud. */
export function streetServerAvailable():
  { readonly ok: true } | { readonly ok: false; readonly reason: string } {
  try {
    findPython();
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

let knownPython: string | undefined;

/** A Python that has the GObject bindings: Debian's own, even where another Python comes first on the path. */
function findPython(): string {
  const candidates = [process.env['STREETWATCH_PYTHON'], '/usr/bin/python3', 'python3'];
  knownPython ??= candidates.find((path) => path !== undefined && importsGstRtspServer(path));
  if (knownPython === undefined) {
    throw new StreetwatchError(
      'street.no-server',
      'No Python with the GStreamer RTSP server was found: install gir1.2-gst-rtsp-server-1.0, python3-gi, gstreamer1.0-plugins-good and gstreamer1.0-plugins-bad.',
    );
  }
  return knownPython;
}

function importsGstRtspServer(path: string): boolean {
  if (path.startsWith('/') && !existsSync(path)) return false;
  const program =
    "import gi; gi.require_version('GstRtspServer','1.0'); from gi.repository import GstRtspServer";
  return spawnSync(path, ['-c', program], { stdio: 'ignore' }).status === 0;
}

function checkClips(clips: readonly StreetClip[]): void {
  const seen = new Set<string>();
  for (const { name, path } of clips) {
    if (!CAMERA_NAME.test(name) || seen.has(name)) {
      throw new StreetwatchError(
        'clip.invalid',
        `The camera name "${name}" is used twice or is not a plain word.`,
      );
    }
    seen.add(name);
    if (!existsSync(path)) throw new StreetwatchError('clip.invalid', `The clip ${path} does not exist.`);
  }
}

function cameraUrl(options: ServeStreetOptions, port: number, name: string): string {
  const url = new URL(`rtsp://127.0.0.1:${port}/${name}`);
  if (options.username === undefined) return url.href;
  const credentials = `${encodeURIComponent(options.username)}:${encodeURIComponent(options.password ?? '')}`;
  return url.href.replace('rtsp://', `rtsp://${credentials}@`);
}

type ServerLine = StreetLap | { readonly ready: boolean; readonly port?: number; readonly error?: string };

/** @returns the last lines that were read, kept up to date. */
function lastLines(stream: Readable): readonly string[] {
  const lines: string[] = [];
  createInterface({ input: stream }).on('line', (line) => {
    lines.push(line);
    if (lines.length > 20) lines.shift();
  });
  return lines;
}

async function awaitReady(
  child: ServerProcess,
  lastWords: readonly string[],
  onLap: (lap: StreetLap) => void,
): Promise<number> {
  return await new Promise<number>((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new StreetwatchError('clip.invalid', `The RTSP server did not start: ${reason}`));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said: ServerLine = JSON.parse(line);
      if ('lap' in said) onLap(said);
      else if (said.ready && said.port !== undefined) resolve(said.port);
      else fail(said.error ?? line);
    });
    child.once('error', (error) => fail(error.message));
    child.once('exit', () => fail(lastWords.join('\n') || 'it ended'));
  });
}
