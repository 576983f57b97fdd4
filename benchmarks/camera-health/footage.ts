/** Plays a clip as a camera would deliver it, with a fault from some moment on: H.264 in between, as in real life. */

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import type { Frame } from '../../core/index.ts';

/** Size and rate of the analysed pictures, as the pipeline gives them to the detector. */
export const ANALYSIS = { width: 416, height: 234, fps: 5 } as const;

/** A source whose clip is brought to 640 pixels and 10 pictures a second once, so that each fault costs little. */
export async function prepareClip(
  path: string,
  to: string,
  of: { forS: number; loop: boolean },
): Promise<void> {
  const loop = of.loop ? ['-stream_loop', '-1'] : [];
  const size = ['-vf', 'fps=10,scale=640:360:flags=area', '-an', '-t', String(of.forS)];
  const coder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '10', '-pix_fmt', 'yuv420p'];
  await promisify(execFile)('ffmpeg', [
    '-y',
    '-loglevel',
    'error',
    ...loop,
    '-i',
    path,
    ...size,
    ...coder,
    to,
  ]);
}

/** Frames of a prepared clip, or of any file, at the analysis rate; `filter` is applied before the camera's encoder. */
export async function* play(
  path: string,
  filter: string | undefined,
  startMs: number,
): AsyncGenerator<Frame> {
  const { width, height } = ANALYSIS;
  const bytes = width * height * 3;
  const times = new Times();
  const decoder = filter === undefined ? decode(path) : decodeFaulty(path, filter);
  decoder.stderr!.setEncoding('utf8').on('data', (text: string) => times.take(text));
  decoder.on('close', () => times.end());
  let rest = Buffer.alloc(0);
  let seq = 0;
  for await (const chunk of decoder.stdout!) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= bytes) {
      const ptsMs = await times.of(seq);
      yield frameOf(new Uint8Array(rest.subarray(0, bytes)), { seq: seq++, ptsMs, startMs });
      rest = rest.subarray(bytes);
    }
  }
}

function frameOf(pixels: Uint8Array, at: { seq: number; ptsMs: number; startMs: number }): Frame {
  const { width, height } = ANALYSIS;
  const { seq, ptsMs, startMs } = at;
  return {
    ref: { cameraId: 'clip', runId: 'clip', seq, ptsMs, capturedAtMs: startMs + ptsMs, width, height },
    pixels,
    canvasWidth: width,
    canvasHeight: height,
    sourceWidth: width,
    sourceHeight: height,
    release() {},
  };
}

/** Presentation times, as the `showinfo` filter prints them on stderr. */
class Times {
  private readonly ptsMs: number[] = [];
  private wake: (() => void) | undefined;
  private ended = false;
  private text = '';

  take(chunk: string): void {
    const lines = (this.text + chunk).split('\n');
    this.text = lines.pop()!;
    for (const line of lines) {
      const found = /Parsed_showinfo.* pts_time:\s*([\d.]+)/.exec(line);
      if (found !== null) this.ptsMs.push(Math.round(Number(found[1]) * 1000));
    }
    this.wake?.();
  }

  end(): void {
    this.ended = true;
    this.wake?.();
  }

  async of(seq: number): Promise<number> {
    while (this.ptsMs.length <= seq && !this.ended) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const ptsMs = this.ptsMs[seq];
    if (ptsMs === undefined) throw new Error(`ffmpeg printed no time for picture ${seq}`);
    return ptsMs;
  }
}

const QUIET = ['-hide_banner', '-nostats', '-loglevel', 'info'];

/** Pictures are dropped to reach the analysis rate, none is doubled: a camera that sends one a second gives one. */
function output(): string[] {
  const { width, height, fps } = ANALYSIS;
  const rate = `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${0.98 / fps})'`;
  const filter = `${rate},scale=${width}:${height}:flags=area,showinfo=checksum=0`;
  return ['-an', '-vf', filter, '-vsync', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
}

function decode(path: string): ChildProcess {
  return spawn('ffmpeg', [...QUIET, '-i', path, ...output()]);
}

function decodeFaulty(path: string, filter: string): ChildProcess {
  const even = 'scale=trunc(iw/2)*2:trunc(ih/2)*2';
  const coder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', '25', '-g', '40'];
  const encoder = spawn('ffmpeg', [
    ...['-loglevel', 'error', '-i', path, '-an', '-vf', `${filter},${even}`, '-vsync', 'passthrough'],
    ...[...coder, '-pix_fmt', 'yuv420p', '-t', '30', '-f', 'matroska', '-'],
  ]);
  const decoder = spawn('ffmpeg', [...QUIET, '-i', '-', ...output()]);
  encoder.stdout.pipe(decoder.stdin);
  decoder.stdin.on('error', () => encoder.kill());
  encoder.stderr.on('data', (text: Buffer) => process.stderr.write(text));
  return decoder;
}
