/**
 * The whole flow, the one place where the stages meet:
 *
 *   source ─► health ─► gate ─► scheduler ─► detector ─► tracker ─► rules ─► incidents ─► outbox ─► broker
 *     └─► segments ─────────────────────────────────────────► evidence ──┘
 */

import type { Clock, Detection, Frame, FrameRef, Log } from '../core/index.ts';
import { messageOf, redactUrls, StreetwatchError } from '../core/index.ts';
import type { Detector, FrameTiming } from '../inference/index.ts';
import { ChangeGate, FairScheduler } from '../inference/index.ts';
import type { RunStarted, Source } from '../ingest/index.ts';
import type { CameraRuntime } from './camera-runtime.ts';
import { sleep, supervise } from './supervisor.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** How often cameras without frames are looked at, milliseconds. */
const TICK_MS = 1_000;

/** A camera as the pipeline runs it. */
export interface PipelineCamera {
  readonly runtime: CameraRuntime;
  readonly source: Source;
  /** It has a clock of its own, which may drift away from ours; a file has not. */
  readonly live: boolean;
  /** Frames a second that are analysed while nothing changes in the picture; absent: every frame. */
  readonly idleFps?: number;
  /** A file that may wait for the detector, so that no frame of it is lost. */
  readonly mayWait: boolean;
}

export interface PipelineOptions {
  readonly detector: Detector;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is known of the connection to a camera. */
export interface CameraLink {
  readonly state: 'connecting' | 'streaming' | 'waiting' | 'ended';
  /** Wall time since which it is in this state. */
  readonly sinceMs: number;
  readonly run?: RunStarted;
  /** Why the last run ended, redacted. */
  readonly lastError?: { readonly code: string; readonly message: string };
  /** Runs that ended by an error since the start. */
  readonly failures: number;
}

interface Running extends PipelineCamera {
  readonly gate: ChangeGate | undefined;
  readonly abort: AbortController;
  done: Promise<void>;
  /** Ends when every frame that waits for its turn was handed to the detector. */
  turn: Promise<void>;
  link: CameraLink;
}

/** Runs any number of cameras over one detector. */
export class Pipeline {
  private readonly options: PipelineOptions;
  private readonly cameras = new Map<string, Running>();
  private readonly scheduler: FairScheduler;
  /** When a frame came in (monotonic), for the delay through the stages, and on which run of which camera. */
  private readonly arrivals = new WeakMap<FrameRef, { readonly atMs: number; readonly camera: Running }>();
  private stopped = false;
  private readonly ticker: NodeJS.Timeout;

  constructor(options: PipelineOptions) {
    this.options = options;
    this.scheduler = new FairScheduler({
      detector: options.detector,
      clock: options.clock,
      detect: (cameraId) => ({ lowest: this.cameras.get(cameraId)?.runtime.worker.lowestScores() }),
      onResult: (ref, detections, timing) => this.evaluate(ref, detections, timing),
      onDrop: (ref, reason) =>
        options.metrics.dropped.inc({ camera: ref.cameraId, stage: 'inference', reason }),
      onError: (ref, error) =>
        options.log.error({ cameraId: ref.cameraId, error: messageOf(error) }, 'inference failed'),
    });
    this.ticker = setInterval(() => this.tick(), TICK_MS);
  }

  /** Starts a camera; it is opened again after every failure until it ends by itself or {@link Pipeline.stop}. */
  add(camera: PipelineCamera): void {
    if (this.stopped) return;
    const running: Running = {
      ...camera,
      gate:
        camera.idleFps === undefined ? undefined : new ChangeGate({ idleIntervalMs: 1000 / camera.idleFps }),
      abort: new AbortController(),
      done: Promise.resolve(),
      turn: Promise.resolve(),
      link: { state: 'connecting', sinceMs: this.options.clock.nowMs(), failures: 0 },
    };
    this.cameras.set(camera.runtime.config.id, running);
    running.done = this.keepRunning(running);
  }

  /**
   * Ends one camera and saves its state; the others go on. What the detector still finds in its last frame counts no
   * more. Resolves at once for a camera that is not known.
   */
  async remove(cameraId: string): Promise<void> {
    const camera = this.cameras.get(cameraId);
    if (camera === undefined) return;
    camera.abort.abort();
    await camera.done.then(() => camera.turn);
    this.scheduler.removeCamera(cameraId);
    if (this.cameras.get(cameraId) === camera) this.cameras.delete(cameraId);
    camera.runtime.worker.save();
  }

