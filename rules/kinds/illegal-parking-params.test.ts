/** Each parameter of the parking rule does something: the same scene gives another answer. */

import { describe, expect, it } from 'vitest';
import type { Box, Track } from '../../core/index.ts';
import { createRules } from '../index.ts';
import { parkingParams } from '../parking/params.ts';

const START = 1_700_000_000_000;
const FPS = 5;
const at = (x: number, y: number, w = 60, h = 40): Box => ({ x1: x, y1: y, x2: x + w, y2: y + h });

interface Thing {
  readonly id: string;
  readonly box: Box;
  readonly label?: string;
  readonly score?: number;
}
type Params = Readonly<Record<string, unknown>>;
type Scene = (s: number) => Thing[];

/** Drives in from the left and stands at `x` from second `from` to `until`, then drives off. */
const visit =
  (id: string, x: number, from: number, until = 1e9): Scene =>
  (s) => {
    const now = s < from ? x + (s - from) * 80 : s > until ? x + (s - until) * 80 : x;
    return now < 0 || now > 560 ? [] : [{ id, box: at(now, 200) }];
  };

function said(scene: Scene, params: Params, seconds: number): string[] {
  const half = [
    { x: 0.45, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0.45, y: 1 },
  ];
  const rules = createRules([
    {
      ruleId: 'r',
      ruleVersion: 1,
      kind: 'illegal_parking',
      cameraId: 'c',
      zone: { zoneId: 'z', version: 1, name: 'z', polygon: half },
      params: { dwellS: 10, warnShare: 1, ...params },
    },
  ]);
  return Array.from({ length: seconds * FPS }, (_, seq) => {
    const capturedAtMs = START + (seq * 1000) / FPS;
    const tracks = scene(seq / FPS).map(({ id, box, label = 'car', score = 0.9 }): Track => {
      const times = { firstSeenMs: START, lastSeenMs: capturedAtMs };
      return { trackId: id, state: 'confirmed', box, label, score, observed: true, ...times };
    });
    const frame = {
      cameraId: 'c',
      runId: 'r',
      seq,
      ptsMs: capturedAtMs - START,
      capturedAtMs,
      width: 640,
      height: 480,
    };
    return rules.evaluate({ frame, tracks, removed: [] }, { faults: [] });
  })
    .flat()
    .map(({ phase }) => phase);
}

const stays = visit('a', 300, 5);
const gap =
  (from: number, to: number): Scene =>
  (s) =>
    s > from && s < to ? [] : stays(s);
const bus =
  (from: number, to: number): Scene =>
  (s) =>
    s > from && s < to ? [{ id: 'bus', box: at(280, 180, 120, 90), label: 'bus' }] : stays(s);
const queue: Scene = (s) => [0, 1, 2].flatMap((n) => visit(`q${n}`, 450 - n * 70, 5 + n * 3)(s));
const rolls: Scene = (s) => (s < 5 ? [] : [{ id: 'a', box: at(300 + (s - 5) * 3, 200) }]);
const again: Scene = (s) => visit(`v${Math.floor(s / 40)}`, 300, 5, 20)(s % 40);
const faint: Scene = (s) => stays(s).map((one) => ({ ...one, score: 0.45 }));
const edge: Scene = (s) => visit('a', 262, 5)(s);

describe('each parameter of illegal_parking does something', () => {
  const cases: [keyof typeof parkingParams.properties, Scene, Params, Params, number][] = [
    ['dwellS', stays, {}, { dwellS: 40 }, 30],
    ['warnShare', stays, {}, { warnShare: 0.5 }, 30],
    ['classes', stays, {}, { classes: ['truck'] }, 30],
    ['graceS', gap(20, 36), {}, { graceS: 30 }, 60],
    ['coveredGraceS', bus(20, 60), {}, { coveredGraceS: 10 }, 70],
    ['stillDrift', rolls, {}, { stillDrift: 0.3 }, 40],
    ['minScore', faint, {}, { minScore: 0.6 }, 30],
    ['zoneTest', edge, {}, { zoneTest: 'overlap', minOverlap: 0.8 }, 30],
    [
      'minOverlap',
      edge,
      { zoneTest: 'overlap', minOverlap: 0.3 },
      { zoneTest: 'overlap', minOverlap: 0.8 },
      30,
    ],
    ['queueVehicles', queue, {}, { queueVehicles: 0 }, 40],
    ['queueHoldS', queue, {}, { queueHoldS: 10 }, 60],
    ['maxIncidentsPerPlace', again, {}, { maxIncidentsPerPlace: 1 }, 80],
  ];

  it.each(cases)('%s', (_, scene, one, other, seconds) => {
    expect(said(scene, one, seconds)).not.toEqual(said(scene, other, seconds));
  });

  it('has a case for every parameter', () => {
    expect(cases.map(([name]) => name).sort()).toEqual(Object.keys(parkingParams.properties).sort());
  });
});
