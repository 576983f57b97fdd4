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

/** What a stream clock may say at its worst, between times that are right. */
const anyMs = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 10_000 }) },
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.constantFrom(-1e308, -1e100, -1, 1e15, 1e100, 1e160, 1e308),
);
const anyTimes = fc.array(fc.record({ ptsMs: anyMs, capturedAtMs: anyMs, hidden: fc.boolean() }), {
  minLength: 1,
  maxLength: 30,
});
/** Two cars that overlap, so that each can be taken for the other, and a person that walks. */
const sceneAt = (i: number): Detection[] => [
  { box: { x1: 100, y1: 100, x2: 180, y2: 160 }, score: 0.9, label: 'car' },
  { box: { x1: 140, y1: 100, x2: 220, y2: 160 }, score: 0.9, label: 'car' },
  { box: { x1: 300 + i * 3, y1: 100, x2: 320 + i * 3, y2: 160 }, score: 0.9, label: 'person' },
];
const frameOf = (seq: number, ptsMs: number, capturedAtMs: number): FrameRef => {
  return { cameraId: 'c', runId: 'r', seq, ptsMs, capturedAtMs, width: 640, height: 480 };
};

describe('tracker, any time', () => {
  it('gives finite boxes and times, and a state that can be taken up', () => {
    fc.assert(
      fc.property(anyTimes, (times) => {
        const tracker = new Tracker({ cameraId: 'c' });
        for (const [i, { ptsMs, capturedAtMs, hidden }] of times.entries()) {
          const { tracks } = tracker.update(frameOf(i, ptsMs, capturedAtMs), hidden ? [] : sceneAt(i));
          for (const { box, firstSeenMs, lastSeenMs } of tracks) {
            expect([...Object.values(box), firstSeenMs, lastSeenMs].every(Number.isFinite)).toBe(true);
            expect(box.x2 > box.x1 && box.y2 > box.y1).toBe(true);
          }
          const state: unknown = JSON.parse(JSON.stringify(tracker.save()));
          expect(() => new Tracker({ cameraId: 'c' }).restore(state)).not.toThrow();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('follows as before once the times are right again', () => {
    fc.assert(
      fc.property(anyTimes, (times) => {
        const tracker = new Tracker({ cameraId: 'c' });
        for (const [i, { ptsMs, capturedAtMs, hidden }] of times.entries()) {
          tracker.update(frameOf(i, ptsMs, capturedAtMs), hidden ? [] : sceneAt(0));
        }
        const seq = times.length;
        for (let i = 0; i < 3; i++) tracker.update(frameOf(seq + i, i * 100, i * 100), sceneAt(0));
        const { tracks } = tracker.update(frameOf(seq + 3, 300, 300), sceneAt(0));
        const seen = tracks.filter((track) => track.observed);
        expect(seen.map((track) => track.box)).toEqual(
          expect.arrayContaining(sceneAt(0).map(({ box }) => box)),
        );
        expect(seen.map((track) => track.state)).toEqual(['confirmed', 'confirmed', 'confirmed']);
      }),
      { numRuns: 300 },
    );
  });
});

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
