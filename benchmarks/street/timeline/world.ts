/** The whole street at one moment, as a pure function of the scenario: what the scene draws and the truth counts. */

import type { ActorSpec, FireSpec, GarbageSpec, Scenario, ThingSpec } from '../scenario/schema.ts';
import { monotoneCurve } from './curve.ts';
import { type Motion, motionOf } from './motion.ts';
import { groundHeightM } from './street-plan.ts';

export interface ActorState extends Motion {
  readonly id: string;
  /** 0 upright, 1 bent down with the hand at the ground. */
  readonly bend: number;
  readonly lamps: boolean;
}

export interface ThingState {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Who has it in the hand. */
  readonly carriedBy?: string;
  /** fire: 0–1 of full size; bin: 0–1 full; otherwise 1. */
  readonly level: number;
  /** traffic light only. */
  readonly signal?: 'red' | 'yellow' | 'green';
}

export interface World {
  readonly actors: readonly ActorState[];
  readonly things: readonly ThingState[];
}

/** Fuller than this, a bin overflows: its lid stays open, and it is of another class. */
export const OVERFLOW_LEVEL = 0.8;

/** Seconds that a person takes to bend down before the hand opens, and to rise again. */
const BEND_S = 0.7;
/** The hand of a person, relative to the feet: ahead, up (hanging), to the right. */
const HAND = { aheadM: 0.06, upM: 0.72, rightM: 0.3 };

/** @returns the world at a moment of clip time, in seconds. */
export function worldOf(scenario: Scenario): (atS: number) => World {
  const motions = new Map(scenario.actors.map((actor) => [actor.id, motionOf(actor)]));
  const grips = scenario.things.flatMap((thing) => (thing.kind === 'garbage' ? (thing.carried ?? []) : []));
  const lampsByDefault = scenario.light !== 'day' || scenario.weather === 'rain';
  const actorState = (actor: ActorSpec, atS: number): ActorState[] => {
    const motion = motions.get(actor.id)!(atS);
    if (motion === undefined) return [];
    const bend = Math.max(
      0,
      ...grips.filter(({ by }) => by === actor.id).map((grip) => bendAt(grip, actor, atS)),
    );
    const driven = motion.speedMps > 0.05 || motion.braking;
    return [{ ...motion, id: actor.id, bend, lamps: actor.lamps ?? (lampsByDefault && driven) }];
  };
  const things = scenario.things.map((thing) => thingState(thing, scenario, motions));
  return (atS) => ({
    actors: scenario.actors.flatMap((actor) => actorState(actor, atS)),
    things: things.flatMap((state) => state(atS) ?? []),
  });
}

/** Bending begins before the thing is put down (or picked up) and ends after it, unless the carrier is only arriving or leaving. */
function bendAt(grip: { fromS: number; toS: number }, actor: ActorSpec, atS: number): number {
  const moment = (t: number) => {
    if (t <= actor.route[0]![0] || t >= actor.route.at(-1)![0]) return 0;
    const away = Math.abs(atS - t) / BEND_S;
    return away >= 1 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * away);
  };
  return Math.max(moment(grip.fromS), moment(grip.toS));
}

type Motions = ReadonlyMap<string, (atS: number) => Motion | undefined>;

function thingState(
  thing: ThingSpec,
  scenario: Scenario,
  motions: Motions,
): (atS: number) => ThingState | undefined {
  const resting = (at: readonly [number, number], level = 1) => ({
    id: thing.id,
    x: at[0],
    y: groundHeightM(at[1]),
    z: at[1],
    level,
  });
  switch (thing.kind) {
    case 'garbage':
      return (atS) => garbageState(thing, motions, atS);
    case 'bin': {
      const fullness = monotoneCurve(thing.fill ?? [[0, 0]]);
      return (atS) => resting(thing.at, fullness.value(atS));
    }
    case 'fire':
      return (atS) =>
        atS < thing.fromS || atS > thing.toS + 20 ? undefined : resting(thing.at, fireLevel(thing, atS));
    case 'traffic-light':
      return (atS) => ({
        ...resting(thing.at),
        signal: thing.phases.filter(([t]) => t <= atS).at(-1)?.[1] ?? thing.phases[0]![1],
      });
    default:
      throw new TypeError(`unknown thing in ${scenario.name}: ${JSON.stringify(thing satisfies never)}`);
  }
}

function fireLevel(fire: FireSpec, atS: number): number {
  const grown = Math.min(1, (atS - fire.fromS) / fire.growS);
  const left = Math.min(1, Math.max(0, 1 - (atS - fire.toS) / 3));
  return Math.min(0.12 + 0.88 * grown, left);
}

function garbageState(thing: GarbageSpec, motions: Motions, atS: number): ThingState | undefined {
  if (atS < (thing.appearsAtS ?? 0)) return undefined;
  const hand = (grip: { by: string; fromS: number; toS: number }, t: number) => {
    const motion = motions.get(grip.by)?.(t);
    if (motion === undefined) return undefined;
    const [c, s] = [Math.cos(motion.headingRad), Math.sin(motion.headingRad)];
    return {
      x: motion.x + HAND.aheadM * c + HAND.rightM * s,
      z: motion.z - HAND.aheadM * s + HAND.rightM * c,
      ground: motion.y,
    };
  };
  const low = (grip: { fromS: number; toS: number }) => {
    const near = Math.min(Math.abs(atS - grip.fromS), Math.abs(atS - grip.toS)) / BEND_S;
    return near >= 1 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * near);
  };
  for (const grip of thing.carried ?? []) {
    if (atS < grip.fromS || atS >= grip.toS) continue;
    const at = hand(grip, atS);
    if (at === undefined) return undefined;
    // Several bags in one bundle hang lower than they are wide.
    const heightM = thing.sizeM * (thing.form === 'bag' ? 0.77 : 0.48);
    const hanging = Math.max(0.03, HAND.upM - heightM);
    const bent =
      motions.get(grip.by)?.(grip.fromS - 0.5) === undefined && atS < grip.toS - BEND_S ? 0 : low(grip);
    return {
      id: thing.id,
      x: at.x,
      y: at.ground + hanging * (1 - bent),
      z: at.z,
      carriedBy: grip.by,
      level: 1,
    };
  }
  const before = thing.carried?.filter(({ toS }) => toS <= atS).at(-1);
  const put = before === undefined ? undefined : hand(before, before.toS);
  if (put !== undefined) return { id: thing.id, x: put.x, y: groundHeightM(put.z), z: put.z, level: 1 };
  if (before === undefined && thing.at !== undefined) {
    return { id: thing.id, x: thing.at[0], y: groundHeightM(thing.at[1]), z: thing.at[1], level: 1 };
  }
  return undefined; // not brought yet, or taken away by somebody who has left
}
