import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import type { Box, CameraFault, RuleSignal, TrackedFrame } from '../../core/index.ts';
import type { Rule } from '../rule.ts';
import { litteringParams, type LitteringParams } from './littering-params.ts';
import { littering } from './littering.ts';

interface Thing {
  id: string;
  label: string;
  box: Box;
  score?: number;
  observed?: boolean;
  firstSeenMs?: number;
}
type Scene = (tMs: number, i: number) => Thing[];

const START = 1_700_000_000_000;
const at = (x: number, y: number, w: number, h: number): Box => ({ x1: x, y1: y, x2: x + w, y2: y + h });
const bag = (x = 200, size = 20, id = 'g'): Thing => ({
  id,
  label: 'garbage',
  box: at(x, 180 - size, size, size),
  score: 0.7,
});
const bin = (): Thing => ({ id: 'o', label: 'overflow', box: at(100, 120, 30, 50), score: 0.7 });
/** A person whose feet are at y = 182, 80 pixels tall. */
const person = (x: number, id = 'p'): Thing => ({ id, label: 'person', box: at(x, 102, 30, 80), score: 0.8 });
const car = (x: number, id = 'c'): Thing => ({ id, label: 'car', box: at(x, 130, 100, 60), score: 0.9 });
/** Walks at 40 pixels a second past x = 200 at `passMs`. */
const walk = (t: number, passMs: number): number => 195 + ((t - passMs) / 1000) * 40;

function rule(params: Partial<LitteringParams> = {}): Rule {
  return littering.create({
    ruleId: 'r',
    ruleVersion: 1,
    cameraId: 'cam',
    zone: {
      zoneId: 'z',
      version: 1,
      name: 'pavement',
      polygon: [
        { x: 0, y: 0.4 },
        { x: 1, y: 0.4 },
        { x: 1, y: 1 },
        { x: 0, y: 1 },
      ],
    },
    params: { ...Value.Create(litteringParams), ...params },
  });
}

function frameOf(tMs: number, things: Thing[], runId: string): TrackedFrame {
  const capturedAtMs = START + tMs;
  return {
    frame: { cameraId: 'cam', runId, seq: 0, ptsMs: tMs, capturedAtMs, width: 416, height: 234 },
    tracks: things.map((thing) => ({
      trackId: thing.id,
      state: 'confirmed',
      label: thing.label,
      box: thing.box,
      score: thing.score ?? 0.7,
      observed: thing.observed ?? true,
      firstSeenMs: START + (thing.firstSeenMs ?? 0),
      lastSeenMs: capturedAtMs,
    })),
    removed: [],
  };
}

interface Play {
  fps?: number;
  fromMs?: number;
  toMs: number;
  faults?: CameraFault[];
  runId?: string;
}
function play(
  of: Rule,
  { fps = 5, fromMs = 0, toMs, faults = [], runId = 'run' }: Play,
  scene: Scene,
): RuleSignal[] {
  const out: RuleSignal[] = [];
  for (let i = 0, t = fromMs; t < toMs; i++, t = fromMs + (i * 1000) / fps) {
    out.push(...of.evaluate(frameOf(t, scene(t, i), runId), { faults }));
  }
  return out;
}
const said = (signals: RuleSignal[]): string[] => signals.map((s) => `${s.phase} ${s.eventType}`);

/** Somebody passes at 20 s and leaves a bag. */
const drop: Scene = (t) => [
  ...(t >= 20_000 ? [bag()] : []),
  ...(t > 15_000 && t < 26_000 ? [person(walk(t, 20_000))] : []),
];

