/** Turns drawn frames into the compressed stream that a camera would send. */

import { rmSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';

import { StreetwatchError } from '../../../core/index.ts';
import type { CameraSpec } from '../scenario/schema.ts';

export interface Encoder {
  write(jpeg: Buffer): Promise<void>;
  /** Resolves when the file is complete. */
  end(): Promise<void>;
  /** Ends ffmpeg at once and takes the unfinished file away. */
  abort(): Promise<void>;
}

/** The optics and the processor of a cheap camera: a little blur, weak colours, edges sharpened again. */
const LOOK =
  'gblur=sigma=0.55,eq=saturation=0.86:contrast=0.95:brightness=0.01,unsharp=5:5:0.45,format=yuv420p';

/** @throws StreetwatchError `clip.invalid` from `end` when ffmpeg fails. */
export function encodeTo(path: string, camera: CameraSpec): Encoder {
  const frames = new PassThrough();
  const gop = Math.max(1, Math.round(camera.gopS * camera.fps));
  const codec =
    camera.codec === 'h265'
      ? [
          '-c:v',
          'libx265',
          '-preset',
          'medium',
          '-tag:v',
          'hvc1',
          '-x265-params',
          `keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=0:log-level=error`,
        ]
      : [
          '-c:v',
          'libx264',
          '-preset',
          'slow',
          '-profile:v',
          'high',
          '-g',
          String(gop),
          '-keyint_min',
          String(gop),
          '-sc_threshold',
          '0',
          '-bf',
          '0',
        ];
  const command = ffmpeg(frames);
  const done = new Promise<void>((resolve, reject) => {
    command
      .inputOptions(['-f', 'image2pipe', '-c:v', 'mjpeg', '-framerate', String(camera.fps)])
      .videoFilters(LOOK)
      .outputOptions([
        ...codec,
        '-crf',
        String(camera.crf),
        '-an',
        '-movflags',
        '+faststart',
        '-map_metadata',
        '-1',
        '-fflags',
        '+bitexact',
        '-flags:v',
        '+bitexact',
      ])
      .on('end', () => resolve())
      .on('error', (cause: Error) =>
        reject(new StreetwatchError('clip.invalid', `${path}: ${cause.message}`, { cause })),
      )
      .save(path);
  });
  done.catch(() => undefined); // Reported by end(); a failure in mid clip must not count as unhandled.
  return {
    write: async (jpeg) => {
      if (!frames.write(jpeg))
        await Promise.race([new Promise((resolve) => frames.once('drain', resolve)), done]);
    },
    end: async () => {
      frames.end();
      await done;
    },
    abort: async () => {
      frames.end(); // It may not have started yet.
      command.kill('SIGKILL');
      await done.catch(() => undefined);
      rmSync(path, { force: true });
    },
  };
}
