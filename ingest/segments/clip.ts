/** Cuts a clip from recorded segments without re-encoding. */

import { rename, rm, stat, writeFile } from 'node:fs/promises';

import ffmpeg from 'fluent-ffmpeg';

import { messageOf, StreetwatchError, type FootageClip } from '../../core/index.ts';
import { argumentsOf } from '../command.ts';
import { runFfmpeg } from '../ffmpeg-process.ts';
import { isDiskFull } from './disk-full.ts';
import { readPackets } from './packets.ts';
import type { Segment } from './recordings.ts';

/** Matroska times are rounded to milliseconds. */
const ROUNDING_MS = 1;

/**
 * @param segments those that overlap the range, in order of time, at least one.
 * @throws StreetwatchError `footage.missing`, `footage.failed`, `disk.full`
 */
export async function cutClip(
  segments: readonly Segment[],
  range: { readonly fromMs: number; readonly toMs: number },
  path: string,
): Promise<FootageClip> {
  const first = segments[0]!;
  const packets = await readPackets(first.path);
  const wanted = range.fromMs - first.run.anchorMs + ROUNDING_MS;
  const keys = packets.filter((packet) => packet.key);
  const begin = keys.findLast((packet) => packet.ptsMs <= wanted) ?? keys[0];
  if (begin === undefined) {
    throw new StreetwatchError(
      'footage.missing',
      `The recording of ${first.cameraId} holds no whole picture yet.`,
    );
  }
  const [list, partial] = [`${path}.list`, `${path}.partial`];
  const fromMs = first.run.anchorMs + begin.ptsMs;
  try {
    await writeFile(list, concatList(segments, fromMs, range.toMs));
    const args = argumentsOf(clipCommand(list, partial, first));
    const result = await runFfmpeg({ args, background: true, timeoutMs: 120_000 });
    if (result.code !== 0) throw cutFailed(first.cameraId, result.lines);
    const times = await readPackets(partial);
    const [start, end] = [times[0], times.at(-1)];
    if (start === undefined || end === undefined) throw cutFailed(first.cameraId, result.lines);
    const { size } = await stat(partial);
    await rename(partial, path);
    return { path, fromMs, toMs: fromMs + end.ptsMs - start.ptsMs, sizeBytes: size };
  } catch (error) {
    if (error instanceof StreetwatchError) throw error;
    const code = isDiskFull(error) ? 'disk.full' : 'footage.failed';
    const message = `A clip of ${first.cameraId} could not be written: ${messageOf(error)}.`;
    throw new StreetwatchError(code, message, { cause: error });
  } finally {
    await rm(list, { force: true });
    await rm(partial, { force: true });
  }
}

function clipCommand(list: string, to: string, first: Segment): ffmpeg.FfmpegCommand {
  const command = ffmpeg(`file:${list}`)
    .inputOptions('-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+warning')
    .inputOptions('-protocol_whitelist', 'file', '-f', 'concat', '-safe', '0')
    .output(`file:${to}`)
    .noAudio()
    .videoCodec('copy')
    .outputOptions('-map', '0:v:0', '-movflags', '+faststart', '-avoid_negative_ts', 'make_zero')
    .format('mp4');
  // Players of Apple take H.265 under this name only.
  if (first.run.codec === 'hevc') command.outputOptions('-tag:v', 'hvc1');
  if (first.run.rotation !== 0) command.outputOptions('-metadata:s:v:0', `rotate=${first.run.rotation}`);
  return command;
}

/**
 * Every file is given its own start and length from our index: ffmpeg's own estimate of a file's length is off by
 * up to a frame, and a gap between two runs would be lost.
 */
function concatList(segments: readonly Segment[], fromMs: number, toMs: number): string {
  const lines = ['ffconcat version 1.0'];
  for (const [index, segment] of segments.entries()) {
    const startMs = index === 0 ? fromMs : segment.startMs;
    const next = segments[index + 1];
    lines.push(`file 'file:${segment.path.replaceAll("'", `'\\''`)}'`);
    lines.push(`inpoint ${seconds(startMs - segment.run.anchorMs)}`);
    if (next === undefined) lines.push(`outpoint ${seconds(toMs - segment.run.anchorMs + ROUNDING_MS)}`);
    else lines.push(`duration ${seconds(next.startMs - startMs)}`);
  }
  return `${lines.join('\n')}\n`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

export function cutFailed(cameraId: string, lines: readonly string[]): StreetwatchError {
  const said = lines.join('\n');
  if (isDiskFull(said)) {
    return new StreetwatchError(
      'disk.full',
      `Footage of ${cameraId} could not be written: the disk is full.`,
    );
  }
  return new StreetwatchError(
    'footage.failed',
    `Footage of ${cameraId} could not be cut; ffmpeg said:\n${said}`,
  );
}
