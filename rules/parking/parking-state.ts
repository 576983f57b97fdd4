/** Saved form of the parking rule. What is optional was not known to earlier versions. */

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
  witnesses: Type.Optional(WitnessesState),
  runId: Type.Union([Type.String(), Type.Null()]),
  watchFrom: Type.Number(),
  wasSuspended: Type.Boolean(),
  lastStepMs: Type.Optional(Type.Number()),
});
