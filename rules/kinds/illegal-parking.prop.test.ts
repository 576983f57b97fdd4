/** Properties of the parking rule under any traffic: replay and restarts stand on them. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CameraFault, FrameRef, RuleSignal, TrackedFrame } from '../../core/index.ts';
import { Tracker } from '../../tracking/index.ts';
import { createRules } from '../index.ts';
import type { RuleSet } from '../index.ts';

const makeRules = (): RuleSet =>
  createRules([
    {
      ruleId: 'p',
      ruleVersion: 1,
      kind: 'illegal_parking',
      cameraId: 'c',
      zone: {
        zoneId: 'z',
        version: 1,
        name: 'z',
        polygon: [
          { x: 0, y: 0 },
          { x: 1, y: 0 },
          { x: 1, y: 0.6 },
          { x: 0, y: 0.6 },
        ],
      },
      params: { dwellS: 4, graceS: 2, coveredGraceS: 5, maxIncidentsPerPlace: 3 },
    },
  ]);

/** Cars that come, stand and go at times of their own; frames that are late, missing or of a new run; faults. */
const traffic = fc.record({
  cars: fc.array(
    fc.record({
      x: fc.integer({ min: 0, max: 560 }),
      y: fc.integer({ min: 0, max: 420 }),
      from: fc.integer({ min: 0, max: 150 }),
      stays: fc.integer({ min: 5, max: 150 }),
      label: fc.constantFrom('car', 'truck', 'bus', 'person', 'bicycle'),
      faintEvery: fc.constantFrom(0, 0, 1, 2, 7),
      creep: fc.constantFrom(0, 0, 0, 0.3, 2),
    }),
    { maxLength: 6 },
  ),
  frames: fc.array(
    fc.record({
      stepMs: fc.constantFrom(100, 100, 100, 200, 500, 3000, -400, 0),
      newRun: fc.integer({ min: 0, max: 40 }).map((n) => n === 0),
      fault: fc.constantFrom<(CameraFault | undefined)[]>(
        undefined,
        undefined,
        undefined,
        'covered',
        'clock_drift',
      ),
      keep: fc.integer({ min: 0, max: 4 }),
    }),
    { minLength: 60, maxLength: 200 },
  ),
});

type Traffic = typeof traffic extends fc.Arbitrary<infer T> ? T : never;

function* framesOf({ cars, frames }: Traffic): Generator<{ frame: TrackedFrame; faults: CameraFault[] }> {
  const tracker = new Tracker({ cameraId: 'c' });
  let [ms, run] = [0, 0];
  for (const [seq, { stepMs, newRun, fault, keep }] of frames.entries()) {
    ms += stepMs;
    run += newRun ? 1 : 0;
    const ref: FrameRef = {
      cameraId: 'c',
      runId: `r${run}`,
      seq,
      ptsMs: ms,
      capturedAtMs: 1_000_000 + ms,
      width: 640,
      height: 480,
    };
    const detections = cars.flatMap(({ x, y, from, stays, label, creep, faintEvery }, n) => {
      if (seq < from || seq > from + stays || (keep === 0 && n % 2 === 0)) return [];
      const at = x + (seq - from) * creep;
      const box = { x1: at, y1: y, x2: at + 60, y2: y + 45 };
      const isFaint = faintEvery > 0 && seq % faintEvery === 0;
      return [isFaint ? { box, score: 0.45, label, faint: true as const } : { box, score: 0.8, label }];
    });
    yield { frame: tracker.update(ref, detections), faults: fault === undefined ? [] : [fault] };
  }
}

describe('illegal parking, any traffic', () => {
  it('gives byte-identical signals for the same frames, also after a restart at any frame', () => {
    fc.assert(
      fc.property(traffic, fc.nat(), (scene, at) => {
        const straight = makeRules();
        let resumed = makeRules();
        let i = 0;
        for (const { frame, faults } of framesOf(scene)) {
          if (i++ === at % scene.frames.length) {
            const state: unknown = JSON.parse(JSON.stringify(resumed.save()));
            resumed = makeRules();
            resumed.restore(state);
          }
          const expected = JSON.stringify(straight.evaluate(frame, { faults }));
          expect(JSON.stringify(resumed.evaluate(frame, { faults }))).toBe(expected);
        }
        expect(JSON.stringify(resumed.save())).toBe(JSON.stringify(straight.save()));
      }),
      { numRuns: 100 },
    );
  });

  it('tells every episode in order: warned at most once, raised at most once, ended at most once and last', () => {
    fc.assert(
      fc.property(traffic, (scene) => {
        const rules = makeRules();
        const told = new Map<string, RuleSignal['phase'][]>();
        for (const { frame, faults } of framesOf(scene)) {
          for (const signal of rules.evaluate(frame, { faults })) {
            expect(faults.includes('covered')).toBe(false);
            expect(signal.confidence).toBeGreaterThanOrEqual(0);
            expect(signal.confidence).toBeLessThanOrEqual(1);
            told.set(signal.episodeId, [...(told.get(signal.episodeId) ?? []), signal.phase]);
          }
        }
        for (const phases of told.values()) {
          expect(phases.join(' ')).toMatch(
            /^(warned( raised)?( cleared)?|warned dropped|raised( cleared)?)$/,
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});
