/** Vehicles that are never reported themselves but show that others stand in a queue: beside the zone, faint, of other classes. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import type { BoxNorm, PolygonNorm } from '../../core/index.ts';
import type { Motion } from '../motion.ts';
import { PlaceMemory, coveredShare } from '../place-memory.ts';
import type { PlaceCandidate } from '../place-memory.ts';
import { isNearZone } from '../zone-test.ts';
import type { ZoneTest } from '../zone-test.ts';
import { addMissing } from './absence.ts';
import { BoxSchema, CREEP_SHIFT, SAME_PLACE_IOU, VACANT_MS, blend, shiftOf } from './parking-place.ts';
import type { Cover } from './sights.ts';

/** A box of which this share lies in that of another vehicle, or the other way round, is no further vehicle. */
const SAME_VEHICLE_SHARE = 0.4;
/** A witness that has looked gone for this long is forgotten, and a hidden one after this long, milliseconds. */
const GONE_MS = 5000;
const HIDDEN_GONE_MS = 120_000;
/** Beyond the threshold of the model within this time: it is a vehicle and no mere suspicion, milliseconds. */
const SURE_MS = 10_000;
const MAX_WITNESSES = 100;

export const WitnessSchema = Type.Object({
  n: Type.Integer(),
  group: Type.String(),
  /** What it was last taken for. */
  label: Type.String(),
  box: BoxSchema,
  /** Where it came to a stop: the measure of creeping on. */
  origin: BoxSchema,
  seenAt: Type.Number(),
  /** Rule time since which it stands, and at which it was last more than faint. */
  since: Type.Number(),
  sureAt: Type.Union([Type.Number(), Type.Null()]),
  /** Rule time at which another one stood where it had been seen to be gone. */
  retakenAt: Type.Optional(Type.Number()),
  presentAtStart: Type.Boolean(),
  /** Of the time it stands: how long it was seen, and how long it was hidden; then how long it is missing now, milliseconds. */
  seenMs: Type.Number(),
  hiddenMs: Type.Number(),
  absentMs: Type.Number(),
  coveredMs: Type.Number(),
});

/** See {@link WitnessSchema}. */
export type Witness = Static<typeof WitnessSchema>;

export const WitnessesState = Type.Object({ nextN: Type.Integer(), places: Type.Array(WitnessSchema) });

/** A vehicle that is not to be reported, in one frame. */
export interface WitnessSight {
  readonly group: string;
  readonly label: string;
  /** Where it was over the last window: a single wild box, of two vehicles that pass each other, does not count. */
  readonly box: BoxNorm;
  readonly motion: Motion;
  readonly isFaint: boolean;
  /** Whether it stands, by the parameters of the rule. */
  readonly isStill: boolean;
}

/** What else is known in a frame. */
export interface WitnessFrame {
  readonly nowMs: number;
  readonly stepMs: number;
  /** Boxes of the places that may be reported: what stands there is known. */
  readonly known: readonly { readonly group: string; readonly box: BoxNorm }[];
  /** Everything that was detected: what may hide a witness. */
  readonly covers: readonly Cover[];
  /** Whether an arrival at this rule time was not seen. */
  readonly isAtStart: (fromMs: number) => boolean;
}

/** Remembers where such vehicles stand. Bounded. */
export class Witnesses {
  private readonly polygon: PolygonNorm;
  private readonly zoneTest: ZoneTest;
  private readonly memory = new PlaceMemory<Witness>(MAX_WITNESSES, () => true);

  constructor(polygon: PolygonNorm, zoneTest: ZoneTest) {
    this.polygon = polygon;
    this.zoneTest = zoneTest;
  }

  [Symbol.iterator](): Iterator<Witness> {
    return this.memory[Symbol.iterator]();
  }

  /** Takes the vehicles of a frame that do not pass by. */
  update(standing: readonly WitnessSight[], frame: WitnessFrame): void {
    const taken = new Set<WitnessSight>();
    for (const { place, candidate } of this.memory.match(standing, SAME_PLACE_IOU)) {
      see(place, candidate, frame);
      taken.add(candidate);
    }
    for (const witness of this.memory) {
      const isKnown = frame.known.some((one) => isSameVehicle(one, witness));
      if (isKnown || !isNearZone(witness.box, this.polygon, this.zoneTest)) this.memory.delete(witness);
    }
    // Sure ones first, so that a faint box on a sure vehicle is not counted besides.
    const rest = standing.filter(
      (sight) => sight.isStill && !taken.has(sight) && isNearZone(sight.box, this.polygon, this.zoneTest),
    );
    for (const sight of [...rest].sort((a, b) => Number(a.isFaint) - Number(b.isFaint)))
      this.open(sight, frame);
    this.countAbsence(frame);
  }

  /** The witness that is the vehicle in this box. */
  at(group: string, box: BoxNorm): Witness | undefined {
    return this.memory.match([{ group, box }], SAME_PLACE_IOU)[0]?.place;
  }

  clear(): void {
    this.memory.clear();
  }

  save(): Static<typeof WitnessesState> {
    return this.memory.save();
  }

  restore(state: Static<typeof WitnessesState>): void {
    this.memory.restore(state);
  }

  private open({ group, label, box, motion, isFaint }: WitnessSight, frame: WitnessFrame): void {
    if ([...frame.known, ...this.memory].some((other) => isSameVehicle(other, { group, box }))) return;
    this.memory.add({
      group,
      label,
      box,
      origin: box,
      seenAt: frame.nowMs,
      since: motion.fromMs,
      sureAt: isFaint ? null : frame.nowMs,
      presentAtStart: frame.isAtStart(motion.fromMs),
      seenMs: frame.nowMs - motion.fromMs,
      hiddenMs: 0,
      absentMs: 0,
      coveredMs: 0,
    });
  }

  private countAbsence(frame: WitnessFrame): void {
    for (const witness of this.memory) {
      if (witness.seenAt === frame.nowMs) continue;
      addMissing(witness, frame);
      if (witness.absentMs > GONE_MS || witness.coveredMs > HIDDEN_GONE_MS) this.memory.delete(witness);
    }
  }
}

/** Whether it is a vehicle beyond doubt: not one that was only ever faint of late. */
export function isSure({ sureAt }: Witness, nowMs: number): boolean {
  return sureAt !== null && nowMs - sureAt <= SURE_MS;
}

function see(witness: Witness, { label, box, motion, isFaint }: WitnessSight, frame: WitnessFrame): void {
  witness.box = blend(witness.box, box, Math.min(0.5, frame.stepMs / 2000));
  witness.label = label;
  // The next vehicle in the same spot, by what is known of its track.
  if (witness.absentMs >= VACANT_MS && motion.fromMs > witness.seenAt) witness.retakenAt = motion.fromMs;
  witness.seenAt = frame.nowMs;
  witness.absentMs = 0;
  witness.coveredMs = 0;
  witness.seenMs += frame.stepMs;
  if (!isFaint) witness.sureAt = frame.nowMs;
  if (shiftOf(witness.origin, witness.box) <= CREEP_SHIFT) return;
  witness.origin = witness.box;
  witness.since = motion.fromMs;
  witness.seenMs = frame.nowMs - motion.fromMs;
  witness.hiddenMs = 0;
}

function isSameVehicle(a: PlaceCandidate, b: PlaceCandidate): boolean {
  if (a.group !== b.group) return false;
  return Math.max(coveredShare(a.box, b.box), coveredShare(b.box, a.box)) >= SAME_VEHICLE_SHARE;
}
