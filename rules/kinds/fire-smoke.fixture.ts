/** A fire rule over a whole small picture, and what it says to sights that are played to it. */

import { Value } from 'typebox/value';
import type { Box, CameraFault, RuleSignal, TrackedFrame } from '../../core/index.ts';
import type { Rule } from '../rule.ts';
import { fireSmoke } from './fire-smoke.ts';
import { fireSmokeParams, type FireSmokeParams } from './fire-params.ts';

/** What a detector sees in one picture; fire 0.7 when nothing else is said. */
export interface Sight {
  label?: string;
  box: Box;
  score?: number;
  observed?: boolean;
}

const W = 416;
const H = 234;
export const square = (x1: number, y1: number, w: number, h: number): Box => ({
  x1,
  y1,
  x2: x1 + w,
  y2: y1 + h,
});
/** A flame: its outline changes from frame to frame. */
export const flame = (i: number, x = 200, y = 100, size = 30): Box =>
  square(x, y - ((i * 7) % 5) * 2, size + ((i * 5) % 7), size + ((i * 7) % 5) * 2);

export function rule(params: Partial<FireSmokeParams> = {}, polygon = square(0, 0, 1, 1)): Rule {
  return fireSmoke.create({
    ruleId: 'r1',
    ruleVersion: 3,
    cameraId: 'cam',
    zone: {
      zoneId: 'z1',
      version: 2,
      name: 'all',
      polygon: [
        { x: polygon.x1, y: polygon.y1 },
        { x: polygon.x2, y: polygon.y1 },
        { x: polygon.x2, y: polygon.y2 },
        { x: polygon.x1, y: polygon.y2 },
      ],
    },
    params: { ...Value.Create(fireSmokeParams), ...params },
  });
}

export function frameOf(i: number, atMs: number, sights: Sight[], runId = 'run'): TrackedFrame {
  return {
    frame: {
      cameraId: 'cam',
      runId,
      seq: i,
      ptsMs: atMs,
      capturedAtMs: 1_000_000 + atMs,
      width: W,
      height: H,
    },
    tracks: sights.map((s, n) => ({
      trackId: `${runId}:${n}`,
      state: 'confirmed',
      box: s.box,
      label: s.label ?? 'fire',
      score: s.score ?? 0.7,
      observed: s.observed ?? true,
      firstSeenMs: 1_000_000 + atMs,
      lastSeenMs: 1_000_000 + atMs,
    })),
    removed: [],
  };
}

/** Plays pictures at an even rate, and gives all signals. */
export function play(
  of: Rule,
  at: { fps: number; fromMs?: number; forMs: number; faults?: CameraFault[] },
  sights: (i: number, tMs: number) => Sight[],
): RuleSignal[] {
  const out: RuleSignal[] = [];
  const step = 1000 / at.fps;
  for (let i = 0, t = at.fromMs ?? 0; t < (at.fromMs ?? 0) + at.forMs; i++, t += step) {
    out.push(...of.evaluate(frameOf(i, t, sights(i, t)), { faults: at.faults ?? [] }));
  }
  return out;
}
export const phases = (signals: RuleSignal[]): string[] => signals.map((s) => `${s.phase} ${s.eventType}`);
