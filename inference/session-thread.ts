/** The program's side of one worker thread. */

import type { Worker } from 'node:worker_threads';
import type { Frame } from '../core/index.ts';
import { StreetwatchError, assertNever } from '../core/index.ts';
import type { DetectOptions, InferResult } from './session.ts';
import { startWorker } from './start-worker.ts';
import type { FromWorker, PlainError, ToWorker } from './worker-protocol.ts';

/** One worker thread: one picture at a time. */
export class SessionThread {
  alive = true;
  private readonly worker: Worker;
  private readonly exited: Promise<void>;
  /** Takes in pictures whose memory threads cannot share. */
  private shared: Uint8Array<SharedArrayBuffer> | undefined;
  private settle: { resolve: (result: InferResult) => void; reject: (error: Error) => void } | undefined;

  private constructor(worker: Worker) {
    this.worker = worker;
    worker.on('error', (error) => this.fail(error));
    this.exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.fail(closedError());
        resolve();
      });
    });
  }

  static async start(start: Parameters<typeof startWorker>[0]): Promise<SessionThread> {
    const thread = new SessionThread(await startWorker(start));
    await new Promise<void>((resolve, reject) => {
      thread.settle = { resolve: () => {}, reject };
      thread.worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') resolve();
        else thread.receive(message);
      });
    });
    thread.settle = undefined;
    return thread;
  }

  infer(frame: Frame, options: DetectOptions): Promise<InferResult> {
    const message: ToWorker = {
      kind: 'infer',
      pixels: this.sharable(frame.pixels),
      request: {
        contentWidth: frame.ref.width,
        contentHeight: frame.ref.height,
        minScore: options.minScore,
        lowest: options.lowest,
        rivals: options.rivals,
      },
    };
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.worker.postMessage(message, []);
    });
  }

  private sharable(pixels: Uint8Array): Uint8Array<SharedArrayBuffer> {
    if (isShared(pixels)) return pixels;
    this.shared ??= new Uint8Array(new SharedArrayBuffer(pixels.length));
    this.shared.set(pixels);
    return this.shared;
  }

  async close(): Promise<void> {
    const message: ToWorker = { kind: 'close' };
    this.worker.postMessage(message, []);
    await this.exited;
  }

  private receive(message: Exclude<FromWorker, { kind: 'ready' }>): void {
    switch (message.kind) {
      case 'result':
        this.take()?.resolve(message.result);
        return;
      case 'failed':
        this.take()?.reject(revive(message.error));
        return;
      case 'not-started':
        this.alive = false;
        this.take()?.reject(revive(message.error));
        return;
      default:
        assertNever(message);
    }
  }

  private take(): SessionThread['settle'] {
    const settle = this.settle;
    this.settle = undefined;
    return settle;
  }

  private fail(error: Error): void {
    this.alive = false;
    this.take()?.reject(
      error instanceof StreetwatchError
        ? error
        : new StreetwatchError('inference.failed', `an inference thread died: ${error.message}`, {
            cause: error,
          }),
    );
  }
}

function isShared(pixels: Uint8Array): pixels is Uint8Array<SharedArrayBuffer> {
  return pixels.buffer instanceof SharedArrayBuffer;
}

function revive(error: PlainError): StreetwatchError {
  return new StreetwatchError(error.code, error.message, { context: error.context });
}

/** Refusal of a detector that ends. */
export function closedError(): StreetwatchError {
  return new StreetwatchError('inference.failed', 'the detector is closed');
}
