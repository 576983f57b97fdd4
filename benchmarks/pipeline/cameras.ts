/** What a camera costs: CPU and memory of ffmpeg and of our process, against a bare ffmpeg that does the same decoding. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveStreet } from '../street/index.ts';
import { childrenOf, processUsage, totalUsage } from './process-usage.ts';
import { makeStreetLikeClip, metric, Rig, until } from '../rig/index.ts';

export type DecodePolicyName = 'fps' | 'keyframes';

export interface CameraCost {
  readonly decode: DecodePolicyName;
  readonly cameras: number;
  /** CPU seconds per camera-second. */
  readonly ffmpeg: number;
  readonly ours: number;
  readonly bare: number;
  /** Resident memory per camera. */
  readonly ffmpegBytes: number;
  readonly oursBytes: number;
}

const MEASURE_S = 20;

/** Measures one case: `count` live RTSP cameras of 1080p25 H.264. */
export async function measureCameras(decode: DecodePolicyName, count: number): Promise<CameraCost> {
  const rig = new Rig();
  const clip = join(rig.dir, 'clip.mp4');
  makeStreetLikeClip(clip, 20);
  const names = Array.from({ length: count }, (_, i) => `cam-${i}`);
  const street = await serveStreet({ clips: names.map((name) => ({ name, path: clip })) });
  try {
    const bare = await measureBare(rig, decode, Object.values(street.urls));
    const cameras = names.map((id) => ({ id, source: street.urls[id], decode, fps: 5, idleFps: 5 }));
    const { child, metricsUrl } = await rig.program(cameras);
    await until('cameras', 120, async () => (await metric(metricsUrl, 'streetwatch_camera_up')) === count);
    const ffmpegs = childrenOf(child.pid);
    const before = { ffmpeg: totalUsage(ffmpegs), ours: processUsage(child.pid)! };
    await sleep(MEASURE_S * 1000);
    const after = { ffmpeg: totalUsage(ffmpegs), ours: processUsage(child.pid)! };
    const perCameraSecond = (from: number, to: number): number => (to - from) / (MEASURE_S * count);
    return {
      decode,
      cameras: count,
      ffmpeg: perCameraSecond(before.ffmpeg.cpuS, after.ffmpeg.cpuS),
      ours: perCameraSecond(before.ours.cpuS, after.ours.cpuS),
      bare,
      ffmpegBytes: after.ffmpeg.rssBytes / count,
      oursBytes: after.ours.rssBytes / count,
    };
  } finally {
    await street.stop();
    await rig.close();
  }
}

/** ffmpeg that pulls and decodes the same streams and throws the pictures away. */
async function measureBare(rig: Rig, decode: DecodePolicyName, urls: readonly string[]): Promise<number> {
  const skip = decode === 'keyframes' ? ['-skip_frame', 'nokey'] : [];
  const children = urls.map((url) =>
    rig.start('ffmpeg', [
      '-v',
      'fatal',
      '-threads',
      '1',
      '-rtsp_transport',
      'tcp',
      ...skip,
      '-i',
      url,
      '-an',
      '-f',
      'null',
      '-',
    ]),
  );
  await sleep(8_000);
  const pids = children.map((child) => child.pid);
  const before = totalUsage(pids);
  await sleep(MEASURE_S * 1000);
  const used = totalUsage(pids).cpuS - before.cpuS;
  await Promise.all(children.map((child) => child.stop()));
  return used / (MEASURE_S * urls.length);
}
