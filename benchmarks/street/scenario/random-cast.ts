/** Who and what may stand, drive, lie and burn in a street that nobody wrote down: the parts of a random scene. */

import type { ActorSpec, Scenario, ThingSpec } from './schema.ts';

/** Seeded choices, all from one source of numbers in 0–1. */
export class Dice {
  readonly #next: () => number;

  constructor(next: () => number) {
    this.#next = next;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.#next();
  }

  /** A whole number, both ends included. */
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#next() * from.length)]!;
  }
}

/** An actor is in the street for this span only, so that one scene holds several casts. */
export interface Span {
  readonly name: string;
  readonly fromS: number;
  readonly toS: number;
}

const CAR_MODELS = ['sedan', 'sedan', 'hatch', 'suv', 'suv', 'van'] as const;
const PAINTS =
  '#17181c #1d1f23 #23262b #3a3d42 #a9afb5 #b8bdc2 #8e949a #e9e9e4 #eceef0 #27466e #1a2c4a #b01a1c #7a1f24 #5a4632 #2c4a38'.split(
    ' ',
  );
const CLOTHES =
  '#7a1f24 #e6e2d8 #2c4a78 #b8506a #d7b12a #3a6a4a #1b1c20 #4a4f58 #a9afb5 #c86a2a #6a4a7a'.split(' ');
const TROUSERS = '#20283c #2d3b5a #22242c #2a2a2e #3a3640 #5a564c #141518'.split(' ');
const LORRIES = '#9a3020 #2a5da8 #e4e4de #3a5a3a #c8a030'.split(' ');
const BINS = '#1f7a3c #55595c #2a4a8a #8a2a22'.split(' ');
const LANES_M = [1.9, -1.9] as const;

function vehicle(dice: Dice, kinds: readonly ('car' | 'bus' | 'truck' | 'tricycle')[]) {
  const kind = dice.pick(kinds);
  switch (kind) {
    case 'bus':
      return { kind, colour: dice.pick(['#e8eae6', '#d8d4c4', '#2a6a9a']), stripe: dice.pick(BINS) } as const;
    case 'truck':
      return { kind, colour: dice.pick(LORRIES) } as const;
    case 'tricycle':
      return { kind, colour: dice.pick(LORRIES) } as const;
    case 'car':
      return { kind, model: dice.pick(CAR_MODELS), colour: dice.pick(PAINTS) } as const;
  }
}

/** Vehicles that stand in a row at a kerb, unlit as a rule; each place is taken or free. */
export function parkedRow(dice: Dice, span: Span, acrossM: number): ActorSpec[] {
  const near = acrossM > 0;
  const row: ActorSpec[] = [];
  for (let along = dice.between(-26, -20); along < 30; along += dice.between(6.2, 9)) {
    if (dice.chance(0.4)) continue;
    const what = vehicle(dice, ['car', 'car', 'car', 'car', 'car', 'car', 'truck', 'tricycle']);
    const longM = what.kind === 'truck' ? 2 : 0;
    along += longM;
    row.push({
      ...what,
      id: `${span.name}-row${near ? 'n' : 'f'}${row.length}`,
      headingDeg: (near ? 0 : 180) + dice.between(-3, 3),
      lamps: dice.chance(0.08),
      route: standing(span, along, acrossM + dice.between(-0.25, 0.25)),
    });
    along += longM;
  }
  return row;
}

/** Vehicles on the lanes, driving or in a queue. */
export function traffic(dice: Dice, span: Span, count: number, lamps: boolean): ActorSpec[] {
  const moving: ActorSpec[] = [];
  for (const lane of LANES_M) {
    let along = dice.between(-24, -12);
    for (let i = 0; i < Math.ceil(count / 2); i++) {
      const what = vehicle(dice, ['car', 'car', 'car', 'car', 'car', 'bus', 'truck', 'tricycle']);
      const longM = what.kind === 'bus' ? 7 : what.kind === 'truck' ? 4 : 0;
      along += longM;
      const way = Math.sign(lane) * (dice.chance(0.3) ? 0.2 : dice.between(20, 45));
      moving.push({
        ...what,
        id: `${span.name}-lane${lane > 0 ? 'n' : 'f'}${i}`,
        lamps,
        route: passing(span, [along, lane], [way, 0]),
      });
      along += longM + dice.between(7, 18);
    }
  }
  return moving;
}

