/** Made queues: the traffic is as it claims, nobody in it is reported, and whoever parks beside it is, once. */

import { describe, expect, it } from 'vitest';
import { LANE_FPS, laneTraffic } from './car-following.ts';
import { playScene } from './run.ts';
import { SCENES } from './scenes.ts';
import type { Scene } from './scenes.ts';
import { DETECTORS } from './view.ts';

const sceneOf = (name: string): Scene => SCENES.find((scene) => scene.name === name)!;
const [good, fair] = DETECTORS;

describe('the lane', () => {
  const traffic = laneTraffic({ seed: 3, gate: 'barrier', seconds: 300 });

  it('keeps vehicles apart and in order', () => {
    const gaps = traffic.flatMap((vehicles) =>
      vehicles.slice(1).map(({ frontM }, i) => vehicles[i]!.frontM - vehicles[i]!.lengthM - frontM),
    );
    expect(Math.min(...gaps)).toBeGreaterThan(0.5);
  });

  it('has a queue in which nobody stands for 22 s: whoever is reported is reported wrongly', () => {
    const stoodS = new Map<number, number>();
    const before = new Map<number, number>();
    let [longest, most] = [0, 0];
    for (const vehicles of traffic) {
      for (const { id, frontM } of vehicles) {
        const stood =
          Math.abs(frontM - (before.get(id) ?? 0)) < 0.02 ? (stoodS.get(id) ?? 0) + 1 / LANE_FPS : 0;
        stoodS.set(id, stood);
        before.set(id, frontM);
        longest = Math.max(longest, stood);
      }
      most = Math.max(most, vehicles.filter(({ id }) => (stoodS.get(id) ?? 0) > 1).length);
    }
    expect(longest).toBeGreaterThan(10);
    expect(longest).toBeLessThan(22);
    expect(most).toBeGreaterThanOrEqual(4);
  });
});

describe('made queues', () => {
  it.each([
    ['barrier, seen across', 10, 0],
    ['barrier, seen across', 5, 0],
    ['barrier, seen across', 1, 0],
    ['barrier, seen across', 0.5, 2],
    ['barrier, seen along', 5, 1],
    ['barrier, seen along', 2, 0],
    ['barrier, seen along', 0.5, 2],
    ['barrier, a third of it outside the zone', 5, 0],
    ['barrier, a third of it outside the zone', 0.5, 2],
    ['traffic light, seen across', 5, 0],
    ['traffic light, seen along', 0.5, 2],
  ])('%s, at %s fps: at most %s wrong in 20 min', (name, fps, most) => {
    for (const detector of [good!, fair!]) {
      const { wrong, parked } = playScene(sceneOf(name), { fps, detector, seeds: [7, 8] });
      expect(parked).toBe(0);
      expect(wrong).toBeLessThanOrEqual(most);
    }
  });

  it.each([5, 1, 0.5])('vehicles that park beside traffic are reported once each, at %s fps', (fps) => {
    const figures = playScene(sceneOf('parked at a kerb beside traffic'), {
      fps,
      detector: fair!,
      seeds: [7, 8],
    });
    expect(figures).toMatchObject({ wrong: 0, parked: 6, found: 6, repeated: 0 });
    expect(Math.max(...figures.lateS)).toBeLessThan(20);
  });
});
