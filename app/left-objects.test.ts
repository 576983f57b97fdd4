/** Proposals of left objects join the detections of their own frame, unless the network knows what lies there. */

import { expect, it } from 'vitest';
import type { Box, Detection, Frame } from '../core/index.ts';
import { LeftObjects } from './left-objects.ts';

const WIDTH = 416;
const HEIGHT = 234;
const bag: Box = { x1: 200, y1: 150, x2: 226, y2: 172 };

function frameOf(seq: number, withBag: boolean): Frame {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3).fill(120);
  if (withBag)
    for (let y = bag.y1; y < bag.y2; y++) pixels.fill(25, (y * WIDTH + bag.x1) * 3, (y * WIDTH + bag.x2) * 3);
  const capturedAtMs = 1_700_000_000_000 + seq * 500;
  return {
    ref: { cameraId: 'c', runId: 'r', seq, ptsMs: seq * 500, capturedAtMs, width: WIDTH, height: HEIGHT },
    pixels,
    canvasWidth: WIDTH,
    canvasHeight: HEIGHT,
    sourceWidth: WIDTH,
    sourceHeight: HEIGHT,
    release() {},
  };
}

function lastOf(detected: readonly Detection[], restartAt?: number): readonly Detection[] {
  let objects = new LeftObjects();
  let last: readonly Detection[] = [];
  for (let seq = 0; seq < 70; seq++) {
    if (seq === restartAt) {
      const next = new LeftObjects();
      next.restore(JSON.parse(JSON.stringify(objects.save())), {} as never);
      objects = next;
    }
    const frame = frameOf(seq, seq >= 30);
    objects.observe(frame);
    last = objects.addTo(frame.ref, detected);
    expect(objects.addTo(frame.ref, [])).toEqual([]);
  }
  return last;
}

it('adds what lies there and has no class', () => {
  expect(lastOf([]).map(({ label }) => label)).toEqual(['object']);
});

it('still knows it after a restart', () => {
  expect(lastOf([], 60)).toEqual(lastOf([]));
});

it('leaves alone what was detected', () => {
  const known = { label: 'garbage', score: 0.8, box: bag };
  expect(lastOf([known])).toEqual([known]);
});
