/** Where an actor is, how fast it moves and where it faces, at any moment of its route. */

import type { ActorSpec } from '../scenario/schema.ts';
import { monotoneCurve } from './curve.ts';
import { groundHeightM } from './street-plan.ts';

export interface Motion {
  /** Metres: along the street, up, across. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Anticlockwise seen from above; 0 faces along the street. */
  readonly headingRad: number;
  readonly speedMps: number;
  /** Way covered since the beginning of the route: turns wheels and swings legs. */
  readonly travelledM: number;
  readonly braking: boolean;
}

const STANDSTILL_MPS = 0.08;
const STEP_S = 0.05;

/** @returns the motion at a moment, or undefined while the actor is not in the street. */
export function motionOf(actor: ActorSpec): (atS: number) => Motion | undefined {
  const first = actor.route[0]!;
  const last = actor.route.at(-1)!;
  const along = monotoneCurve(actor.route.map(([t, x]) => [t, x]));
  const across = monotoneCurve(actor.route.map(([t, , z]) => [t, z]));
  const speed = (t: number) => Math.hypot(along.slope(t), across.slope(t));
  const travelled = travelTable(first[0], last[0], speed);
  const given = ((actor.headingDeg ?? 0) * Math.PI) / 180;
  const heading = (t: number): number => {
    // While it stands it faces where it last went, or, before its first step, where it will go.
    for (let back = t; back >= first[0]; back -= STEP_S)
      if (speed(back) > STANDSTILL_MPS) return direction(back);
    if (actor.headingDeg !== undefined) return given;
    for (let ahead = t; ahead <= last[0]; ahead += STEP_S)
      if (speed(ahead) > STANDSTILL_MPS) return direction(ahead);
    return given;
  };
  const direction = (t: number) => Math.atan2(-across.slope(t), along.slope(t));
  return (atS) => {
    if (actor.route.length > 1 && (atS < first[0] || atS > last[0])) return undefined;
    const z = across.value(atS);
    return {
      x: along.value(atS),
      y: groundHeightM(z),
      z,
      headingRad: heading(atS),
      speedMps: speed(atS),
      travelledM: travelled(atS),
      braking:
        speed(atS) < STANDSTILL_MPS ? isWaiting(speed, atS, last[0]) : speed(atS + 0.4) < speed(atS) - 0.35,
    };
  };
}

/** A driver keeps the foot on the brake at a stop, but not on a parked car. */
function isWaiting(speed: (t: number) => number, atS: number, endS: number): boolean {
  for (let ahead = atS; ahead < Math.min(endS, atS + 15); ahead += 0.5)
    if (speed(ahead) > STANDSTILL_MPS) return true;
  return false;
}

function travelTable(fromS: number, toS: number, speed: (t: number) => number): (atS: number) => number {
  const sums = [0];
  for (let t = fromS; t < toS; t += STEP_S) sums.push(sums.at(-1)! + speed(t + STEP_S / 2) * STEP_S);
  return (atS) => {
    const place = Math.min(sums.length - 1, Math.max(0, (atS - fromS) / STEP_S));
    const low = sums[Math.floor(place)]!;
    return low + (place % 1) * ((sums[Math.ceil(place)] ?? low) - low);
  };
}
