/** Replay of rules over frames that were kept, and what a change of them would have done. */

import { describe, expect, it } from 'vitest';
import type { Track } from '../core/index.ts';
import type { ReplayEpisode, ReplayFrame, RuleConfig } from './index.ts';
import { compareReplays, createRules, replayChange, RuleReplay } from './index.ts';

const START_MS = Date.parse('2026-11-23T00:00:00Z');
const ALL = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

const config = (extra: Partial<RuleConfig> = {}): RuleConfig => ({
  ruleId: 'no-parking',
  ruleVersion: 1,
  kind: 'illegal_parking',
  cameraId: 'cam-1',
  zone: { zoneId: 'kerb', version: 1, name: 'kerb', polygon: ALL },
  params: { dwellS: 30, warnShare: 1 },
  ...extra,
});

/** Cars by the second in which they come, how long they stand and where; two frames a second. */
function street(
  cars: readonly { fromS: number; forS: number; x: number }[],
  options: { seconds?: number; blindFromS?: number } = {},
): ReplayFrame[] {
  const { seconds = 300, blindFromS = Infinity } = options;
  return Array.from({ length: seconds * 2 }, (_, seq) => {
    const atS = seq / 2;
    const atMs = START_MS + atS * 1000;
    const tracks = cars.flatMap(({ fromS, forS, x }, n): Track[] => {
      if (atS < fromS || atS > fromS + forS) return [];
      const times = { firstSeenMs: START_MS + fromS * 1000, lastSeenMs: atMs };
      const box = { x1: x, y1: 200, x2: x + 60, y2: 240 };
      return [
        { trackId: `run:${n}`, state: 'confirmed', box, label: 'car', score: 0.9, observed: true, ...times },
      ];
    });
    const size = { width: 640, height: 480 };
    const frame = { cameraId: 'cam-1', runId: 'run', seq, ptsMs: atS * 1000, capturedAtMs: atMs, ...size };
    return { tracked: { frame, tracks, removed: [] }, faults: atS >= blindFromS ? ['black'] : [] };
  });
}

const CARS = [
  { fromS: 10, forS: 45, x: 100 },
  { fromS: 20, forS: 200, x: 400 },
];
const change = (after: readonly RuleConfig[], frames = street(CARS), fromMs = START_MS) =>
  replayChange({ before: [config()], after, fromMs }, frames);
const outcomes = (report: ReturnType<typeof change>) =>
  report.pairs.map(({ outcome, before, after }) => [outcome, (before ?? after)?.trackIds[0]]);

describe('a replay', () => {
  it('raises what the rules raised when the frames were live', () => {
    const frames = street(CARS);
    const rules = createRules([config()]);
    const live = frames.flatMap(({ tracked, faults }) => rules.evaluate(tracked, { faults }));
    const replay = new RuleReplay([config()]);
    for (const frame of frames) replay.add(frame);
    const raised = live.filter(({ phase }) => phase === 'raised');
    expect(raised).toHaveLength(2);
    expect(replay.episodes().map(({ episodeId, raisedAtMs }) => [episodeId, raisedAtMs])).toEqual(
      raised.map(({ episodeId, atMs }) => [episodeId, atMs]),
    );
    const ends = live.filter(({ phase }) => phase === 'cleared').map(({ atMs }) => atMs);
    expect(replay.episodes().map(({ clearedAtMs }) => clearedAtMs)).toEqual(ends);
  });

  it('holds what the camera could not see against nobody', () => {
    const blind = street(CARS, { blindFromS: 15 });
    expect(change([config()], blind).pairs).toEqual([]);
  });
});

describe('a change', () => {
  it.each<[string, RuleConfig[], [string, string][]]>([
    [
      'none',
      [config()],
      [
        ['both', 'run:0'],
        ['both', 'run:1'],
      ],
    ],
    [
      'longer dwell',
      [config({ params: { dwellS: 90 } })],
      [
        ['before', 'run:0'],
        ['both', 'run:1'],
      ],
    ],
    [
      'rule gone',
      [],
      [
        ['before', 'run:0'],
        ['before', 'run:1'],
      ],
    ],
    [
      'another id',
      [config({ ruleId: 'new' })],
      [
        ['both', 'run:0'],
        ['both', 'run:1'],
      ],
    ],
    [
      'another zone',
      [
        config({
          zone: {
            zoneId: 'right',
            version: 1,
            name: 'r',
            polygon: ALL.map(({ x, y }) => ({ x: 0.5 + x / 2, y })),
          },
        }),
      ],
      [
        ['before', 'run:0'],
        ['both', 'run:1'],
      ],
    ],
  ])('%s', (_name, after, expected) => {
    expect(outcomes(change(after))).toEqual(expected);
  });

  it('adds what a shorter dwell finds', () => {
    const report = replayChange(
      { before: [config({ params: { dwellS: 90 } })], after: [config()], fromMs: START_MS },
      street(CARS),
    );
    expect(outcomes(report)).toEqual([
      ['after', 'run:0'],
      ['both', 'run:1'],
    ]);
  });

  it('leaves out what was raised before the span, but knows what stood there', () => {
    const report = change([config()], street(CARS), START_MS + 60_000);
    expect(report.pairs).toEqual([]);
    expect(report.frames).toBe(480);
    expect(report.coveredMs).toBe(239_500);
  });

  it('does not count a gap as covered', () => {
    const frames = street(CARS);
    const report = change([config()], [...frames.slice(0, 20), ...frames.slice(400)]);
    expect(report.coveredMs).toBe((19 + 199) * 500);
  });
});

describe('pairs', () => {
  const episode = (extra: Partial<ReplayEpisode>): ReplayEpisode => ({
    episodeId: 'e',
    ruleId: 'no-parking',
    zoneId: 'kerb',
    eventType: 'illegal_parking.motor',
    severity: 3,
    label: 'car',
    trackIds: ['run:1'],
    box: { x1: 0.1, y1: 0.1, x2: 0.3, y2: 0.3 },
    firstSeenMs: 0,
    sinceMs: 0,
    raisedAtMs: 30_000,
    clearedAtMs: 90_000,
    ...extra,
  });
  it.each<[string, Partial<ReplayEpisode>, string[]]>([
    ['one track', { box: { x1: 0.7, y1: 0.7, x2: 0.8, y2: 0.8 } }, ['both']],
    ['one place after an ID switch', { trackIds: ['run:9'] }, ['both']],
    [
      'neither track nor place',
      { trackIds: ['run:9'], box: { x1: 0.7, y1: 0.7, x2: 0.8, y2: 0.8 } },
      ['before', 'after'],
    ],
    ['another type', { eventType: 'illegal_parking.nonmotor' }, ['before', 'after']],
    [
      'the same place an hour later',
      { trackIds: ['run:9'], firstSeenMs: 3_600_000, sinceMs: 3_600_000, raisedAtMs: 3_630_000 },
      ['before', 'after'],
    ],
  ])('%s', (_name, other, expected) => {
    expect(compareReplays([episode({})], [episode(other)]).map(({ outcome }) => outcome)).toEqual(expected);
  });

  it('gives each event one counterpart, of its own rule first', () => {
    const before = [episode({ episodeId: 'a' })];
    const after = [
      episode({ episodeId: 'b', ruleId: 'other', raisedAtMs: 30_000 }),
      episode({ episodeId: 'c', raisedAtMs: 40_000 }),
    ];
    const pairs = compareReplays(before, after);
    expect(pairs.map(({ outcome, after: found }) => [outcome, found?.episodeId])).toEqual([
      ['both', 'c'],
      ['after', 'b'],
    ]);
  });
});
