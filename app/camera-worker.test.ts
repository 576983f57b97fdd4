/** A camera whose clock runs slower than ours is told, and one that only sends late is not. */

import { expect, it } from 'vitest';
import type { Frame, HealthSignal } from '../core/index.ts';
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

function faultsOf(arrivalOf: (ptsMs: number) => number): string[] {
  const said: HealthSignal[] = [];
  const worker = new CameraWorker({
    cameraId: 'c',
    rules: createRules([]),
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
