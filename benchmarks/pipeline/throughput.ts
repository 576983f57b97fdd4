/** Frames a second through the whole pipeline, against a bare `session.run` loop of the same model on the same cores. */

import { on } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { metric, Rig, until } from '../rig/index.ts';
import { committedClip } from '../street/index.ts';
import type { BareSessionReport, BareSessionWork } from './bare-session.ts';
import { childrenOf, threadCpuS, totalUsage } from './process-usage.ts';

const ROUND_S = 15;
/** Every camera's view is learnt by then, and the code compiled: what follows is what the program does all day. */
const WARM_FRAMES = 800;

/** What one round measured. */
export interface Throughput {
  readonly bare: BareThroughput;
  readonly pipeline: PipelineThroughput;
}

/** The loop that does nothing else. */
export interface BareThroughput {
  readonly fps: number;
  /** CPU time of one run: unlike the rate it hardly suffers from what else runs on the machine. */
  readonly cpuMs: number;
}

/** The whole program, with the CPU time that each of its parts takes for one frame. */
export interface PipelineThroughput {
  readonly fps: number;
  /** Pulling, decoding, scaling and recording. */
  readonly ffmpegMs: number;
  readonly inferenceMs: number;
  readonly mainThreadMs: number;
  /** Garbage collection, compilation and the thread pool. */
  readonly otherThreadsMs: number;
}

/** Threads that do nothing but `session.run`, one on each core, as many as the program uses. */
export async function bareThroughput(modelId: string, seconds: number): Promise<BareThroughput> {
  const work: BareSessionWork = { modelId, seconds };
  let cpu = process.cpuUsage();
  const counts = await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const worker = new Worker(new URL('bare-session.js', import.meta.url), { workerData: work });
      for await (const [report] of on(worker, 'message') as AsyncIterable<[BareSessionReport]>) {
        if (report === 'ready') cpu = process.cpuUsage();
        else return report;
      }
      return 0;
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  const runs = counts.reduce((sum, count) => sum + count, 0);
  return { fps: runs / seconds, cpuMs: (user + system) / 1000 / runs };
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
      idleFps: 30, // every picture is to be analysed, also one that shows nothing new
      zones: [zone],
      rules: [{ id: 'parking', kind: 'illegal_parking', zone: 'kerb' }],
    }));
    const { child, metricsUrl } = await rig.program(cameras);
    const frames = (): Promise<number> => metric(metricsUrl, 'streetwatch_frames_total');
    await until('frames', 120, async () => (await frames()) > WARM_FRAMES);
    const ffmpegs = childrenOf(child.pid);
    const before = { frames: await frames(), ffmpeg: totalUsage(ffmpegs).cpuS, own: threadCpuS(child.pid) };
    const startedMs = performance.now();
    await sleep(seconds * 1000);
    const count = (await frames()) - before.frames;
    const passedS = (performance.now() - startedMs) / 1000;
    const perFrameMs = (cpuS: number): number => (cpuS * 1000) / count;
    return {
      fps: count / passedS,
      ffmpegMs: perFrameMs(totalUsage(ffmpegs).cpuS - before.ffmpeg),
      ...ownParts(child.pid, before.own, perFrameMs),
    };
  } finally {
    await rig.close();
  }
}

/** Threads have no names under Node 20; those that work hardest, as many as there are sessions, are the inference threads. */
function ownParts(
  pid: number,
  before: ReadonlyMap<number, number>,
  perFrameMs: (cpuS: number) => number,
): Pick<PipelineThroughput, 'inferenceMs' | 'mainThreadMs' | 'otherThreadsMs'> {
  const used = [...threadCpuS(pid)].map(([tid, cpuS]) => ({ tid, cpuS: cpuS - (before.get(tid) ?? 0) }));
  const sum = (threads: typeof used): number => threads.reduce((total, { cpuS }) => total + cpuS, 0);
  const rest = used.filter(({ tid }) => tid !== pid).sort((a, b) => b.cpuS - a.cpuS);
  const sessions = availableParallelism();
  return {
    mainThreadMs: perFrameMs(sum(used.filter(({ tid }) => tid === pid))),
    inferenceMs: perFrameMs(sum(rest.slice(0, sessions))),
    otherThreadsMs: perFrameMs(sum(rest.slice(sessions))),
  };
}

/** Rounds in turn, so that a machine whose speed drifts treats both alike. */
export async function measureThroughput(modelId: string, rounds: number): Promise<Throughput[]> {
  const results: Throughput[] = [];
  for (let i = 0; i < rounds; i++) {
    results.push({
      bare: await bareThroughput(modelId, ROUND_S),
      pipeline: await pipelineThroughput(ROUND_S),
    });
  }
  return results;
}
