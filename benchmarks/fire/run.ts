/** Replays real clips through detector, tracker and fire rule: fires must be found, everything else must stay quiet. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog, type Detection, type FrameRef, type RuleSignal } from '../../core/index.ts';
import { contentSize, createDetector, type Detector } from '../../inference/index.ts';
import type { ModelEntry } from '../../models/index.ts';
import { createRules, type RuleSet } from '../../rules/index.ts';
import { Tracker } from '../../tracking/index.ts';
import { clipIn, committedClip, readTruth, type CommittedClip } from '../street/index.ts';
import { readClip } from './read-clip.ts';
import type { ClipSource } from './read-clip.ts';

/** A clip, and when it burns: seconds after its start, or never. */
export interface FireClip {
  readonly name: string;
  readonly file: string;
  /** First moment at which a person sees fire or smoke. `null`: never. */
  readonly burnsFromS: number | null;
  /** ffmpeg filter graph that makes the clip, in place of a file. */
  readonly made?: string;
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

const NIGHT = 'color=c=0x14161c:s=640x360:r=15:d=12';
/** A patch of `colour`, `side` pixels square, shown where the expressions `x` and `y` of time say, while `when` holds. */
const patch = (colour: string, side: number, at: { x: string; y: string; when?: string }): string =>
  `color=c=${colour}:s=${side}x${side}:r=15:d=12,format=rgba,gblur=sigma=${side / 8}[p];[b][p]overlay=x='${at.x}':y='${at.y}':enable='${at.when ?? '1'}'`;

/** Made pictures that look like fire to a simple detector, and the street's other clips. None may raise an alarm. */
export const HARD_NEGATIVES: readonly FireClip[] = [
  {
    name: 'sunset',
    made: 'gradients=s=640x360:r=15:d=12:c0=0xff7a1a:c1=0x40202a:x0=320:y0=120:x1=320:y1=360:speed=0.00001',
  },
  {
    name: 'amber lamp',
    made: `${NIGHT}[b];${patch('0xffa010', 40, { x: '300', y: '140', when: 'lt(mod(t,1),0.5)' })}`,
  },
  { name: 'headlamp', made: `${NIGHT}[b];${patch('0xfff2c0', 48, { x: 't*50', y: '180+t*6' })}` },
  { name: 'tail lamp', made: `${NIGHT}[b];${patch('0xff2010', 36, { x: '500-t*25', y: '200' })}` },
  {
    name: 'orange screen',
    made: `${NIGHT}[b];${patch('0xff8020', 160, { x: '240', y: '80', when: 'gt(sin(t*9),-0.6)' })}`,
  },
  {
    name: 'red car',
    made: `color=c=0x808488:s=640x360:r=15:d=12[b];${patch('0xd01818', 120, { x: '20+t*40', y: '160' })}`,
  },
  { name: 'grey fog', made: 'color=c=0xb4b8ba:s=640x360:r=15:d=12,noise=alls=12:allf=t,gblur=sigma=6' },
].map((one) => ({ ...one, file: '', burnsFromS: null }));

/** Clips of our own street, and those rendered into `folder`: what burns in them is known from their truth. */
export function streetFireClips(folder?: string): readonly LocatedClip[] {
  const committed = ['parking', 'littering', 'fire'].map((name) =>
    located(`street ${name}`, committedClip(name)),
  );
  if (folder === undefined) return committed;
  const ending = '.incidents.json';
  const names = readdirSync(folder).filter((file) => file.endsWith(ending));
  const rendered = names.map((file) => file.slice(0, -ending.length)).toSorted();
  return [...committed, ...rendered.map((name) => located(name, clipIn(folder, name)))];
}

/** A clip and where it lies; made ones lie nowhere. */
type LocatedClip = FireClip & { readonly path: string };

function located(name: string, { path, truthPath }: CommittedClip): LocatedClip {
  const burns = readTruth(truthPath).find(({ objects }) =>
    objects.some((one) => one.class === 'fire' || one.class === 'smoke'),
  );
  return { name, file: '', path, burnsFromS: burns?.atS ?? null };
}

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
  /** Best score of any detection of fire or smoke. */
  readonly bestScore: number;
  readonly frames: number;
  readonly alarms: readonly RuleSignal[];
  /** From the first sight of a person to the alarm, seconds. */
  readonly afterS: number | null;
}

