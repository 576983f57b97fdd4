/** Kept tracks: what goes in comes out, in order, by camera and span, and goes when it is old. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ManualClock, silentLog } from '../../core/index.ts';
import type { Log, Track, TrackState } from '../../core/index.ts';
import type { ReplayFrame } from '../../rules/index.ts';
import { startReplay } from './start-replay.ts';
import { decodeChunk, encodeChunk } from './track-chunk.ts';
import { readTracks, TrackHistory } from './track-history.ts';

const START_MS = 1_790_000_000_000;
const dir = mkdtempSync(join(tmpdir(), 'streetwatch-history-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let files = 0;

function frameOf(seq: number, extra: { cameraId?: string; runId?: string; atMs?: number } = {}): ReplayFrame {
  const { cameraId = 'gate', runId = 'run-1', atMs = START_MS + seq * 200 } = extra;
  const box = { x1: 100, y1: 60.0625, x2: 130.5, y2: 80 };
  return {
    faults: [],
    tracked: {
      frame: { cameraId, runId, seq, ptsMs: seq * 200, capturedAtMs: atMs, width: 320, height: 180 },
      tracks: [
        {
          trackId: `${runId}:7`,
          state: 'confirmed',
          box,
          label: 'car',
          score: 0.9,
          observed: true,
          firstSeenMs: START_MS,
          lastSeenMs: atMs,
        },
      ],
      removed: [],
    },
  };
}

function openHistory(maxAgeMs = 3_600_000, log: Log = silentLog) {
  const clock = new ManualClock(START_MS);
  const path = join(dir, `tracks-${files++}.db`);
  return { clock, path, history: new TrackHistory({ path, maxAgeMs, clock, log }) };
}

const marked = ({ faint, ...track }: Omit<Track, 'faint'> & { faint: true | undefined }): Track =>
  faint === undefined ? track : { ...track, faint };

const ALL = { cameraId: 'gate', fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

describe('a chunk', () => {
  const state = fc.constantFrom<TrackState>('tentative', 'confirmed', 'lost');
  // As exact as they are kept, so that what comes back can be compared.
  const pixel = fc.integer({ min: -5000, max: 20_000 }).map((n) => n / 16);
  const laterMs = fc.integer({ min: 0, max: 86_400_000 }).map((n) => START_MS + n / 8);
  const ids = ['run-1:1', 'run-1:2', 'run-1:007', 'strange', 'run-2:1'];
  const frames = fc.array(
    fc.record({
      atMs: laterMs,
      faults: fc.subarray(['black', 'moved'] as const),
      removed: fc.subarray(ids),
      tracks: fc.array(
        fc.record({
          trackId: fc.constantFrom(...ids),
          state,
          box: fc.record({ x1: pixel, y1: pixel, x2: pixel, y2: pixel }),
          label: fc.constantFrom('car', 'person', 'garbage'),
          score: fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000),
          observed: fc.boolean(),
          firstSeenMs: fc.constant(START_MS),
          lastSeenMs: laterMs,
          // Not always there: what is sure does not carry the mark.
          faint: fc.option(fc.constant(true as const), { nil: undefined }),
        }),
        { maxLength: 5 },
      ),
    }),
    { minLength: 1, maxLength: 20 },
  );

  it('gives back the frames that went in', () => {
    fc.assert(
      fc.property(frames, (list) => {
        const given = list.map(({ atMs, faults, tracks, removed }, seq): ReplayFrame => ({
          faults,
          tracked: { ...frameOf(seq, { atMs }).tracked, removed, tracks: tracks.map(marked) },
        }));
        expect(decodeChunk(encodeChunk(given))).toEqual(given);
      }),
    );
  });

  it('is small where nothing moves', () => {
    const minute = Array.from({ length: 300 }, (_, seq) => frameOf(seq));
    expect(encodeChunk(minute).length).toBeLessThan(2000);
  });

  it.each([
    ['no deflated text', Buffer.from('not a chunk')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', (_name, bytes) => {
    expect(() => decodeChunk(bytes)).toThrow(expect.objectContaining({ code: 'store.failed' }));
  });
});

describe('the history', () => {
  it('does without a file that cannot be used, and says so', () => {
    const path = join(dir, 'damaged.db');
    writeFileSync(path, 'this is no database, and longer than its header would be'.repeat(40));
    const said: unknown[] = [];
    const log = { ...silentLog, error: (_fields: unknown, text: string) => void said.push(text) };
    const history = new TrackHistory({ path, maxAgeMs: 3_600_000, clock: new ManualClock(START_MS), log });
    history.add(frameOf(0).tracked, []);
    history.prune();
    history.close();
    expect(said).toEqual(['tracks not kept']);
  });

  it('throws away what was kept before when nothing is to be kept any more', () => {
    const { history, path, clock } = openHistory();
    history.add(frameOf(0).tracked, []);
    history.close();
    expect([...readTracks(path, ALL)]).toHaveLength(1);
    clock.advance(1000);
    const none = new TrackHistory({ path, maxAgeMs: 0, clock, log: silentLog });
    none.add(frameOf(1).tracked, []);
    none.prune();
    none.close();
    expect([...readTracks(path, ALL)]).toEqual([]);
  });

  it('writes the chunk of a camera that has gone silent', () => {
    const { history, path, clock } = openHistory();
    history.add(frameOf(0).tracked, []);
    history.prune();
    expect([...readTracks(path, ALL)]).toEqual([]);
    clock.advance(61_000);
    history.prune();
    expect([...readTracks(path, ALL)]).toHaveLength(1);
    history.close();
  });

  it('begins no replay for somebody who has gone', async () => {
    const { path } = openHistory();
    const start = { path, cameraId: 'gate', before: [], after: [], fromMs: 0, toMs: START_MS };
    await expect(startReplay(start, AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('keeps frames across runs and restarts, by camera, in order', () => {
    const { history, path } = openHistory();
    const given = [
      ...Array.from({ length: 700 }, (_, seq) => frameOf(seq)),
      ...Array.from({ length: 5 }, (_, seq) =>
        frameOf(seq, { runId: 'run-2', atMs: START_MS + 200_000 + seq * 200 }),
      ),
    ];
    for (const [i, { tracked }] of given.entries()) {
      history.add(tracked, []);
      if (i % 100 === 0) history.add(frameOf(i, { cameraId: 'other' }).tracked, ['black']);
    }
    history.close();
    expect([...readTracks(path, ALL)]).toEqual(given);
    const other = [...readTracks(path, { ...ALL, cameraId: 'other' })];
    expect(other).toHaveLength(8);
    expect(other[0]!.faults).toEqual(['black']);
  });

  it('gives the span that is asked for', () => {
    const { history, path } = openHistory();
    for (let seq = 0; seq < 1000; seq++) history.add(frameOf(seq).tracked, []);
    history.flush('gate');
    const span = { cameraId: 'gate', fromMs: START_MS + 70_000, toMs: START_MS + 80_000 };
    const times = [...readTracks(path, span)].map(({ tracked }) => tracked.frame.capturedAtMs);
    expect(times).toHaveLength(51);
    expect([times[0], times.at(-1)]).toEqual([span.fromMs, span.toMs]);
    history.close();
  });

  it('deletes what is too old, and keeps nothing when told so', () => {
    const { history, path, clock } = openHistory();
    for (let seq = 0; seq < 10; seq++) history.add(frameOf(seq).tracked, []);
    history.flush();
    history.prune();
    expect([...readTracks(path, ALL)]).toHaveLength(10);
    clock.advance(3_700_000);
    history.prune();
    expect([...readTracks(path, ALL)]).toEqual([]);
    history.close();
    const none = openHistory(0);
    none.history.add(frameOf(1).tracked, []);
    none.history.close();
    expect([...readTracks(none.path, ALL)]).toEqual([]);
  });

  it('says once a minute that it cannot write, and lets the camera go on', () => {
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (_fields: object, text: string) => void warnings.push(text) };
    const { history, clock } = openHistory(3_600_000, log);
    history.close();
    for (let i = 0; i < 3; i++) {
      history.add(frameOf(i).tracked, []);
      history.flush();
    }
    expect(warnings).toEqual(['tracks not kept']);
    clock.advance(61_000);
    history.add(frameOf(9).tracked, []);
    history.flush();
    expect(warnings).toHaveLength(2);
  });

  it('is what a replay runs over', async () => {
    const { history, path } = openHistory();
    for (let seq = 0; seq < 300; seq++) history.add(frameOf(seq).tracked, []);
    history.close();
    const polygon = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
    ];
    const rule = (dwellS: number) => ({
      ruleId: 'r',
      ruleVersion: 1,
      kind: 'illegal_parking',
      cameraId: 'gate',
      zone: { zoneId: 'z', version: 1, name: 'z', polygon },
      params: { dwellS },
    });
    const span = { fromMs: START_MS, toMs: START_MS + 60_000 };
    const start = { path, cameraId: 'gate', before: [rule(300)], after: [rule(30)], ...span };
    const report = await startReplay(start, new AbortController().signal);
    expect(report.frames).toBe(300);
    expect(report.pairs.map(({ outcome, after }) => [outcome, after?.trackIds])).toEqual([
      ['after', ['run-1:7']],
    ]);
  });
});
