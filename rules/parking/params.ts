/** Parameters of the parking rule: meaning, what raising and lowering does, range, default. */

import { Type } from 'typebox';
import type { Static } from 'typebox';

/** Dwell of the presets, seconds. */
export const DWELL_PRESETS = { strict: 30, standard: 180, tolerant: 300 } as const;

export const parkingParams = Type.Object(
  {
    dwellS: Type.Union(
      [
        Type.Literal('strict'),
        Type.Literal('standard'),
        Type.Literal('tolerant'),
        Type.Number({ minimum: 1, maximum: 86_400 }),
      ],
      {
        default: 'standard',
        description:
          'How long a vehicle must stand until it is an event: strict (30 s), standard (180 s), tolerant (300 s) or ' +
          'seconds. Raising it lets people stop longer; lowering it reports short stops. 1 to 86400, default standard.',
      },
    ),
    warnShare: Type.Number({
      minimum: 0.05,
      maximum: 1,
      default: 0.5,
      description:
        'Share of the dwell after which the warning stage begins. Raising it warns later, 1 turns warnings off; ' +
        'lowering it warns of more vehicles that drive on in time. 0.05 to 1, default 0.5.',
    }),
    classes: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      maxItems: 32,
      default: ['car', 'bus', 'truck', 'tricycle'],
      description:
        'Class names that count. bicycle and motorcycle make events of type illegal_parking.nonmotor, all others ' +
        'illegal_parking.motor. Default car, bus, truck, tricycle.',
    }),
    graceS: Type.Number({
      minimum: 0.5,
      maximum: 600,
      default: 12,
      description:
        'How long a place must be seen empty, and in four pictures at least, until the vehicle counts as gone. Raising ' +
        'it bridges longer failures of the detector and clears later; lowering it clears sooner, may split one stay in ' +
        'two, and below 10 s may clear a vehicle before camera health has found that the lens is covered. 0.5 to 600, ' +
        'default 12.',
    }),
    coveredGraceS: Type.Number({
      minimum: 0.5,
      maximum: 3600,
      default: 120,
      description:
        'How long a place may be hidden behind something else, or its vehicle only suspected, until it counts as gone. Raising it keeps ' +
        'vehicles behind a waiting bus; lowering it forgets them sooner. 0.5 to 3600, default 120.',
    }),
    stillDrift: Type.Number({
      minimum: 0.02,
      maximum: 1,
      default: 0.1,
      description:
        'How far a vehicle may wander in 2.5 s and still count as standing, in its own size. Raising it takes slowly ' +
        'rolling vehicles for standing; lowering it lets a nervous detector reset the dwell. 0.02 to 1, default 0.1.',
    }),
    minScore: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.4,
      description:
        'Score that the latest detections of a vehicle (about 3 s) must reach to be reported. Between it and the ' +
        'threshold of the model a detection only shows that a vehicle still stands there or is part of a queue. ' +
        'Raising it misses distant vehicles; lowering it believes things that only look like vehicles. ' +
        '0 to 1, default 0.4.',
    }),
    zoneTest: Type.Union([Type.Literal('bottom_centre'), Type.Literal('overlap')], {
      default: 'bottom_centre',
      description:
        'What lies in the zone: the middle of the lower edge of the box (where the vehicle touches the ground), or ' +
        'the share minOverlap of the box, for zones seen from the side. Default bottom_centre.',
    }),
    minOverlap: Type.Number({
      minimum: 0.01,
      maximum: 1,
      default: 0.5,
      description:
        'With zoneTest overlap: share of the box that must lie in the zone. Raising it leaves vehicles at the edge ' +
        'alone; lowering it takes them in. 0.01 to 1, default 0.5.',
    }),
    queueVehicles: Type.Integer({
      minimum: 0,
      maximum: 50,
      default: 3,
      description:
        'From how many vehicles that came to a stop one behind the other, each soon after its neighbour, a queue or ' +
        'jam is assumed and none of them is reported. Raising it reports short queues; 0 turns this off. ' +
        '0 to 50, default 3.',
    }),
    queueHoldS: Type.Number({
      minimum: 1,
      maximum: 3600,
      default: 180,
      description:
        'How much longer than the dwell a queue without any movement still counts as a queue. Raising it sits out ' +
        'longer jams; lowering it reports a row of vehicles that parked together sooner. 1 to 3600, default 180.',
    }),
    maxIncidentsPerPlace: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 10,
      description:
        'Most events at one place within 24 hours; more are not raised. Raising it reports busy places without end; ' +
        'lowering it quietens a place that deceives the detector again and again. 1 to 1000, default 10.',
    }),
  },
  { additionalProperties: false },
);

export type ParkingParams = Static<typeof parkingParams>;

/** Dwell of the parameters, milliseconds. */
export function dwellMsOf(params: ParkingParams): number {
  return 1000 * (typeof params.dwellS === 'number' ? params.dwellS : DWELL_PRESETS[params.dwellS]);
}
