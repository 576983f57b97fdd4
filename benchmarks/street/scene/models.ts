/** Chooses the model for every actor and thing of a scenario. */

import type { ActorSpec, Scenario, ThingSpec } from '../scenario/schema.ts';
import { seededRandom, seedOf } from '../timeline/random.ts';
import { busModel, truckModel } from './big-vehicles.ts';
import { carModel } from './cars.ts';
import { bicycleModel, motorcycleModel, tricycleModel } from './cycles.ts';
import { fireModel } from './fire.ts';
import { binModel, garbageModel } from './garbage.ts';
import type { ActorModel, ThingModel } from './model.ts';
import { personModel } from './person.ts';
import { trafficLightModel } from './traffic-light.ts';

export function modelOfActor(actor: ActorSpec, scenario: Scenario): ActorModel {
  const variety = seedOf(scenario.seed, actor.id) % 1000;
  switch (actor.kind) {
    case 'car':
      return carModel(actor.model, actor.colour, actor.plate ?? plateOf(variety));
    case 'bus':
      return busModel(actor.colour, actor.stripe, `${(variety % 80) + 1} 路`);
    case 'truck':
      return truckModel(actor.colour);
    case 'tricycle':
      return tricycleModel(actor.colour, variety);
    case 'motorcycle':
      return motorcycleModel(actor.colour, { rider: actor.rider ?? true, variety });
    case 'bicycle':
      return bicycleModel(actor.colour, { rider: actor.rider ?? true, variety });
    case 'person':
      return personModel({ top: actor.top, legs: actor.legs, hair: actor.hair ?? '#120d0a' });
    default:
      throw new TypeError(`unknown actor ${JSON.stringify(actor satisfies never)}`);
  }
}

function plateOf(variety: number): string {
  const random = seededRandom(variety);
  const sign = () => 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789'[Math.floor(random() * 34)]!;
  return `沪A·${sign()}${sign()}${sign()}${sign()}${sign()}`;
}

export function modelOfThing(thing: ThingSpec, scenario: Scenario): ThingModel {
  const seed = seedOf(scenario.seed, thing.id) % 10_000;
  switch (thing.kind) {
    case 'garbage':
      return garbageModel({ form: thing.form, sizeM: thing.sizeM, colours: thing.colours, seed });
    case 'bin':
      return binModel(thing.colour, seed);
    case 'fire':
      return fireModel({ sizeM: thing.sizeM, smoke: thing.smoke, seed, light: scenario.light });
    case 'traffic-light':
      return trafficLightModel();
    default:
      throw new TypeError(`unknown thing ${JSON.stringify(thing satisfies never)}`);
  }
}
