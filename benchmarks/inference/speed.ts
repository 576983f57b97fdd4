/** Speed of a model: the bare run, decoding and suppression, and whole detectors of several shapes. */

import { randomBytes } from 'node:crypto';
import type { Frame } from '../../core/index.ts';
import { silentLog } from '../../core/index.ts';
import { ModelSession, createDetector } from '../../inference/index.ts';
import type { ModelEntry } from '../../models/index.ts';

/** Clocks of the measuring process; passed in, as everywhere below `app/`. */
export interface Stopwatch {
  /** Milliseconds since an arbitrary start. */
  wallMs(): number;
  /** Processor milliseconds of all threads of this process: other programs do not count. */
  processorMs(): number;
}

export interface RunFigures {
  readonly modelId: string;
  readonly canvas: string;
  readonly runs: number;
  /** Fastest and middle run by the wall clock. */
  readonly bestMs: number;
  readonly middleMs: number;
  /** Processor time of a run: on a busy machine this is the honest one. */
  readonly processorMs: number;
  /** Decoding and suppression alone, at the shipped thresholds and at 0.01. */
  readonly afterMs: number;
  readonly afterAllMs: number;
}

type Model = Pick<ModelEntry, 'manifest' | 'modelPath'>;

/** A picture as hard as it gets: noise finds many weak boxes. */
export function noiseFrame({ manifest }: Pick<Model, 'manifest'>): Frame {
  const { width, height } = manifest.input;
  return {
    ref: { cameraId: 'noise', runId: 'noise', seq: 0, ptsMs: 0, capturedAtMs: 0, width, height },
    pixels: randomBytes(3 * width * height),
    canvasWidth: width,
    canvasHeight: height,
    sourceWidth: width,
    sourceHeight: height,
    release() {},
  };
}

/**
 * One core, batch 1. Models take turns in rounds, so that a slow minute of the machine hits all alike.
 *
 * @param runs per model.
 */
export async function measureRuns(
  models: readonly Model[],
  runs: number,
  clock: Stopwatch,
): Promise<RunFigures[]> {
  const sessions = await Promise.all(
    models.map(async (model) => ({
      model,
      session: await ModelSession.open({ ...model, threads: 1 }),
      pixels: noiseFrame(model).pixels,
      wall: [] as number[],
      processor: 0,
      after: [] as number[],
      afterAll: [] as number[],
    })),
  );
  const round = 10;
  for (let done = 0; done < runs; done += round) {
    for (const s of sessions) {
      const processor = clock.processorMs();
      for (let i = 0; i < round; i++) {
        const from = clock.wallMs();
        await s.session.run();
        s.wall.push(clock.wallMs() - from);
      }
      s.processor += clock.processorMs() - processor;
      const { width, height } = s.model.manifest.input;
      const request = { contentWidth: width, contentHeight: height };
      s.session.prepareInput(s.pixels);
      const outputs = await s.session.run();
      for (const [list, minScore] of [
        [s.after, undefined],
        [s.afterAll, 0.01],
      ] as const) {
        const from = clock.processorMs();
        for (let i = 0; i < 5; i++) s.session.finish(outputs, { ...request, minScore });
        list.push((clock.processorMs() - from) / 5);
      }
    }
  }
  await Promise.all(sessions.map((s) => s.session.close()));
  return sessions.map(({ model: { manifest }, wall, processor, after, afterAll }) => ({
    modelId: manifest.id,
    canvas: `${manifest.input.width}x${manifest.input.height}`,
    runs: wall.length,
    bestMs: Math.min(...wall),
    middleMs: middle(wall),
    processorMs: processor / wall.length,
    afterMs: middle(after),
    afterAllMs: middle(afterAll),
  }));
}

export interface PoolFigures {
  readonly sessions: number;
  readonly threadsPerSession: number;
  readonly framesPerSecond: number;
  readonly processorMsPerFrame: number;
}

/** Whole detectors (threads, copies, decoding, suppression) of several shapes, kept full. */
export async function measurePools(
  model: Model,
  shapes: readonly { sessions: number; threadsPerSession: number }[],
  frames: number,
  clock: Stopwatch,
): Promise<PoolFigures[]> {
  const frame = noiseFrame(model);
  const figures: PoolFigures[] = [];
  for (const shape of shapes) {
    const detector = await createDetector({ ...model, ...shape, log: silentLog });
    let left = frames;
    const worker = async (): Promise<void> => {
      while (left-- > 0) await detector.detect(frame);
    };
    await detector.detect(frame);
    const [wall, processor] = [clock.wallMs(), clock.processorMs()];
    await Promise.all(Array.from({ length: shape.sessions + 1 }, worker));
    const [wallMs, processorMs] = [clock.wallMs() - wall, clock.processorMs() - processor];
    figures.push({
      ...shape,
      framesPerSecond: (1000 * frames) / wallMs,
      processorMsPerFrame: processorMs / frames,
    });
    await detector.close();
  }
  return figures;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
