/** Frames a second through the whole pipeline, against a bare `session.run` loop of the same model on the same cores. */

import { on } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { metric, Rig, until } from '../rig/index.ts';
import { committedClip } from '../street/index.ts';
import type { BareSessionWork } from './bare-session.ts';
import { childrenOf, totalUsage } from './process-usage.ts';

const ROUND_S = 15;

export interface Throughput extends PipelineThroughput {
  readonly bareFps: number;
}

/** How many frames, and how many cores ffmpeg had of those that the bare loop has for itself. */
export interface PipelineThroughput {
  readonly pipelineFps: number;
  readonly ffmpegCores: number;
}

/** Threads that do nothing but `session.run`, one on each core, as many as the program uses. */
export async function bareThroughput(modelId: string, seconds: number): Promise<number> {
  const work: BareSessionWork = { modelId, seconds };
  const runs = await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const worker = new Worker(new URL('bare-session.js', import.meta.url), { workerData: work });
      for await (const [report] of on(worker, 'message')) {
        if (typeof report === 'number') return report;
      }
      return 0;
    }),
  );
  return runs.reduce((sum, count) => sum + count, 0) / seconds;
}

/** Files read as fast as they can be analysed, decoding, tracking, rules and recording included. */
export async function pipelineThroughput(seconds: number): Promise<PipelineThroughput> {
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
    const { child, metricsUrl } = await rig.program(cameras);
    await until('frames', 60, async () => (await metric(metricsUrl, 'streetwatch_frames_total')) > 50);
    const ffmpegs = childrenOf(child.pid);
    const before = await metric(metricsUrl, 'streetwatch_frames_total');
    const cpuBefore = totalUsage(ffmpegs).cpuS;
    const startedMs = performance.now();
    await new Promise((resolve) => {
      setTimeout(resolve, seconds * 1000);
    });
    const after = await metric(metricsUrl, 'streetwatch_frames_total');
    const passedS = (performance.now() - startedMs) / 1000;
    return {
      pipelineFps: (after - before) / passedS,
      ffmpegCores: (totalUsage(ffmpegs).cpuS - cpuBefore) / passedS,
    };
  } finally {
    await rig.close();
  }
}

/** Rounds in turn, so that a machine whose speed drifts treats both alike. */
export async function measureThroughput(modelId: string, rounds: number): Promise<Throughput[]> {
  const results: Throughput[] = [];
  for (let i = 0; i < rounds; i++) {
    const bareFps = await bareThroughput(modelId, ROUND_S);
    results.push({ bareFps, ...(await pipelineThroughput(ROUND_S)) });
  }
  return results;
}
