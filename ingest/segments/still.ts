/** Takes one picture out of a recorded segment at full resolution. */

import ffmpeg from 'fluent-ffmpeg';

import type { FootageStill } from '../../core/index.ts';
import { argumentsOf } from '../command.ts';
import { runFfmpeg } from '../ffmpeg-process.ts';
import { cutFailed } from './clip.ts';
import type { Segment } from './recordings.ts';

/**
 * Decodes to the picture with exactly this time in the file.
 * @throws StreetwatchError `footage.failed`, `disk.full`
 */
export async function takeStill(segment: Segment, ptsMs: number): Promise<FootageStill> {
  const command = ffmpeg(`file:${segment.path}`)
    .inputOptions('-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+warning')
    .inputOptions('-protocol_whitelist', 'file', '-threads', '1', '-copyts', '-noautorotate')
    // From the key frame before it, not from the start of the segment; the filter picks the picture.
    .inputOptions('-seek_timestamp', '1', '-noaccurate_seek', '-ss', (ptsMs / 1_000).toFixed(3))
    .output('pipe:1')
    .noAudio()
    .videoFilters([`select='gte(t,${((ptsMs - 0.5) / 1_000).toFixed(4)})'`, ...upright(segment.run.rotation)])
    .outputOptions('-map', '0:v:0', '-fps_mode', 'passthrough', '-frames:v', '1')
    // Lossless, and quick rather than small: it is cropped and drawn upon next.
    .videoCodec('png')
    .outputOptions('-compression_level', '1')
    .format('image2pipe');
  const result = await runFfmpeg({ args: argumentsOf(command), background: true, timeoutMs: 60_000 });
  const image = result.stdout;
  if (result.code !== 0 || image.length < 24) throw cutFailed(segment.cameraId, result.lines);
  // PNG (RFC 2083) 11.2.2: the first chunk holds width and height.
  const [width, height] = [image.readUInt32BE(16), image.readUInt32BE(20)];
  return { image, width, height, capturedAtMs: segment.run.anchorMs + ptsMs };
}

function upright(rotation: number): string[] {
  // ffmpeg prints the angle by which the stored picture was turned, anticlockwise.
  switch (((rotation % 360) + 360) % 360) {
    case 90:
      return ['transpose=cclock'];
    case 180:
      return ['hflip', 'vflip'];
    case 270:
      return ['transpose=clock'];
    default:
      return [];
  }
}
