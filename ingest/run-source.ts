/** One run of a source: opens it, anchors its clock, hands frames on, watches for silence, and says how it ended. */

import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';

import { redactUrls, StreetwatchError, type ErrorCode, type Frame } from '../core/index.ts';
import { Anchor } from './anchor.ts';
import { ClockWatch } from './clock-watch.ts';
import { contentSize, PTS_PIPE, SEGMENT_LIST_PIPE, sourceArguments } from './command.ts';
import { startFfmpeg, type FfmpegProcess } from './ffmpeg-process.ts';
import { FrameReader, type TimedPicture } from './frame-reader.ts';
import { DiskRoom } from './segments/disk-room.ts';
import { SegmentRecorder } from './segments/recorder.ts';
import { classifyFailure, failureText } from './source-failure.ts';
import { parseSourceUrl } from './source-url.ts';
import { sourceInput, type SourceInput } from './sources/index.ts';
import { POOL_FRAMES, type Source, type SourceEvents, type SourceOptions } from './source.ts';
import { StreamInfoReader, type VideoTrack } from './stream-info.ts';

/** The next frame of a live stream may be a whole group of pictures away: the anchor is not waited for longer. */
const ANCHOR_PATIENCE_MS = 1_500;
/** While the frames kept at the opening are still being used up it is: a busy machine takes seconds for them. */
const BACKLOG_PATIENCE_MS = 10_000;

/** How often a run that is not recorded looks for room on the disk. */
const ROOM_CHECK_MS = 10_000;

/** The address is checked when the source is run, so that a bad one is an error of the camera, not of the program. */
export function createSource(options: SourceOptions): Source {
  return {
    run: async (signal, events) => {
      if (signal.aborted) return;
      await new Run(options, events).run(signal);
    },
  };
}

/** Unique for ever and in order of time when sorted by name. */
function newRunId(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replace(/[-:.]/g, '').replace('Z', '');
  return `${time}-${randomBytes(4).toString('hex')}`;
}

class Run {
  private readonly options: SourceOptions;
  private readonly events: SourceEvents;
  private readonly runId: string;
  private readonly info = new StreamInfoReader();
  private readonly address;
  private readonly input: SourceInput;
  private readonly anchor: Anchor;
  private readonly reader: FrameReader;
  private readonly clockWatch = new ClockWatch();
  private ffmpeg: FfmpegProcess | undefined;
  private recorder: SegmentRecorder | undefined;
  private track: VideoTrack | undefined;
  private anchorMs: number | undefined;
  private seq = 0;
  private lastSignMs: number;
  private patience: NodeJS.Timeout | undefined;
  private failure: StreetwatchError | undefined;

