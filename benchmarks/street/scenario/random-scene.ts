/** Streets at random, for pictures to learn from: other places of the camera, other casts, other light than any scenario has. */

import { seededRandom } from '../timeline/random.ts';
import { burning, Dice, parkedRow, passers, rubbish, type Span, traffic } from './random-cast.ts';
import type { ActorSpec, CameraSpec, Scenario, ThingSpec } from './schema.ts';

/** One picture of a scene: when, and from where. */
export interface Shot {
  readonly atS: number;
  readonly camera: CameraSpec;
}

export interface RandomScene {
  readonly scenario: Scenario;
  readonly shots: readonly Shot[];
}

/** Casts follow one another at this distance, so that the smoke of one has gone before the next. */
const SPAN_S = 40;
const CAST_S = 12;

/** Half of the scenes are dark: that is where detectors that learnt by day fail. */
const MOODS = [
  ['day', 'clear'],
  ['day', 'overcast'],
  ['day', 'rain'],
  ['dusk', 'clear'],
  ['dusk', 'overcast'],
  ['dusk', 'rain'],
  ['night', 'clear'],
  ['night', 'clear'],
  ['night', 'overcast'],
  ['night', 'rain'],
  ['night', 'rain'],
  ['day', 'overcast'],
] as const;

/** @param seed the same seed gives the same scene. @param shots pictures of it, each with a cast and a camera of its own. */
export function randomScene(seed: number, shots: number): RandomScene {
  const dice = new Dice(seededRandom(seed * 2_654_435_761));
  const [light, weather] = MOODS[seed % MOODS.length]!;
  const actors: ActorSpec[] = [];
  const things: ThingSpec[] = dice.chance(0.55) ? rubbish(dice) : [];
  const taken: Shot[] = [];
  for (let i = 0; i < shots; i++) {
    const span = { name: `c${i}`, fromS: i * SPAN_S, toS: i * SPAN_S + CAST_S };
    actors.push(...castOf(dice, span, light !== 'day' || weather === 'rain'));
    if (dice.chance(0.3)) things.push(burning(dice, span, light));
    taken.push({ atS: span.fromS + CAST_S / 2, camera: cameraAt(dice, light) });
  }
  const scenario: Scenario = {
    name: `street-${seed}`,
    summary: 'A street at random.',
    seed,
    durationS: shots * SPAN_S,
    startsAt: `2025-0${dice.whole(1, 9)}-1${dice.whole(0, 9)} ${{ day: '11', dusk: '18', night: '22' }[light]}:0${dice.whole(0, 9)}:00`,
    light,
    weather,
    camera: taken[0]!.camera,
    actors,
    things,
    zones: [],
  };
  return { scenario, shots: taken };
}

/** One in eight streets is empty: a detector also learns from what it should not find. */
function castOf(dice: Dice, span: Span, lampsLit: boolean): ActorSpec[] {
  if (dice.chance(0.12)) return [];
  return [
    ...(dice.chance(0.7) ? parkedRow(dice, span, 5.8) : []),
    ...(dice.chance(0.35) ? parkedRow(dice, span, -5.8) : []),
    ...(dice.chance(0.6) ? traffic(dice, span, dice.whole(1, 5), lampsLit) : []),
    ...passers(dice, span, dice.whole(0, 5)),
  ];
}

/** A pole on the near pavement that looks across, or along, the street. */
function cameraAt(dice: Dice, light: Scenario['light']): CameraSpec {
  const noise = Math.round(dice.between(5, 11) * { day: 1, dusk: 1.5, night: 2.2 }[light]);
  const frame = { widthPx: 960, heightPx: 540, fps: 10, gopS: 2, codec: 'h264', crf: 28, noise } as const;
  const label = dice.chance(0.5) ? { label: `路口-${dice.whole(10, 99)}` } : {};
  const height = dice.between(3.2, 10);
  if (dice.chance(0.3)) {
    const from = dice.pick([-1, 1]) * dice.between(18, 30);
    const lookAt: CameraSpec['lookAt'] = [dice.between(-6, 6), 0.5, dice.between(0, 7)];
    return {
      ...frame,
      ...label,
      at: [from, height, dice.between(5, 11)],
      lookAt,
      fovDeg: dice.between(28, 48),
    };
  }
  const at: CameraSpec['at'] = [dice.between(-16, 16), height, dice.between(15.5, 20)];
  const lookAt: CameraSpec['lookAt'] = [dice.between(-7, 9), dice.between(0.2, 1.2), dice.between(2, 9)];
  return { ...frame, ...label, at, lookAt, fovDeg: dice.between(34, 58) };
}
