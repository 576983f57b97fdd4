/** A day of one camera's tracks: how large it is kept, and how fast a changed rule is replayed over it. */

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replayTracks, TrackHistory } from '../../app/history/index.ts';
import type { Track, TrackedFrame } from '../../core/index.ts';
import { silentLog } from '../../core/index.ts';

const FPS = 5;
const DAY_MS = 86_400_000;
const SIZE = { width: 320, height: 180 };
/** A car drives by in so many frames; one of so many stops at the kerb, for three minutes and a half or for five. */
const PASS_FRAMES = 25;
const STOPS_EVERY = 40;
const STOPS_FRAMES = [210 * FPS, 300 * FPS] as const;

export interface ReplayFigures {
  readonly hours: number;
  readonly frames: number;
  readonly tracksPerFrame: number;
  readonly megabytes: number;
  /** What keeping costs the camera, milliseconds of a frame. */
  readonly keepMsPerFrame: number;
  readonly seconds: number;
  /** Events that both rules raise, and that only one of them does. */
  readonly kept: number;
  readonly differing: number;
}

/** @param hours of traffic; the replay runs the rule as it is and as it would be. */
export function measureReplay(hours: number): ReplayFigures {
  const dir = mkdtempSync(join(tmpdir(), 'streetwatch-replay-'));
  try {
    const path = join(dir, 'tracks.db');
    const endMs = Date.UTC(2026, 0, 2);
    const startMs = endMs - hours * 3_600_000;
    const clock = { nowMs: () => endMs, monotonicMs: () => performance.now() };
    const history = new TrackHistory({ path, maxAgeMs: 2 * DAY_MS, clock, log: silentLog });
    let frames = 0;
    let tracks = 0;
    let keptMs = 0;
    for (const frame of street(startMs, endMs)) {
      const beganMs = performance.now();
      history.add(frame, []);
      keptMs += performance.now() - beganMs;
      frames += 1;
      tracks += frame.tracks.length;
    }
    history.close();
    const beganMs = performance.now();
    const span = { cameraId: 'street', fromMs: startMs, toMs: endMs };
    const { pairs } = replayTracks({ path, ...span, before: [rule(180)], after: [rule(240)] });
    const seconds = (performance.now() - beganMs) / 1000;
    const kept = pairs.filter(({ outcome }) => outcome === 'both').length;
    return {
      hours,
      frames,
      tracksPerFrame: tracks / frames,
      megabytes: readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0) / 1e6,
      keepMsPerFrame: keptMs / frames,
      seconds,
      kept,
      differing: pairs.length - kept,
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function rule(dwellS: number) {
  const polygon = [
    { x: 0, y: 0.5 },
    { x: 1, y: 0.5 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ];
  const zone = { zoneId: 'kerb', version: 1, name: 'kerb', polygon };
  return {
    ruleId: 'no-parking',
    ruleVersion: 1,
    kind: 'illegal_parking',
    cameraId: 'street',
    zone,
    params: { dwellS },
  };
}

/** Three lanes of traffic without an end; the boxes tremble as those of a detector do. */
function* street(startMs: number, endMs: number): Generator<TrackedFrame> {
  const random = randomOf(7);
  const lanes = [0, 1, 2].map((lane) => ({ lane, n: lane, atFrame: -lane * 9, stayed: 0, stops: 0 }));
  const count = Math.floor(((endMs - startMs) / 1000) * FPS);
  for (let seq = 0; seq < count; seq++) {
    const atMs = startMs + (seq * 1000) / FPS;
    const removed: string[] = [];
    const tracks: Track[] = [];
    for (const car of lanes) {
      if (seq - car.atFrame > PASS_FRAMES + car.stayed) {
        removed.push(`run:${car.n}`);
        car.n += 3;
        car.atFrame = seq;
        const stops = car.lane === 2 && car.n % STOPS_EVERY < 3;
        car.stayed = stops ? STOPS_FRAMES[car.stops++ % 2]! : 0;
      }
      const age = seq - car.atFrame;
      const along = age < PASS_FRAMES / 2 ? age : Math.max(PASS_FRAMES / 2, age - car.stayed);
      const x = (along / PASS_FRAMES) * SIZE.width + random();
      const y = 40 + car.lane * 50 + random();
      tracks.push({
        trackId: `run:${car.n}`,
        state: 'confirmed',
        box: { x1: x, y1: y, x2: x + 40 + random(), y2: y + 24 + random() },
        label: 'car',
        score: 0.8 + random() / 10,
        observed: true,
        firstSeenMs: startMs + (car.atFrame * 1000) / FPS,
        lastSeenMs: atMs,
      });
    }
    const times = { seq, ptsMs: (seq * 1000) / FPS, capturedAtMs: atMs };
    yield { frame: { cameraId: 'street', runId: 'run', ...times, ...SIZE }, tracks, removed };
  }
}

/** Numbers from -0.5 to 0.5, the same in every run (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296 - 0.5;
  };
}
