/** One thing is of one class: what is more surely a shut bin, a motorcycle or a person is no rubbish. */

import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import type { Box, TrackedFrame } from '../../core/index.ts';
import { littering } from './littering.ts';
import { litteringParams } from './littering-params.ts';

const polygon = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];
const BIN: Box = { x1: 100, y1: 120, x2: 130, y2: 170 };
const BESIDE: Box = { x1: 120, y1: 140, x2: 150, y2: 170 };

type Thing = readonly [label: string, score: number, box?: Box];

/** What a rule says in two minutes, and when, seconds. */
function said(scene: (s: number) => readonly Thing[]): string[] {
  const rule = littering.create({
    ruleId: 'r',
    ruleVersion: 1,
    cameraId: 'cam',
    zone: { zoneId: 'z', version: 1, name: 'z', polygon },
    params: { ...Value.Create(litteringParams), overflowAfterS: 10, exposedAfterS: 10, clearAfterS: 20 },
  });
  return Array.from({ length: 120 }, (_, s) => {
    const tracks: TrackedFrame['tracks'] = scene(s).map(([label, score, box = BIN]) => ({
      ...{ trackId: label, label, score, box, state: 'confirmed', observed: true },
      ...{ firstSeenMs: 0, lastSeenMs: s * 1000 },
    }));
    const times = { ptsMs: s * 1000, capturedAtMs: s * 1000 };
    const frame = { cameraId: 'cam', runId: 'r', seq: s, ...times, width: 416, height: 234 };
    return rule.evaluate({ frame, tracks, removed: [] }, { faults: [] });
  })
    .flat()
    .map(({ phase, eventType, atMs }) => `${phase} ${eventType} at ${atMs / 1000}`);
}

describe('two names for one box', () => {
  it.each(['bin', 'motorcycle', 'person'])('what is rather a %s is neither full nor garbage', (label) => {
    const both: Thing[] = [
      ['overflow', 0.45],
      ['garbage', 0.45],
      [label, 0.5],
    ];
    expect(said(() => both)).toEqual([]);
    expect(said(() => both.slice(0, 1))).toEqual(['raised garbage.overflow at 10']);
  });

  it('a bin that is rather full than shut overflows, and is clean once it is rather shut', () => {
    const scene = (s: number): Thing[] => [
      ['overflow', s < 60 ? 0.6 : 0.4],
      ['bin', s < 60 ? 0.5 : 0.7],
    ];
    expect(said(scene)).toEqual(['raised garbage.overflow at 10', 'cleared garbage.overflow at 79']);
  });

  it('a bag at the foot of a shut bin is another thing', () => {
    const scene: Thing[] = [
      ['garbage', 0.5, BESIDE],
      ['bin', 0.9],
    ];
    expect(said(() => scene)).toEqual(['raised garbage.exposed at 10']);
  });
});
