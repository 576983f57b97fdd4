/** Saved form of the tracker, and the check that a state passes before it is taken up. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { STATE_LENGTH } from './kalman.ts';

/** Every number is finite: one NaN would spread over all boxes and times of its object. */
const box = Type.Object({ x1: Type.Number(), y1: Type.Number(), x2: Type.Number(), y2: Type.Number() });
const filter = Type.Array(Type.Number(), { minItems: STATE_LENGTH, maxItems: STATE_LENGTH });
const count = Type.Integer({ minimum: 0 });
const number = Type.Integer({ minimum: 1 });

const trackRecordState = Type.Object({
  n: number,
  state: filter,
  stateAtSeen: filter,
  seenBox: box,
  seenClockMs: Type.Number(),
  anchor: box,
  anchoredMs: Type.Number(),
  hits: count,
  misses: count,
  confirmed: Type.Boolean(),
  score: Type.Number(),
  votes: Type.Array(Type.Tuple([Type.String(), Type.Number()]), { minItems: 1 }),
  faint: Type.Optional(Type.Literal(true)),
  firstSeenMs: Type.Number(),
  lastSeenMs: Type.Number(),
});

const trackerState = Type.Object({
  version: Type.Literal(1),
  runId: Type.Union([Type.String(), Type.Null()]),
  lastPtsMs: Type.Number(),
  clockMs: Type.Number(),
  nextN: number,
  tracks: Type.Array(trackRecordState),
});

/** JSON form of one object that is followed. */
export type TrackRecordState = Static<typeof trackRecordState>;

/** Saved state of a tracker: a JSON value. */
export type TrackerState = Static<typeof trackerState>;

/** The state with its type. @throws RangeError that names the first value that is wrong. */
export function checkedTrackerState(state: unknown): TrackerState {
  if (!Check(trackerState, state)) {
    const [error] = Errors(trackerState, state);
    throw new RangeError(`${error?.instancePath || '/'} ${error?.message ?? 'is not a state'}`);
  }
  const taken = new Set<number>();
  for (const { n } of state.tracks) {
    // Ids are made of these numbers: two objects of one id would share their dwell.
    if (taken.has(n) || n >= state.nextN) throw new RangeError(`/tracks: number ${n} is not free`);
    taken.add(n);
  }
  return state;
}
