/** H.264 by stream copy as fragmented MP4 (ISO/IEC 14496-12), cut into boxes for MediaSource. */

import ffmpeg from 'fluent-ffmpeg';
import type { Readable } from 'node:stream';
import { redactUrls } from '../../core/index.ts';
import type { StartStream } from './live-stream.ts';

/** Longest wait for a fragment, microseconds: the delay of the picture, against the overhead of headers. */
const FRAGMENT_US = 250_000;
const MOST_BOX_BYTES = 16 * 1024 * 1024;

/** Starts ffmpeg without decoding anything. */
export const startFragmentedMp4: StartStream = ({ url, transport, loop }, events) => {
  const command = ffmpeg(url, { logger: undefined })
    .inputOptions(loop ? ['-re', '-stream_loop', '-1'] : inputOptions(url, transport))
    .noAudio()
    .videoCodec('copy')
    .outputOptions([
      '-movflags',
      'empty_moov+default_base_moof+frag_keyframe',
      '-frag_duration',
      String(FRAGMENT_US),
    ])
    .format('mp4');
  const splitter = new FragmentSplitter(events);
  let ended = false;
  const end = (message: string): void => {
    if (ended) return;
    ended = true;
    events.end(redactUrls(message));
  };
  command.on('error', (error: Error) => end(error.message)).on('end', () => end('the stream ended'));
  const output = command.pipe() as unknown as Readable;
  output.on('data', (chunk: Buffer) => {
    try {
      splitter.push(chunk);
    } catch (error) {
      end(String(error));
      command.kill('SIGKILL');
    }
  });
  return { stop: () => command.kill('SIGKILL') };
};

/** Options before `-i`: only for RTSP is there a transport to choose. */
export function inputOptions(url: string, transport: 'tcp' | 'udp'): string[] {
  const rtsp = /^rtsps?:/i.test(url);
  return ['-fflags', 'nobuffer', ...(rtsp ? ['-rtsp_transport', transport, '-timeout', '5000000'] : [])];
}

/** Collects bytes into top-level boxes and gives `ftyp`+`moov` as header, each `moof`+`mdat` as data. */
export class FragmentSplitter {
  private rest: Buffer = Buffer.alloc(0);
  private readonly events: { header(chunk: string | Buffer): void; data(chunk: Buffer, key: boolean): void };
  private ftyp: Buffer | undefined;
  private moof: Buffer | undefined;

  constructor(events: { header(chunk: string | Buffer): void; data(chunk: Buffer, key: boolean): void }) {
    this.events = events;
  }

  push(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= 8) {
      const size = this.rest.readUInt32BE(0);
      if (size < 8 || size > MOST_BOX_BYTES)
        throw new RangeError(`a box of ${size} bytes is not to be expected here`);
      if (this.rest.length < size) return;
      const box = this.rest.subarray(0, size);
      this.rest = this.rest.subarray(size);
      this.take(box.toString('latin1', 4, 8), Buffer.from(box));
    }
  }

  private take(type: string, box: Buffer): void {
    if (type === 'ftyp') this.ftyp = box;
    else if (type === 'moov') {
      this.events.header(JSON.stringify({ mime: mimeOf(box) }));
      this.events.header(Buffer.concat([this.ftyp ?? Buffer.alloc(0), box]));
    } else if (type === 'moof') this.moof = box;
    else if (type === 'mdat' && this.moof) {
      this.events.data(Buffer.concat([this.moof, box]), startsWithKey(this.moof));
      this.moof = undefined;
    }
  }
}

/** `video/mp4; codecs="avc1.640028"` from the profile bytes of `avcC` (RFC 6381 3.3), or a name for what is not H.264. */
export function mimeOf(moov: Buffer): string {
  const avc = moov.indexOf('avcC', 0, 'latin1');
  if (avc >= 0 && avc + 8 <= moov.length) {
    return `video/mp4; codecs="avc1.${moov.subarray(avc + 5, avc + 8).toString('hex')}"`;
  }
  if (moov.includes('hvcC', 0, 'latin1')) return 'video/mp4; codecs="hvc1"';
  return 'video/mp4; codecs="unknown"';
}

/** Whether the first sample of a fragment is a sync sample: `trun` (8.8.8) and the default flags of `tfhd` (8.8.7). */
export function startsWithKey(moof: Buffer): boolean {
  const NON_SYNC = 0x0001_0000;
  const tfhd = moof.indexOf('tfhd', 0, 'latin1');
  const trun = moof.indexOf('trun', 0, 'latin1');
  if (trun < 0) return false;
  const trunFlags = moof.readUInt32BE(trun + 4) & 0xff_ffff;
  let at = trun + 12; // version and flags, sample count
  if (trunFlags & 0x1) at += 4; // data offset
  if (trunFlags & 0x4) return (moof.readUInt32BE(at) & NON_SYNC) === 0;
  if (trunFlags & 0x400) {
    if (trunFlags & 0x100) at += 4; // sample duration
    if (trunFlags & 0x200) at += 4; // sample size
    return (moof.readUInt32BE(at) & NON_SYNC) === 0;
  }
  if (tfhd < 0) return false;
  const tfhdFlags = moof.readUInt32BE(tfhd + 4) & 0xff_ffff;
  if (!(tfhdFlags & 0x20)) return false;
  let flagsAt = tfhd + 12; // version and flags, track id
  for (const [bit, bytes] of [
    [0x1, 8],
    [0x2, 4],
    [0x8, 4],
    [0x10, 4],
  ] as const)
    if (tfhdFlags & bit) flagsAt += bytes;
  return (moof.readUInt32BE(flagsAt) & NON_SYNC) === 0;
}
