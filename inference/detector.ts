/** The detector: a pool of worker threads with one session each, shared by all cameras. */

import { availableParallelism } from 'node:os';
import type { Detection, Frame, Log } from '../core/index.ts';
import { StreetwatchError } from '../core/index.ts';
import { OPSETS, describeOnnx, verifyModel } from '../models/index.ts';
import type { ModelManifest } from '../models/index.ts';
import type { DetectOptions, InferResult } from './session.ts';
import { SessionThread, closedError } from './session-thread.ts';

export interface DetectorOptions {
  readonly manifest: ModelManifest;
  readonly modelPath: string;
  /**
   * Pictures that are worked on at once, each by a thread of its own. More than cores only adds waiting; the default is
   * one per core, which `npm run bench:inference` found fastest.
   */
  readonly sessions?: number;
  /** Threads that share the work on one picture; 1 by default. Raising it shortens one run and costs throughput. */
  readonly threadsPerSession?: number;
  readonly log: Log;
}

/** Pictures become detections. */
export interface Detector {
  /** Size that `Frame.pixels` must have, pixels. */
  readonly canvas: { readonly width: number; readonly height: number };
  /** Value of the padding right of and below the content. */
  readonly padValue: number;
  readonly classes: readonly string[];
  readonly manifest: ModelManifest;
  /** Pictures that are worked on at once; more calls wait in line. */
  readonly sessions: number;
  /**
   * Detects in one frame. The frame must stay valid until the promise settles; releasing it is the caller's.
   *
   * @returns boxes in content pixels, cut at the content's border, best score first.
   * @throws StreetwatchError `inference.failed`, `model.shape-mismatch` when the frame has another canvas.
   */
  detect(frame: Frame, options?: DetectOptions): Promise<Detection[]>;
  /** Ends after the runs at work; what still waits is refused with `inference.failed`. */
  close(): Promise<void>;
}

interface Job {
  readonly frame: Frame;
  readonly options: DetectOptions;
  readonly resolve: (detections: Detection[]) => void;
  readonly reject: (error: Error) => void;
}

/** Sessions for this machine: one single-threaded session per core (`docs/reference/performance.md`). */
export function defaultSessions(): number {
  return Math.max(1, availableParallelism());
}

/**
 * Loads a model, after proving that it is the one that its manifest names.
 *
 * @throws StreetwatchError `model.missing`, `model.hash-mismatch`, `model.invalid`, `model.unsupported`,
 *   `model.shape-mismatch`.
 */
export async function createDetector(options: DetectorOptions): Promise<Detector> {
  const { manifest, modelPath, threadsPerSession: threads = 1, log } = options;
  await verifyModel({ manifest, modelPath });
  const sessions = options.sessions ?? defaultSessions();
  const start = { manifest, modelPath, threads };
  const results = await Promise.allSettled(
    Array.from({ length: sessions }, () => SessionThread.start(start)),
  );
  const threadsStarted = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []));
  const failure = results.find((r) => r.status === 'rejected');
  if (failure) {
    await Promise.all(threadsStarted.map((thread) => thread.close()));
    throw startError(failure.reason, modelPath);
  }
  log.info({ model: manifest.id, sessions, threadsPerSession: threads }, 'detector ready');
  return new PooledDetector(manifest, threadsStarted, () => SessionThread.start(start), log);
}

/** The error of a session that did not start, with what the runtime leaves unsaid: the file, and a foreign operator set. */
function startError(error: unknown, modelPath: string): unknown {
  if (!(error instanceof StreetwatchError)) return error;
  const { opset } = describeOnnx(modelPath);
  const foreign = opset < OPSETS.oldest || opset > OPSETS.newest;
  const file = error.message.includes(modelPath) ? '' : ` (${modelPath})`;
  const note = foreign
    ? `; its operator set is ${opset}, export it with ${OPSETS.oldest} to ${OPSETS.newest}`
    : '';
  if (file === '' && note === '') return error;
  return new StreetwatchError(foreign ? 'model.unsupported' : error.code, `${error.message}${file}${note}`, {
    cause: error,
    context: { ...error.context, file: modelPath },
  });
}

