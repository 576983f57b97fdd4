/** Streams over HTTP: HLS (RFC 8216), MJPEG and progressive files. */

import type { SourceOptions } from '../source.ts';
import type { SourceInput } from './index.ts';

export function httpInput(options: SourceOptions): SourceInput {
  return {
    options: [
      // No `file`: a playlist from the network must not read what lies on this machine.
      ...['-protocol_whitelist', 'http,https,tcp,tls,crypto,httpproxy'],
      ...['-rw_timeout', String(Math.max(5_000, options.stallAfterMs * 2) * 1_000)],
      // HLS arrives a segment at a time; read at its own pace it becomes the even stream that it was.
      '-re',
    ],
    live: true,
    lossless: false,
    paced: true,
  };
}