describe('exposed garbage', () => {
  it.each([10, 5, 1, 0.5, 0.25])(
    'garbage that lies there from the start is raised after the set time at %d fps',
    (fps) => {
      const signals = play(rule(), { fps, toMs: 200_000 }, () => [bag()]);
      expect(said(signals)).toEqual(['raised garbage.exposed']);
      const { atMs, presentAtStart, sinceMs, moments } = signals[0]!;
      expect(atMs - START).toBeGreaterThanOrEqual(60_000);
      expect(atMs - START).toBeLessThanOrEqual(64_000);
      expect({ presentAtStart, sinceMs, moments }).toEqual({
        presentAtStart: true,
        sinceMs: START,
        moments: [],
      });
    },
  );

  it('garbage that appears with nobody near tells the moment', () => {
    const signals = play(rule(), { toMs: 120_000 }, (t) => (t >= 20_000 ? [bag()] : []));
    expect(said(signals)).toEqual(['raised garbage.exposed']);
    expect(signals[0]).toMatchObject({ presentAtStart: false, sinceMs: START + 20_000, label: 'garbage' });
    expect(signals[0]!.measurements).toMatchObject({ arrival: 'appeared', lainMs: 60_000 });
    expect(signals[0]!.moments).toMatchObject([{ name: 'before', atMs: START + 19_000 }]);
  });

  it('an overflowing bin is its own type with its own time', () => {
    const signals = play(rule(), { toMs: 200_000 }, () => [bin()]);
    expect(said(signals)).toEqual(['raised garbage.overflow']);
    expect(signals[0]!.atMs - START).toBeGreaterThanOrEqual(120_000);
  });

  it.each<{ name: string; scene: Scene }>([
    {
      name: 'a person who carries a bag across',
      scene: (t) => [person(t / 300), { ...bag(t / 300 + 5), box: at(t / 300 + 5, 140, 14, 20) }],
    },
    {
      name: 'a person who waits with a bag in hand',
      scene: () => [person(200), { ...bag(), box: at(210, 140, 14, 20) }],
    },
    { name: 'a bag that blows along the street', scene: (t) => [bag(t / 300)] },
    { name: 'garbage outside the zone', scene: () => [{ ...bag(), box: at(200, 40, 20, 20) }] },
    { name: 'a weak detection', scene: () => [{ ...bag(), score: 0.3 }] },
    { name: 'a detection in one frame of ten', scene: (_t, i) => (i % 10 === 0 ? [bag()] : []) },
    {
      name: 'one believed detection, then nothing',
      scene: (_t, i) => (i === 30 ? [{ ...bag(), score: 0.99 }] : []),
    },
    { name: 'a track that only a prediction keeps', scene: () => [{ ...bag(), observed: false }] },
    { name: 'a bin that does not overflow', scene: () => [{ ...bin(), label: 'bin' }] },
    { name: 'boxes that are not numbers', scene: () => [{ ...bag(), box: at(Number.NaN, 0, 10, 10) }] },
    {
      name: 'set down and picked up again within 40 s',
      scene: (t) => (t > 20_000 && t < 60_000 ? [bag()] : []),
    },
  ])('$name raises nothing', ({ scene }) => {
    expect(play(rule(), { toMs: 120_000 }, scene)).toEqual([]);
  });

  it('a heap of bags is one incident, two heaps are two', () => {
    const heap: Scene = () => [bag(200, 20, 'a'), bag(222, 18, 'b'), bag(243, 20, 'c'), bag(60, 20, 'd')];
    const signals = play(rule(), { toMs: 120_000 }, heap);
    expect(said(signals)).toEqual(['raised garbage.exposed', 'raised garbage.exposed']);
  });

  it('track ids that change every second change nothing', () => {
    const signals = play(rule(), { toMs: 120_000 }, (t) => [bag(200, 20, `g${Math.floor(t / 1000)}`)]);
    expect(said(signals)).toEqual(['raised garbage.exposed']);
  });

  it('growth is told with the new area, under the same incident', () => {
    const signals = play(rule(), { toMs: 200_000 }, (t) => [bag(200, 20 + Math.min(20, t / 6000))]);
    expect(said(signals)[0]).toBe('raised garbage.exposed');
    expect(said(signals)[1]).toBe('sustained garbage.exposed');
    expect(new Set(signals.map((s) => s.episodeId)).size).toBe(1);
    expect(signals[1]!.measurements['growth']).toBeGreaterThanOrEqual(1.5);
  });
});

