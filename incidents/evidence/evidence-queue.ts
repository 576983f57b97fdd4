/** Works off the evidence jobs of the store: in order for each incident, a few incidents at a time. */

import { StreetwatchError, messageOf, type Log } from '../../core/index.ts';
import type { EvidenceJob } from '../store/evidence-table.ts';

/** What the queue does with one job. `final`: the last attempt, what fails now is recorded as missing. */
export type RunJob = (job: EvidenceJob, final: boolean) => Promise<void>;

export interface EvidenceQueueOptions {
  readonly run: RunJob;
  readonly countAttempt: (job: EvidenceJob) => void;
  readonly log: Log;
  /** Incidents worked on at once: most of the time is waiting for a segment to be closed. Default 4. */
  readonly concurrency?: number;
  /** Waits after a failed attempt. */
  readonly retryMs?: readonly number[];
}

const MAX_ATTEMPTS = 6;

export class EvidenceQueue {
  private readonly options: EvidenceQueueOptions;
  private readonly waiting = new Map<string, EvidenceJob[]>();
  private readonly busy = new Set<string>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly idle: (() => void)[] = [];
  private stopped = false;

  constructor(options: EvidenceQueueOptions) {
    this.options = options;
  }

  /** Incidents that have evidence to be taken. */
  get size(): number {
    return this.waiting.size;
  }

  add(job: EvidenceJob): void {
    const jobs = this.waiting.get(job.incidentId);
    if (jobs === undefined) this.waiting.set(job.incidentId, [job]);
    else jobs.push(job);
    this.pump();
  }

  /** Forgets the jobs of an incident that is gone. */
  drop(incidentId: string): void {
    this.waiting.delete(incidentId);
    clearTimeout(this.timers.get(incidentId));
    this.timers.delete(incidentId);
    this.tell();
  }

  /** Resolves when nothing is waiting or running; jobs between two attempts count as waiting. */
  settle(): Promise<void> {
    if (this.waiting.size === 0 && this.busy.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  /** Starts nothing more and waits for what runs; the rest is in the store for the next start. */
  async close(): Promise<void> {
    this.stopped = true;
    this.waiting.clear();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    await this.settle();
  }

  private pump(): void {
    if (this.stopped) return;
    for (const incidentId of this.waiting.keys()) {
      if (this.busy.size >= (this.options.concurrency ?? 4)) return;
      if (!this.busy.has(incidentId) && !this.timers.has(incidentId)) void this.work(incidentId);
    }
  }

  private async work(incidentId: string): Promise<void> {
    this.busy.add(incidentId);
    const job = this.waiting.get(incidentId)?.[0];
    if (job !== undefined) {
      const done = await this.attempt(job);
      const jobs = this.waiting.get(incidentId);
      if (done && jobs?.[0] === job) jobs.shift();
      if (jobs?.length === 0) this.waiting.delete(incidentId);
    }
    this.busy.delete(incidentId);
    this.tell();
    this.pump();
  }

  private async attempt(job: EvidenceJob): Promise<boolean> {
    const { incidentId, jobId } = job;
    const attempts = job.attempts + 1;
    try {
      await this.options.run(job, attempts >= MAX_ATTEMPTS);
      return true;
    } catch (error) {
      const code = error instanceof StreetwatchError ? error.code : undefined;
      this.options.log.warn(
        { incidentId, attempts, code, error: messageOf(error) },
        'evidence not taken yet',
      );
      // A full disk is no reason to give evidence up: it is tried for as long as the disk is full.
      const counted = code === 'disk.full' ? job.attempts : attempts;
      this.retryLater(jobId, { ...job, attempts: counted });
      if (counted > job.attempts) this.count(job);
      return false;
    }
  }

  private count(job: EvidenceJob): void {
    try {
      this.options.countAttempt(job);
    } catch (error) {
      this.options.log.warn({ incidentId: job.incidentId, error: messageOf(error) }, 'attempt not counted');
    }
  }

  private retryLater(jobId: number, job: EvidenceJob): void {
    const jobs = this.waiting.get(job.incidentId);
    if (jobs === undefined || this.stopped) return;
    if (jobs[0]?.jobId === jobId) jobs[0] = job;
    const steps = this.options.retryMs ?? [1_000, 5_000, 20_000, 60_000];
    const waitMs = steps[Math.min(job.attempts, steps.length) - 1] ?? steps[0] ?? 1_000;
    const timer = setTimeout(() => {
      this.timers.delete(job.incidentId);
      this.pump();
    }, waitMs);
    this.timers.set(job.incidentId, timer);
  }

  private tell(): void {
    if (this.waiting.size > 0 || this.busy.size > 0) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }
}
