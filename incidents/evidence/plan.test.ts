import { describe, expect, it } from 'vitest';
import type { RuleSignal } from '../../core/index.ts';
import {
  DEFAULT_EVIDENCE_SETTINGS,
  arrivalAtMs,
  planArrival,
  planClearing,
  planConfirmation,
} from './plan.ts';

const AT = 1_000_000;
const box = { x1: 0.4, y1: 0.5, x2: 0.6, y2: 0.75 };

function raised(over: Partial<RuleSignal>): RuleSignal {
  return {
    phase: 'raised',
    episodeId: 'e',
    cameraId: 'c',
    runId: 'r',
    ruleId: 'rule',
    ruleVersion: 1,
    zoneId: 'z',
    zoneVersion: 1,
    eventType: 'illegal_parking.motor',
    severity: 3,
    confidence: 0.9,
    trackIds: [],
    label: 'car',
    box,
    atMs: AT,
    firstSeenMs: AT - 65_000,
    sinceMs: AT - 60_000,
    presentAtStart: false,
    moments: [],
    measurements: {},
    ...over,
  };
}

describe('arrival still', () => {
  it.each([
    { name: 'when it came to rest', sinceMs: AT - 60_000, firstSeenMs: AT - 65_000, expected: AT - 60_000 },
    {
      name: 'at least 10 s before the confirmation',
      sinceMs: AT - 4_000,
      firstSeenMs: AT - 15_000,
      expected: AT - 10_250,
    },
    {
      name: 'not before the first sight',
      sinceMs: AT - 4_000,
      firstSeenMs: AT - 7_000,
      expected: AT - 7_000,
    },
    { name: 'an event without dwell', sinceMs: AT, firstSeenMs: AT, expected: AT },
  ])('$name', ({ sinceMs, firstSeenMs, expected }) => {
    expect(arrivalAtMs(raised({ sinceMs, firstSeenMs }))).toBe(expected);
  });

  it('shows the box only from when it stood there', () => {
    expect(planArrival(raised({})).stills[0]?.box).toEqual(box);
    const moving = planArrival(raised({ sinceMs: AT - 4_000, firstSeenMs: AT - 15_000 }));
    expect(moving.stills[0]).not.toHaveProperty('box');
  });
});

describe('clip', () => {
  it('goes from before the first sight to after the confirmation', () => {
    const { clips } = planConfirmation(raised({}), false, DEFAULT_EVIDENCE_SETTINGS);
    expect(clips).toEqual([{ name: 'clip', part: 'whole', fromMs: AT - 71_000, toMs: AT + 1_000 }]);
  });

  it('has at least 5 s before the first sight, also when a moment was earlier', () => {
    const moments = [{ name: 'before', atMs: AT - 80_000 }];
    const { clips } = planConfirmation(raised({ moments }), false, DEFAULT_EVIDENCE_SETTINGS);
    expect(clips[0]?.fromMs).toBeLessThanOrEqual(AT - 85_000);
  });

  it('becomes two, arrival and confirmation, when the dwell was long', () => {
    const long = raised({ firstSeenMs: AT - 3_600_000, sinceMs: AT - 3_599_000 });
    const { clips } = planConfirmation(long, false, DEFAULT_EVIDENCE_SETTINGS);
    expect(clips).toEqual([
      { name: 'clip-arrival', part: 'arrival', fromMs: AT - 3_606_000, toMs: AT - 3_516_000 },
      { name: 'clip-confirmation', part: 'confirmation', fromMs: AT - 89_000, toMs: AT + 1_000 },
    ]);
  });
});

it('names are unique within an incident and safe as file names', () => {
  const moments = [
    { name: 'before', atMs: AT - 3_000 },
    { name: '../before', atMs: AT - 2_000, box },
  ];
  const plan = planConfirmation(raised({ moments }), false, DEFAULT_EVIDENCE_SETTINGS);
  const names = [
    ...plan.stills,
    ...planClearing(raised({}), box, 3).stills,
    ...planClearing(raised({}), box, 5).stills,
  ].map((still) => still.name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9_-]+$/);
});

it('an arrival that was taken is not taken again', () => {
  const { stills } = planConfirmation(raised({}), true, DEFAULT_EVIDENCE_SETTINGS);
  expect(stills.map((still) => still.role)).toEqual(['confirmation']);
});