  /** The connection of a camera, or `undefined` for one that is not known. */
  link(cameraId: string): CameraLink | undefined {
    return this.cameras.get(cameraId)?.link;
  }

  /** Resolves when every camera has ended by itself (files do, live streams do not) and every frame is judged. */
  async whenEnded(): Promise<void> {
    await Promise.all([...this.cameras.values()].map((camera) => camera.done.then(() => camera.turn)));
    await this.scheduler.whenIdle();
  }

  /** Ends all cameras, lets the runs at work finish, and saves the state of every camera. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.ticker);
    for (const camera of this.cameras.values()) camera.abort.abort();
    await Promise.all([...this.cameras.values()].map((camera) => camera.done.then(() => camera.turn)));
    await this.scheduler.close();
    for (const camera of this.cameras.values()) camera.runtime.worker.save();
  }

  private async keepRunning(camera: Running): Promise<void> {
    const { clock, log, metrics } = this.options;
    const cameraId = camera.runtime.config.id;
    await supervise((signal) => this.runOnce(camera, signal), camera.abort.signal, {
      cameraId,
      clock,
      log,
      random: Math.random,
      sleep,
      onFailure: (error) => {
        const code = error instanceof StreetwatchError ? error.code : 'unexpected';
        const message = redactUrls(messageOf(error));
        metrics.sourceFailures.inc({ camera: cameraId, code });
        camera.link = {
          state: 'waiting',
          sinceMs: clock.nowMs(),
          failures: camera.link.failures + 1,
          lastError: { code, message },
        };
      },
    });
    camera.link = { ...camera.link, state: 'ended', sinceMs: clock.nowMs() };
    if (!camera.abort.signal.aborted) log.info({ cameraId }, 'source ended');
  }

  private async runOnce(camera: Running, signal: AbortSignal): Promise<void> {
    const { clock, metrics, log } = this.options;
    const cameraId = camera.runtime.config.id;
    camera.link = { ...camera.link, state: 'connecting', sinceMs: clock.nowMs() };
    try {
      await camera.source.run(signal, {
        started: (run) => {
          camera.link = { ...camera.link, state: 'streaming', sinceMs: clock.nowMs(), run };
          metrics.cameraUp.set({ camera: cameraId }, 1);
          log.info(
            {
              cameraId,
              runId: run.runId,
              codec: run.codec,
              width: run.sourceWidth,
              height: run.sourceHeight,
            },
            'source started',
          );
        },
        frame: (frame) => this.take(camera, frame),
        dropped: (reason, count) => metrics.dropped.inc({ camera: cameraId, stage: 'ingest', reason }, count),
      });
    } finally {
      metrics.cameraUp.set({ camera: cameraId }, 0);
    }
  }

  private take(camera: Running, frame: Frame): void {
    const arrivedMs = this.options.clock.monotonicMs();
    this.arrivals.set(frame.ref, { atMs: arrivedMs, camera });
    const lane = camera.runtime.observe(frame, camera.live ? arrivedMs : undefined);
    // Where something burns every picture counts; elsewhere one that shows what was seen already says nothing new.
    if (lane === 'normal' && camera.gate?.opens(frame) === false) {
      this.options.metrics.unchanged.inc({ camera: frame.ref.cameraId });
      frame.release();
      return;
    }
    if (!camera.mayWait) return this.scheduler.submit(frame, lane);
    // While frames wait here, the reader of the file runs out of buffers and waits too.
    camera.turn = camera.turn.then(async () => {
      await this.scheduler.whenFree(camera.runtime.config.id);
      this.scheduler.submit(frame, lane);
    });
  }

  private evaluate(ref: FrameRef, detections: readonly Detection[], timing: FrameTiming): void {
    const { metrics, clock } = this.options;
    metrics.inference.observe(timing.inferMs / 1000);
    const arrival = this.arrivals.get(ref);
    // A camera that was removed, or set up anew under the same name, has nothing to do with the old one's frames.
    if (arrival === undefined || this.cameras.get(ref.cameraId) !== arrival.camera) return;
    arrival.camera.runtime.worker.evaluate(ref, detections);
    metrics.frameDelay.observe((clock.monotonicMs() - arrival.atMs) / 1000);
  }

  private tick(): void {
    const nowMs = this.options.clock.nowMs();
    for (const { runtime, link } of this.cameras.values()) {
      if (link.state !== 'ended') runtime.worker.tick(nowMs);
    }
  }
}
