/** Frames a second through the whole pipeline, against a bare `session.run` loop of the same model on the same cores. */

import { createDetector } from '../../inference/index.ts';
import { silentLog } from '../../core/index.ts';
import type { Frame } from '../../core/index.ts';
import { findModel } from '../../models/index.ts';
import { committedClip } from '../street/index.ts';
import { metric, Rig, until } from '../rig/index.ts';

const ROUND_S = 15;

export interface Throughput {
  readonly pipelineFps: number;
  readonly bareFps: number;
}

/** Detection alone, with nothing to do but detect: one frame, again and again, one run per session at a time. */
export async function bareThroughput(modelId: string, seconds: number): Promise<number> {
  const { manifest, modelPath } = findModel(modelId);
  const detector = await createDetector({ manifest, modelPath, log: silentLog });
  const { width, height } = detector.canvas;
  const pixels = new Uint8Array(width * height * 3).map((_, i) => (i * 2_654_435_761) >>> 24);
  const ref = { cameraId: 'bench', runId: 'bench', seq: 0, ptsMs: 0, capturedAtMs: 0, width, height };
  const frame: Frame = {
    ref,
    pixels,
    canvasWidth: width,
    canvasHeight: height,
    sourceWidth: width,
    sourceHeight: height,
    release() {},
  };
  let runs = 0;
  const startedMs = performance.now();
  const loop = async (): Promise<void> => {
    while (performance.now() - startedMs < seconds * 1000) {
      await detector.detect(frame);
      runs++;
    }
  };
  await Promise.all(Array.from({ length: detector.sessions + 1 }, loop));
  const fps = (runs * 1000) / (performance.now() - startedMs);
  await detector.close();
  return fps;
}

/** Files read as fast as they can be analysed, decoding, tracking, rules and recording included. */
export async function pipelineThroughput(seconds: number): Promise<number> {
  const rig = new Rig();
  try {
    const { path, truth } = committedClip('parking');
    const zone = { id: 'kerb', polygon: truth.zones[0]!.points };
    const cameras = Array.from({ length: 8 }, (_, i) => ({
      id: `file-${i}`,
      source: path,
      pacing: 'asap',
      fps: 30,
      zones: [zone],
      rules: [{ id: 'parking', kind: 'illegal_parking', zone: 'kerb' }],
    }));
    const { metricsUrl } = await rig.program(cameras);
    await until('frames', 60, async () => (await metric(metricsUrl, 'streetwatch_frames_total')) > 50);
    const before = await metric(metricsUrl, 'streetwatch_frames_total');
    const startedMs = performance.now();
    await new Promise((resolve) => {
      setTimeout(resolve, seconds * 1000);
    });
    const after = await metric(metricsUrl, 'streetwatch_frames_total');
    return ((after - before) * 1000) / (performance.now() - startedMs);
  } finally {
    await rig.close();
  }
}

/** Rounds in turn, so that a machine whose speed drifts treats both alike. */
export async function measureThroughput(modelId: string, rounds: number): Promise<Throughput[]> {
  const results: Throughput[] = [];
  for (let i = 0; i < rounds; i++) {
    const bareFps = await bareThroughput(modelId, ROUND_S);
    results.push({ bareFps, pipelineFps: await pipelineThroughput(ROUND_S) });
  }
  return results;
}
