/** The timeline is a pure function of the scenario: smooth, repeatable, and the source of what ought to be raised. */

import { describe, expect, it } from 'vitest';

import { packagePath } from '../../../core/index.ts';
import { loadScenario } from '../scenario/load.ts';
import { monotoneCurve } from './curve.ts';
import { expectedTruth } from './expected.ts';
import { projectPoint, projectZone } from './ground-to-picture.ts';
import { worldOf } from './world.ts';

const scenario = (name: string) =>
  loadScenario(packagePath('benchmarks', 'street', 'scenarios', `${name}.yaml`));

describe('monotoneCurve', () => {
  const curve = monotoneCurve([
    [0, 0],
    [2, 10],
    [5, 10],
    [6, 4],
  ]);

  it('passes its knots, stands still on a plateau and never overshoots', () => {
    expect([0, 2, 3.5, 5, 6].map((t) => curve.value(t))).toEqual([0, 10, 10, 10, 4]);
    expect(curve.slope(3.5)).toBeCloseTo(0, 12);
    for (let t = -1; t < 8; t += 0.01) expect(curve.value(t)).toBeLessThan(10 + 1e-9);
  });

  it('has the slope that its values show', () => {
    for (const t of [0.3, 1.1, 1.9, 5.2, 5.9]) {
      expect(curve.slope(t)).toBeCloseTo((curve.value(t + 1e-5) - curve.value(t - 1e-5)) / 2e-5, 3);
    }
  });
});

describe('worldOf', () => {
  it('gives the same street for the same scenario, in whatever order it is asked', () => {
    const [one, other] = [worldOf(scenario('littering')), worldOf(scenario('littering'))];
    const times = [0, 3.3, 13.4, 25, 44];
    const forwards = times.map((t) => one(t));
    const backwards = times
      .toReversed()
      .map((t) => other(t))
      .toReversed();
    expect(backwards).toEqual(forwards);
  });

  it('keeps a parked car exactly where it stopped', () => {
    const world = worldOf(scenario('parking'));
    const offender = (t: number) => world(t).actors.find(({ id }) => id === 'offender');
    expect(offender(6)).toBeUndefined();
    expect(offender(20)).toMatchObject({ speedMps: 0, x: 3.2, z: 5.8 });
    expect(offender(43)?.headingRad).toBeCloseTo(offender(20)?.headingRad ?? 9, 6);
    expect(offender(20)?.headingRad).toBeCloseTo(0, 0);
  });

  it('carries, puts down, leaves and picks up', () => {
    const world = worldOf(scenario('littering'));
    const thing = (name: string, t: number) => world(t).things.find(({ id }) => id === name);
    expect(thing('dropped', 12)?.carriedBy).toBe('dropper');
    const lying = thing('dropped', 14);
    expect(lying?.carriedBy).toBeUndefined();
    expect(thing('dropped', 49)).toEqual(lying);
    expect([23, 27, 33].map((t) => thing('set-down', t)?.carriedBy)).toEqual([
      'waiting',
      undefined,
      'waiting',
    ]);
    expect(thing('set-down', 45)).toBeUndefined(); // taken along by somebody who has left
  });

  it.each(['parking', 'littering', 'fire'])(
    'moves nobody in %s further in a tenth of a second than a car can',
    (name) => {
      const given = scenario(name);
      const world = worldOf(given);
      const steps: number[] = [];
      for (let t = 0; t < given.durationS - 0.1; t += 0.1) {
        const before = new Map(world(t).actors.map((actor) => [actor.id, actor]));
        for (const { id, x, z } of world(t + 0.1).actors) {
          const last = before.get(id);
          if (last !== undefined) steps.push(Math.hypot(x - last.x, z - last.z));
        }
      }
      expect(steps.length).toBeGreaterThan(100);
      expect(Math.max(...steps)).toBeLessThan(2.2);
    },
  );
});

describe('expectedTruth', () => {
  it('expects the offender and neither the queue nor the passers-by', () => {
    const { incidents, zones } = expectedTruth(scenario('parking'));
    expect(zones.map(({ id }) => id)).toEqual(['kerb', 'lane']);
    expect(incidents).toEqual([
      {
        type: 'illegal-parking',
        zoneId: 'kerb',
        objectId: 'offender',
        fromS: expect.closeTo(14.4, 0),
        toS: expect.closeTo(44, 0),
        dueS: expect.closeTo(24.4, 0),
      },
    ]);
  });

  it('expects what was dropped, names who did it, and not what was picked up again', () => {
    const { incidents } = expectedTruth(scenario('littering'));
    expect(incidents).toEqual([
      {
        type: 'littering',
        zoneId: 'pavement',
        objectId: 'dropped',
        fromS: 13.4,
        dueS: 21.4,
        dropperId: 'dropper',
      },
    ]);
  });

  it('expects what lies there from the start, and one incident of a row of bins', () => {
    const of = (specs: Parameters<typeof expectedTruth>[0]) =>
      expectedTruth(specs).incidents.map(({ objectId, fromS, dueS }) => [objectId, fromS, dueS]);
    const heap = scenario('heap');
    const both = [
      ['mound', 0, 10],
      ['bin-2', 0, 10],
      ['parked', 0, 15],
    ];
    expect(of(heap)).toEqual(both);
    const apart = heap.things.map((thing) =>
      thing.id === 'bin-1' && thing.kind === 'bin' ? { ...thing, at: [-2, 8.1] as [number, number] } : thing,
    );
    expect(of({ ...heap, things: apart })).toEqual([
      ...both,
      ['bin-1', expect.closeTo(14.4, 0), expect.closeTo(24.4, 0)],
    ]);
  });

  it('expects no motorcycle that is parked, as the rule does not', () => {
    const heap = scenario('heap');
    const actors = heap.actors.map((actor) =>
      actor.id === 'parked'
        ? { id: actor.id, route: actor.route, kind: 'motorcycle' as const, colour: '#27466e' }
        : actor,
    );
    const { incidents } = expectedTruth({ ...heap, actors });
    expect(incidents.map(({ type }) => type)).not.toContain('illegal-parking');
  });

  it('expects the fire from its first flame', () => {
    expect(expectedTruth(scenario('fire')).incidents).toEqual([
      { type: 'fire', zoneId: 'pavement', objectId: 'blaze', fromS: 10, dueS: 13 },
    ]);
  });
});

describe('projectPoint', () => {
  const { camera } = scenario('parking');

  it('puts the point looked at in the middle, what is behind nowhere, and the right on the right', () => {
    const middle = projectPoint(camera, camera.lookAt)!;
    expect(middle[0]).toBeCloseTo(0.5, 9);
    expect(middle[1]).toBeCloseTo(0.5, 9);
    const [x, y, z] = camera.at;
    expect(projectPoint(camera, [2 * x - camera.lookAt[0], y, 2 * z - camera.lookAt[2]])).toBeUndefined();
    expect(projectPoint(camera, [camera.lookAt[0] + 3, 0, camera.lookAt[2]])![0]).toBeGreaterThan(0.5);
  });

  it('keeps zones inside the picture', () => {
    for (const [px, py] of projectZone(camera, [
      [-60, 4],
      [40, 4],
      [40, 7],
      [-20, 7],
    ])) {
      expect(px).toBeGreaterThan(0);
      expect(px).toBeLessThan(1);
      expect(py).toBeGreaterThan(0);
      expect(py).toBeLessThan(1);
    }
  });
});
