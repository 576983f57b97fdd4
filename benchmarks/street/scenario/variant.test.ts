/** Variants change the light and the air, and nothing that happens. */

import { expect, it } from 'vitest';

import { packagePath } from '../../../core/index.ts';
import { expectedTruth } from '../timeline/expected.ts';
import { loadScenario } from './load.ts';
import { variantOf } from './variant.ts';

const day = loadScenario(packagePath('benchmarks', 'street', 'scenarios', 'parking.yaml'));

it('names what it changed, sets the camera clock to the hour, and adds noise in the dark', () => {
  const night = variantOf(day, { light: 'night', weather: 'rain', fps: 5, codec: 'h265' });
  expect(night.name).toBe('parking-night-rain-5fps-h265');
  expect(night.startsAt).toBe('2025-06-11 21:15:00');
  expect(night.camera.noise).toBeGreaterThan(day.camera.noise);
  expect(expectedTruth(night).incidents).toEqual(expectedTruth(day).incidents);
});

it('is the scenario itself where nothing changes', () => {
  expect(variantOf(day, { light: 'day' })).toBe(day);
});

it('can be only the beginning, without the incidents that come later', () => {
  const begun = variantOf(day, { seconds: 20 });
  expect(begun.name).toBe('parking-20s');
  expect(begun.durationS).toBe(20);
  expect(expectedTruth(begun).incidents).toEqual([]);
  expect(variantOf(day, { seconds: 1000 })).toBe(day);
});
