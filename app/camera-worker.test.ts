/** One camera at work: its clock, and what the network only suspects. */

import { expect, it } from 'vitest';
import type { Detection, Frame, HealthSignal, RuleSignal } from '../core/index.ts';
import { ManualClock, silentLog } from '../core/index.ts';
import { createRules } from '../rules/index.ts';
import { CameraWorker } from './camera-worker.ts';
import { createMetrics } from './telemetry/metrics.ts';

const [WIDTH, HEIGHT] = [160, 96];
const START_MS = 1_700_000_000_000;
const FRAMES = 600;

/** A textured picture with something that moves, so that it is neither frozen nor flat. */
function frameOf(seq: number): Frame {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    const moves = y > 60 && (x + seq * 4) % WIDTH < 20;
    pixels.fill(moves ? 230 : 60 + (((x >> 3) * 37 + (y >> 3) * 61) % 9) * 16, i * 3, i * 3 + 3);
  }
  const ptsMs = seq * 200;
  return {
    ref: {
      cameraId: 'c',
      runId: 'r',
      seq,
      ptsMs,
      capturedAtMs: START_MS + ptsMs,
      width: WIDTH,
      height: HEIGHT,
    },
    pixels,
    canvasWidth: WIDTH,
    canvasHeight: HEIGHT,
    sourceWidth: WIDTH,
    sourceHeight: HEIGHT,
    release() {},
  };
}

/** A worker that notes what it says of the camera's health. */
function workerOf(rules: Parameters<typeof createRules>[0], said: HealthSignal[]): CameraWorker {
  return new CameraWorker({
    cameraId: 'c',
    rules: createRules(rules),
    outputs: {
      signal() {},
      health: (signal) => said.push(signal),
      loadState: () => undefined,
      saveState() {},
    },
    metrics: createMetrics({ process: false }),
    clock: new ManualClock(START_MS),
    log: silentLog,
  });
}

function faultsOf(arrivalOf: (ptsMs: number) => number): string[] {
  const said: HealthSignal[] = [];
  const worker = workerOf([], said);
  for (let seq = 0; seq < FRAMES; seq++) {
    const frame = frameOf(seq);
    worker.observe(frame, arrivalOf(frame.ref.ptsMs));
  }
  return said.map(({ phase, fault }) => `${phase} ${fault}`);
}

it('a clock that loses three seconds a minute is told', () => {
  expect(faultsOf((ptsMs) => 5_000 + ptsMs * 1.05)).toEqual(['raised clock_drift']);
});

it('pictures that come late, but evenly, are no drift', () => {
  expect(faultsOf((ptsMs) => 9_000 + ptsMs + ((ptsMs / 200) % 3) * 150)).toEqual([]);
});

it('a faint fire reaches the rule, which raises it when it lasts, and overtakes nobody before the network is sure', () => {
  const polygon = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ];
  const zone = { zoneId: 'z', version: 1, name: 'z', polygon };
  const said: RuleSignal[] = [];
  const worker = new CameraWorker({
    cameraId: 'c',
    rules: createRules([
      {
        ruleId: 'f',
        ruleVersion: 1,
        kind: 'fire_smoke',
        cameraId: 'c',
        zone,
        params: { weakScore: 0.3, weakSmokeScore: 0.36 },
      },
    ]),
    outputs: {
      signal: (signal) => said.push(signal),
      health() {},
      loadState: () => undefined,
      saveState() {},
    },
    metrics: createMetrics({ process: false }),
    clock: new ManualClock(START_MS),
    log: silentLog,
  });
  expect(worker.lowestScores()).toEqual({ fire: 0.3, smoke: 0.36 });
  const flame = (seq: number): Detection => {
    const size = 20 + 6 * Math.abs(Math.sin(seq * 1.7));
    return { label: 'fire', score: 0.4, faint: true, box: { x1: 50, y1: 60 - size, x2: 50 + size, y2: 60 } };
  };
  const lanes = new Set<string>();
  for (let seq = 0; seq < 50; seq++) {
    const frame = frameOf(seq);
    lanes.add(worker.observe(frame));
    worker.evaluate(frame.ref, [flame(seq)]);
  }
  expect([...lanes]).toEqual(['normal']);
  expect(said.map(({ phase, eventType }) => `${phase} ${eventType}`)).toEqual(['raised fire.flame']);
  worker.evaluate(frameOf(50).ref, [{ label: 'fire', score: 0.7, box: flame(50).box }]);
  expect(worker.observe(frameOf(51))).toBe('urgent');
});

it('says with a fault which rules stand still, and with its end that they watch again', () => {
  const polygon = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
  ];
  const rule = (ruleId: string, kind: string) => {
    const zone = { zoneId: 'z', version: 1, name: 'z', polygon };
    return { ruleId, ruleVersion: 1, kind, cameraId: 'c', zone, params: {} };
  };
  const said: HealthSignal[] = [];
  const worker = workerOf([rule('p', 'illegal_parking'), rule('f', 'fire_smoke')], said);
  worker.observe(frameOf(0));
  for (let s = 0; s < 30; s++) worker.tick(START_MS + s * 1000);
  expect(worker.suspendedRules).toEqual(['p', 'f']);
  worker.observe(frameOf(150));
  expect(said.map(({ phase, fault, suspendedRules }) => [phase, fault, suspendedRules])).toEqual([
    ['raised', 'signal_lost', ['p', 'f']],
    ['cleared', 'signal_lost', []],
  ]);
  expect(worker.suspendedRules).toEqual([]);
});
