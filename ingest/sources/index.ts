/** One file per kind of source: what ffmpeg is told about its input. */

import { assertNever } from '../../core/index.ts';
import type { SourceAddress } from '../source-url.ts';
import type { SourceOptions } from '../source.ts';
import { fileInput } from './file.ts';
import { httpInput } from './http.ts';
import { rtspInput } from './rtsp.ts';

/** How one kind of source is opened and how its end is understood. */
export interface SourceInput {
  /** ffmpeg's input options, in pairs or alone. */
  readonly options: readonly string[];
  /** A live source that ends is an error; a file that ends is done. */
  readonly live: boolean;
  /** The reader may wait for the consumer: nothing is lost when ffmpeg waits with it. */
  readonly lossless: boolean;
  /** Arrival tells the time: the run is anchored once the packets buffered while opening are used up. */
  readonly paced: boolean;
}

export function sourceInput(address: SourceAddress, options: SourceOptions): SourceInput {
  switch (address.kind) {
    case 'rtsp':
      return rtspInput(options);
    case 'http':
      return httpInput(options);
    case 'file':
      return fileInput(options);
    default:
      return assertNever(address.kind);
  }
}
