/** Tracks that a camera of the test city would have kept: cars that stood at the kerb for known times. */

import type { ReplayFrame } from '../../rules/index.ts';

/** How long each car stood, seconds, and how many minutes before the end of the span it came. */
const STAYS = [
  { forS: 90, minutesAgo: 50 },
  { forS: 240, minutesAgo: 40 },
  { forS: 600, minutesAgo: 25 },
] as const;
const [WIDTH, HEIGHT] = [1280, 720];

/** One frame a second of the hour before `toMs`; the cars stand in the zone with which every camera starts. */
export function* keptTracks(cameraId: string, toMs: number): Generator<ReplayFrame> {
  const fromMs = toMs - 3_600_000;
  for (let seq = 0; seq < 3600; seq++) {
    const atMs = fromMs + seq * 1000;
    const cars = STAYS.map(({ forS, minutesAgo }, n) => {
      const cameMs = toMs - minutesAgo * 60_000;
      return { n, cameMs, wentMs: cameMs + forS * 1000 };
    });
    yield {
      faults: [],
      tracked: {
        frame: {
          cameraId,
          runId: 'kept',
          seq,
          ptsMs: seq * 1000,
          capturedAtMs: atMs,
          width: WIDTH,
          height: HEIGHT,
        },
        tracks: cars
          .filter(({ cameMs, wentMs }) => atMs >= cameMs && atMs <= wentMs)
          .map(({ n, cameMs }) => ({
            trackId: `kept:${n}`,
            state: 'confirmed',
            box: { x1: 0.28 * WIDTH, y1: 0.6 * HEIGHT, x2: 0.42 * WIDTH, y2: 0.74 * HEIGHT },
            label: 'car',
            score: 0.9,
            observed: true,
            firstSeenMs: cameMs,
            lastSeenMs: atMs,
          })),
        removed: cars
          .filter(({ wentMs }) => atMs > wentMs && atMs <= wentMs + 1000)
          .map(({ n }) => `kept:${n}`),
      },
    };
  }
}
