/** Scores below the threshold of the model that rules ask for: faint detections reach only the rules that use them. */

import { expect, it } from 'vitest';
import type { TrackedFrame } from '../core/index.ts';
import { createRules } from './index.ts';

const polygon = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
];
const rule = (ruleId: string, kind: string, params: Record<string, unknown>, enabled = true) => {
  const zone = { zoneId: 'z', version: 1, name: 'z', polygon };
  return { ruleId, ruleVersion: 1, kind, cameraId: 'cam', zone, params, enabled };
};

it.each([
  [
    'motor vehicles',
    [rule('a', 'illegal_parking', { classes: ['car'] })],
    { car: 0.4, bus: 0.4, truck: 0.4, tricycle: 0.4 },
  ],
  [
    'two-wheelers',
    [rule('a', 'illegal_parking', { classes: ['bicycle'], minScore: 0.3 })],
    { bicycle: 0.3, motorcycle: 0.3 },
  ],
  ['garbage', [rule('a', 'littering', {})], {}],
  ['fire', [rule('a', 'fire_smoke', { weakScore: 0.3, weakSmokeScore: 0.4 })], { fire: 0.3, smoke: 0.4 }],
  ['flames only', [rule('a', 'fire_smoke', { labels: ['fire'], weakScore: 0.3 })], { fire: 0.3 }],
  [
    'the lowest of two',
    [
      rule('a', 'fire_smoke', { weakScore: 0.35, weakSmokeScore: 0.36 }),
      rule('b', 'fire_smoke', { weakScore: 0.25, labels: ['fire'] }),
    ],
    { fire: 0.25, smoke: 0.36 },
  ],
  ['disabled', [rule('a', 'fire_smoke', {}, false)], {}],
])('%s', (_, configs, expected) => {
  const rules = createRules(configs);
  expect(rules.lowestScores('cam')).toEqual(expected);
  expect(rules.lowestScores('another')).toEqual({});
});

it.each([
  ['seen', undefined, ['raised']],
  ['only suspected, for another rule', true as const, []],
])('a car that stands for a minute and is %s', (_, faint, expected) => {
  const rules = createRules([rule('a', 'illegal_parking', { dwellS: 10 }), rule('b', 'fire_smoke', {})]);
  const phases = new Set<string>();
  for (let seq = 0; seq <= 60; seq++) {
    const capturedAtMs = 1_000_000 + seq * 1000;
    const frame = {
      cameraId: 'cam',
      runId: 'r',
      seq,
      ptsMs: seq * 1000,
      capturedAtMs,
      width: 320,
      height: 180,
    };
    const seen = { firstSeenMs: 1_000_000, lastSeenMs: capturedAtMs, observed: true };
    const what = { trackId: 'r:1', state: 'confirmed' as const, label: 'car', score: 0.8 };
    const box = { x1: 200, y1: 20, x2: 260, y2: 60 };
    const track = { ...what, ...seen, box, ...(faint === undefined ? {} : { faint }) };
    const tracked: TrackedFrame = { frame, tracks: [track], removed: [] };
    for (const { phase } of rules.evaluate(tracked, { faults: [] })) phases.add(phase);
  }
  expect([...phases].filter((phase) => phase === 'raised')).toEqual(expected);
});
