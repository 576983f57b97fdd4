import { describe, expect, it, vi } from 'vitest';
import { StreetwatchError, silentLog } from '../../core/index.ts';
import type { EvidenceJob } from '../store/evidence-table.ts';
import { EvidenceQueue, type RunJob } from './evidence-queue.ts';

const plan = { stage: 'arrival', stills: [], clips: [] } as const;
const jobOf = (jobId: number, incidentId: string): EvidenceJob => ({ jobId, incidentId, plan, attempts: 0 });

function queueOf(run: RunJob, concurrency = 2): { queue: EvidenceQueue; counted: number[] } {
  const counted: number[] = [];
  const countAttempt = (job: EvidenceJob): void => void counted.push(job.jobId);
  const queue = new EvidenceQueue({ run, countAttempt, log: silentLog, concurrency, retryMs: [1] });
  return { queue, counted };
}

describe('evidence queue', () => {
  it('keeps the order within an incident and works on several at once', async () => {
    const log: string[] = [];
    let running = 0;
    let most = 0;
    const { queue } = queueOf(async (job) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
      log.push(`${job.incidentId}${job.jobId}`);
    });
    for (const [i, incident] of ['a', 'b', 'c', 'a', 'b', 'a'].entries()) queue.add(jobOf(i, incident));
    await queue.settle();
    expect(log.filter((entry) => entry.startsWith('a'))).toEqual(['a0', 'a3', 'a5']);
    expect(log).toHaveLength(6);
    expect(most).toBe(2);
  });

  it('tries again, tells the last attempt, and counts attempts', async () => {
    const finals: boolean[] = [];
    const { queue, counted } = queueOf((_job, final) => {
      finals.push(final);
      return final ? Promise.resolve() : Promise.reject(new StreetwatchError('footage.failed', 'no'));
    });
    queue.add(jobOf(7, 'a'));
    await queue.settle();
    expect(finals).toEqual([false, false, false, false, false, true]);
    expect(counted).toEqual([7, 7, 7, 7, 7]);
  });

  it('never gives up on a full disk', async () => {
    let attempts = 0;
    const { queue, counted } = queueOf((_job, final) => {
      expect(final).toBe(false);
      return ++attempts > 20 ? Promise.resolve() : Promise.reject(new StreetwatchError('disk.full', 'full'));
    });
    queue.add(jobOf(1, 'a'));
    await queue.settle();
    expect(attempts).toBe(21);
    expect(counted).toEqual([]);
  });

  it('one incident that fails does not hold up the others', async () => {
    const done: string[] = [];
    const { queue } = queueOf((job, final) => {
      if (job.incidentId === 'bad' && !final) return Promise.reject(new Error('no'));
      done.push(job.incidentId);
      return Promise.resolve();
    }, 1);
    queue.add(jobOf(1, 'bad'));
    queue.add(jobOf(2, 'good'));
    await vi.waitFor(() => expect(done).toEqual(['good', 'bad']));
    await queue.settle();
  });

  it('close waits for what runs and starts nothing more', async () => {
    const started: number[] = [];
    let finish: () => void = () => {};
    const { queue } = queueOf((job) => {
      started.push(job.jobId);
      return new Promise((resolve) => (finish = resolve));
    }, 1);
    queue.add(jobOf(1, 'a'));
    queue.add(jobOf(2, 'b'));
    let closed = false;
    const closing = queue.close().then(() => (closed = true));
    await Promise.resolve();
    expect(closed).toBe(false);
    finish();
    await closing;
    expect(started).toEqual([1]);
  });
});
