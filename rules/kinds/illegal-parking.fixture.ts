/** Made scenes of the parking rule for tests: who stands where and when, and what the rule says of it. */

import type { Box, CameraFault, Detection, FrameRef, RuleSignal } from '../../core/index.ts';
import { Tracker } from '../../tracking/index.ts';
import { createRules } from '../index.ts';
import type { RuleConfig, RuleSet } from '../index.ts';

export const EPOCH_MS = 1_790_000_000_000;
export const WIDTH = 640;
export const HEIGHT = 480;

/** What stands or moves in the scene at a moment, by second. */
export type Scene = (second: number) => readonly Detection[];

export const box = (x: number, y: number, w = 60, h = 40): Box => ({ x1: x, y1: y, x2: x + w, y2: y + h });
export const car = (x: number, y = 200, label = 'car', score = 0.9): Detection => ({
  box: box(x, y),
  score,
  label,
});

/** Same numbers every time, between -1 and 1. */
const jitterAt = (second: number, salt: number): number => Math.sin(second * 91.7 + salt * 13.3);
export const shaken = ({ box: b, ...rest }: Detection, second: number, px = 1.5): Detection => {
  const [dx, dy, dw] = [jitterAt(second, 1) * px, jitterAt(second, 2) * px, jitterAt(second, 3) * px];
  return { ...rest, box: { x1: b.x1 + dx, y1: b.y1 + dy, x2: b.x2 + dx + dw, y2: b.y2 + dy } };
};

/** Arrives from the left at `speed` px/s, stands at `x` from second `at` until `until`, drives off to the right. */
export const visit =
  (x: number, at: number, until = Number.POSITIVE_INFINITY, speed = 80) =>
  (second: number): Detection[] => {
    const away = second < at ? (second - at) * speed : second > until ? (second - until) * speed : 0;
    const now = x + away;
    return now < -30 || now > WIDTH - 30 ? [] : [car(now)];
  };

/** A picture of the scene. */
export const frameOf = (
  of: Pick<FrameRef, 'seq' | 'ptsMs' | 'capturedAtMs'> & Partial<FrameRef>,
): FrameRef => ({
  cameraId: 'cam',
  runId: 'run',
  width: WIDTH,
  height: HEIGHT,
  ...of,
});

export interface PlayOptions {
  readonly seconds: number;
  readonly fps?: number;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly faults?: (second: number) => readonly CameraFault[];
  /** Run of the stream at a moment; another run is a reconnect. */
  readonly run?: (second: number) => string;
  /** Seconds of the pictures, instead of an even rate. */
  readonly times?: readonly number[];
  /** Time of capture of the picture at a second, milliseconds; as the stream says by default. */
  readonly timeOf?: (second: number) => number;
  /** Seconds without any frame. */
  readonly blind?: (second: number) => boolean;
  readonly config?: Partial<RuleConfig>;
  /** Ids that a worse tracker would give. */
  readonly rename?: (trackId: string, second: number) => string;
  /** Process restarts at these seconds: the rules go on from their saved state, the tracker is new. */
  readonly restarts?: readonly number[];
}

export interface Said extends Pick<RuleSignal, 'phase' | 'episodeId' | 'presentAtStart'> {
  readonly second: number;
  readonly signal: RuleSignal;
}

export function makeRules(options: PlayOptions): RuleSet {
  const polygon = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ];
  return createRules([
    {
      ruleId: 'no-parking',
      ruleVersion: 1,
      kind: 'illegal_parking',
      cameraId: 'cam',
      zone: { zoneId: 'kerb', version: 1, name: 'kerb', polygon },
      params: { dwellS: 20, warnShare: 1, ...options.params },
      ...options.config,
    },
  ]);
}

export function play(scene: Scene, options: PlayOptions): Said[] {
  const fps = options.fps ?? 10;
  let tracker = new Tracker({ cameraId: 'cam' });
  let rules = makeRules(options);
  const restarts = new Set(options.restarts);
  const said: Said[] = [];
  const even = Array.from({ length: Math.ceil(options.seconds * fps) }, (_, i) => i / fps);
  for (const [i, second] of (options.times ?? even).entries()) {
    if (options.blind?.(second) === true) continue;
    if (restarts.delete(second)) {
      const state: unknown = JSON.parse(JSON.stringify(rules.save()));
      rules = makeRules(options);
      rules.restore(state);
      tracker = new Tracker({ cameraId: 'cam' });
    }
    const atMs = Math.round(second * 1000);
    const frame = frameOf({
      runId: options.run?.(second) ?? 'run',
      seq: i,
      ptsMs: atMs,
      capturedAtMs: EPOCH_MS + (options.timeOf?.(second) ?? atMs),
    });
    const known = tracker.update(frame, scene(second));
    const named = (trackId: string): string => options.rename?.(trackId, second) ?? trackId;
    const tracks = known.tracks.map((track) => ({ ...track, trackId: named(track.trackId) }));
    const tracked = { ...known, tracks };
    for (const signal of rules.evaluate(tracked, { faults: options.faults?.(second) ?? [] })) {
      const { phase, episodeId, presentAtStart } = signal;
      said.push({ second, phase, episodeId, presentAtStart, signal });
    }
  }
  return said;
}

export const phases = (said: readonly Said[]): string[] => said.map(({ phase }) => phase);
