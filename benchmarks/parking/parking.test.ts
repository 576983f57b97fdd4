/** The parking benchmark: its scoring on made alarms, and its figures against the golden file. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../core/index.ts';
import { evaluateParking, parkingReport } from './index.ts';
import { scoreClip } from './score.ts';

const dataDir = packagePath('..', 'shared', 'data', 'roadtrack');
const hasData = existsSync(dataDir);
const scratch = mkdtempSync(join(tmpdir(), 'parking-bench-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Golden {
  readonly all: { f1: number; meanLatencyS: number; fpInNegatives: number };
  readonly cameras: Readonly<Record<string, { f1: number; meanLatencyS: number }>>;
  readonly tolerance: { f1: number; meanLatencyS: number; fpInNegatives: number };
}
const golden = JSON.parse(
  readFileSync(packagePath('benchmarks', 'golden', 'parking.json'), 'utf8'),
) as Golden;

describe('scoring of alarms', () => {
  const box = { x1: 0, y1: 0, x2: 10, y2: 10 };
  const away = { x1: 50, y1: 0, x2: 60, y2: 10 };
  const event = {
    eventId: '1',
    firstFrame: 11,
    boxes: new Map(Array.from({ length: 100 }, (_, i) => [11 + i, box])),
  };
  const alarms = (from: number, to: number, where = box) =>
    Array.from({ length: to - from + 1 }, (_, i) => {
      return { frame: from + i, trackId: 't', box: where, score: 0.9, label: 'car' };
    });

  it.each([
    ['a fifth of the event', alarms(41, 60), { found: 1, missed: 0, falseTracks: 0, latenciesS: [3] }],
    ['less than a fifth', alarms(41, 59), { found: 0, missed: 1, falseTracks: 0, latenciesS: [] }],
    ['another place', alarms(41, 60, away), { found: 0, missed: 1, falseTracks: 1, latenciesS: [] }],
    ['nine tenths within the event', alarms(5, 64), { found: 1, falseTracks: 0, latenciesS: [0] }],
    ['less than nine tenths', alarms(2, 60), { found: 1, falseTracks: 1, latenciesS: [0] }],
  ])('%s', (_, rows, expected) => {
    expect(scoreClip([event], rows)).toMatchObject(expected);
  });
});

describe('evaluation of clips', () => {
  it('writes an alarm row per frame in the form of the input, and finds the vehicle that stopped', () => {
    const clip = join(scratch, 'clips', 'positive', '01-01_00_K999_1');
    mkdirSync(clip, { recursive: true });
    const row = (frame: number, id: number): string => `${frame},${id},100,100,30,40,0.9,7`;
    const frames = Array.from({ length: 100 }, (_, i) => i + 1);
    writeFileSync(join(clip, 'det.txt'), frames.map((frame) => `${row(frame, -1)},-1,-1\n`).join(''));
    writeFileSync(join(clip, 'gt.txt'), frames.map((frame) => `${row(frame, 0)}\n`).join(''));
    const outDir = join(scratch, 'out');
    const evaluation = evaluateParking({ clipsDir: join(scratch, 'clips'), outDir });
    expect(evaluation).toMatchObject({ tp: 1, fn: 0, fp: 0, f1: 1, meanLatencyS: 3 });
    const lines = readFileSync(join(outDir, '01-01_00_K999_1', 'alarms.txt'), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(70);
    expect(lines[0]).toBe('31,1,100,100,30,40,0.9,7');
    expect(parkingReport(evaluation)[1]).toMatch(/1\.000 +1\.000 +1\.000/);
  });

  it('names file and line of a row that is none', () => {
    const clip = join(scratch, 'broken', 'a');
    mkdirSync(clip, { recursive: true });
    writeFileSync(join(clip, 'det.txt'), '1,-1,2,3,4,5,0.9,2\n1,-1,oops\n');
    expect(() => evaluateParking({ clipsDir: join(scratch, 'broken') })).toThrow(/det\.txt line 2/);
  });

  it.skipIf(!hasData)(
    hasData
      ? 'is as good on the recorded clips as the golden file says'
      : 'SKIPPED: ../shared/data/roadtrack is not there, so the golden figures are not checked',
    () => {
      const evaluation = evaluateParking({ clipsDir: dataDir, dwellS: 3 });
      const { tolerance } = golden;
      expect(evaluation.f1).toBeGreaterThanOrEqual(golden.all.f1 - tolerance.f1);
      expect(evaluation.meanLatencyS).toBeLessThanOrEqual(golden.all.meanLatencyS + tolerance.meanLatencyS);
      expect(evaluation.fpInNegatives).toBeLessThanOrEqual(
        golden.all.fpInNegatives + tolerance.fpInNegatives,
      );
      for (const [camera, figures] of Object.entries(golden.cameras)) {
        expect(evaluation.cameras[camera]!.f1).toBeGreaterThanOrEqual(figures.f1 - tolerance.f1);
      }
    },
    900_000,
  );
});