class PooledDetector implements Detector {
  readonly canvas;
  readonly padValue: number;
  readonly classes: readonly string[];
  readonly manifest: ModelManifest;
  readonly sessions: number;
  private readonly idle: SessionThread[];
  private readonly all: Set<SessionThread>;
  private readonly waiting: Job[] = [];
  private readonly restart: () => Promise<SessionThread>;
  private readonly log: Log;
  private closing: Promise<void> | undefined;

  constructor(
    manifest: ModelManifest,
    threads: SessionThread[],
    restart: () => Promise<SessionThread>,
    log: Log,
  ) {
    this.manifest = manifest;
    this.canvas = { width: manifest.input.width, height: manifest.input.height };
    this.padValue = manifest.input.padValue;
    this.classes = manifest.classes;
    this.sessions = threads.length;
    this.idle = [...threads];
    this.all = new Set(threads);
    this.restart = restart;
    this.log = log;
  }

  detect(frame: Frame, options: DetectOptions = {}): Promise<Detection[]> {
    const { width, height } = this.canvas;
    if (
      frame.canvasWidth !== width ||
      frame.canvasHeight !== height ||
      frame.pixels.length !== 3 * width * height
    ) {
      const message = `model ${this.manifest.id} takes frames of ${width}x${height}, not ${frame.canvasWidth}x${frame.canvasHeight}`;
      return Promise.reject(new StreetwatchError('model.shape-mismatch', message));
    }
    if (this.closing) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.waiting.push({ frame, options, resolve, reject });
      this.dispatch();
    });
  }

  close(): Promise<void> {
    this.closing ??= (async () => {
      for (const job of this.waiting.splice(0)) job.reject(closedError());
      await Promise.all([...this.all].map((thread) => thread.close()));
    })();
    return this.closing;
  }

  private dispatch(): void {
    while (this.waiting.length > 0 && this.idle.length > 0) {
      const job = this.waiting.shift()!;
      const thread = this.idle.pop()!;
      void this.work(thread, job);
    }
    if (this.all.size === 0) {
      const dead = new StreetwatchError('inference.failed', 'no inference thread is left');
      for (const job of this.waiting.splice(0)) job.reject(dead);
    }
  }

  private async work(thread: SessionThread, job: Job): Promise<void> {
    try {
      const result = await thread.infer(job.frame, job.options);
      job.resolve(toDetections(result, this.manifest));
    } catch (error) {
      job.reject(error instanceof Error ? error : new Error(String(error)));
    }
    if (thread.alive) this.idle.push(thread);
    else await this.replace(thread);
    this.dispatch();
  }

  /** A thread that died is started once more for each time it dies; when that fails too, the pool is smaller. */
  private async replace(dead: SessionThread): Promise<void> {
    this.all.delete(dead);
    if (this.closing) return;
    this.log.error({ model: this.manifest.id }, 'inference thread died and is started again');
    try {
      const thread = await this.restart();
      if (this.closing) return await thread.close();
      this.all.add(thread);
      this.idle.push(thread);
    } catch (error) {
      this.log.error({ model: this.manifest.id, error }, 'inference thread could not be started again');
    }
  }
}

function toDetections(result: InferResult, { classes, scoreThresholds }: ModelManifest): Detection[] {
  return Array.from(result.scores, (score, i): Detection => {
    const label = classes[result.classes[i]!]!;
    const box = {
      x1: result.boxes[4 * i]!,
      y1: result.boxes[4 * i + 1]!,
      x2: result.boxes[4 * i + 2]!,
      y2: result.boxes[4 * i + 3]!,
    };
    return { box, score, label, ...(score < scoreThresholds[label]! ? { faint: true } : {}) };
  });
}
