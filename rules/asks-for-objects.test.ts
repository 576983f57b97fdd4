/** Which cameras need the static-foreground detector: those of which an enabled rule asks for things without a class. */

import { expect, it } from 'vitest';
import { createRules } from './index.ts';

const polygon = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
];
const rule = (kind: string, params: Record<string, unknown>, enabled = true) => {
  const zone = { zoneId: 'z', version: 1, name: 'z', polygon };
  return { ruleId: kind, ruleVersion: 1, kind, cameraId: 'cam', zone, params, enabled };
};

it.each([
  ['littering as it is by default', rule('littering', {}), false],
  ['littering with objects', rule('littering', { labels: ['garbage', 'object'] }), true],
  ['the same, disabled', rule('littering', { labels: ['garbage', 'object'] }, false), false],
  ['parking', rule('illegal_parking', {}), false],
])('%s', (_, config, expected) => {
  const rules = createRules([config]);
  expect(rules.asksForObjects('cam')).toBe(expected);
  expect(rules.asksForObjects('another')).toBe(false);
});
