import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { CAMERA_FAULTS, type CameraFault, type Track, type TrackedFrame } from '../../core/index.ts';
import type { Rule } from '../rule.ts';
import { fireSmoke } from './fire-smoke.ts';
import { fireSmokeParams } from './fire-params.ts';
import { MAX_PLACES } from './fire-places.ts';

const build = (): Rule =>
  fireSmoke.create({
    ruleId: 'r',
    ruleVersion: 1,
    cameraId: 'c',
    zone: {
      zoneId: 'z',
      version: 1,
      name: 'z',
      polygon: [
        { x: 0, y: 0 },
        { x: 1, y: 0 },
        { x: 1, y: 1 },
        { x: 0, y: 1 },
      ],
    },
    params: { ...Value.Create(fireSmokeParams), clearAfterS: 2, stillConfirmS: 3 },
  });

const track = fc.record({
  slot: fc.integer({ min: 0, max: 5 }),
  size: fc.integer({ min: 8, max: 40 }),
  label: fc.constantFrom('fire', 'smoke', 'car'),
  score: fc.double({ min: 0.3, max: 1, noNaN: true }),
  observed: fc.boolean(),
});
const step = fc.record({
  dtMs: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 50, max: 900 }) },
    { weight: 1, arbitrary: fc.integer({ min: -500, max: 60_000 }) },
  ),
  tracks: fc.array(track, { maxLength: 6 }),
  newRun: fc.integer({ min: 0, max: 20 }).map((n) => n === 0),
  faults: fc.oneof(
    { weight: 9, arbitrary: fc.constant<CameraFault[]>([]) },
    { weight: 1, arbitrary: fc.subarray([...CAMERA_FAULTS]) },
  ),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function framesOf(steps: readonly Step[]): { frame: TrackedFrame; faults: CameraFault[] }[] {
  let at = 1_700_000_000_000;
  let run = 0;
  return steps.map((s, i) => {
    at += s.dtMs;
    if (s.newRun) run++;
    const tracks = s.tracks.map((t, n): Track => ({
      trackId: `run${run}:${n}`,
      state: 'confirmed',
      label: t.label,
      score: t.score,
      observed: t.observed,
      box: { x1: t.slot * 60, y1: 50, x2: t.slot * 60 + t.size, y2: 50 + t.size },
      firstSeenMs: at,
      lastSeenMs: at,
    }));
    const frame = {
      cameraId: 'c',
      runId: `run${run}`,
      seq: i,
      ptsMs: i,
      capturedAtMs: at,
      width: 416,
      height: 234,
    };
    return { frame: { frame, tracks, removed: [] }, faults: s.faults };
  });
}

describe('fire_smoke, whatever comes', () => {
  it('the same input gives byte-identical signals, also through save and restore at any frame', () => {
    let signals = 0;
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 80 }),
        fc.integer({ min: 0, max: 80 }),
        (steps, cut) => {
          const frames = framesOf(steps);
          const whole = build();
          const expected = JSON.stringify(frames.map((f) => whole.evaluate(f.frame, { faults: f.faults })));
          let rule = build();
          const actual = JSON.stringify(
            frames.map((f, i) => {
              if (i === cut) {
                const saved = JSON.parse(JSON.stringify(rule.save())) as unknown;
                rule = build();
                rule.restore(saved);
              }
              return rule.evaluate(f.frame, { faults: f.faults });
            }),
          );
          signals += expected.split('"phase"').length - 1;
          expect(actual).toBe(expected);
        },
      ),
      { numRuns: 150 },
    );
    expect(signals).toBeGreaterThan(20);
  });

  it('each episode is raised once, then sustained, then cleared at most once', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
        const rule = build();
        const seen = new Map<string, string>();
        for (const f of framesOf(steps)) {
          for (const s of rule.evaluate(f.frame, { faults: f.faults })) {
            const before = seen.get(s.episodeId);
            expect(
              s.phase === 'raised' ? before === undefined : before === 'raised' || before === 'sustained',
            ).toBe(true);
            expect(s.confidence).toBeGreaterThan(0);
            expect(s.confidence).toBeLessThanOrEqual(1);
            seen.set(s.episodeId, s.phase);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('keeps bounded state under a flood', () => {
    const rule = build();
    for (let i = 0; i < 60; i++) {
      const tracks = Array.from({ length: 1000 }, (_, n): Track => ({
        trackId: `r:${n}`,
        state: 'confirmed',
        label: n % 2 === 0 ? 'fire' : 'smoke',
        score: 0.9,
        observed: true,
        box: {
          x1: (n % 40) * 100,
          y1: Math.floor(n / 40) * 100,
          x2: (n % 40) * 100 + 20 + (i % 5),
          y2: Math.floor(n / 40) * 100 + 20,
        },
        firstSeenMs: 0,
        lastSeenMs: 0,
      }));
      const frame = {
        cameraId: 'c',
        runId: 'r',
        seq: i,
        ptsMs: i * 200,
        capturedAtMs: i * 200,
        width: 4000,
        height: 2500,
      };
      rule.evaluate({ frame, tracks, removed: [] }, { faults: [] });
    }
    const state = rule.save() as { places: unknown[] };
    expect(state.places.length).toBeLessThanOrEqual(MAX_PLACES);
    expect(JSON.stringify(state).length).toBeLessThan(2_000_000);
  });

  it.each([null, 1, {}, { version: 2 }, { version: 1, places: 'x' }])(
    'refuses the foreign state %j',
    (state) => {
      expect(() => build().restore(state)).toThrowError(expect.objectContaining({ code: 'state.invalid' }));
    },
  );
});
