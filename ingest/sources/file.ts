/** Video files, at the pace of a camera or as fast as they decode. */

import type { InputOptions, SourceInput } from './source-input.ts';

export function fileInput(options: InputOptions): SourceInput {
  const realtime = options.pacing === 'realtime';
  return {
    // Only files: a playlist or a reference inside one must not open a connection.
    protocol: ['-protocol_whitelist', 'file'],
    pace: [realtime ? ['-re'] : [], options.loop ? ['-stream_loop', '-1'] : []].flat(),
    live: false,
    lossless: !realtime,
    paced: realtime,
  };
}