describe('clearing', () => {
  it('clears when the place has been seen empty for the grace time, and names who was there', () => {
    const scene: Scene = (t) => [
      ...(t < 80_000 ? [bag()] : []),
      ...(Math.abs(t - 80_000) < 4000 ? [person(walk(t, 80_000), 'cleaner')] : []),
    ];
    const signals = play(rule(), { toMs: 150_000 }, scene);
    expect(said(signals)).toEqual(['raised garbage.exposed', 'cleared garbage.exposed']);
    expect(signals[1]!.measurements).toMatchObject({ removedByTrackId: 'cleaner', removedByLabel: 'person' });
    expect(signals[1]!.atMs - START).toBeGreaterThanOrEqual(109_000);
  });

  it.each<{ name: string; scene: Scene; faults?: CameraFault[] }>([
    {
      name: 'people who pass before it',
      scene: (t, i) => [person(195 + (i % 3)), ...(t % 20_000 < 2000 ? [bag()] : [])],
    },
    { name: 'a van that parks before it', scene: () => [car(160)] },
    { name: 'a blind camera', scene: () => [], faults: ['covered'] },
    { name: 'sights with a weak score', scene: () => [{ ...bag(), score: 0.2 }] },
  ])('$name does not clear it', ({ scene, faults }) => {
    const r = rule();
    expect(said(play(r, { toMs: 70_000 }, () => [bag()]))).toEqual(['raised garbage.exposed']);
    expect(play(r, { fromMs: 70_000, toMs: 300_000, ...(faults ? { faults } : {}) }, scene)).toEqual([]);
  });

  it('an outage of an hour neither clears it nor makes it a new incident', () => {
    const r = rule();
    play(r, { toMs: 70_000 }, () => [bag()]);
    expect(play(r, { fromMs: 3_700_000, toMs: 3_800_000, runId: 'run2' }, () => [bag()])).toEqual([]);
  });

  it('garbage that is put there again after cleaning is a new incident', () => {
    const signals = play(rule(), { toMs: 300_000 }, (t) => (t < 80_000 || t > 150_000 ? [bag()] : []));
    expect(said(signals)).toEqual([
      'raised garbage.exposed',
      'cleared garbage.exposed',
      'raised garbage.exposed',
    ]);
    expect(signals[2]!.episodeId).not.toBe(signals[0]!.episodeId);
  });
});

