/** Scores below the threshold of the model that rules ask for: faint detections reach only the rules that use them. */

import { expect, it } from 'vitest';
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
  ['parking', [rule('a', 'illegal_parking', {})], {}],
  ['fire', [rule('a', 'fire_smoke', { weakScore: 0.3, weakSmokeScore: 0.4 })], { fire: 0.3, smoke: 0.4 }],
  ['flames only', [rule('a', 'fire_smoke', { labels: ['fire'], weakScore: 0.3 })], { fire: 0.3 }],
  [
    'the lowest of two',
    [
      rule('a', 'fire_smoke', { weakScore: 0.35 }),
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
