/** What every kind of the registry promises, a new one too: pure of clock and I/O, byte-identical, restored at any frame. */

import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CameraFault, RuleSignal, Track, TrackedFrame } from '../core/index.ts';
import { createRules, ruleKinds } from './index.ts';
import type { RuleConfig } from './index.ts';

const FRAMES = 420;
const START_MS = Date.parse('2026-11-23T00:00:00Z');
const LABELS = ['car', 'garbage', 'overflow', 'fire', 'smoke', 'person'] as const;
const ALL = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];
const kinds = [...ruleKinds.keys()];

const configOf = (kind: string, extra: Partial<RuleConfig> = {}): RuleConfig => ({
  ruleId: kind,
  ruleVersion: 1,
  kind,
  cameraId: 'c',
  zone: { zoneId: 'z', version: 1, name: 'z', polygon: ALL },
  params: {},
  ...extra,
});

/** Things of each class in a row, their outlines wavering as flames do; seven minutes at one picture a second. */
function frameOf(seq: number, things: readonly { label: string; slot: number }[], run = 'r'): TrackedFrame {
  const capturedAtMs = START_MS + seq * 1000;
  const tracks = things.map(({ label, slot }): Track => {
    const grow = label === 'fire' || label === 'smoke' ? (seq * 7) % 12 : 0;
    return {
      trackId: `${run}:${slot}`,
      state: 'confirmed',
      box: { x1: slot * 90, y1: 200 - grow, x2: slot * 90 + 60 + grow, y2: 260 },
      label,
      score: 0.8,
      observed: true,
      firstSeenMs: capturedAtMs,
      lastSeenMs: capturedAtMs,
    };
  });
  const frame = { cameraId: 'c', runId: run, seq, ptsMs: seq * 1000, capturedAtMs, width: 640, height: 480 };
  return { frame, tracks, removed: [] };
}

const scene = fc.record({
  things: fc.array(
    fc.record({
      label: fc.constantFrom(...LABELS),
      slot: fc.integer({ min: 0, max: 6 }),
      from: fc.integer({ min: 0, max: 30 }),
      stays: fc.integer({ min: 40, max: 300 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  lost: fc.array(fc.integer({ min: 0, max: FRAMES - 1 }), { maxLength: 30 }),
  blindFrom: fc.integer({ min: 0, max: 400 }),
  runEnds: fc.integer({ min: 0, max: 400 }),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

function framesOf({ things, lost, blindFrom, runEnds }: Scene) {
  return Array.from({ length: FRAMES }, (_, seq) => seq)
    .filter((seq) => !lost.includes(seq))
    .map((seq): { frame: TrackedFrame; faults: CameraFault[] } => {
      const here = things.filter(({ from, stays }) => seq >= from && seq <= from + stays);
      const blind = seq >= blindFrom && seq < blindFrom + 20;
      return { frame: frameOf(seq, here, seq < runEnds ? 'r' : 's'), faults: blind ? ['covered'] : [] };
    });
}

afterEach(() => vi.restoreAllMocks());

/** A rule that asks for the time, for chance or for a timer fails. */
function forbidTheWorld(): void {
  const forbidden = (what: string) => (): never => {
    throw new Error(`a rule asked for ${what}`);
  };
  vi.spyOn(Date, 'now').mockImplementation(forbidden('the time'));
  vi.spyOn(performance, 'now').mockImplementation(forbidden('the time'));
  vi.spyOn(process, 'hrtime').mockImplementation(forbidden('the time'));
  vi.spyOn(Math, 'random').mockImplementation(forbidden('chance'));
}

describe.each(kinds)('%s', (kind) => {
  it('gives byte-identical signals without clock and chance, also when it is restored at any frame', () => {
    const said = new Set<string>();
    const wrong: string[] = [];
    fc.assert(
      fc.property(scene, fc.integer({ min: 0, max: FRAMES - 1 }), (what, cut) => {
        const frames = framesOf(what);
        forbidTheWorld();
        const straight = createRules([configOf(kind)]);
        let resumed = createRules([configOf(kind)]);
        try {
          for (const [i, { frame, faults }] of frames.entries()) {
            if (i === cut) {
              const state: unknown = JSON.parse(JSON.stringify(resumed.save()));
              resumed = createRules([configOf(kind)]);
              resumed.restore(state);
            }
            const signals = straight.evaluate(frame, { faults });
            for (const { phase } of signals) said.add(phase);
            if (JSON.stringify(resumed.evaluate(frame, { faults })) !== JSON.stringify(signals))
              wrong.push(`frame ${i}, restored at ${cut}`);
          }
        } finally {
          vi.restoreAllMocks();
        }
        expect(wrong).toEqual([]);
        expect(JSON.stringify(resumed.save())).toBe(JSON.stringify(straight.save()));
      }),
      { numRuns: 25, seed: 4 },
    );
    // What the property is about was reached.
    expect([...said]).toEqual(expect.arrayContaining(['raised', 'cleared']));
  });

  it('says of what it finds when its schedule opens again that it was there', () => {
    const windows = [
      { days: ['mon' as const], from: '08:00', to: '08:01' },
      { days: ['mon' as const], from: '08:03', to: '12:00' },
    ];
    const rules = createRules([configOf(kind, { schedule: { timeZone: 'Asia/Shanghai', windows } })]);
    const row = LABELS.slice(0, -1).map((label, slot) => ({ label, slot }));
    const said: RuleSignal[] = [];
    // They come while the schedule is closed.
    for (let seq = 0; seq < 600; seq++)
      said.push(...rules.evaluate(frameOf(seq, seq < 90 ? [] : row), { faults: [] }));
    const raised = said.filter(({ phase }) => phase === 'raised');
    expect(raised.length).toBeGreaterThan(0);
    expect(raised.map(({ presentAtStart }) => presentAtStart)).toEqual(raised.map(() => true));
  });
});
