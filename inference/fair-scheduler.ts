/** One detector, many cameras: whose frame is next, and which frames nobody needs any more. */

import type { Clock, Detection, Frame, FrameRef } from '../core/index.ts';
import type { Detector } from './detector.ts';
import type { DetectOptions } from './session.ts';

/** `urgent` frames overtake: a camera where fire is suspected. */
export type Lane = 'normal' | 'urgent';

/**
 * Why a frame was not analysed: a newer one of its camera came first, its camera was removed, the program ends, or
 * the run failed.
 */
export type InferenceDropReason = 'superseded' | 'camera-removed' | 'closed' | 'failed';

export interface FrameTiming {
  /** From submission to the start of the run, milliseconds. */
  readonly waitMs: number;
  /** The run with decoding and suppression. */
  readonly inferMs: number;
}

export interface SchedulerOptions {
  readonly detector: Pick<Detector, 'detect' | 'sessions'>;
  readonly clock: Clock;
  /** Called in the order of submission within a camera, however many sessions work on it. */
  readonly onResult: (ref: FrameRef, detections: Detection[], timing: FrameTiming) => void;
  /** Called once for each frame that gets no result. The frame is already released. */
  readonly onDrop: (ref: FrameRef, reason: InferenceDropReason) => void;
  /** Called before `onDrop` with `failed`. */
  readonly onError: (ref: FrameRef, error: unknown) => void;
  /** What to look for in the frames of a camera. Left out: all classes from their thresholds on. */
  readonly detect?: (cameraId: string) => DetectOptions;
  /**
   * Urgent frames in a row, at most, while a normal one waits. Raising it lets fire through faster under load;
   * whatever it is, normal frames keep a share of one in `urgentRun + 1`.
   */
  readonly urgentRun?: number;
}

interface Pending {
  readonly frame: Frame;
  readonly lane: Lane;
  readonly sinceMs: number;
}

/** A run at work or done; results leave a camera's list from its head only. */
interface Ticket {
  readonly ref: FrameRef;
  deliver: (() => void) | undefined;
}

interface Camera {
  pending: Pending | undefined;
  readonly tickets: Ticket[];
  readonly freeWaiters: (() => void)[];
}

/**
 * Fair use of a detector. Each camera has one place in line; while a frame waits there, a newer one of the same camera
 * takes its place (the newest frame wins). Cameras are served in turn, so one that sends fifty frames a second delays
 * another by at most one run per session.
 */