export interface FireRun {
  /** Folder with the real clips; left out: made clips only. */
  readonly videoDir?: string;
  /** Folder with more rendered clips, besides those of the repository. */
  readonly renderedDir?: string;
  /** Only clips whose name contains this. */
  readonly only?: string;
  readonly model: ModelEntry;
  readonly fps: number;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly onResult?: (result: FireResult) => void;
}

const START_MS = 1_700_000_000_000;

/** Runs all clips. Needs ffmpeg and the model's weights. */
export async function runFire(run: FireRun): Promise<FireResult[]> {
  const results: FireResult[] = [];
  const lowest = fireRules(run.params).lowestScores('clip');
  for await (const { clip, frames } of detectClips(clipsOf(run), run, lowest)) {
    const result = judgeClip(clip, frames, run.params);
    results.push(result);
    run.onResult?.(result);
  }
  return results;
}

/** The clips of a run: recorded, made and rendered. */
export function clipsOf({ videoDir, renderedDir, only }: FireRun): readonly LocatedClip[] {
  const recorded =
    videoDir === undefined ? [] : FIRE_CLIPS.map((one) => ({ ...one, path: join(videoDir, one.file) }));
  const made = HARD_NEGATIVES.map((one) => ({ ...one, path: '' }));
  const all = [...recorded, ...made, ...streetFireClips(renderedDir)];
  return all.filter((one) => only === undefined || one.name.includes(only));
}

/** Detections of each clip, of single classes from a lower score than the model's. */
export async function* detectClips(
  clips: readonly LocatedClip[],
  { model: { manifest, modelPath }, fps }: Pick<FireRun, 'model' | 'fps'>,
  lowest: Readonly<Record<string, number>>,
): AsyncGenerator<{ clip: FireClip; frames: DetectedFrame[] }> {
  const detector = await createDetector({ manifest, modelPath, sessions: 1, log: silentLog });
  try {
    for (const clip of clips) {
      const source = clip.made === undefined ? clip.path : { made: clip.made };
      yield { clip, frames: await detectClip(source, detector, { fps, lowest }) };
    }
  } finally {
    await detector.close();
  }
}

/** Detections of a whole clip at `fps` pictures a second, of single classes from a lower score than the model's. */
export async function detectClip(
  path: ClipSource,
  detector: Detector,
  { fps, lowest = {} }: { fps: number; lowest?: Readonly<Record<string, number>> },
): Promise<DetectedFrame[]> {
  const out: DetectedFrame[] = [];
  for await (const frame of readClip(path, {
    ...detector.canvas,
    padValue: detector.padValue,
    fps,
    startMs: START_MS,
    contentSize,
  })) {
    const detections = await detector.detect(frame, { lowest });
    out.push({ ref: frame.ref, detections: detections.filter((d) => Number.isFinite(d.score)) });
  }
  return out;
}

/** One fire rule over the whole picture of the camera `clip`. */
export function fireRules(params: Readonly<Record<string, unknown>> = {}): RuleSet {
  const polygon = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ].map(([x, y]) => ({ x: x!, y: y! }));
  const zone = { zoneId: 'picture', version: 1, name: 'picture', polygon };
  return createRules([
    { ruleId: 'fire', ruleVersion: 1, kind: 'fire_smoke', cameraId: 'clip', zone, params },
  ]);
}

/** Tracker and rule over what was detected, on a zone that is the whole picture. */
export function judgeClip(
  clip: FireClip,
  frames: readonly DetectedFrame[],
  params: Readonly<Record<string, unknown>> = {},
): FireResult {
  const rules = fireRules(params);
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
    bestScore: Math.max(0, ...frames.flatMap((f) => f.detections.filter(isFire).map((d) => d.score))),
    frames: frames.length,
    alarms: raised,
    afterS: first === undefined ? null : (first.atMs - fromMs) / 1000,
  };
}
