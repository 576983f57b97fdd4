import { describe, expect, it } from 'vitest';
import type { CommittedClip, ExpectedIncident } from '../street/index.ts';
import { figuresOf, groupsOf, type Judged, percentile } from './figures.ts';
import { countsOf, type Golden, worseThan } from './golden.ts';
import type { IncidentKind, Raised } from './types.ts';

function expected(type: IncidentKind, over: Partial<ExpectedIncident> = {}): ExpectedIncident {
  return { type, zoneId: 'z', objectId: 'o', fromS: 10, dueS: 20, ...over };
}

function raised(kind: IncidentKind, over: Partial<Raised> = {}): Raised {
  return {
    incidentId: 'i',
    eventType: 'x',
    kind,
    zoneId: 'z',
    firstSeenS: 10.4,
    openedS: 20.5,
    publishedS: 21,
    clearedS: undefined,
    boxes: [],
    evidenceFromS: 5.2,
    actor: undefined,
    ...over,
  };
}

function judged(kinds: readonly IncidentKind[], matching: Judged['matching'], durationS = 1800): Judged {
  const truth = { durationS, light: 'day' } as CommittedClip['truth'];
  const clip: CommittedClip = { name: 'c', path: '', truthPath: '', truth };
  const camera = { id: 'c', clip, sampling: { decode: 'fps', fps: 5 } } as const;
  return { kinds, matching, result: { camera, raised: [], faults: [], framesAnalysed: 0, reopenedS: [] } };
}

const found = (kind: IncidentKind, over: Partial<Raised> = {}) => ({
  expected: expected(kind),
  found: raised(kind, over),
  duplicates: [],
  dropperClass: undefined,
});
const missed = (kind: IncidentKind) => ({ ...found(kind), found: undefined });

describe('figuresOf', () => {
  it('counts recall, precision, false incidents per camera-hour and delay', () => {
    const figures = figuresOf(
      [
        judged(['fire'], { matches: [found('fire')], unexpected: [raised('fire')] }),
        judged(['fire'], { matches: [missed('fire'), found('fire', { publishedS: 30 })], unexpected: [] }),
      ],
      'fire',
    );
    expect(figures).toMatchObject({
      cameras: 2,
      cameraHours: 1,
      expected: 3,
      found: 2,
      falseIncidents: 1,
      falsePerCameraHour: 1,
      delayP50S: 1,
      delayP95S: 10,
    });
    expect(figures.recall).toBeCloseTo(2 / 3);
    expect(figures.precision).toBeCloseTo(2 / 3);
  });

  it('asks only cameras with a rule of the kind', () => {
    const all = [
      judged(['fire'], { matches: [], unexpected: [] }),
      judged(['littering', 'fire'], { matches: [missed('littering')], unexpected: [raised('fire')] }),
    ];
    expect(figuresOf(all, 'littering')).toMatchObject({ cameras: 1, falseIncidents: 0, recall: 0 });
    expect(figuresOf(all, 'fire')).toMatchObject({
      cameras: 2,
      falseIncidents: 1,
      recall: null,
      precision: 0,
    });
  });

  it.each([
    ['5 s before the first sight', 5.2, 1],
    ['less than 5 s before the first sight', 6, 0],
    ['not at all', undefined, 0],
  ])('evidence that begins %s', (_name, evidenceFromS, inTime) => {
    const one = judged(['fire'], { matches: [found('fire', { evidenceFromS })], unexpected: [] });
    expect(figuresOf([one])).toMatchObject({ evidenceAsked: 1, evidenceInTime: inTime });
  });

  it('asks for no pre-roll of what was there from the start', () => {
    const there = { ...found('littering'), expected: expected('littering', { fromS: 0 }) };
    const one = judged(['littering'], { matches: [there], unexpected: [] });
    expect(figuresOf([one])).toMatchObject({ found: 1, evidenceAsked: 0, acts: 0 });
  });

  it.each([
    ['the right class', 'person', 1],
    ['another class', 'bicycle', 0],
    ['nobody', undefined, 0],
  ])('an act put down to %s', (_name, actor, named) => {
    const dropped = expected('littering', { dropperId: 'man' });
    const act = { ...found('littering', { actor }), expected: dropped, dropperClass: 'person' };
    const one = judged(['littering'], { matches: [act], unexpected: [] });
    expect(figuresOf([one])).toMatchObject({ acts: 1, actsNamed: named });
  });

  it('groups by any name', () => {
    const one = judged(['fire'], { matches: [], unexpected: [] });
    expect(groupsOf([one, one], () => 'day').map(([name, part]) => [name, part.length])).toEqual([
      ['day', 2],
    ]);
  });
});

describe('golden counts', () => {
  const good = [
    judged(['illegal-parking', 'fire'], { matches: [found('illegal-parking')], unexpected: [] }),
    judged(['littering', 'fire'], { matches: [found('littering')], unexpected: [] }),
    judged(['fire'], { matches: [found('fire')], unexpected: [] }),
  ];
  const golden: Golden = {
    command: '',
    kinds: countsOf(good),
    tolerance: { found: 0, falseIncidents: 0, duplicates: 0, evidenceInTime: 0 },
  };

  it('are held by the same result', () => {
    expect(worseThan(golden, countsOf(good))).toEqual([]);
  });

  it.each([
    ['a miss', { matches: [missed('fire')], unexpected: [] }, /fire: found 0, was 1/],
    ['a false one', { matches: [found('fire')], unexpected: [raised('fire')] }, /falseIncidents 1/],
    [
      'a duplicate',
      { matches: [{ ...found('fire'), duplicates: [raised('fire')] }], unexpected: [] },
      /duplicates 1/,
    ],
    [
      'late evidence',
      { matches: [found('fire', { evidenceFromS: 10 })], unexpected: [] },
      /evidenceInTime 0/,
    ],
    ['another truth', { matches: [], unexpected: [] }, /0 expected, not 1/],
  ] satisfies [string, Judged['matching'], RegExp][])('notice %s', (_name, matching, text) => {
    const worse = worseThan(golden, countsOf([good[0]!, good[1]!, judged(['fire'], matching)]));
    expect(worse.join('\n')).toMatch(text);
  });
});

it.each([
  [[3, 1, 2], 0.5, 2],
  [[3, 1, 2], 0.95, 3],
  [[], 0.5, null],
  [[7], 0, 7],
] satisfies [number[], number, number | null][])('percentile of %j at %d', (values, of, is) => {
  expect(percentile(values, of)).toBe(is);
});
