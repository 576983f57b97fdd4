/** Raw pictures from one pipe and their times from another become frames, in a fixed number of buffers. */

import type { DropReason } from './source.ts';

/** A picture with its own time. */
export interface TimedPicture {
  readonly pixels: Uint8Array;
  readonly ptsMs: number;
  readonly release: () => void;
}

export interface FrameReaderOptions {
  readonly frameBytes: number;
  /** Number of buffers in all, at least 3. */
  readonly buffers: number;
  /** Ask for a pause instead of dropping when the consumer holds all it may. */
  readonly lossless: boolean;
  readonly onPicture: (picture: TimedPicture) => void;
  readonly onTime: (ptsMs: number) => void;
  /** The filters began anew: the size or the pixel format of the stream changed. */
  readonly onFormatChange: () => void;
  readonly onDrop: (reason: DropReason) => void;
  readonly onPause: (paused: boolean) => void;
}

const TIME_LINE = /^frame:(\d+)\s+pts:(-?\d+|NOPTS)/;

/**
 * Pixels are copied once, from the pipe's chunk to the picture's buffer. One buffer is always being filled and one is
 * kept for the newest picture that waits, so the pipe never blocks for want of memory: what is too old is dropped.
 * A lossless reader has its pipe paused instead.
 */
export class FrameReader {
  private readonly options: FrameReaderOptions;
  private readonly free: Uint8Array[] = [];
  private allocated = 0;
  private filling: Uint8Array | undefined;
  private filled = 0;
  /** Full pictures that wait for their time, for the start, or for the consumer. */
  private readonly waiting: Uint8Array[] = [];
  /** Times that wait for their picture; `undefined` is a picture without a time, which is left out. */
  private readonly times: (number | undefined)[] = [];
  /** Pictures that were dropped before their time was read. */
  private timesToSkip = 0;
  private seen = 0;
  private lastPtsMs = -Infinity;
  private held = 0;
  private open = false;
  /** Chunks that came after the pipe was asked to pause, lossless only. */
  private backlog: Uint8Array[] = [];

  constructor(options: FrameReaderOptions) {
    this.options = options;
    this.filling = this.take();
  }

  /** Whether nothing is left that could still be handed on. */
  get idle(): boolean {
    return this.waiting.length === 0 && this.backlog.length === 0;
  }

  /** From now on pictures are handed on; before, the newest are kept. */
  start(): void {
    this.open = true;
    this.deliver();
  }

  /** One line of the time pipe: `frame:12 pts:2400 pts_time:2.4`. */
  timeLine(line: string): void {
    const match = TIME_LINE.exec(line);
    if (match === null) return;
    if (match[1] === '0' && this.seen > 0) {
      this.options.onFormatChange();
      return;
    }
    this.seen++;
    const ptsMs = match[2] === 'NOPTS' ? undefined : Number(match[2]);
    if (this.timesToSkip > 0) this.timesToSkip--;
    else this.times.push(ptsMs);
    if (ptsMs !== undefined) this.options.onTime(ptsMs);
    this.deliver();
  }

  /** Pixels as they come from the pipe. */
  chunk(chunk: Uint8Array): void {
    let from = 0;
    while (from < chunk.length) {
      if (this.filling === undefined) {
        this.backlog.push(chunk.subarray(from));
        return;
      }
      const count = Math.min(chunk.length - from, this.options.frameBytes - this.filled);
      this.filling.set(chunk.subarray(from, from + count), this.filled);
      this.filled += count;
      from += count;
      if (this.filled === this.options.frameBytes) this.complete(this.filling);
    }
  }

  private complete(picture: Uint8Array): void {
    this.waiting.push(picture);
    this.filled = 0;
    this.filling = undefined;
    this.deliver();
    this.filling ??= this.take();
    if (this.filling !== undefined) return;
    if (this.options.lossless) {
      this.options.onPause(true);
      return;
    }
    // Everything is held or waits: the oldest that waits makes room. Its time goes with it, or the rest would shift.
    this.filling = this.waiting.shift();
    if (this.times.length > 0) this.times.shift();
    else this.timesToSkip++;
    this.options.onDrop(this.open ? 'consumer-slow' : 'starting');
  }

  private deliver(): void {
    while (this.waiting.length > 0 && this.times.length > 0) {
      const ptsMs = this.times[0];
      if (ptsMs === undefined || ptsMs <= this.lastPtsMs) {
        if (ptsMs !== undefined) this.options.onDrop('out-of-order');
        this.times.shift();
        this.giveBack(this.waiting.shift()!);
        continue;
      }
      if (!this.open || this.held >= this.options.buffers - 2) return;
      this.times.shift();
      this.lastPtsMs = ptsMs;
      this.handOn(this.waiting.shift()!, ptsMs);
    }
  }

  private handOn(pixels: Uint8Array, ptsMs: number): void {
    this.held++;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      this.held--;
      this.giveBack(pixels);
      this.deliver();
    };
    this.options.onPicture({ pixels, ptsMs, release });
  }

  private giveBack(buffer: Uint8Array): void {
    if (this.filling !== undefined || !this.options.lossless) {
      this.free.push(buffer);
      return;
    }
    this.filling = buffer;
    const backlog = this.backlog;
    this.backlog = [];
    for (const chunk of backlog) this.chunk(chunk);
    if (this.filling !== undefined) this.options.onPause(false);
  }

  private take(): Uint8Array | undefined {
    const buffer = this.free.pop();
    if (buffer !== undefined || this.allocated === this.options.buffers) return buffer;
    this.allocated++;
    // Shared, so that an inference thread reads the picture where it lies.
    return new Uint8Array(new SharedArrayBuffer(this.options.frameBytes));
  }
}
