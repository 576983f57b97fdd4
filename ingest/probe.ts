/** Asks once what is at an address, without recording or analysing it: for checking a configuration. */

import { redactUrls, StreetwatchError } from '../core/index.ts';
import { runFfmpeg } from './ffmpeg-process.ts';
import { classifyFailure, failureText } from './source-failure.ts';
import { parseSourceUrl } from './source-url.ts';
import { sourceInput } from './sources/index.ts';

/** The first video track at an address. */
export interface StreamInfo {
  /** ffmpeg's name, e.g. `h264`. */
  readonly codec: string;
  /** As stored, before rotation, pixels. */
  readonly width: number;
  readonly height: number;
  /** Average rate as announced; missing when it is not. */
  readonly fps?: number;
}

export interface ProbeOptions {
  readonly transport: 'tcp' | 'udp';
  /** The whole inquiry ends after this; also the limit of silence on the connection. */
  readonly timeoutMs: number;
}

/**
 * Opens its own connection and closes it again.
 * @throws StreetwatchError `source.*`, `ffmpeg.missing`
 */
export async function probe(url: string, options: ProbeOptions): Promise<StreamInfo> {
  const address = parseSourceUrl(url);
  const input = sourceInput(address.kind, {
    transport: options.transport,
    pacing: 'asap',
    loop: false,
    silenceMs: options.timeoutMs,
  });
  const { code, stdout, lines } = await runFfmpeg({
    program: 'ffprobe',
    args: [
      ['-v', 'error', ...input.protocol],
      ['-select_streams', 'v:0', '-show_entries', 'stream=codec_name,width,height,avg_frame_rate'],
      ['-of', 'default=noprint_wrappers=1', address.input],
    ].flat(),
    timeoutMs: options.timeoutMs,
  });
  const values = new Map(
    stdout
      .toString()
      .split('\n')
      .map((line) => [line.split('=')[0], line.split('=')[1]]),
  );
  const codec = values.get('codec_name');
  if (code === 0 && codec !== undefined) {
    const [frames, seconds] = (values.get('avg_frame_rate') ?? '').split('/').map(Number);
    const fps = (frames ?? 0) / (seconds ?? 0);
    return {
      codec,
      width: Number(values.get('width')),
      height: Number(values.get('height')),
      ...(fps > 0 && Number.isFinite(fps) ? { fps } : {}),
    };
  }
  const failure =
    code === 0 ? 'source.no-video' : code === null ? 'source.unreachable' : classifyFailure(lines, false);
  const said = lines.map((line) => `\n  ${line}`).join('');
  throw new StreetwatchError(failure, `${redactUrls(url)} ${failureText(failure)}.${said}`);
}
