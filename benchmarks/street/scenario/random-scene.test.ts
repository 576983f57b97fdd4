/** Random streets are sound scenarios, the same for the same seed, and dark as often as they promise. */

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { worldOf } from '../timeline/world.ts';
import { parseScenario } from './load.ts';
import { randomScene } from './random-scene.ts';

const SEEDS = Array.from({ length: 48 }, (_, i) => 1000 + i);

describe('randomScene', () => {
  it('gives scenarios that the loader takes', () => {
    for (const seed of SEEDS.slice(0, 12)) {
      const { scenario } = randomScene(seed, 4);
      expect(parseScenario(stringify(scenario), `seed ${seed}`)).toEqual(scenario);
    }
  });

  it('gives the same street for the same seed, and another for another', () => {
    expect(randomScene(7, 3)).toEqual(randomScene(7, 3));
    expect(randomScene(7, 3).scenario.actors).not.toEqual(randomScene(8, 3).scenario.actors);
  });

  it('is dark at least half of the time, and shows rain, fire, garbage and empty streets', () => {
    const scenes = SEEDS.map((seed) => randomScene(seed, 8));
    const share = (holds: (scene: (typeof scenes)[number]) => boolean) =>
      scenes.filter(holds).length / scenes.length;
    expect(share(({ scenario }) => scenario.light !== 'day')).toBeGreaterThanOrEqual(0.5);
    expect(share(({ scenario }) => scenario.weather === 'rain')).toBeGreaterThan(0.2);
    expect(share(({ scenario }) => scenario.things.some(({ kind }) => kind === 'garbage'))).toBeGreaterThan(
      1 / 3,
    );
    expect(share(({ scenario }) => scenario.things.some(({ kind }) => kind === 'fire'))).toBeGreaterThan(
      1 / 3,
    );
    const casts = scenes.flatMap(({ scenario, shots }) =>
      shots.map(({ atS }) => worldOf(scenario)(atS).actors),
    );
    const empty = casts.filter((actors) => actors.length === 0).length / casts.length;
    expect(empty).toBeGreaterThan(0.05);
    expect(empty).toBeLessThan(0.3);
  });

  it('lets no cast reach into the picture of the next', () => {
    const { scenario, shots } = randomScene(1003, 6);
    for (const [index, { atS }] of shots.entries()) {
      for (const { id } of worldOf(scenario)(atS).actors) expect(id).toMatch(new RegExp(`^c${index}-`));
      const fires = worldOf(scenario)(atS).things.filter(({ id }) => id.endsWith('-fire'));
      for (const { id } of fires) expect(id).toBe(`c${index}-fire`);
    }
  });
});
