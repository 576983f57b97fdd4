/** The split of a delay, on detections whose course is known. */

import { describe, expect, it } from 'vitest';
import { splitDelay, splitTable } from './delay-split.ts';
import type { DetectedFrame, FireClip } from './run.ts';

const START_MS = 1_700_000_000_000;
const CLIP: FireClip = { name: 'made', file: '', burnsFromS: 2 };

/** Five pictures a second of one box, whose score follows `scoreAt` (0: no box) and whose height wavers by `waverPx`. */
function detected(scoreAt: (tS: number) => number, waverPx = 8): DetectedFrame[] {
  return Array.from({ length: 200 }, (_, seq) => {
    const ptsMs = seq * 200;
    const score = scoreAt(ptsMs / 1000);
    const box = { x1: 100, y1: 100 - ((seq * 7) % 5) * (waverPx / 4), x2: 130, y2: 140 };
    const faint = score < 0.52 ? { faint: true as const } : {};
    const ref = {
      cameraId: 'clip',
      runId: 'r',
      seq,
      ptsMs,
      capturedAtMs: START_MS + ptsMs,
      width: 320,
      height: 180,
    };
    return { ref, detections: score === 0 ? [] : [{ label: 'fire', score, box, ...faint }] };
  });
}

describe('the split of a delay', () => {
  it('tells the first box of each score, the first evidence, and the alarm', () => {
    const grows = detected((tS) => (tS < 3 ? 0 : Math.min(0.7, (tS - 3) * 0.1 + 0.1)));
    const { boxS, evidenceS, raisedS } = splitDelay(CLIP, grows);
    // A tenth a second from second 3 on: 0.1 then, 0.2 a second later; the rule is told from 0.38 on.
    expect(boxS).toEqual([1, 2, 3]);
    expect(evidenceS).toBeCloseTo(3.8, 5);
    expect(raisedS).toBeGreaterThan(evidenceS!);
    expect(raisedS).toBeLessThanOrEqual(evidenceS! + 3);
  });

  it('tells which test took the time', () => {
    const weak = splitDelay(
      CLIP,
      detected((tS) => (tS < 2 ? 0 : 0.4)),
    );
    expect(weak.raisedS).toBeGreaterThan(5);
    expect(weak.raisedWithoutS.wait).toBeLessThan(2);
    expect(weak.raisedWithoutS.life).toBe(weak.raisedS);
    const still = splitDelay(
      CLIP,
      detected((tS) => (tS < 2 ? 0 : 0.7), 0),
    );
    expect([still.raisedS, still.raisedWithoutS.wait]).toEqual([null, null]);
    expect(still.raisedWithoutS.life).toBeLessThanOrEqual(2);
    expect(still.raisedWithoutS.lifeAndWait).toBeLessThan(still.raisedWithoutS.life!);
  });

  it('says never as never', () => {
    const nothing = splitDelay(
      CLIP,
      detected(() => 0),
    );
    expect(nothing).toMatchObject({ boxS: [null, null, null], evidenceS: null, raisedS: null });
    expect(splitTable([nothing]).split('\n')[1]).toMatch(/^made( +\| +–){8}$/);
  });
});
