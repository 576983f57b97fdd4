/** Keeps what could not be stored, in order, until the store takes it: a full disk loses no incident. */

import { StreetwatchError, messageOf, type Log } from '../core/index.ts';

const RETRY_MS = 2_000;
/** Some hours of a busy district; each entry is one signal. */
const CAPACITY = 20_000;

export class SignalBacklog {
  private readonly log: Log;
  private readonly waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(options: { log: Log }) {
    this.log = options.log;
  }

  get size(): number {
    return this.waiting.length;
  }

  /**
   * Runs `work` now, or later when it, or anything before it, cannot be stored.
   * @throws whatever is not an error of the store.
   */
  run(work: () => void): void {
    this.flush();
    if (this.waiting.length === 0 && this.tryRun(work)) return;
    if (this.waiting.length >= CAPACITY) {
      this.waiting.shift();
      this.log.error({ capacity: CAPACITY }, 'oldest unsaved signal lost: the store has failed for too long');
    }
    this.waiting.push(work);
    this.retryLater();
  }

  /** Tries what waits once more and stops. */
  close(): void {
    this.flush();
    this.closed = true;
    clearTimeout(this.timer);
    if (this.waiting.length > 0)
      this.log.error({ signals: this.waiting.length }, 'signals lost: the store could not be written');
  }

  private flush(): void {
    for (let work = this.waiting[0]; work !== undefined; work = this.waiting[0]) {
      if (!this.tryRun(work)) return;
      this.waiting.shift();
    }
  }

  private tryRun(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      const code = error instanceof StreetwatchError ? error.code : undefined;
      if (code !== 'disk.full' && code !== 'store.failed') throw error;
      this.log.error(
        { code, error: messageOf(error), waiting: this.waiting.length },
        'signal not stored yet',
      );
      return false;
    }
  }

  private retryLater(): void {
    if (this.timer !== undefined || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      try {
        this.flush();
      } catch (error) {
        this.waiting.shift();
        this.log.error({ error: messageOf(error) }, 'signal refused');
      }
      if (this.waiting.length > 0) this.retryLater();
    }, RETRY_MS).unref();
  }
}
