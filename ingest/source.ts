/** What a source is: one camera or file, opened once per run, handed on as frames and as recorded segments. */

import type { Clock, Frame, Log } from '../core/index.ts';

/** How much of the stream is decoded. */
export type DecodePolicy =
  /** Every picture is decoded, `fps` of them per second of stream time are handed on (all of them, when it has fewer). */
  | { readonly policy: 'fps'; readonly fps: number }
  /** Only key frames are decoded: a tenth of the work, one picture per group of pictures, at most five a second. */
  | { readonly policy: 'keyframes' };

/** Where the original is recorded, by stream copy. */
export interface SegmentOptions {
  /** Root of the recordings; the source makes `<camera>/<run>/` in it, as `SegmentStore` reads it. */
  readonly dir: string;
  /**
   * Shortest length of a segment; it ends at the next key frame after that. Raising it makes fewer files and lets
   * footage reach back a little further than asked; lowering it makes room in the ring more finely.
   */
  readonly segmentMs: number;
  /**
   * With less free disk space than this, bytes, a run is not recorded but goes on otherwise; it is opened again when
   * there is room. 64 MiB by default.
   */
  readonly minFreeBytes?: number;
}

export interface SourceOptions {
  readonly cameraId: string;
  /** `rtsp://`, `rtsps://`, `http://` or `https://` (HLS and other streams over HTTP), a path, or a `file:` URL. */
  readonly url: string;
  /** How RTP comes to us, RTSP only. TCP loses nothing on a bad network; UDP has less delay on a good one. */
  readonly transport: 'tcp' | 'udp';
  readonly decode: DecodePolicy;
  /** Size of {@link Frame.pixels}: the picture is scaled to fit, top-left, the rest is filled with 114. */
  readonly canvas: { readonly width: number; readonly height: number };
  /** Files only: at the pace of a camera, or as fast as they decode (then nothing is dropped: the reader waits). */
  readonly pacing: 'realtime' | 'asap';
  /** Files only: begin again at the end, with the clock going on. */
  readonly loop?: boolean;
  /** Connected but silent for this long is a `source.stalled` error. Above the longest distance of key frames. */
  readonly stallAfterMs: number;
  readonly segments?: SegmentOptions;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is known once the first pictures have arrived. */
export interface RunStarted {
  readonly runId: string;
  /** Wall time of stream time zero: `capturedAtMs = anchorMs + ptsMs` for all frames and segments of the run. */
  readonly anchorMs: number;
  /** ffmpeg's name of it, e.g. `h264`, `hevc`, `mjpeg`. */
  readonly codec: string;
  /** Size of the picture after rotation. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** As the stream announces it; missing when it does not. */
  readonly fps?: number;
  /** Whether the original is being recorded: asked for, and room on the disk. */
  readonly recorded: boolean;
}

/** Why a frame was not handed on. */
export type DropReason =
  /** All pixel buffers were still held by the consumer, and a newer frame came. */
  | 'consumer-slow'
  /** It arrived while the run was being anchored, before there was room for it. */
  | 'starting'
  /** Its time was not after that of the frame before it. */
  | 'out-of-order';

export interface SourceEvents {
  /** Once per run, before its first frame. */
  started(run: RunStarted): void;
  /** Every frame must be released; while it is held its buffer is missing from a pool of {@link POOL_FRAMES}. */
  frame(frame: Frame): void;
  dropped?(reason: DropReason, count: number): void;
}

/** Pixel buffers of one source: the consumer may hold all but two of them at a time. */
export const POOL_FRAMES = 6;

export interface Source {
  /**
   * Opens the stream and hands on what comes until `signal` aborts or a file is at its end.
   * It may be called again after it has ended; each call is a new run with its own id.
   * @throws StreetwatchError `source.*`, `ffmpeg.missing` or `disk.full`, with the last lines of ffmpeg in the message.
   */
  run(signal: AbortSignal, events: SourceEvents): Promise<void>;
}
