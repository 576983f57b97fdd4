/** Pictures without a time: they say nothing, and what comes after them is judged as ever. */

import { expect, it } from 'vitest';
import { HealthMonitor } from './health-monitor.ts';
import { SceneCamera } from './scene.fixture.ts';

it.each([Number.NaN, Number.POSITIVE_INFINITY])('a picture at %s ends nothing', (capturedAtMs) => {
  const monitor = new HealthMonitor({ cameraId: 'cam' });
  const camera = new SceneCamera();
  const raised: string[] = [];
  for (let second = 0; second < 60; second++) {
    const frame = camera.shoot(1_790_000_000_000 + second * 1000, second < 30 ? {} : { gain: 0, noise: 0.5 });
    const broken = second === 20 ? { ...frame, ref: { ...frame.ref, capturedAtMs } } : frame;
    for (const { fault, phase } of monitor.observe(broken)) raised.push(`${phase} ${fault}`);
  }
  expect(raised).toContain('raised black');
  const next = new HealthMonitor({ cameraId: 'cam' });
  expect(() => next.restore(JSON.parse(JSON.stringify(monitor.save())))).not.toThrow();
});
