/** Plays scenes through tracker and parking rule at several rates of pictures, and counts what is said. */

import { iou, normaliseBox } from '../../core/index.ts';
import type { FrameRef } from '../../core/index.ts';
import { createRules } from '../../rules/index.ts';
import { Tracker } from '../../tracking/index.ts';
import { seededRandom } from '../street/timeline/random.ts';
import { LANE_FPS } from './car-following.ts';
import type { Scene } from './scenes.ts';
import { HEIGHT, WIDTH, detect } from './view.ts';
import type { Detector } from './view.ts';

/** Pictures a second that are tried: all, and key frames down to one in four seconds. */
export const RATES: readonly number[] = [10, 5, 2, 1, 0.5, 0.25];

const EPOCH_MS = 1_790_000_000_000;
/** An incident is about a parked vehicle when it overlaps it this much. */
const SAME_IOU = 0.3;

/** What was said of a scene. */
export interface QueueFigures {
  readonly hours: number;
  /** Incidents about vehicles that did not park. */
  readonly wrong: number;
  /** Vehicles that parked, and those of them that were reported, with repetitions. */
  readonly parked: number;
  readonly found: number;
  readonly repeated: number;
  /** How long after its dwell each found one was reported, seconds. */
  readonly lateS: readonly number[];
}

/** Plays a scene with each seed. Deterministic. */
export function playScene(
  scene: Scene,
  { fps, detector, seeds }: { fps: number; detector: Detector; seeds: readonly number[] },
): QueueFigures {
  let [wrong, found, repeated] = [0, 0, 0];
  const lateS: number[] = [];
  for (const seed of seeds) {
    const said = incidentsOf(scene, { fps, detector, seed });
    const about = scene.parked.map(({ box }) =>
      said.filter((one) => iou(one.box, normaliseBox(box, WIDTH, HEIGHT)) >= SAME_IOU),
    );
    wrong += said.length - about.flat().length;
    for (const [i, all] of about.entries()) {
      const [first] = all;
      if (first === undefined) continue;
      found++;
      repeated += all.length - 1;
      lateS.push(first.second - scene.parked[i]!.fromS - scene.dwellS);
    }
  }
  const hours = (seeds.length * scene.seconds) / 3600;
  return { hours, wrong, parked: seeds.length * scene.parked.length, found, repeated, lateS };
}

function incidentsOf(
  scene: Scene,
  { fps, detector, seed }: { fps: number; detector: Detector; seed: number },
): { second: number; box: ReturnType<typeof normaliseBox> }[] {
  const every = Math.round(LANE_FPS / fps);
  const random = seededRandom(seed * 7 + every);
  const tracker = new Tracker({ cameraId: 'lane' });
  const rules = createRules([
    {
      ruleId: 'no-parking',
      ruleVersion: 1,
      kind: 'illegal_parking',
      cameraId: 'lane',
      zone: { zoneId: 'lane', version: 1, name: 'lane', polygon: scene.zone },
      params: { dwellS: scene.dwellS, warnShare: 1 },
    },
  ]);
  return scene.pictures(seed).flatMap((boxes, step) => {
    if ((step - seed) % every !== 0) return [];
    const second = step / LANE_FPS;
    const atMs = Math.round(second * 1000);
    const frame: FrameRef = {
      cameraId: 'lane',
      runId: 'lane',
      seq: step,
      ptsMs: atMs,
      capturedAtMs: EPOCH_MS + atMs,
      width: WIDTH,
      height: HEIGHT,
    };
    const tracked = tracker.update(frame, detect(boxes, detector, random));
    return rules
      .evaluate(tracked, { faults: [] })
      .filter(({ phase }) => phase === 'raised')
      .map(({ box }) => ({ second, box }));
  });
}
