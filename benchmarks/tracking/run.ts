/** Tracker updates per second on one core, for scenes of 10, 20, 50 and 200 objects. */

import type { Detection, FrameRef } from '../../core/index.ts';
import { Tracker } from '../../tracking/index.ts';

/** Frames per second that the authors of OC-SORT report for one CPU core (Cao et al. 2023, arXiv:2203.14360, abstract). */
export const OC_SORT_FPS = 700;

/** Speed on one scene. */
export interface TrackingSpeed {
  readonly objects: number;
  readonly updatesPerSecond: number;
  /** Against {@link OC_SORT_FPS}. */
  readonly timesOcSort: number;
}

const WIDTH = 1280;
const HEIGHT = 720;

/** Frames of a scene: objects drive to and fro with jitter, and one in twenty detections is missing. */
export function sceneOf(
  objects: number,
  frames: number,
  onDetection?: (detection: Detection, object: number) => void,
): Detection[][] {
  let random = 12_345;
  const next = (): number => (random = (random * 48_271) % 2_147_483_647) / 2_147_483_647;
  const cars = Array.from({ length: objects }, () => ({
    x: next() * WIDTH,
    y: next() * HEIGHT,
    vx: (next() - 0.5) * 8,
    vy: (next() - 0.5) * 3,
    w: 30 + next() * 40,
  }));
  return Array.from({ length: frames }, () => {
    const detections: Detection[] = [];
    for (const [object, car] of cars.entries()) {
      car.x += car.vx;
      car.y += car.vy;
      if (car.x < 0 || car.x > WIDTH - car.w) car.vx = -car.vx;
      if (car.y < 0 || car.y > HEIGHT - car.w) car.vy = -car.vy;
      const [jx, jy] = [next() * 2, next() * 2];
      if (next() < 0.05) continue;
      const box = { x1: car.x + jx, y1: car.y + jy, x2: car.x + jx + car.w, y2: car.y + jy + car.w * 0.7 };
      const detection = { box, score: 0.3 + 0.6 * next(), label: 'car' };
      detections.push(detection);
      onDetection?.(detection, object);
    }
    return detections;
  });
}

/** Measures for about `ms` milliseconds per scene, by the given clock: processor time where the machine is shared. */
export function measureTracking(
  nowMs: () => number,
  { objects = [10, 20, 50, 200], ms = 1500 }: { objects?: readonly number[]; ms?: number } = {},
): TrackingSpeed[] {
  return objects.map((count) => {
    const scene = sceneOf(count, 600);
    runScene(scene);
    let updates = 0;
    const startMs = nowMs();
    let elapsedMs = 0;
    while (elapsedMs < ms) {
      runScene(scene);
      updates += scene.length;
      elapsedMs = nowMs() - startMs;
    }
    const updatesPerSecond = (updates / elapsedMs) * 1000;
    return { objects: count, updatesPerSecond, timesOcSort: updatesPerSecond / OC_SORT_FPS };
  });
}

/** One pass over a scene with a fresh tracker; gives the number of tracks at its end. */
export function runScene(scene: readonly (readonly Detection[])[]): number {
  const tracker = new Tracker({ cameraId: 'bench' });
  let tracks = 0;
  for (const [seq, detections] of scene.entries()) {
    tracks = tracker.update(frameOf(seq), detections).tracks.length;
  }
  return tracks;
}

/** How well identities are kept on a made scene, where the truth is known. */
export interface TrackingQuality {
  readonly objects: number;
  /** Times that an object's track id changed from one of its sights to the next. */
  readonly idSwitches: number;
  /** Share of detections that belong to a track, 0-1. */
  readonly coverage: number;
}

/** Counts identity switches of the tracker on {@link sceneOf}. Deterministic. */
export function measureIdentity(objects: number, frames = 600): TrackingQuality {
  const objectOf = new Map<Detection['box'], number>();
  const scene = sceneOf(objects, frames, (detection, object) => objectOf.set(detection.box, object));
  const tracker = new Tracker({ cameraId: 'bench' });
  const idOf = new Map<number, string>();
  let [idSwitches, covered, total] = [0, 0, 0];
  for (const [seq, detections] of scene.entries()) {
    const { tracks } = tracker.update(frameOf(seq), detections);
    total += detections.length;
    for (const track of tracks) {
      const object = track.observed ? objectOf.get(track.box) : undefined;
      if (object === undefined) continue;
      covered++;
      const before = idOf.get(object);
      if (before !== undefined && before !== track.trackId) idSwitches++;
      idOf.set(object, track.trackId);
    }
  }
  return { objects, idSwitches, coverage: total === 0 ? 1 : covered / total };
}

function frameOf(seq: number): FrameRef {
  const atMs = seq * 100;
  return {
    cameraId: 'bench',
    runId: 'run',
    seq,
    ptsMs: atMs,
    capturedAtMs: atMs,
    width: WIDTH,
    height: HEIGHT,
  };
}

/** Lines to print. */
export function trackingReport(speeds: readonly TrackingSpeed[]): string[] {
  return [
    `objects  updates per second of processor time  x OC-SORT (${OC_SORT_FPS} frames/s on one core, as published)`,
    ...speeds.map(({ objects, updatesPerSecond, timesOcSort }) =>
      [
        String(objects).padStart(7),
        updatesPerSecond.toFixed(0).padStart(36),
        timesOcSort.toFixed(1).padStart(36),
      ].join('  '),
    ),
  ];
}
