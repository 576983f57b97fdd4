/** The one shape of all kinds of sources: what they differ in, and what ffmpeg is told of them. */

/** What kinds of sources differ in. */
export interface InputOptions {
  readonly transport: 'tcp' | 'udp';
  readonly pacing: 'realtime' | 'asap';
  readonly loop: boolean;
  /** ffmpeg itself gives up after this much silence on a connection: nobody may be left to end it. */
  readonly silenceMs: number;
}

/** How one kind of source is opened and how its end is understood. */
export interface SourceInput {
  /** Input options that ffmpeg and ffprobe share: how the connection is made, and what it may reach. */
  readonly protocol: readonly string[];
  /** Input options of ffmpeg alone: pace and clock. */
  readonly pace: readonly string[];
  /** A live source that ends is an error; a file that ends is done. */
  readonly live: boolean;
  /** The reader may wait for the consumer: nothing is lost when ffmpeg waits with it. */
  readonly lossless: boolean;
  /** Arrival tells the time: the run is anchored once the packets buffered while opening are used up. */
  readonly paced: boolean;
}
