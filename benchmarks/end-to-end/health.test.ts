import { describe, expect, it } from 'vitest';
import type { CommittedClip, ServingFault } from '../street/index.ts';
import { clearedTooSoon, judgeHealth, judgeSuspension } from './health.ts';
import type { CameraResult, Raised, ReportedFault } from './types.ts';

const BLACK = { kind: 'black', fromS: 20, toS: 30 };

function result(over: {
  faults?: readonly ReportedFault[];
  clipFaults?: CommittedClip['truth']['faults'];
  serving?: readonly ServingFault[];
  reopenedS?: readonly number[];
}): CameraResult {
  const truth = {
    durationS: 60,
    faults: over.clipFaults ?? [],
    serving: over.serving ?? [],
    zones: [{ id: 'kerb', purpose: 'no-parking', dwellS: 10, points: [] }],
  } as unknown as CommittedClip['truth'];
  const clip = { name: 'c', path: '', truthPath: '', truth };
  return {
    camera: { id: 'c', clip, sampling: { decode: 'fps', fps: 5 } },
    raised: [],
    faults: over.faults ?? [],
    framesAnalysed: 0,
    reopenedS: over.reopenedS ?? [],
  };
}

const published = (fault: string, raisedS: number, clearedS?: number): ReportedFault => ({
  fault,
  sinceS: raisedS - 3,
  raisedS,
  clearedS,
});

describe('judgeHealth', () => {
  it('finds the right name during the fault, and lists what was said besides', () => {
    const faults = [published('black', 23.5, 32), published('covered', 26)];
    const { rows, falseFaults } = judgeHealth(result({ clipFaults: [BLACK], faults }));
    expect(rows[0]).toMatchObject({ named: { fault: 'black' }, others: ['covered'] });
    expect(falseFaults).toEqual([]);
  });

  it('takes neither another name nor another time', () => {
    const faults = [published('frozen', 25), published('black', 45)];
    const { rows, falseFaults } = judgeHealth(result({ clipFaults: [BLACK], faults }));
    expect(rows[0]!.named).toBeUndefined();
    expect(falseFaults.map(({ fault }) => fault)).toEqual(['black']);
  });

  it('is content with a reconnect after a jump of the clock, and looks no further', () => {
    const serving = [{ kind: 'clock-jump', atS: 41, byS: 600 }] as const;
    const faults = [published('signal_lost', 47)];
    const { rows, falseFaults } = judgeHealth(result({ serving, faults, reopenedS: [43] }));
    expect(rows[0]).toMatchObject({ named: undefined, reopened: true });
    expect(falseFaults).toEqual([]);
  });
});

const expected = {
  type: 'illegal-parking',
  zoneId: 'kerb',
  objectId: 'car',
  fromS: 15,
  toS: 50,
  dueS: 25,
} as const;
const opened = (openedS: number, clearedS?: number) =>
  ({
    matches: [{ expected, found: { openedS, clearedS } as Raised, duplicates: [], dropperClass: undefined }],
    unexpected: [],
  }) as const;

describe('judgeSuspension', () => {
  const blind = result({ clipFaults: [BLACK], faults: [published('black', 20, 30)] });

  it.each([
    ['held', 34.6, true],
    ['not held', 25, false],
  ])('dwell is %s when opened at %d', (_name, openedS, held) => {
    expect(judgeSuspension(blind, opened(openedS))[0]).toMatchObject({ held });
  });

  it('counts overlapping faults once', () => {
    const faults = [published('black', 20, 30), published('signal_lost', 22, 28)];
    expect(judgeSuspension(result({ faults }), opened(35))[0]).toMatchObject({
      suspendedS: 10,
      netDwellS: 10,
    });
  });

  it('has nothing to say without a fault that blinds', () => {
    expect(judgeSuspension(result({ faults: [published('clock_drift', 20, 30)] }), opened(25))).toEqual([]);
  });
});

it.each([
  ['never', undefined, 0],
  ['after it left', 55, 0],
  ['while it stood there', 40, 1],
])('an incident that is cleared %s', (_name, clearedS, soon) => {
  expect(clearedTooSoon(opened(25, clearedS))).toHaveLength(soon);
});
