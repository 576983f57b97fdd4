/** Decodes a clip to small pictures at an even rate, as the pipeline gives them to the detector of left objects. */

import { spawn } from 'node:child_process';
import { refOf } from './replay.ts';
import type { PixelFrame } from './replay.ts';

/** Pictures of `width` × `height`, RGB, `fps` a second. Needs ffmpeg. */
export async function* readFrames(
  path: string,
  of: { width: number; height: number; fps: number },
): AsyncGenerator<PixelFrame> {
  const { width, height, fps } = of;
  const fit = `fps=${fps}:round=up,scale=${width}:${height}:flags=area`;
  const child = spawn('ffmpeg', [
    ...['-loglevel', 'error', '-i', path, '-an', '-vf', fit],
    ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
  ]);
  child.stderr.on('data', (text: Buffer) => process.stderr.write(text));
  const bytes = width * height * 3;
  let rest = Buffer.alloc(0);
  let seq = 0;
  for await (const chunk of child.stdout) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= bytes) {
      const ref = refOf(seq, seq / fps, { width, height });
      yield { ref, pixels: new Uint8Array(rest.subarray(0, bytes)), canvasWidth: width };
      seq++;
      rest = rest.subarray(bytes);
    }
  }
}
