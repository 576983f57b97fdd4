/** The one ffmpeg command line of a camera: frames to a pipe, their times to a second, the original to segments. */

import ffmpeg from 'fluent-ffmpeg';

import type { SourceInput } from './sources/index.ts';
import type { SourceOptions } from './source.ts';

/** File descriptors of the child beside stdout, which carries the pixels. */
export const PTS_PIPE = 3;
export const SEGMENT_LIST_PIPE = 4;

/** Cameras that send nothing but key frames (MJPEG, all-intra) are held to this rate. */
const MAX_KEYFRAMES_PER_SECOND = 5;

/** Pictures may come this much before their turn, so that jitter of a camera's clock does not halve the rate. */
const RATE_TOLERANCE_S = 0.005;

/** Fill of the canvas beside the picture, as the detectors were trained with it: 114 of 255. */
const PADDING_COLOUR = '0x727272';

/** The options of a source, and whether this run of it is recorded. */
export interface RecordingChoice extends SourceOptions {
  readonly recorded: boolean;
}

/**
 * Arguments for one run, built with fluent-ffmpeg; never seen by a shell.
 * @param input what is opened, as {@link parseSourceUrl} made it.
 */
export function sourceArguments(input: string, how: SourceInput, options: RecordingChoice): string[] {
  const command = ffmpeg(input)
    .inputOptions('-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+info', '-filter_threads', '1')
    .inputOptions(...how.protocol)
    // One thread per camera: many cameras share the cores, and frame threads would only add delay and memory.
    .inputOptions('-threads', '1');
  if (how.pace.length > 0) command.inputOptions(...how.pace);
  if (options.decode.policy === 'keyframes') command.inputOptions('-skip_frame', 'nokey');

  command
    .output('pipe:1')
    .noAudio()
    .videoFilters(analysisFilters(options))
    // Frames keep their own times: none is doubled or left out to make an even rate.
    .outputOptions('-map', '0:v:0', '-fps_mode', 'passthrough', '-threads', '1')
    .format('rawvideo');

  if (options.recorded && options.segments !== undefined) {
    command
      .output('%09d.mkv')
      .noAudio()
      .videoCodec('copy')
      .outputOptions('-map', '0:v:0', '-bsf:v', RECORDED_TIMES)
      .outputOptions('-segment_format', 'matroska', '-segment_format_options', 'cluster_time_limit=250')
      .outputOptions('-segment_time', String(options.segments.segmentMs / 1_000))
      .outputOptions('-segment_list', `pipe:${SEGMENT_LIST_PIPE}`, '-segment_list_type', 'csv')
      .outputOptions('-flush_packets', '1')
      .format('segment');
  }
  return argumentsOf(command);
}

/**
 * Matroska stores presentation times only, in milliseconds. Decoding times serve ffmpeg's muxing queue alone, which
 * moves a frame's presentation time when they are not rising; so they are replaced by a count of milliseconds
 * that rises and stays below every presentation time. The first RTP packets come without a time (ffmpeg's
 * parser loses it): they begin at zero.
 */
const RECORDED_TIMES =
  "setts=pts='if(eq(PTS,NOPTS),if(eq(N,0),0,PREV_OUTPTS+1),PTS)':dts='N*max(1,0.001/TB)'";

function analysisFilters(options: SourceOptions): string[] {
  const { width, height } = options.canvas;
  const fps = options.decode.policy === 'fps' ? options.decode.fps : MAX_KEYFRAMES_PER_SECOND;
  const fit = `min(${width}/iw,${height}/ih)`;
  return [
    selectAtRate(fps),
    // Milliseconds as integers: printed as seconds, times above a thousand lose their last digits ("%.6g").
    'settb=1/1000',
    // Only frames that carry metadata are printed, so each is given some.
    'metadata=mode=add:key=s:value=1',
    `metadata=mode=print:file='pipe\\:${PTS_PIPE}':direct=1`,
    // Averages what becomes one pixel, as the detectors were trained; half the work of the bilinear filter, which also blurs.
    `scale=w='${fitted('iw', width, fit)}':h='${fitted('ih', height, fit)}':flags=area`,
    // ffmpeg scales into four bytes a pixel with vector instructions, into three without; dropping one is cheap.
    'format=rgb0',
    'format=rgb24',
    `pad=${width}:${height}:0:0:color=${PADDING_COLOUR}`,
  ];
}

/**
 * Picks frames by their own times: variable 0 holds the time at which the next is due. A frame is taken when it is due;
 * the next is due one period later, or one period after this frame when the stream has fallen
 * behind. When the camera's clock went back, the frame is handed on too, for that to be noticed.
 */
function selectAtRate(fps: number): string {
  const period = 1 / fps;
  const due = `gte(t+${RATE_TOLERANCE_S},ld(0))`;
  const wentBack = `lt(t,ld(0)-${period}-1)`;
  const next = `st(0,if(gt(abs(t-ld(0)),${period}),t,ld(0))+${period})`;
  return `select='if(${due}+${wentBack},1+0*${next},0)'`;
}

function fitted(side: string, limit: number, fit: string): string {
  return `max(1,min(${limit},round(${side}*${fit})))`;
}

/** Size of the picture inside the canvas: the arithmetic of the scale filter above. */
export function contentSize(
  source: { readonly width: number; readonly height: number },
  canvas: { readonly width: number; readonly height: number },
): { width: number; height: number } {
  const fit = Math.min(canvas.width / source.width, canvas.height / source.height);
  const side = (size: number, limit: number): number => Math.max(1, Math.min(limit, Math.round(size * fit)));
  return { width: side(source.width, canvas.width), height: side(source.height, canvas.height) };
}

/**
 * The argument list of a fluent-ffmpeg command. Its own `run` gives the child three file descriptors; we need five,
 * and the child's exit as a value, so the process is started by {@link startFfmpeg}. A test holds this method's shape.
 */
export function argumentsOf(command: ffmpeg.FfmpegCommand): string[] {
  const build: unknown = Reflect.get(command, '_getArguments');
  if (typeof build !== 'function') throw new TypeError('this fluent-ffmpeg has no _getArguments');
  const args: unknown = Reflect.apply(build, command, []);
  if (!isStringList(args)) throw new TypeError('fluent-ffmpeg made no list of arguments');
  return args;
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
