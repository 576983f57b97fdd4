/** Cameras over RTSP (RFC 2326, RFC 7826), plain or in TLS. */

import type { InputOptions, SourceInput } from './source-input.ts';

export function rtspInput(options: InputOptions): SourceInput {
  return {
    protocol: [
      ['-protocol_whitelist', 'rtsp,rtsps,rtp,rtcp,udp,tcp,tls,crypto'],
      ['-rtsp_transport', options.transport],
      // Sound is neither analysed nor recorded. With one RTP stream ffmpeg also keeps that stream's own clock, where
      // with two it jumps to the sender's wall clock at the first RTCP report.
      ['-allowed_media_types', 'video'],
      ['-timeout', String(options.silenceMs * 1_000)],
    ].flat(),
    // RTP times begin at zero with the first packet; ffmpeg's own shift would depend on which packet had a time.
    pace: [
      '-copyts',
      // To guess the frame rate ffmpeg would hold back twenty pictures: four seconds of a camera of five a second, in
      // which it would be blind, and a backlog that blurs when the run began. We go by the times, not by the rate.
      ['-fpsprobesize', '0'],
    ].flat(),
    live: true,
    lossless: false,
    paced: true,
  };
}
