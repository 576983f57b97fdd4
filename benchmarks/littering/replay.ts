/** Replays the truth of a street clip, or proposals of left objects in it, through tracker and littering rule. */

import type { Detection, Frame, FrameRef, RuleSignal, TrackedFrame } from '../../core/index.ts';
import { createRules } from '../../rules/index.ts';
import { Tracker } from '../../tracking/index.ts';
import type { FrameTruth, ScenarioTruth } from '../street/index.ts';

const START_MS = 1_700_000_000_000;
/** Less of an object than this is not found by a detector. */
const VISIBLE = 0.3;

/** Frame of a clip at `atS`, without pixels. */
export function refOf(seq: number, atS: number, size: { width: number; height: number }): FrameRef {
  const ptsMs = Math.round(atS * 1000);
  return { cameraId: 'street', runId: 'clip', seq, ptsMs, capturedAtMs: START_MS + ptsMs, ...size };
}

/** What a detector that makes no mistakes would say, for objects of which enough is seen. */
export function detectionsOf(
  { objects }: FrameTruth,
  of: { scale: number; leaveOut?: ReadonlySet<string> },
): Detection[] {
  return objects
    .filter((one) => one.visible >= VISIBLE && !of.leaveOut?.has(one.class))
    .map((one) => {
      const [x1, y1, x2, y2] = one.box.map((value) => value * of.scale) as [number, number, number, number];
      return { label: one.class, score: 0.85, box: { x1, y1, x2, y2 } };
    });
}

/** Tracker and littering rule over frames with detections; the zone is the clip's own. */
export function replay(
  truth: ScenarioTruth,
  frames: Iterable<{ readonly ref: FrameRef; readonly detections: readonly Detection[] }>,
  params: Readonly<Record<string, unknown>> = {},
): { signals: RuleSignal[]; tracked: TrackedFrame[] } {
  const clean = truth.zones.find((zone) => zone.purpose === 'keep-clean')!;
  const polygon = clean.points.map(([x, y]) => ({ x, y }));
  const zone = { zoneId: clean.id, version: 1, name: clean.id, polygon };
  const rules = createRules([
    { ruleId: 'clean', ruleVersion: 1, kind: 'littering', cameraId: 'street', zone, params },
  ]);
  const tracker = new Tracker({ cameraId: 'street' });
  const tracked: TrackedFrame[] = [];
  const signals: RuleSignal[] = [];
  for (const { ref, detections } of frames) {
    const frame = tracker.update(ref, detections);
    tracked.push(frame);
    signals.push(...rules.evaluate(frame, { faults: [] }));
  }
  return { signals, tracked };
}

/** A frame with pixels as the detector of left objects takes it. */
export type PixelFrame = Pick<Frame, 'pixels' | 'canvasWidth' | 'ref'>;
