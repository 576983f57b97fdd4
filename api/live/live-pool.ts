/** Live views on demand: one process per camera and format, shared by its viewers, ended when nobody looks. */

import { isAbsolute } from 'node:path';
import { StreetwatchError } from '../../core/index.ts';
import type { Log } from '../../core/index.ts';
import type { LiveSource } from '../ports.ts';
import { startFragmentedMp4 } from './fragmented-mp4.ts';
import type { LiveChunk, LiveFormat, RunningStream, StartStream } from './live-stream.ts';
import { startMpeg1 } from './mpeg1.ts';

/** Bounds of the pool: each stream is an ffmpeg process and a connection to a camera. */
export interface LiveLimits {
  readonly mostStreams: number;
  readonly mostViewers: number;
  /** How long a process outlives its last viewer, so that a reload does not start it anew. */
  readonly lingerMs: number;
  /** What a viewer may lag behind before it skips to the next key frame. */
  readonly mostLagBytes: number;
}

export const DEFAULT_LIVE_LIMITS: LiveLimits = {
  mostStreams: 8,
  mostViewers: 64,
  lingerMs: 3000,
  mostLagBytes: 4 * 1024 * 1024,
};

/** A connected browser. */
export interface LiveViewer {
  send(chunk: LiveChunk): void;
  /** Bytes that were sent and have not left the server yet. */
  lagBytes(): number;
  /** The stream ended; the browser may ask again. */
  ended(): void;
}

interface Stream {
  readonly key: string;
  readonly cameraId: string;
  readonly process: RunningStream;
  readonly viewers: Map<LiveViewer, { waitsForKey: boolean }>;
  readonly headers: LiveChunk[];
  /** Everything since the last key frame, so that a new viewer sees a picture at once. */
  group: Buffer[];
  groupBytes: number;
  linger?: NodeJS.Timeout;
}

const MOST_GROUP_BYTES = 8 * 1024 * 1024;
const ALLOWED = /^(rtsps?|https?):\/\//i;

/** Starts, shares and ends live streams. */
export class LivePool {
  private readonly streams = new Map<string, Stream>();
  private readonly source: LiveSource;
  private readonly limits: LiveLimits;
  private readonly log: Log;
  private readonly starters: Readonly<Record<LiveFormat, StartStream>>;

  constructor(
    source: LiveSource,
    options: { limits?: LiveLimits; log: Log; starters?: Readonly<Record<LiveFormat, StartStream>> },
  ) {
    this.source = source;
    this.limits = options.limits ?? DEFAULT_LIVE_LIMITS;
    this.log = options.log;
    this.starters = options.starters ?? { fmp4: startFragmentedMp4, mpeg1: startMpeg1 };
  }

  state(): { streams: number; viewers: number; mostStreams: number; mostViewers: number } {
    const { mostStreams, mostViewers } = this.limits;
    return { streams: this.streams.size, viewers: this.viewers(), mostStreams, mostViewers };
  }

  /**
   * Lets a viewer in; returns how to leave.
   * @throws StreetwatchError `live.busy`, `live.unavailable`.
   */
  join(cameraId: string, format: LiveFormat, viewer: LiveViewer): () => void {
    if (this.viewers() >= this.limits.mostViewers) throw busy(`${this.limits.mostViewers} viewers`);
    const key = `${format} ${cameraId}`;
    const stream = this.streams.get(key) ?? this.start(key, cameraId, format);
    clearTimeout(stream.linger);
    for (const header of stream.headers) viewer.send(header);
    for (const chunk of stream.group) viewer.send(chunk);
    stream.viewers.set(viewer, { waitsForKey: stream.group.length === 0 });
    return () => this.leave(stream, viewer);
  }

  /** Ends what is shown of a camera, whose address is another one from now on; viewers may ask again. */
  endCamera(cameraId: string): void {
    for (const stream of this.streams.values()) {
      if (stream.cameraId === cameraId) this.end(stream, 'the camera was changed');
    }
  }

  close(): void {
    for (const stream of this.streams.values()) this.end(stream, 'the server is stopping');
  }

  private viewers(): number {
    let n = 0;
    for (const stream of this.streams.values()) n += stream.viewers.size;
    return n;
  }

  private start(key: string, cameraId: string, format: LiveFormat): Stream {
    if (this.streams.size >= this.limits.mostStreams) throw busy(`${this.limits.mostStreams} streams`);
    const source = this.source.address(cameraId);
    // The list of protocols keeps ffmpeg from being sent to files or to its more exotic inputs.
    const loop = source?.loop === true && isAbsolute(source.url);
    // The MPEG-1 muxer cannot be told to keep the pace of a file.
    if (!source || !(ALLOWED.test(source.url) || (loop && format === 'fmp4'))) {
      throw new StreetwatchError('live.unavailable', 'this camera has no stream that can be shown live');
    }
    const headers: LiveChunk[] = [];
    const viewers: Stream['viewers'] = new Map();
    const process = this.starters[format](
      { url: source.url, transport: source.transport ?? 'tcp', loop },
      {
        header: (chunk) => {
          headers.push(chunk);
          for (const viewer of viewers.keys()) viewer.send(chunk);
        },
        data: (chunk, isKey) => this.data(stream, chunk, isKey, format),
        end: (message) => this.end(stream, message),
      },
    );
    const stream: Stream = { key, cameraId, process, viewers, headers, group: [], groupBytes: 0 };
    this.streams.set(key, stream);
    this.log.info({ cameraId, format }, 'live stream started');
    return stream;
  }

  private data(stream: Stream, chunk: Buffer, isKey: boolean, format: LiveFormat): void {
    if (format === 'fmp4') {
      if (isKey) {
        stream.group = [];
        stream.groupBytes = 0;
      }
      if (isKey || stream.group.length > 0) {
        stream.group.push(chunk);
        stream.groupBytes += chunk.length;
      }
      if (stream.groupBytes > MOST_GROUP_BYTES) {
        stream.group = [];
        stream.groupBytes = 0;
      }
    }
    for (const [viewer, state] of stream.viewers) {
      if (viewer.lagBytes() > this.limits.mostLagBytes) {
        state.waitsForKey = true;
        continue;
      }
      if (state.waitsForKey && !isKey) continue;
      state.waitsForKey = false;
      viewer.send(chunk);
    }
  }

  private leave(stream: Stream, viewer: LiveViewer): void {
    if (!stream.viewers.delete(viewer) || stream.viewers.size > 0) return;
    stream.linger = setTimeout(() => {
      if (stream.viewers.size === 0) this.end(stream, 'nobody looks');
    }, this.limits.lingerMs);
  }

  private end(stream: Stream, message: string): void {
    if (this.streams.get(stream.key) !== stream) return;
    this.streams.delete(stream.key);
    clearTimeout(stream.linger);
    stream.process.stop();
    for (const viewer of stream.viewers.keys()) viewer.ended();
    stream.viewers.clear();
    this.log.info({ stream: stream.key, message }, 'live stream ended');
  }
}

function busy(bound: string): StreetwatchError {
  return new StreetwatchError('live.busy', `the bound of ${bound} is reached; try again later`);
}
