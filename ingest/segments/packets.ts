/** Times of the pictures in a recorded file, also in one that is still written or was cut off. */

import { runFfmpeg } from '../ffmpeg-process.ts';

export interface Packet {
  /** Time in the file, milliseconds. */
  readonly ptsMs: number;
  readonly key: boolean;
}

/** In order of presentation; empty when the file holds no whole picture yet. */
export async function readPackets(path: string): Promise<Packet[]> {
  const { stdout } = await runFfmpeg({
    program: 'ffprobe',
    args: [
      ['-v', 'error', '-protocol_whitelist', 'file', '-select_streams', 'v:0'],
      ['-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0', `file:${path}`],
    ].flat(),
    background: true,
    timeoutMs: 30_000,
  });
  const packets: Packet[] = [];
  for (const line of stdout.toString().split('\n')) {
    const [time = '', flags = ''] = line.split(',');
    if (time === '' || Number.isNaN(Number(time))) continue;
    packets.push({ ptsMs: Math.round(Number(time) * 1_000), key: flags.startsWith('K') });
  }
  return packets.sort((a, b) => a.ptsMs - b.ptsMs);
}
