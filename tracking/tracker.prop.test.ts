/** Properties of the tracker under any input. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detection, FrameRef } from '../core/index.ts';
import { TRACKER_DEFAULTS, Tracker } from './index.ts';

const wild = fc.oneof(
  fc.double({ min: -50, max: 700 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1e308),
);
const wildDetection: fc.Arbitrary<Detection> = fc.record({
  box: fc.record({ x1: wild, y1: wild, x2: wild, y2: wild }),
  score: fc.oneof(fc.double({ min: -1, max: 2 }), fc.constant(Number.NaN)),
  label: fc.constantFrom('car', 'truck', 'person', 'garbage', ''),
});
const wildStep = fc.record({
  stepMs: fc.oneof(fc.integer({ min: -5000, max: 100_000 }), fc.constant(Number.NaN)),
  newRun: fc.boolean(),
  detections: fc.array(wildDetection, { maxLength: 30 }),
});

function framesOf(steps: readonly { stepMs: number; newRun: boolean }[]): FrameRef[] {
  let run = 0;
  let ms = 0;
  return steps.map(({ stepMs, newRun }, seq) => {
    run += newRun ? 1 : 0;
    ms = Number.isNaN(ms + stepMs) ? 0 : ms + stepMs;
    const ptsMs = Number.isNaN(stepMs) ? Number.NaN : ms;
    return { cameraId: 'c', runId: `r${run}`, seq, ptsMs, capturedAtMs: ms, width: 640, height: 480 };
  });
}

describe('tracker, any input', () => {
  it('gives finite boxes, unique ids, bounded state, and says of every id when it ended', () => {
    fc.assert(
      fc.property(fc.array(wildStep, { maxLength: 40 }), (steps) => {
        const tracker = new Tracker({ cameraId: 'c', maxTracks: 20, maxDetections: 15 });
        let alive = new Set<string>();
        for (const [i, frame] of framesOf(steps).entries()) {
          const { tracks, removed } = tracker.update(frame, steps[i]!.detections);
          const ids = tracks.map((track) => track.trackId);
          expect(new Set(ids).size).toBe(ids.length);
          expect(tracks.length).toBeLessThanOrEqual(20);
          for (const { box } of tracks) expect(Object.values(box).every(Number.isFinite)).toBe(true);
          const gone = new Set(removed);
          for (const id of alive) expect(ids.includes(id)).toBe(!gone.has(id));
          alive = new Set(ids);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same tracks after it was saved and restored at any frame', () => {
    fc.assert(
      fc.property(fc.array(wildStep, { minLength: 2, maxLength: 25 }), fc.nat(), (steps, at) => {
        const straight = new Tracker({ cameraId: 'c' });
        let resumed = new Tracker({ cameraId: 'c' });
        for (const [i, frame] of framesOf(steps).entries()) {
          if (i === at % steps.length) {
            const state: unknown = JSON.parse(JSON.stringify(resumed.save()));
            resumed = new Tracker({ cameraId: 'c' });
            resumed.restore(state);
          }
          const { detections } = steps[i]!;
          expect(JSON.stringify(resumed.update(frame, detections))).toBe(
            JSON.stringify(straight.update(frame, detections)),
          );
        }
      }),
      { numRuns: 150 },
    );
  });

  it('takes 10,000 boxes a frame within its bounds', () => {
    const tracker = new Tracker({ cameraId: 'c' });
    let random = 1;
    const next = (): number => (random = (random * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let i = 0; i < 5; i++) {
      const detections = Array.from({ length: 10_000 }, (): Detection => {
        const [x1, y1] = [next() * 600, next() * 440];
        return {
          box: { x1, y1, x2: x1 + 5 + next() * 40, y2: y1 + 5 + next() * 40 },
          score: next(),
          label: 'car',
        };
      });
      const frame = { cameraId: 'c', runId: 'r', seq: i, ptsMs: i * 100, capturedAtMs: i * 100 };
      const { tracks } = tracker.update({ ...frame, width: 640, height: 480 }, detections);
      expect(tracks.length).toBeLessThanOrEqual(TRACKER_DEFAULTS.maxTracks);
    }
  });
});
