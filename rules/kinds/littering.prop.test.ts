import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { CAMERA_FAULTS, type CameraFault, type Track, type TrackedFrame } from '../../core/index.ts';
import type { Rule } from '../rule.ts';
import { MAX_HEAPS } from './littering-heaps.ts';
import { MAX_LAIN } from './littering-lain.ts';
import { litteringParams } from './littering-params.ts';
import { littering } from './littering.ts';

const zone = {
  zoneId: 'z',
  version: 1,
  name: 'z',
  polygon: [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ],
};
const params = {
  ...Value.Create(litteringParams),
  labels: ['garbage' as const, 'overflow' as const, 'object' as const],
  exposedAfterS: 5,
  overflowAfterS: 8,
  actAfterS: 1,
  clearAfterS: 3,
};
const build = (more: Partial<typeof params> = {}): Rule =>
  littering.create({ ruleId: 'r', ruleVersion: 1, cameraId: 'c', zone, params: { ...params, ...more } });

const thing = fc.record({
  slot: fc.integer({ min: 0, max: 4 }),
  size: fc.integer({ min: 10, max: 50 }),
  label: fc.constantFrom('garbage', 'garbage', 'garbage', 'overflow', 'object', 'person', 'car', 'bin'),
  score: fc.double({ min: 0.3, max: 1, noNaN: true }),
  observed: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  exempt: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});
const stretch = fc.record({
  frames: fc.integer({ min: 1, max: 12 }),
  stepMs: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 100, max: 2000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -500, max: 100_000 }) },
  ),
  things: fc.array(thing, { maxLength: 6 }),
  newRun: fc.integer({ min: 0, max: 20 }).map((n) => n === 0),
  faults: fc.oneof(
    { weight: 12, arbitrary: fc.constant<CameraFault[]>([]) },
    { weight: 1, arbitrary: fc.subarray([...CAMERA_FAULTS]) },
  ),
});
type Stretch = typeof stretch extends fc.Arbitrary<infer T> ? T : never;

interface Given {
  readonly frame: TrackedFrame;
  readonly context: { readonly faults: CameraFault[]; readonly exempt: Track[] };
}

function framesOf(stretches: readonly Stretch[]): Given[] {
  let at = 1_700_000_000_000;
  let run = 0;
  return stretches.flatMap((s) => {
    if (s.newRun) run++;
    return Array.from({ length: s.frames }, () => {
      at += s.stepMs;
      const trackOf = (t: Stretch['things'][number], n: number): Track => ({
        trackId: `run${run}:${n}`,
        state: 'confirmed',
        label: t.label,
        score: t.score,
        observed: t.observed,
        box: { x1: t.slot * 40, y1: 100 - t.size, x2: t.slot * 40 + t.size, y2: 100 },
        firstSeenMs: at,
        lastSeenMs: at,
      });
      const share = (exempt: boolean): Track[] =>
        s.things.flatMap((t, n) => (t.exempt === exempt ? [trackOf(t, n)] : []));
      const frame = {
        cameraId: 'c',
        runId: `run${run}`,
        seq: 0,
        ptsMs: at,
        capturedAtMs: at,
        width: 416,
        height: 234,
      };
      const context = { faults: s.faults, exempt: share(true) };
      return { frame: { frame, tracks: share(false), removed: [] }, context };
    });
  });
}

describe('littering, whatever comes', () => {
  it('the same input gives byte-identical signals, also through save and restore at any frame', () => {
    const phases = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(stretch, { minLength: 8, maxLength: 25 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (stretches, cut) => {
          const frames = framesOf(stretches);
          const whole = build();
          const expected = frames.map((f) => whole.evaluate(f.frame, f.context));
          let rule = build();
          const actual = frames.map((f, i) => {
            if (i === Math.floor(cut * frames.length)) {
              const saved = JSON.parse(JSON.stringify(rule.save())) as unknown;
              rule = build();
              rule.restore(saved);
            }
            return rule.evaluate(f.frame, f.context);
          });
          for (const s of expected.flat()) {
            phases.add(`${s.phase} ${s.eventType}`);
            phases.add(String(s.measurements['arrival']));
          }
          expect(JSON.stringify(actual)).toBe(JSON.stringify(expected));
        },
      ),
      { numRuns: 150 },
    );
    // The generator must reach what the property is about.
    expect([...phases]).toEqual(
      expect.arrayContaining([
        'raised garbage.exposed',
        'cleared garbage.exposed',
        'raised garbage.overflow',
        'raised litter.act',
        'found_again',
        'uncovered',
      ]),
    );
  });

  it('each episode is raised once and cleared at most once, and moments lie in the past', () => {
    let moments = 0;
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 8, maxLength: 25 }), (stretches) => {
        const rule = build();
        const last = new Map<string, string>();
        let newestMs = 0;
        for (const f of framesOf(stretches)) {
          newestMs = Math.max(newestMs, f.frame.frame.capturedAtMs);
          for (const s of rule.evaluate(f.frame, f.context)) {
            const before = last.get(s.episodeId);
            expect(
              s.phase === 'raised' ? before === undefined : before === 'raised' || before === 'sustained',
            ).toBe(true);
            expect(s.confidence).toBeGreaterThan(0);
            expect(s.confidence).toBeLessThanOrEqual(1);
            for (const { atMs } of s.moments) expect(atMs).toBeLessThanOrEqual(newestMs);
            moments += s.moments.length;
            last.set(s.episodeId, s.phase);
          }
        }
      }),
      { numRuns: 100 },
    );
    expect(moments).toBeGreaterThan(0);
  });

  it('keeps bounded state under a flood', () => {
    const rule = build({ minAreaNorm: 0 });
    for (let i = 0; i < 50; i++) {
      const tracks = Array.from({ length: 2000 }, (_, n): Track => ({
        trackId: `${i}:${n}`,
        state: 'confirmed',
        label: n % 2 === 0 ? 'garbage' : 'person',
        score: 0.5 + (n % 50) / 100,
        observed: true,
        box: {
          x1: ((n + i * 7) % 80) * 50,
          y1: Math.floor(n / 80) * 100,
          x2: ((n + i * 7) % 80) * 50 + 20,
          y2: Math.floor(n / 80) * 100 + 20,
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
      rule.evaluate({ frame, tracks, removed: [] }, { faults: [], exempt: tracks });
    }
    const state = rule.save() as { memory: { places: unknown[] }; actors: unknown[]; lain: unknown[] };
    expect(state.lain.length).toBe(MAX_LAIN);
    expect(state.memory.places.length).toBe(MAX_HEAPS);
    expect(state.actors.length).toBe(48);
  });

  it.each([null, 1, {}, { version: 2 }, { version: 1, memory: {} }])(
    'refuses the foreign state %j',
    (state) => {
      expect(() => build().restore(state)).toThrowError(expect.objectContaining({ code: 'state.invalid' }));
    },
  );
});
