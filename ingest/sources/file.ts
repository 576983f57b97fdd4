/** Video files, at the pace of a camera or as fast as they decode. */

import type { SourceOptions } from '../source.ts';
import type { SourceInput } from './index.ts';

export function fileInput(options: SourceOptions): SourceInput {
  const realtime = options.pacing === 'realtime';
  return {
    options: [
      ...['-protocol_whitelist', 'file'],
      ...(realtime ? ['-re'] : []),
      ...(options.loop === true ? ['-stream_loop', '-1'] : []),
    ],
    live: false,
    lossless: !realtime,
    paced: realtime,
  };
}
