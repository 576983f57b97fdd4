/** MPEG-1 for any browser, by the muxer of node-rtsp-stream: its process, but never its open WebSocket port. */

import type { ChildProcess } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { redactUrls } from '../../core/index.ts';
import type { StartStream } from './live-stream.ts';

type Mpeg1Muxer = EventEmitter & { readonly stream: ChildProcess };
type Mpeg1MuxerClass = new (options: {
  url: string;
  ffmpegPath: string;
  ffmpegOptions: Record<string, string>;
}) => Mpeg1Muxer;

// The package has neither types nor an ES module.
const Muxer = createRequire(import.meta.url)('node-rtsp-stream/mpeg1muxer') as Mpeg1MuxerClass;

/** Width that old machines still decode in software, and a rate that MPEG-1 knows. */
const OUTPUT: Record<string, string> = {
  '-an': '',
  '-vf': 'scale=w=min(960\\,iw):h=-2',
  '-r': '25',
  '-b:v': '2000k',
  '-maxrate': '2500k',
  '-bufsize': '1000k',
  '-bf': '0',
  '-g': '25',
  '-threads': '1',
};

/** Starts the muxer. */
export const startMpeg1: StartStream = ({ url, transport }, events) => {
  const muxer = new Muxer({
    url: withTransport(url, transport),
    ffmpegPath: 'ffmpeg',
    ffmpegOptions: OUTPUT,
  });
  let lastLine = '';
  let ended = false;
  const end = (message: string): void => {
    if (ended) return;
    ended = true;
    events.end(redactUrls(message));
  };
  muxer.on('mpeg1data', (data: Buffer) => events.data(data, true));
  muxer.on('ffmpegStderr', (data: Buffer) => {
    lastLine =
      data
        .toString('utf8')
        .trim()
        .split(/[\r\n]+/)
        .at(-1) ?? lastLine;
  });
  muxer.stream.on('error', (error) => end(error.message));
  muxer.stream.on('close', () => end(lastLine));
  return { stop: () => muxer.stream.kill('SIGKILL') };
};

/**
 * The muxer puts all its options after `-i`, where the RTSP transport cannot stand; ffmpeg takes it from the query of
 * the address as well (`libavformat/rtsp.c`, `ff_rtsp_connect`).
 */
export function withTransport(url: string, transport: 'tcp' | 'udp'): string {
  if (!/^rtsps?:/i.test(url)) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${transport}`;
}
