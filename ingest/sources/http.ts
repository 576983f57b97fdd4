/** Streams over HTTP: HLS (RFC 8216), MJPEG and progressive files. */

import type { InputOptions, SourceInput } from './source-input.ts';

export function httpInput(options: InputOptions): SourceInput {
  return {
    protocol: [
      // No `file`: a playlist from the network must not read what lies on this machine.
      ['-protocol_whitelist', 'http,https,tcp,tls,crypto,httpproxy'],
      ['-rw_timeout', String(options.silenceMs * 1_000)],
    ].flat(),
    // HLS arrives a segment at a time; read at its own pace it becomes the even stream that it was.
    pace: ['-re'],
    live: true,
    lossless: false,
    paced: true,
  };
}