describe('the act', () => {
  it.each([10, 5, 2])('is attributed to the person who was there, at %d fps', (fps) => {
    const signals = play(rule(), { fps, toMs: 50_000 }, drop);
    expect(said(signals)).toEqual(['raised litter.act']);
    const act = signals[0]!;
    expect(act.trackIds).toContain('p');
    expect(act.measurements).toMatchObject({ actorTrackId: 'p', actorLabel: 'person' });
    expect(act.moments.map((m) => m.name)).toEqual(['before', 'during', 'after']);
    const [before, during, after] = act.moments.map((m) => m.atMs - START);
    expect(before).toBeLessThan(20_000);
    expect(during).toBeGreaterThan(before!);
    expect(after).toBeGreaterThan(during!);
    expect(act.atMs - START).toBeGreaterThanOrEqual(28_000);
    expect(act.atMs - START).toBeLessThanOrEqual(36_000);
  });

  it('goes on as one incident when the heap stays, and clears when it is cleaned', () => {
    const signals = play(rule(), { toMs: 200_000 }, (t) => (t < 150_000 ? drop(t, 0) : []));
    expect(said(signals)).toEqual(['raised litter.act', 'sustained litter.act', 'cleared litter.act']);
    expect(signals[1]!.measurements['exposed']).toBe(true);
  });

  it('chooses the nearer of two people', () => {
    const signals = play(rule(), { toMs: 50_000 }, (t, i) => [
      ...drop(t, i),
      ...(t > 15_000 && t < 26_000 ? [person(walk(t, 20_000) + 75, 'other')] : []),
    ]);
    expect(signals[0]!.measurements).toMatchObject({ actorTrackId: 'p', othersNear: 1 });
  });

  it('is attributed to a car that passed and threw it', () => {
    const signals = play(rule(), { toMs: 60_000 }, (t) => [
      ...(t >= 20_400 ? [bag()] : []),
      ...(t > 18_000 && t < 23_000 ? [car(160 + (t - 20_000) / 6)] : []),
    ]);
    expect(said(signals)).toEqual(['raised litter.act']);
    expect(signals[0]!.measurements['actorLabel']).toBe('car');
  });

  it.each<{ name: string; scene: Scene; toMs: number; expected: string[] }>([
    {
      name: 'picked up again by the same person within the grace',
      scene: (t) => [
        person(195 + (t > 22_000 && t < 25_000 ? 40 : 0)),
        ...(t > 20_000 && t < 26_000 ? [bag()] : []),
      ],
      toMs: 90_000,
      expected: [],
    },
    {
      name: 'a person who stays beside the bag: exposed at most, no act',
      scene: (t) => [...(t > 15_000 ? [person(215)] : []), ...(t > 20_000 ? [bag()] : [])],
      toMs: 90_000,
      expected: ['raised garbage.exposed'],
    },
    {
      name: 'a parked car that uncovers garbage',
      scene: (t) => [
        ...(t > 30_600 ? [bag()] : []),
        ...(t < 34_000 ? [car(160 + Math.max(0, t - 30_000) / 15)] : []),
      ],
      toMs: 60_000,
      expected: [],
    },
    {
      name: 'a parked car that uncovers garbage and is lost by the tracker at once',
      scene: (t) => (t < 30_000 ? [car(160)] : [bag()]),
      toMs: 60_000,
      expected: [],
    },
    {
      name: 'a person in the foreground whose head hides the spot',
      scene: (t) => [
        ...(t >= 20_000 ? [bag()] : []),
        ...(t > 18_000 && t < 22_000
          ? [{ id: 'near', label: 'person', box: at(walk(t, 20_000), 150, 50, 240) }]
          : []),
      ],
      toMs: 60_000,
      expected: [],
    },
    {
      name: 'garbage the detector finds only now and then',
      scene: (t, i) => drop(t, i).filter((x) => x.label !== 'garbage' || i % 3 === 0),
      toMs: 60_000,
      expected: [],
    },
    {
      name: 'garbage seen in the first moments, people around',
      scene: () => [bag(), person(195)],
      toMs: 30_000,
      expected: [],
    },
    {
      name: 'an overflowing bin and a passer-by',
      scene: (t) => [bin(), person(walk(t, 20_000))],
      toMs: 60_000,
      expected: [],
    },
    {
      name: 'somebody who passed long before',
      scene: (t) => [
        ...(t >= 40_000 ? [bag()] : []),
        ...(t > 15_000 && t < 26_000 ? [person(walk(t, 20_000))] : []),
      ],
      toMs: 80_000,
      expected: [],
    },
  ])('$name', ({ scene, toMs, expected }) => {
    expect(said(play(rule(), { toMs }, scene))).toEqual(expected);
  });

  it('what appears while nobody could see is attributed to nobody', () => {
    const r = rule();
    play(r, { toMs: 19_000 }, () => []);
    play(r, { fromMs: 19_000, toMs: 21_000, faults: ['covered'] }, drop);
    expect(play(r, { fromMs: 21_000, toMs: 60_000 }, drop)).toEqual([]);
  });
});

describe('suspension', () => {
  it('dwell neither runs nor resets', () => {
    const r = rule();
    play(r, { toMs: 40_000 }, () => [bag()]);
    expect(play(r, { fromMs: 40_000, toMs: 400_000, faults: ['frozen'] }, () => [bag()])).toEqual([]);
    const signals = play(r, { fromMs: 400_000, toMs: 430_000 }, () => [bag()]);
    expect(said(signals)).toEqual(['raised garbage.exposed']);
    expect(signals[0]!.atMs - START).toBeGreaterThanOrEqual(419_000);
  });

  it('ends what is open when the rule leaves service', () => {
    const r = rule();
    play(r, { toMs: 70_000 }, () => [bag()]);
    const ended = r.end!(frameOf(70_000, [], 'run').frame, 'rule_removed');
    expect(ended).toMatchObject([{ phase: 'cleared', measurements: { endReason: 'rule_removed' } }]);
  });
});