export class FairScheduler {
  private readonly options: SchedulerOptions;
  private readonly urgentRun: number;
  /** Cameras with a waiting or running frame; a camera without either is forgotten. */
  private readonly cameras = new Map<string, Camera>();
  /** Cameras in line, first to be served first. */
  private readonly lines: Record<Lane, Set<string>> = { normal: new Set(), urgent: new Set() };
  private running = 0;
  private urgentInARow = 0;
  private closed = false;
  private readonly idleWaiters: (() => void)[] = [];

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.urgentRun = Math.max(1, options.urgentRun ?? 3);
  }

  /** Frames that wait, over all cameras. */
  get waiting(): number {
    return this.lines.normal.size + this.lines.urgent.size;
  }

  /** Takes a frame over, and releases it when it is analysed or dropped. Never blocks. */
  submit(frame: Frame, lane: Lane = 'normal'): void {
    if (this.closed) return this.drop(frame, 'closed');
    const { cameraId } = frame.ref;
    const camera = this.cameraOf(cameraId);
    const replaced = camera.pending;
    // Urgency outlives the frame that brought it: what was suspected there is on the newer frame too.
    const effective: Lane = replaced?.lane === 'urgent' ? 'urgent' : lane;
    camera.pending = { frame, lane: effective, sinceMs: this.options.clock.monotonicMs() };
    if (effective === 'urgent') this.lines.normal.delete(cameraId);
    this.lines[effective].add(cameraId);
    if (replaced) this.drop(replaced.frame, 'superseded');
    this.dispatch();
  }

  /**
   * Resolves when the camera's place in line is empty, so that a source that can wait (a file read as fast as it
   * decodes) loses no frame.
   */
  async whenFree(cameraId: string): Promise<void> {
    const camera = this.cameras.get(cameraId);
    if (!camera?.pending) return;
    await new Promise<void>((resolve) => camera.freeWaiters.push(resolve));
  }

  /** Drops the camera's waiting frame; a run at work still delivers. */
  removeCamera(cameraId: string): void {
    this.takePending(cameraId, 'camera-removed');
    this.forgetIfIdle(cameraId);
  }

  /** Resolves when nothing waits and nothing runs. */
  async whenIdle(): Promise<void> {
    if (this.running === 0 && this.waiting === 0) return;
    await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  /** Drops what waits, and resolves when the runs at work have delivered. The detector is not closed. */
  async close(): Promise<void> {
    this.closed = true;
    for (const cameraId of this.cameras.keys()) this.takePending(cameraId, 'closed');
    await this.whenIdle();
  }

  private dispatch(): void {
    while (this.running < this.options.detector.sessions) {
      const cameraId = this.next();
      if (cameraId === undefined) return;
      const camera = this.cameras.get(cameraId)!;
      const pending = camera.pending!;
      camera.pending = undefined;
      const ticket: Ticket = { ref: pending.frame.ref, deliver: undefined };
      camera.tickets.push(ticket);
      this.running += 1;
      void this.run(camera, ticket, pending);
      this.wakeFreeWaiters(camera);
    }
  }

  private next(): string | undefined {
    const { normal, urgent } = this.lines;
    const overtake = urgent.size > 0 && (normal.size === 0 || this.urgentInARow < this.urgentRun);
    const line = overtake ? urgent : normal;
    this.urgentInARow = overtake && normal.size > 0 ? this.urgentInARow + 1 : 0;
    const [first] = line;
    if (first !== undefined) line.delete(first);
    return first;
  }

  private async run(camera: Camera, ticket: Ticket, pending: Pending): Promise<void> {
    const { detector, clock, onResult, onError, onDrop, detect } = this.options;
    const startedMs = clock.monotonicMs();
    try {
      const detections = await detector.detect(pending.frame, detect?.(ticket.ref.cameraId));
      const timing = { waitMs: startedMs - pending.sinceMs, inferMs: clock.monotonicMs() - startedMs };
      ticket.deliver = () => onResult(ticket.ref, detections, timing);
    } catch (error) {
      ticket.deliver = () => {
        onError(ticket.ref, error);
        onDrop(ticket.ref, 'failed');
      };
    }
    pending.frame.release();
    this.running -= 1;
    try {
      while (camera.tickets[0]?.deliver) camera.tickets.shift()!.deliver!();
    } finally {
      this.forgetIfIdle(ticket.ref.cameraId);
      this.dispatch();
      if (this.running === 0 && this.waiting === 0) for (const wake of this.idleWaiters.splice(0)) wake();
    }
  }

  private drop(frame: Frame, reason: InferenceDropReason): void {
    frame.release();
    this.options.onDrop(frame.ref, reason);
  }

  private takePending(cameraId: string, reason: InferenceDropReason): void {
    const camera = this.cameras.get(cameraId);
    if (!camera?.pending) return;
    const { frame } = camera.pending;
    camera.pending = undefined;
    this.lines.normal.delete(cameraId);
    this.lines.urgent.delete(cameraId);
    this.drop(frame, reason);
    this.wakeFreeWaiters(camera);
  }

  private wakeFreeWaiters(camera: Camera): void {
    for (const wake of camera.freeWaiters.splice(0)) wake();
  }

  private cameraOf(cameraId: string): Camera {
    let camera = this.cameras.get(cameraId);
    if (!camera) {
      camera = { pending: undefined, tickets: [], freeWaiters: [] };
      this.cameras.set(cameraId, camera);
    }
    return camera;
  }

  private forgetIfIdle(cameraId: string): void {
    const camera = this.cameras.get(cameraId);
    if (camera && !camera.pending && camera.tickets.length === 0) this.cameras.delete(cameraId);
  }
}
