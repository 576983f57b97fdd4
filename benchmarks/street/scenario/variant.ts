/** The same scenario in other light, other weather, at another frame rate, or only its beginning. */

import type { Scenario } from './schema.ts';

export interface VariantChoice {
  readonly light?: Scenario['light'];
  readonly weather?: Scenario['weather'];
  readonly fps?: number;
  readonly codec?: Scenario['camera']['codec'];
  /** Only the beginning, so many seconds of it; never more than the scenario has. */
  readonly seconds?: number;
}

/** The hour that the camera's clock shows in other light. */
const HOURS = { day: '10', dusk: '18', night: '21' } as const;

/** Small sensors are noisy in the dark. */
const NOISE_FACTOR = { day: 1, dusk: 1.5, night: 2.2 } as const;

/** @returns a scenario called NAME-night, NAME-rain, NAME-5fps and so on; what happens in it stays the same. */
export function variantOf(scenario: Scenario, choice: VariantChoice): Scenario {
  const light = choice.light ?? scenario.light;
  const weather = choice.weather ?? scenario.weather;
  const { camera } = scenario;
  const fps = choice.fps ?? camera.fps;
  const codec = choice.codec ?? camera.codec;
  const durationS = Math.min(choice.seconds ?? scenario.durationS, scenario.durationS);
  const marks = [
    light === scenario.light ? [] : [light],
    weather === scenario.weather ? [] : [weather],
    fps === camera.fps ? [] : [`${fps}fps`],
    codec === camera.codec ? [] : [codec],
    durationS === scenario.durationS ? [] : [`${durationS}s`],
  ].flat();
  if (marks.length === 0) return scenario;
  const noise = Math.round((camera.noise * NOISE_FACTOR[light]) / NOISE_FACTOR[scenario.light]);
  const startsAt =
    light === scenario.light ? scenario.startsAt : scenario.startsAt.replace(/ \d\d:/, ` ${HOURS[light]}:`);
  return {
    ...scenario,
    name: [scenario.name, ...marks].join('-'),
    startsAt,
    durationS,
    light,
    weather,
    camera: { ...camera, fps, codec, noise },
  };
}
