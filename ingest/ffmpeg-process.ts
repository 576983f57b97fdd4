/** A running ffmpeg: its pipes, its last words, its orderly or forced end. */

import { spawn, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

import { redactUrls, StreetwatchError } from '../core/index.ts';

const KEPT_LINES = 20;

/** How long ffmpeg may take to close its files after SIGTERM, before SIGKILL. */
const GRACE_MS = 3_000;

/** nice(2) of work that may wait: a third of the share of a camera where they compete. */
const BACKGROUND_NICENESS = 5;

export interface FfmpegExit {
  /** 0 when it ended by itself; `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface FfmpegProcess {
  readonly pid: number;
  /** Pipes by file descriptor: 1 is stdout, 3 and on are extra ones. */
  pipe(fd: number): Readable;
  /** Resolves when the process is gone and all its pipes are drained. */
  readonly exited: Promise<FfmpegExit>;
  /** Whether it has been told to end. */
  readonly ending: boolean;
  /** SIGTERM, and SIGKILL when it has not gone after the grace; resolves when it is gone. */
  stop(): Promise<FfmpegExit>;
  /** Its last lines, oldest first, without passwords. */
  lastLines(): readonly string[];
}

export interface FfmpegStart {
  readonly args: readonly string[];
  readonly program?: 'ffmpeg' | 'ffprobe';
  readonly cwd?: string;
  /** It gives way to cameras and inference: nobody's clock waits for it. */
  readonly background?: boolean;
  /** Number of pipes beside stdout and stderr: descriptors 3, 4, … */
  readonly extraPipes?: number;
  /** Every line of stderr as ffmpeg wrote it; may hold addresses. */
  readonly onLine?: (line: string) => void;
}

/**
 * @throws StreetwatchError `ffmpeg.missing`
 */
export async function startFfmpeg(options: FfmpegStart): Promise<FfmpegProcess> {
  const program = options.program ?? 'ffmpeg';
  const path = process.env[program === 'ffmpeg' ? 'FFMPEG_PATH' : 'FFPROBE_PATH'] ?? program;
  const extra = Array.from({ length: options.extraPipes ?? 0 }, () => 'pipe' as const);
  const child = spawn(path, options.args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe', ...extra],
    shell: false,
    // Error texts of the C library are matched, so they must be in English.
    env: { ...process.env, LC_ALL: 'C', AV_LOG_FORCE_NOCOLOR: '1' },
  });
  await started(child, program);
  if (options.background === true) giveWay(child);
  return supervise(child, options.onLine);
}

function started(child: ChildProcess, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(
        new StreetwatchError('ffmpeg.missing', `${program} cannot be started: ${cause.message}.`, { cause }),
      );
    });
  });
}

function giveWay(child: ChildProcess): void {
  try {
    setPriority(child.pid!, BACKGROUND_NICENESS);
  } catch {
    // It has ended already.
  }
}

function readable(child: ChildProcess, fd: number): Readable {
  const stream = child.stdio[fd];
  if (!(stream instanceof Readable)) throw new RangeError(`descriptor ${fd} is not a pipe`);
  return stream;
}

function supervise(child: ChildProcess, onLine: ((line: string) => void) | undefined): FfmpegProcess {
  const lines: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    if (line.trim() === '') return;
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    onLine?.(line);
  });
  const exited = new Promise<FfmpegExit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  // Reading from a killed child may end in ECONNRESET; its exit is what counts.
  for (const stream of child.stdio) stream?.on('error', () => undefined);
  let ending = false;
  return {
    pid: child.pid!,
    exited,
    get ending() {
      return ending;
    },
    pipe: (fd) => readable(child, fd),
    lastLines: () => lines.map((line) => redactUrls(line)),
    async stop() {
      if (!ending) {
        ending = true;
        child.kill('SIGTERM');
        const lastResort = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
        void exited.then(() => clearTimeout(lastResort));
      }
      return await exited;
    },
  };
}

/** What a finished ffmpeg or ffprobe left. */
export interface FfmpegResult extends FfmpegExit {
  readonly stdout: Buffer;
  readonly lines: readonly string[];
}

/**
 * Runs to the end and keeps all of stdout.
 * @throws StreetwatchError `ffmpeg.missing`; a failure of the program itself is in the result.
 */
export async function runFfmpeg(
  options: FfmpegStart & { readonly timeoutMs: number },
): Promise<FfmpegResult> {
  const ffmpeg = await startFfmpeg(options);
  const chunks: Buffer[] = [];
  ffmpeg.pipe(1).on('data', (chunk: Buffer) => chunks.push(chunk));
  const limit = setTimeout(() => void ffmpeg.stop(), options.timeoutMs);
  const exit = await ffmpeg.exited;
  clearTimeout(limit);
  return { ...exit, stdout: Buffer.concat(chunks), lines: ffmpeg.lastLines() };
}
