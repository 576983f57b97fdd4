/** Saved form of the parking rule. */

import { Type } from 'typebox';
import { MotionState } from '../motion.ts';
import { ParkingPlaceSchema } from './parking-place.ts';
import { RepeatState } from './repeat-limit.ts';
import { WitnessesState } from './witnesses.ts';

export const ParkingState = Type.Object({
  clock: Type.Object({
    ruleMs: Type.Number(),
    lastCapturedMs: Type.Union([Type.Number(), Type.Null()]),
  }),
  motion: MotionState,
  standing: MotionState,
  repeats: RepeatState,
  memory: Type.Object({ nextN: Type.Integer(), places: Type.Array(ParkingPlaceSchema) }),
  /** Left out in states of versions that did not know them. */
  witnesses: Type.Optional(WitnessesState),
  runId: Type.Union([Type.String(), Type.Null()]),
  watchFrom: Type.Number(),
  wasSuspended: Type.Boolean(),
});
