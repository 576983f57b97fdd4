/** Fairness, order, overtaking and drops of the scheduler, with a detector that finishes when told. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Detection, Frame } from '../core/index.ts';
import { ManualClock } from '../core/index.ts';
import { FairScheduler } from './fair-scheduler.ts';
import type { Lane } from './fair-scheduler.ts';

function frameOf(cameraId: string, seq: number, released: string[] = []): Frame {
  return {
    ref: { cameraId, runId: 'r', seq, ptsMs: seq, capturedAtMs: seq, width: 1, height: 1 },
    pixels: new Uint8Array(3),
    canvasWidth: 1,
    canvasHeight: 1,
    sourceWidth: 1,
    sourceHeight: 1,
    release: () => released.push(`${cameraId}${seq}`),
  };
}

function bench(sessions = 1, urgentRun?: number) {
  const started: string[] = [];
  const results: string[] = [];
  const drops: string[] = [];
  const errors: unknown[] = [];
  const released: string[] = [];
  const open = new Map<string, { resolve: (d: Detection[]) => void; reject: (e: Error) => void }>();
  const clock = new ManualClock();
  const scheduler = new FairScheduler({
    detector: {
      sessions,
      detect: (frame) => {
        const key = `${frame.ref.cameraId}${frame.ref.seq}`;
        started.push(key);
        return new Promise((resolve, reject) => open.set(key, { resolve, reject }));
      },
    },
    clock,
    ...(urgentRun === undefined ? {} : { urgentRun }),
    onResult: (ref, _, timing) =>
      results.push(`${ref.cameraId}${ref.seq}@${timing.waitMs}+${timing.inferMs}`),
    onDrop: (ref, reason) => drops.push(`${ref.cameraId}${ref.seq} ${reason}`),
    onError: (_, error) => errors.push(error),
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    scheduler,
    clock,
    started,
    results,
    drops,
    errors,
    released,
    submit: (cameraId: string, seq: number, lane?: Lane) =>
      scheduler.submit(frameOf(cameraId, seq, released), lane),
    finish: async (key: string) => {
      open.get(key)!.resolve([]);
      await settle();
    },
    fail: async (key: string) => {
      open.get(key)!.reject(new Error('broken'));
      await settle();
    },
  };
}

describe('FairScheduler', () => {
  test('the newest frame of a camera wins, the older one is dropped, counted and released', async () => {
    const b = bench();
    b.submit('a', 0);
    b.submit('a', 1);
    b.submit('a', 2);
    expect(b.started).toEqual(['a0']);
    expect(b.drops).toEqual(['a1 superseded']);
    expect(b.released).toEqual(['a1']);
    await b.finish('a0');
    expect(b.started).toEqual(['a0', 'a2']);
    expect(b.released).toEqual(['a1', 'a0']);
  });

  test('cameras take turns, however fast one of them sends', async () => {
    const b = bench();
    b.submit('a', 0);
    b.submit('a', 1);
    b.submit('b', 0);
    b.submit('c', 0);
    for (let seq = 2; seq < 50; seq++) b.submit('a', seq);
    await b.finish('a0');
    b.submit('b', 1);
    await b.finish('a49');
    await b.finish('b1');
    await b.finish('c0');
    expect(b.started).toEqual(['a0', 'a49', 'b1', 'c0']);
  });

  test('an urgent frame overtakes, and its urgency passes to the frame that replaces it', async () => {
    const b = bench();
    b.submit('a', 0);
    b.submit('b', 0);
    b.submit('c', 0);
    b.submit('d', 0, 'urgent');
    b.submit('d', 1);
    b.submit('c', 1, 'urgent');
    await b.finish('a0');
    await b.finish('d1');
    await b.finish('c1');
    expect(b.started).toEqual(['a0', 'd1', 'c1', 'b0']);
  });

  test('urgent frames without end do not starve normal ones', async () => {
    const b = bench(1, 3);
    b.submit('u', 0, 'urgent');
    b.submit('n', 0);
    for (let seq = 1; seq <= 5; seq++) {
      b.submit('u', seq, 'urgent');
      b.submit('v', seq, 'urgent');
      await b.finish(b.started.at(-1)!);
    }
    expect(b.started.indexOf('n0')).toBe(4);
  });

  test('two sessions: results of one camera leave in the order of its frames', async () => {
    const b = bench(2);
    b.submit('a', 0);
    b.submit('a', 1);
    await b.finish('a1');
    expect(b.results).toEqual([]);
    await b.finish('a0');
    expect(b.results.map((r) => r.split('@')[0])).toEqual(['a0', 'a1']);
  });

  test('waiting and working times come from the given clock', async () => {
    const b = bench();
    b.submit('a', 0);
    b.submit('b', 0);
    b.clock.advance(7);
    await b.finish('a0');
    b.clock.advance(5);
    await b.finish('b0');
    expect(b.results).toEqual(['a0@0+7', 'b0@7+5']);
  });

  test('a failed run is told, counted and harms nobody else', async () => {
    const b = bench();
    b.submit('a', 0);
    b.submit('b', 0);
    await b.fail('a0');
    expect(b.errors).toHaveLength(1);
    expect(b.drops).toEqual(['a0 failed']);
    await b.finish('b0');
    expect(b.results).toHaveLength(1);
  });

  test('a removed camera loses its waiting frame; the end drops what waits and lets runs deliver', async () => {
    const b = bench();
    b.submit('a', 0);
    b.submit('b', 0);
    b.submit('c', 0);
    b.scheduler.removeCamera('b');
    const closed = b.scheduler.close();
    b.submit('d', 0);
    expect(b.drops).toEqual(['b0 camera-removed', 'c0 closed', 'd0 closed']);
    await b.finish('a0');
    await closed;
    expect(b.results).toHaveLength(1);
    expect(b.released.toSorted()).toEqual(['a0', 'b0', 'c0', 'd0']);
  });

  test('a source that waits for its place loses nothing', async () => {
    const b = bench();
    const source = (async () => {
      for (let seq = 0; seq < 4; seq++) {
        await b.scheduler.whenFree('a');
        b.submit('a', seq);
      }
    })();
    for (const key of ['a0', 'a1', 'a2', 'a3']) {
      while (!b.started.includes(key)) await new Promise((resolve) => setImmediate(resolve));
      await b.finish(key);
    }
    await source;
    await b.scheduler.whenIdle();
    expect(b.drops).toEqual([]);
    expect(b.results).toHaveLength(4);
  });

  test('property: every frame is released once and ends as result or drop', async () => {
    const step = fc.record({
      camera: fc.constantFrom('a', 'b', 'c', 'd'),
      lane: fc.constantFrom<Lane>('normal', 'normal', 'urgent'),
      finish: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, sessions) => {
          const b = bench(sessions, 2);
          const finished = new Set<string>();
          const finishOne = async () => {
            const key = b.started.find((k) => !finished.has(k));
            if (key === undefined) return;
            finished.add(key);
            await b.finish(key);
          };
          for (const [seq, { camera, lane, finish }] of steps.entries()) {
            b.submit(camera, seq, lane);
            if (finish) await finishOne();
          }
          while (finished.size < b.started.length) await finishOne();
          await b.scheduler.whenIdle();
          expect(b.released.length).toBe(steps.length);
          expect(new Set(b.released).size).toBe(steps.length);
          expect(b.results.length + b.drops.length).toBe(steps.length);
          expect(b.scheduler.waiting).toBe(0);
          for (const camera of ['a', 'b', 'c', 'd']) {
            const order = b.results
              .filter((r) => r.startsWith(camera))
              .map((r) => Number(r.slice(1).split('@')[0]));
            expect(order).toEqual(order.toSorted((x, y) => x - y));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('property: under steady urgent load a normal camera starts within urgentRun + 1 starts per waiting camera', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 6 }),
        async (urgentRun, normals) => {
          const b = bench(1, urgentRun);
          b.submit('u', 0, 'urgent');
          for (let n = 0; n < normals; n++) b.submit(`n${n}-`, 0);
          const bound = (urgentRun + 1) * normals + 1;
          for (let seq = 1; seq <= bound; seq++) {
            b.submit('u', seq, 'urgent');
            b.submit('v', seq, 'urgent');
            await b.finish(b.started.at(-1)!);
          }
          const early = b.started.slice(0, bound);
          for (let n = 0; n < normals; n++) expect(early).toContain(`n${n}-0`);
        },
      ),
      { numRuns: 25 },
    );
  });
});
