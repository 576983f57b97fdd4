/** Scenes of a lane, picture by picture: queues, in which nobody parks, and vehicles that park. */

import type { Box, PolygonNorm } from '../../core/index.ts';
import { seededRandom } from '../street/timeline/random.ts';
import { LANE_FPS, laneTraffic } from './car-following.ts';
import type { Gate, LaneVehicle } from './car-following.ts';
import { HEIGHT, boxOf } from './view.ts';
import type { View } from './view.ts';

export interface Scene {
  readonly name: string;
  /** Vehicles of each picture, {@link LANE_FPS} a second, those in front first. */
  readonly pictures: (seed: number) => readonly (readonly Box[])[];
  readonly zone: PolygonNorm;
  readonly dwellS: number;
  readonly seconds: number;
  /** Where somebody parks and since when: all others must not be reported. */
  readonly parked: readonly { readonly box: Box; readonly fromS: number }[];
}

const WHOLE: PolygonNorm = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];
/** Ends where the feet of vehicles are that drive in the middle of the lane: a third of them are just outside. */
const NARROW: PolygonNorm = [
  { x: 0, y: 0.45 },
  { x: 1, y: 0.45 },
  { x: 1, y: 300.5 / HEIGHT },
  { x: 0, y: 300.5 / HEIGHT },
];

const SECONDS = 600;

function queue(name: string, gate: Gate, view: View, zone = WHOLE): Scene {
  return {
    name,
    zone,
    dwellS: 30,
    seconds: SECONDS,
    parked: [],
    pictures: (seed) =>
      laneTraffic({ seed, gate, seconds: SECONDS }).map((vehicles) =>
        vehicles.map((one) => boxOf(one, view)),
      ),
  };
}

/** Three vehicles at a kerb, and traffic on the lane before them that hides up to half of each for a moment. */
function kerb(name: string, lowerPx: number): Scene {
  const parked = [180, 300, 420].map((x, i) => ({
    box: { x1: x, y1: 266, x2: x + 84, y2: 300 },
    fromS: 20 + i * 35,
  }));
  const passing = (seed: number): LaneVehicle[][] => {
    const random = seededRandom(seed);
    const starts: number[] = [];
    for (let s = 0; s < SECONDS; s += 1.5 + 5 * random()) starts.push(s);
    return Array.from({ length: SECONDS * LANE_FPS }, (_, step) =>
      starts.flatMap((start, id) => {
        const frontM = (step / LANE_FPS - start) * 9;
        const size = { lengthM: 3.8 + (id % 5) * 0.3, widthM: 1.8, heightM: 1.4 + (id % 3) * 0.2 };
        return frontM < 0 || frontM > 60 ? [] : [{ id, frontM, asideM: 0, ...size }];
      }),
    );
  };
  return {
    name,
    zone: WHOLE,
    dwellS: 60,
    seconds: SECONDS,
    parked,
    pictures: (seed) =>
      passing(seed).map((vehicles, step) => [
        ...vehicles.map((one) => {
          const box = boxOf(one, 'across');
          return { ...box, y1: box.y1 + lowerPx, y2: box.y2 + lowerPx };
        }),
        ...parked.filter(({ fromS }) => step >= fromS * LANE_FPS).map(({ box }) => box),
      ]),
  };
}

export const SCENES: readonly Scene[] = [
  queue('barrier, seen across', 'barrier', 'across'),
  queue('barrier, seen along', 'barrier', 'along'),
  queue('barrier, a third of it outside the zone', 'barrier', 'across', NARROW),
  queue('traffic light, seen across', 'signal', 'across'),
  queue('traffic light, seen along', 'signal', 'along'),
  kerb('parked at a kerb beside traffic', 20),
];