  constructor(options: SourceOptions, events: SourceEvents) {
    this.options = options;
    this.events = events;
    this.runId = newRunId(options.clock.nowMs());
    this.address = parseSourceUrl(options.url);
    this.input = sourceInput(this.address.kind, {
      transport: options.transport,
      pacing: options.pacing,
      loop: options.loop ?? false,
      silenceMs: Math.max(5_000, options.stallAfterMs * 2),
    });
    this.anchor = new Anchor({ paced: this.input.paced });
    this.lastSignMs = options.clock.monotonicMs();
    this.reader = new FrameReader({
      frameBytes: options.canvas.width * options.canvas.height * 3,
      buffers: POOL_FRAMES,
      lossless: this.input.lossless,
      onPicture: (picture) => this.handOn(picture),
      onTime: (ptsMs) => this.timed(ptsMs),
      onFormatChange: () => this.fail('source.format-changed', 'changed its picture size or format'),
      onDrop: (reason) => events.dropped?.(reason, 1),
      onPause: (paused) => this.pause(paused),
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { segments, cameraId, log } = this.options;
    const room = segments === undefined ? undefined : await DiskRoom.of(segments);
    if (room?.enough === false)
      log.error({ cameraId, freeBytes: room.freeBytes }, 'disk full, camera is not recorded');
    if (segments !== undefined && room?.enough === true) {
      this.recorder = await SegmentRecorder.open({ dir: segments.dir, cameraId, runId: this.runId, log });
    }
    const recorded = this.recorder !== undefined;
    const ffmpeg = await startFfmpeg({
      args: sourceArguments(this.address.input, this.input, { ...this.options, recorded }),
      extraPipes: recorded ? 2 : 1,
      ...(this.recorder === undefined ? {} : { cwd: this.recorder.runDir }),
      onLine: (line) => this.logLine(line),
    });
    this.ffmpeg = ffmpeg;
    const onAbort = (): void => void this.end();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const watch = setInterval(() => this.watch(), Math.max(100, this.options.stallAfterMs / 8));
    const roomWatch =
      room?.enough === false ? setInterval(() => void this.recordWhenRoom(room), ROOM_CHECK_MS) : undefined;
    try {
      this.readPipes(ffmpeg);
      const exit = await ffmpeg.exited;
      if (this.failure !== undefined) throw this.failure;
      if (signal.aborted) return;
      if (exit.code === 0 && !this.input.live && this.seq > 0) return;
      throw this.explain(exit.code === 0);
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearInterval(watch);
      clearInterval(roomWatch);
      clearTimeout(this.patience);
      await this.recorder?.close();
    }
  }

  private readPipes(ffmpeg: FfmpegProcess): void {
    ffmpeg.pipe(1).on('data', (chunk: Uint8Array) => this.reader.chunk(chunk));
    createInterface({ input: ffmpeg.pipe(PTS_PIPE) }).on('line', (line) => this.reader.timeLine(line));
    const recorder = this.recorder;
    if (recorder === undefined) return;
    createInterface({ input: ffmpeg.pipe(SEGMENT_LIST_PIPE) }).on('line', (line) => recorder.closed(line));
  }

  private logLine(line: string): void {
    this.info.line(line);
    if (this.track === undefined && this.info.track !== undefined) {
      this.track = this.info.track;
      this.startWhenKnown();
    }
  }

  private timed(ptsMs: number): void {
    const { clock } = this.options;
    const arrival = { monotonicMs: clock.monotonicMs(), wallMs: clock.nowMs(), ptsMs };
    this.lastSignMs = arrival.monotonicMs;
    const astray = this.input.live ? this.clockWatch.check(arrival) : undefined;
    if (astray !== undefined) this.fail('source.clock-jumped', astray);
    if (this.anchorMs !== undefined) return;
    this.clockWatch.rebase(arrival);
    this.anchor.offer(arrival.wallMs, ptsMs);
    this.patience ??= setTimeout(() => this.settle(arrival.monotonicMs), ANCHOR_PATIENCE_MS);
    this.startWhenKnown();
  }

  private settle(firstMs: number): void {
    const { clock } = this.options;
    if (this.anchor.isFalling(clock.nowMs()) && clock.monotonicMs() - firstMs < BACKLOG_PATIENCE_MS) {
      this.patience = setTimeout(() => this.settle(firstMs), ANCHOR_PATIENCE_MS);
      return;
    }
    this.anchor.settle();
    this.startWhenKnown();
  }

  /** The log and the frames come through different pipes, in either order. */
  private startWhenKnown(): void {
    const anchorMs = this.anchor.anchorMs;
    if (this.anchorMs !== undefined || anchorMs === undefined || this.track === undefined) return;
    clearTimeout(this.patience);
    this.anchorMs = Math.round(anchorMs);
    const { codec, width, height, rotation, fps } = this.track;
    this.recorder?.anchor(this.anchorMs, { codec, width, height, rotation });
    this.events.started({
      runId: this.runId,
      anchorMs: this.anchorMs,
      codec,
      sourceWidth: width,
      sourceHeight: height,
      ...(fps === undefined ? {} : { fps }),
      recorded: this.recorder !== undefined,
    });
    this.reader.start();
  }

  private handOn(picture: TimedPicture): void {
    if (this.ffmpeg?.ending === true) {
      picture.release();
      return;
    }
    const { canvas, cameraId } = this.options;
    const track = this.track!;
    const frame: Frame = {
      ref: {
        cameraId,
        runId: this.runId,
        seq: this.seq++,
        ptsMs: picture.ptsMs,
        capturedAtMs: this.anchorMs! + picture.ptsMs,
        ...contentSize(track, canvas),
      },
      pixels: picture.pixels,
      canvasWidth: canvas.width,
      canvasHeight: canvas.height,
      sourceWidth: track.width,
      sourceHeight: track.height,
      release: picture.release,
    };
    this.events.frame(frame);
  }

  private pause(paused: boolean): void {
    const stdout = this.ffmpeg?.pipe(1);
    if (paused && this.ffmpeg?.ending !== true) stdout?.pause();
    else stdout?.resume();
    this.lastSignMs = this.options.clock.monotonicMs();
  }

  /** A stream that is connected but silent looks like any other to TCP. */
  private watch(): void {
    const { clock, stallAfterMs } = this.options;
    if (this.ffmpeg?.pipe(1).isPaused() === true) this.lastSignMs = clock.monotonicMs();
    const silentMs = clock.monotonicMs() - this.lastSignMs;
    // Opening takes longer: the first picture can only be a key frame.
    const limitMs = this.seq === 0 ? stallAfterMs * 2 : stallAfterMs;
    if (silentMs > limitMs) this.fail('source.stalled', `has sent no picture for ${Math.round(silentMs)} ms`);
  }

  private async recordWhenRoom(room: DiskRoom): Promise<void> {
    if (await room.isBack())
      this.fail('disk.full', 'was not recorded; there is room again, and it is opened anew');
  }

  private fail(code: ErrorCode, what: string): void {
    if (this.failure !== undefined || this.ffmpeg?.ending === true) return;
    this.failure = this.error(code, what);
    void this.end();
  }

  private async end(): Promise<void> {
    // A paused pipe would keep ffmpeg from ending.
    this.ffmpeg?.pipe(1).resume();
    await this.ffmpeg?.stop();
  }

  private explain(endedByItself: boolean): StreetwatchError {
    if (endedByItself && this.input.live && this.seq > 0)
      return this.error('source.ended', failureText('source.ended'));
    const code = classifyFailure(this.ffmpeg?.lastLines() ?? [], this.info.opened);
    return this.error(code, failureText(code));
  }

  private error(code: ErrorCode, what: string): StreetwatchError {
    const lines = this.ffmpeg?.lastLines() ?? [];
    const { cameraId, url } = this.options;
    const said = lines.length === 0 ? '' : `\nffmpeg said:\n${lines.map((line) => `  ${line}`).join('\n')}`;
    return new StreetwatchError(code, `Camera ${cameraId} (${redactUrls(url)}) ${what}.${said}`, {
      context: { cameraId, runId: this.runId, frames: this.seq },
    });
  }
}
