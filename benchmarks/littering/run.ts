/** Plays real clips without litter through detector, tracker and rule, with and without the static-foreground detector. */

import { join } from 'node:path';
import { silentLog } from '../../core/index.ts';
import type { BoxNorm, Detection, FrameRef } from '../../core/index.ts';
import { contentSize, createDetector } from '../../inference/index.ts';
import type { ModelEntry } from '../../models/index.ts';
import { createRules } from '../../rules/index.ts';
import type { RuleSet } from '../../rules/index.ts';
import { StaticForeground, Tracker } from '../../tracking/index.ts';
import { FIRE_CLIPS, readClip } from '../fire/index.ts';
import type { FireClip } from '../fire/index.ts';

const START_MS = 1_700_000_000_000;
const ALL = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

export interface LitteringRun {
  readonly videoDir: string;
  readonly model: ModelEntry;
  readonly fps: number;
  readonly exposedAfterS: number;
  readonly onClip?: (result: LitteringClip) => void;
}

/** What was raised wrongly: when, and where. */
export interface LitteringAlarm {
  readonly atS: number;
  readonly box: BoxNorm;
}

/** What one clip gave. */
export interface LitteringClip {
  readonly name: string;
  readonly lengthS: number;
  readonly proposals: number;
  /** Without and with the class `object`. */
  readonly without: readonly LitteringAlarm[];
  readonly withObjects: readonly LitteringAlarm[];
}

/** One way of watching: with or without the class `object`. */
class Watch {
  private readonly tracker = new Tracker({ cameraId: 'clip' });
  private readonly rules: RuleSet;
  readonly raised: LitteringAlarm[] = [];
  known: Detection['box'][] = [];

  constructor(labels: readonly string[], exposedAfterS: number) {
    this.rules = createRules([
      {
        ruleId: 'clean',
        ruleVersion: 1,
        kind: 'littering',
        cameraId: 'clip',
        zone: { zoneId: 'all', version: 1, name: 'all', polygon: ALL },
        params: { labels, exposedAfterS },
      },
    ]);
  }

  see(ref: FrameRef, detections: readonly Detection[]): void {
    const tracked = this.tracker.update(ref, detections);
    this.known = tracked.tracks.filter(({ label }) => label !== 'object').map(({ box }) => box);
    for (const signal of this.rules.evaluate(tracked, { faults: [] })) {
      if (signal.phase === 'raised')
        this.raised.push({ atS: (signal.atMs - START_MS) / 1000, box: signal.box });
    }
  }
}

/** Plays all clips. Needs ffmpeg, the clips and the model's weights. */
export async function runLittering(run: LitteringRun): Promise<LitteringClip[]> {
  const { manifest, modelPath } = run.model;
  const detector = await createDetector({ manifest, modelPath, sessions: 1, log: silentLog });
  try {
    const results: LitteringClip[] = [];
    for (const clip of FIRE_CLIPS) {
      const result = await playClip(clip, run, detector);
      run.onClip?.(result);
      results.push(result);
    }
    return results;
  } finally {
    await detector.close();
  }
}

async function playClip(
  clip: FireClip,
  { videoDir, fps, exposedAfterS }: LitteringRun,
  detector: Awaited<ReturnType<typeof createDetector>>,
): Promise<LitteringClip> {
  const left = new StaticForeground();
  const without = new Watch(['garbage', 'overflow'], exposedAfterS);
  const withObjects = new Watch(['garbage', 'overflow', 'object'], exposedAfterS);
  let lengthS = 0;
  let proposals = 0;
  const { canvas, padValue } = detector;
  const source = { ...canvas, padValue, fps, startMs: START_MS, contentSize };
  for await (const frame of readClip(join(videoDir, clip.file), source)) {
    const proposed = left.observe(frame, withObjects.known);
    proposals += proposed.length;
    const detections = await detector.detect(frame);
    without.see(frame.ref, detections);
    withObjects.see(frame.ref, [...detections, ...proposed]);
    lengthS = frame.ref.ptsMs / 1000;
  }
  const raised = { without: without.raised, withObjects: withObjects.raised };
  return { name: clip.name, lengthS, proposals, ...raised };
}

/** Golden figures of a run: alarms on clips that show no litter. */
export interface LitteringFigures {
  readonly falseAlarms: number;
  readonly falseAlarmsWithObjects: number;
  readonly clipsWithProposals: number;
}

export function figuresOf(clips: readonly LitteringClip[]): LitteringFigures {
  const count = (of: (clip: LitteringClip) => number): number =>
    clips.reduce((sum, clip) => sum + of(clip), 0);
  return {
    falseAlarms: count(({ without }) => without.length),
    falseAlarmsWithObjects: count(({ withObjects }) => withObjects.length),
    clipsWithProposals: clips.filter(({ proposals }) => proposals > 0).length,
  };
}

/** Names of the figures that are worse than the golden ones by more than the tolerance. */
export function worseFigures(
  now: LitteringFigures,
  golden: LitteringFigures & { readonly tolerance: LitteringFigures },
): string[] {
  const names = ['falseAlarms', 'falseAlarmsWithObjects', 'clipsWithProposals'] as const;
  return names.filter((name) => now[name] > golden[name] + golden.tolerance[name]);
}