/** People on the pavements and a few on the road; bicycles and motorcycles along the kerbs. */
export function passers(dice: Dice, span: Span, count: number): ActorSpec[] {
  return Array.from({ length: count }, (_, i): ActorSpec => {
    const id = `${span.name}-p${i}`;
    const along = dice.between(-14, 16);
    if (dice.chance(0.3)) {
      const kind = dice.pick(['bicycle', 'motorcycle'] as const);
      const rider = dice.chance(0.6);
      const look = { id, kind, colour: dice.pick(PAINTS), rider };
      if (!rider) {
        const route = standing(span, along, dice.pick([7.6, 8.4, -7.7]));
        return { ...look, headingDeg: dice.between(0, 360), route };
      }
      const across = dice.pick([4.6, 5.8, -4.6]);
      return { ...look, route: passing(span, [along, across], [Math.sign(across) * 30, 0]) };
    }
    const across = dice.chance(0.15)
      ? dice.between(-5, 5)
      : dice.chance(0.75)
        ? dice.between(7.6, 12.4)
        : dice.between(-11.6, -7.6);
    const look = { id, kind: 'person', top: dice.pick(CLOTHES), legs: dice.pick(TROUSERS) } as const;
    if (dice.chance(0.3))
      return { ...look, headingDeg: dice.between(0, 360), route: standing(span, along, across) };
    const way = dice.pick([-1, 1]) * dice.between(9, 15);
    return { ...look, route: passing(span, [along, across], [way, dice.between(-0.6, 0.6)]) };
  });
}

function standing(span: Span, along: number, across: number): ActorSpec['route'] {
  return [
    [span.fromS, along, across],
    [span.toS, along, across],
  ];
}

/** Through `at` in the middle of the span, `way` metres of it in ten seconds. */
function passing(span: Span, at: readonly [number, number], way: readonly [number, number]) {
  const half = (span.toS - span.fromS) / 20;
  const route: ActorSpec['route'] = [
    [span.fromS, at[0] - way[0] * half, at[1] - way[1] * half],
    [span.toS, at[0] + way[0] * half, at[1] + way[1] * half],
  ];
  return route;
}

/** Bags, heaps and bins on the pavements and at the kerb; they stay for the whole scene. */
export function rubbish(dice: Dice): ThingSpec[] {
  const things: ThingSpec[] = [];
  for (let group = 0; group < dice.whole(1, 2); group++) {
    const along = dice.between(-9, 9);
    for (let i = 0; i < dice.whole(1, 4); i++) {
      const fullness = dice.chance(0.4) ? 1 : dice.between(0, 0.6);
      const at: [number, number] = [along + i * 0.85, 8.1];
      things.push({
        kind: 'bin',
        id: `bin-${group}-${i}`,
        at,
        colour: dice.pick(BINS),
        fill: [[0, fullness]],
      });
      // What stands at the foot of a bin does not make it overflow.
      if (dice.chance(0.4)) things.push(bagsAtTheFoot(dice, `foot-${group}-${i}`, at));
    }
  }
  for (let i = 0; i < dice.whole(2, 6); i++) {
    const form = dice.pick(['bag', 'bag', 'bags', 'heap'] as const);
    const sizeM = { bag: dice.between(0.35, 0.7), bags: dice.between(0.8, 1.4), heap: dice.between(1, 2.8) };
    const across = dice.pick([
      dice.between(7.6, 11.5),
      dice.between(7.6, 9),
      -7.9,
      6.2,
      dice.between(-9, -7.6),
    ]);
    things.push({
      kind: 'garbage',
      id: `left-${i}`,
      form,
      sizeM: sizeM[form],
      at: [dice.between(-10, 12), across],
    });
  }
  return things;
}

/** Bags on the carriageway's side of a bin or between it and the camera, as people leave them. */
function bagsAtTheFoot(dice: Dice, id: string, [along, across]: readonly [number, number]): ThingSpec {
  const form = dice.pick(['bag', 'bag', 'bags'] as const);
  const sizeM = form === 'bag' ? dice.between(0.35, 0.7) : dice.between(0.8, 1.3);
  const at: [number, number] = [
    along + dice.between(-0.9, 0.9),
    across + dice.pick([-1, 1, 1]) * dice.between(0.6, 1.1),
  ];
  return { kind: 'garbage', id, form, sizeM, at };
}

/** A fire that burns during the span, small more often than large, with or without smoke. */
export function burning(dice: Dice, span: Span, light: Scenario['light']): ThingSpec {
  const smoky = dice.chance(light === 'night' ? 0.4 : 0.75);
  return {
    kind: 'fire',
    id: `${span.name}-fire`,
    at: [
      dice.between(-9, 11),
      dice.pick([dice.between(7.6, 11), dice.between(-8.6, -7.4), dice.between(-5, 6)]),
    ],
    fromS: span.fromS,
    toS: span.toS,
    growS: dice.between(4, 14),
    sizeM: dice.pick([dice.between(0.4, 1), dice.between(0.5, 1.4), dice.between(1, 2.6)]),
    smoke: smoky ? dice.between(0.5, 1) : 0,
  };
}
