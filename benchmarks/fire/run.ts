/** Replays real clips through detector, tracker and fire rule: fires must be found, everything else must stay quiet. */

import { join } from 'node:path';
import { silentLog, type Detection, type FrameRef, type RuleSignal } from '../../core/index.ts';
import { contentSize, createDetector, type Detector } from '../../inference/index.ts';
import type { ModelEntry } from '../../models/index.ts';
import { createRules } from '../../rules/index.ts';
import { Tracker } from '../../tracking/index.ts';
import { readClip } from './read-clip.ts';

/** A clip, and when it burns: seconds after its start, or never. */
export interface FireClip {
  readonly name: string;
  readonly file: string;
  /** First moment at which a person sees fire or smoke. `null`: never. */
  readonly burnsFromS: number | null;
}

/** The footage in `../shared/data/video`. All three fires burn from the first picture. */
export const FIRE_CLIPS: readonly FireClip[] = [
  { name: 'house fire', file: 'fire_furg_house6.mp4', burnsFromS: 0 },
  { name: 'bonfire at night', file: 'fire_aagooo_fire4.mp4', burnsFromS: 0 },
  { name: 'burning car', file: 'fire_spacewalk_input.mp4', burnsFromS: 0 },
  { name: 'car parking', file: 'parking_ltb2k.mp4', burnsFromS: null },
  { name: 'suburban road', file: 'traffic_ahmetozlu.mp4', burnsFromS: null },
  { name: 'motorway 2', file: 'traffic_bgs_video02.avi', burnsFromS: null },
  { name: 'motorway 3', file: 'traffic_bgs_video03.avi', burnsFromS: null },
  { name: 'car park', file: 'traffic_intel_car-detection.mp4', burnsFromS: null },
  { name: 'people indoors', file: 'person_intel_one-by-one.mp4', burnsFromS: null },
];

/** Detections of one analysed picture. */
export interface DetectedFrame {
  readonly ref: FrameRef;
  readonly detections: readonly Detection[];
}

/** What one clip gave. */
export interface FireResult {
  readonly clip: FireClip;
  readonly lengthS: number;
  readonly framesWithFire: number;
  readonly frames: number;
  readonly alarms: readonly RuleSignal[];
  /** From the first sight of a person to the alarm, seconds. */
  readonly afterS: number | null;
}

export interface FireRun {
  readonly videoDir: string;
  readonly model: ModelEntry;
  readonly fps: number;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly onResult?: (result: FireResult) => void;
}

const START_MS = 1_700_000_000_000;

/** Runs all clips. Needs ffmpeg and the model's weights. */
export async function runFire(run: FireRun): Promise<FireResult[]> {
  const { manifest, modelPath } = run.model;
  const detector = await createDetector({ manifest, modelPath, sessions: 1, log: silentLog });
  try {
    const results: FireResult[] = [];
    for (const clip of FIRE_CLIPS) {
      const frames = await detectClip(join(run.videoDir, clip.file), detector, run.fps);
      const result = judgeClip(clip, frames, run.params);
      results.push(result);
      run.onResult?.(result);
    }
    return results;
  } finally {
    await detector.close();
  }
}

/** Detections of a whole clip at `fps` pictures a second. */
export async function detectClip(path: string, detector: Detector, fps: number): Promise<DetectedFrame[]> {
  const out: DetectedFrame[] = [];
  for await (const frame of readClip(path, {
    ...detector.canvas,
    padValue: detector.padValue,
    fps,
    startMs: START_MS,
    contentSize,
  })) {
    const detections = await detector.detect(frame);
    out.push({ ref: frame.ref, detections: detections.filter((d) => Number.isFinite(d.score)) });
  }
  return out;
}

/** Tracker and rule over what was detected, on a zone that is the whole picture. */
export function judgeClip(
  clip: FireClip,
  frames: readonly DetectedFrame[],
  params: Readonly<Record<string, unknown>> = {},
): FireResult {
  const polygon = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ].map(([x, y]) => ({ x: x!, y: y! }));
  const zone = { zoneId: 'picture', version: 1, name: 'picture', polygon };
  const rules = createRules([
    { ruleId: 'fire', ruleVersion: 1, kind: 'fire_smoke', cameraId: 'clip', zone, params },
  ]);
  const tracker = new Tracker({ cameraId: 'clip' });
  const alarms = frames.flatMap(({ ref, detections }) =>
    rules.evaluate(tracker.update(ref, detections), { faults: [] }),
  );
  const raised = alarms.filter((s) => s.phase === 'raised');
  const fromMs = START_MS + (clip.burnsFromS ?? 0) * 1000;
  const first = clip.burnsFromS === null ? undefined : raised.find((s) => s.atMs >= fromMs);
  const isFire = ({ label }: Detection): boolean => label === 'fire' || label === 'smoke';
  return {
    clip,
    lengthS: frames.length === 0 ? 0 : (frames.at(-1)!.ref.capturedAtMs - START_MS) / 1000,
    framesWithFire: frames.filter((f) => f.detections.some(isFire)).length,
    frames: frames.length,
    alarms: raised,
    afterS: first === undefined ? null : (first.atMs - fromMs) / 1000,
  };
}
