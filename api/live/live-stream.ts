/** One ffmpeg process that feeds all viewers of one camera in one format. */

/** What a stream sends to a viewer: text for the form of the stream, binary for its content. */
export type LiveChunk = string | Buffer;

/** What a running process tells the pool. */
export interface StreamEvents {
  /** Sent to every viewer first, also to those who come later. */
  header(chunk: LiveChunk): void;
  /** `key`: decoding can begin here. */
  data(chunk: Buffer, key: boolean): void;
  /** The process ended; `message` is its last words, without addresses. */
  end(message: string): void;
}

/** A process that was started. */
export interface RunningStream {
  stop(): void;
}

/** Formats of a live view. */
export const LIVE_FORMATS = ['fmp4', 'mpeg1'] as const;
export type LiveFormat = (typeof LIVE_FORMATS)[number];

/** Starts a process for an address. */
export type StartStream = (
  source: { url: string; transport: 'tcp' | 'udp'; loop: boolean },
  events: StreamEvents,
) => RunningStream;