describe('every parameter does something', () => {
  const still: Scene = () => [bag(), bin()];
  const acting = { toMs: 50_000 };
  it.each<{
    name: string;
    low: Partial<LitteringParams>;
    high: Partial<LitteringParams>;
    scene: Scene;
    of?: Play;
    counts: [number, number];
  }>([
    {
      name: 'labels',
      low: { labels: ['garbage'] },
      high: { labels: ['garbage', 'overflow'] },
      scene: still,
      counts: [1, 2],
    },
    {
      name: 'labels object',
      low: {},
      high: { labels: ['object'] },
      scene: () => [{ ...bag(), label: 'object' }],
      counts: [0, 1],
    },
    {
      name: 'exposedAfterS',
      low: { exposedAfterS: 10 },
      high: { exposedAfterS: 500 },
      scene: () => [bag()],
      counts: [1, 0],
    },
    {
      name: 'overflowAfterS',
      low: { overflowAfterS: 10 },
      high: { overflowAfterS: 500 },
      scene: () => [bin()],
      counts: [1, 0],
    },
    { name: 'acts', low: { acts: false }, high: { acts: true }, scene: drop, of: acting, counts: [0, 1] },
    {
      name: 'actAfterS',
      low: { actAfterS: 2 },
      high: { actAfterS: 60 },
      scene: drop,
      of: acting,
      counts: [1, 0],
    },
    {
      name: 'actWindowS',
      low: { actWindowS: 0.5 },
      high: { actWindowS: 20 },
      scene: (t) => drop(t, 0).filter((x) => x.id !== 'g' || t > 25_000),
      of: acting,
      counts: [0, 1],
    },
    {
      name: 'actReach',
      low: { actReach: 0 },
      high: { actReach: 1.5 },
      scene: (t) => drop(t, 0).map((x) => (x.id === 'p' ? { ...x, box: at(x.box.x1, 70, 30, 80) } : x)),
      of: acting,
      counts: [0, 1],
    },
    {
      name: 'actMinShare',
      low: { actMinShare: 0.2 },
      high: { actMinShare: 0.9 },
      scene: (t, i) => drop(t, i).filter((x) => x.id !== 'g' || i % 2 === 0),
      of: acting,
      counts: [1, 0],
    },
    {
      name: 'minShare',
      low: { minShare: 0.1 },
      high: { minShare: 0.9 },
      scene: (_t, i) => (i % 2 === 0 ? [bag()] : []),
      counts: [1, 0],
    },
    {
      name: 'minScore',
      low: { minScore: 0.3 },
      high: { minScore: 0.8 },
      scene: () => [bag()],
      counts: [1, 0],
    },
    {
      name: 'heapGap',
      low: { heapGap: 0 },
      high: { heapGap: 1.5 },
      scene: () => [bag(200, 20, 'a'), bag(228, 20, 'b')],
      counts: [2, 1],
    },
    {
      name: 'minAreaNorm',
      low: { minAreaNorm: 0 },
      high: { minAreaNorm: 0.1 },
      scene: () => [bag()],
      counts: [1, 0],
    },
    {
      name: 'clearAfterS',
      low: { clearAfterS: 2 },
      high: { clearAfterS: 200 },
      scene: (t) => (t < 100_000 ? [bag()] : []),
      counts: [2, 1],
    },
    {
      name: 'growthFactor',
      low: { growthFactor: 1.3 },
      high: { growthFactor: 10 },
      scene: (t) => [bag(200, t < 100_000 ? 20 : 24)],
      counts: [2, 1],
    },
    {
      name: 'maxIncidents',
      low: { maxIncidents: 1 },
      high: { maxIncidents: 2 },
      scene: () => [bag(100), bag(300)],
      counts: [1, 2],
    },
  ])('$name', ({ low, high, scene, of, counts }) => {
    const count = (params: Partial<LitteringParams>): number =>
      play(rule(params), of ?? { toMs: 150_000 }, scene).length;
    expect([count(low), count(high)]).toEqual(counts);
  });

  it('largeAreaNorm decides the severity', () => {
    const severity = (largeAreaNorm: number): number =>
      play(rule({ largeAreaNorm }), { toMs: 70_000 }, () => [bag()])[0]!.severity;
    expect([severity(0.001), severity(0.5)]).toEqual([2, 3]);
  });

  it('describes each parameter, and its defaults are allowed', () => {
    for (const [name, schema] of Object.entries(litteringParams.properties)) {
      expect((schema as { description?: string }).description, name).toMatch(/.{40}/);
    }
    expect(Value.Check(litteringParams, Value.Create(litteringParams))).toBe(true);
  });
});
