/** Decodes a clip into frames on a model's canvas, as ingest gives them: content top left, padding right and below. */

import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { Frame } from '../../core/index.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Canvas of the model, pictures a second, wall time of the clip's start, and how content fits a canvas. */
export interface ReadOptions extends Size {
  readonly padValue: number;
  readonly fps: number;
  readonly startMs: number;
  readonly contentSize: (source: Size, canvas: Size) => Size;
}

/** A file, or a filter graph that ffmpeg makes pictures of. */
export type ClipSource = string | { readonly made: string };

/** Frames at an even rate. Each stays valid: this is a benchmark, not a pipeline. */
export async function* readClip(from: ClipSource, options: ReadOptions): AsyncGenerator<Frame> {
  const { width, height, padValue, fps } = options;
  const source = await sizeOf(from);
  const content = options.contentSize(source, { width, height });
  const pad = padValue.toString(16).padStart(2, '0').repeat(3);
  const fit = `fps=${fps},scale=${content.width}:${content.height}:flags=area,format=rgb24,pad=${width}:${height}:0:0:0x${pad}`;
  const child = spawn('ffmpeg', [
    '-loglevel',
    'error',
    ...inputOf(from),
    '-an',
    '-vf',
    fit,
    '-f',
    'rawvideo',
    '-',
  ]);
  child.stderr.on('data', (text: Buffer) => process.stderr.write(text));
  const bytes = width * height * 3;
  let rest = Buffer.alloc(0);
  let seq = 0;
  for await (const chunk of child.stdout) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= bytes) {
      const ptsMs = Math.round((seq * 1000) / fps);
      const ref = {
        cameraId: 'clip',
        runId: 'clip',
        seq,
        ptsMs,
        capturedAtMs: options.startMs + ptsMs,
        ...content,
      };
      const pixels = new Uint8Array(rest.subarray(0, bytes));
      yield {
        ref,
        pixels,
        canvasWidth: width,
        canvasHeight: height,
        sourceWidth: source.width,
        sourceHeight: source.height,
        release() {},
      };
      seq++;
      rest = rest.subarray(bytes);
    }
  }
}

function inputOf(from: ClipSource): string[] {
  return typeof from === 'string' ? ['-i', from] : ['-f', 'lavfi', '-i', from.made];
}

async function sizeOf(from: ClipSource): Promise<Size> {
  const entries = ['-select_streams', 'v:0', '-show_entries', 'stream=width,height', '-of', 'csv=p=0'];
  const { stdout } = await promisify(execFile)('ffprobe', [
    '-loglevel',
    'error',
    ...entries,
    ...inputOf(from),
  ]);
  const [width, height] = stdout.trim().split(',').map(Number);
  if (!width || !height) throw new Error(`no picture size in ${typeof from === 'string' ? from : from.made}`);
  return { width, height };
}
