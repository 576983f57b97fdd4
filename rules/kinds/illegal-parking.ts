/** Rule kind `illegal_parking`: a vehicle stands in the zone longer than it may. */

import { iou } from '../../core/index.ts';
import type {
  BoxNorm,
  EventType,
  FrameRef,
  RuleSignal,
  SignalPhase,
  TrackedFrame,
} from '../../core/index.ts';
import { episodeIdOf, signalBase } from '../episode.ts';
import { MotionMemory } from '../motion.ts';
import type { Motion } from '../motion.ts';
import { isGone, isHalfHidden, noteAbsence } from '../parking/absence.ts';
import { CERTAIN_SCORE, doubtMsOf, isAmongOthers } from '../parking/crowd.ts';
import { parkingParams, dwellMsOf } from '../parking/params.ts';
import type { ParkingParams } from '../parking/params.ts';
import {
  CREEP_SHIFT,
  PASSING_DRIFT,
  SAME_PLACE_IOU,
  SAME_TRACK_IOU,
  SEEN_SHARE,
  noteSight,
  shiftOf,
} from '../parking/parking-place.ts';
import type { ParkingPlace } from '../parking/parking-place.ts';
import { ParkingState } from '../parking/parking-state.ts';
import { isQueued, markQueues } from '../parking/queue.ts';
import { RepeatLimit } from '../parking/repeat-limit.ts';
import { coversOf, queueClasses, sightsOf } from '../parking/sights.ts';
import type { Cover, Sight } from '../parking/sights.ts';
import { isSucceeded, notePassages } from '../parking/succession.ts';
import { hasMovedUp, isReplaced, noteTurnover } from '../parking/turnover.ts';
import { Witnesses } from '../parking/witnesses.ts';
import { PlaceMemory, coveredShare } from '../place-memory.ts';
import { RuleClock } from '../rule-clock.ts';
import { checkedState } from '../rule-config.ts';
import type { EndReason, LivePlace, Rule, RuleContext, RuleKind, RuleSetup } from '../rule.ts';
import { BLINDING_FAULTS, isSuspended } from '../suspension.ts';
import { boxInZone, isNearZone } from '../zone-test.ts';
import type { ZoneTest } from '../zone-test.ts';

/** How much of the past decides whether a vehicle stands. */
const WINDOW_MS = 2500;
/** Pictures this far apart are few: a vehicle may leave and the next one arrive unseen. */
const FEW_PICTURES_MS = 500;
/** There the boxes of one vehicle differ more: to show a queue it may wander this many times as far as one that stands. */
const WITNESS_DRIFT = 2.5;
/** A vehicle that has stood this long gets a place; whether it is an event is decided over the whole window. */
const OPEN_MS = 1500;
/** A track this young may still be passing: it takes up a place only where the vehicle was seen just before. */
const SETTLED_MS = 1000;
/** Share of the window over which it must be known that the vehicle stands. */
const STEADY_SHARE = 0.8;
/** Sights at a place that it takes, however few pictures a second there are: in dense traffic another car is there each second. */
const LEAST_SIGHTS = 3;
/** A box that lies this far within that of a vehicle that stands, or the other way round, is the same vehicle. */
const NESTED_SHARE = 0.7;
/** Seen this soon after the camera began to see: its arrival was not seen. */
const AT_START_MS = 1000;
const MAX_PLACES = 500;
/** Below this score there are boxes by the hundred: none is asked for, whatever `minScore` says. */
const LEAST_FAINT_SCORE = 0.2;

class IllegalParkingRule implements Rule {
  readonly ruleId: string;
  readonly zoneId: string;
  private readonly setup: RuleSetup<ParkingParams>;
  private readonly dwellMs: number;
  private readonly zoneTest: ZoneTest;
  private readonly clock = new RuleClock();
  /** Motion of each track, and of whatever stood at each place: tracks break where detection is poor, places do not. */
  private readonly motion = new MotionMemory(WINDOW_MS);
  private readonly standing = new MotionMemory(WINDOW_MS, Number.POSITIVE_INFINITY);
  private readonly memory = new PlaceMemory<ParkingPlace>(
    MAX_PLACES,
    (place) => place.phase === 'watching',
    (place) => this.standing.forget(String(place.n)),
  );
  /** Vehicles that are not reported: without them a queue may look too short. */
  private readonly witnesses: Witnesses;
  private readonly repeats: RepeatLimit;
  private runId: string | null = null;
  /** Rule time since which the camera has been seeing without a break. */
  private watchFrom = 0;
  private wasSuspended = false;
  private lastStepMs = 0;

  constructor(setup: RuleSetup<ParkingParams>) {
    this.setup = setup;
    this.ruleId = setup.ruleId;
    this.zoneId = setup.zone.zoneId;
    this.dwellMs = dwellMsOf(setup.params);
    this.repeats = new RepeatLimit(setup.params.maxIncidentsPerPlace);
    this.zoneTest =
      setup.params.zoneTest === 'overlap'
        ? { by: 'overlap', minOverlap: setup.params.minOverlap }
        : { by: 'bottom_centre' };
    this.witnesses = new Witnesses(setup.zone.polygon, this.zoneTest);
  }

  evaluate(frame: TrackedFrame, context: RuleContext): readonly RuleSignal[] {
    const suspended = isSuspended(context.faults);
    const stepMs = this.clock.advance(frame.frame.capturedAtMs, suspended);
    for (const trackId of frame.removed) this.motion.forget(trackId);
    if (frame.frame.runId !== this.runId || this.clock.hasGap || (this.wasSuspended && !suspended))
      this.watchFrom = this.clock.nowMs;
    this.runId = frame.frame.runId;
    this.wasSuspended = suspended;
    if (suspended) return [];

    const { classes, minScore } = this.setup.params;
    const exempt = context.exempt ?? [];
    // One missed picture is no pause, also where the next one comes sooner than usual.
    const pictureMs = Math.max(stepMs, this.lastStepMs);
    // And one outage does not make pictures few.
    const hasFewPictures = Math.min(stepMs, this.lastStepMs) >= FEW_PICTURES_MS;
    this.lastStepMs = stepMs;
    const observe = (trackId: string, box: BoxNorm): Motion =>
      this.motion.observe(trackId, box, this.clock.nowMs, pictureMs);
    const sights = sightsOf(frame, { classes, minScore, exempt, observe });
    const reported = sights.filter((sight) => sight.isOwn && !sight.isFaint);
    noteTurnover(this.memory, reported, this.clock.nowMs);
    if (hasFewPictures) notePassages(this.memory, sights, [...this.memory, ...this.witnesses]);
    const { left, ended } = this.takePlaces(frame.frame, reported, { stepMs, hasFewPictures });
    const notOpened = this.openPlaces(frame.frame, left);
    const covers = coversOf(frame, { exempt, pictureMs, minScore });
    const gone = this.countAbsence(frame.frame, {
      stepMs,
      covers,
      faint: sights.filter((one) => one.isFaint),
    });
    const rest = sights.filter((sight) => sight.isFaint || !sight.isOwn);
    this.watchWitnesses([...notOpened, ...rest], { covers, stepMs, hasFewPictures });
    const outside = this.leaveZone(frame.frame);
    return [...ended, ...this.judge(frame.frame, hasFewPictures), ...gone, ...outside];
  }

  private watchWitnesses(
    sights: readonly Sight[],
    { covers, stepMs, hasFewPictures }: { covers: readonly Cover[]; stepMs: number; hasFewPictures: boolean },
  ): void {
    if (this.setup.params.queueVehicles === 0) return this.witnesses.clear();
    const standing = sights.filter((sight) => sight.motion.drift <= PASSING_DRIFT);
    this.witnesses.update(
      standing.map((sight) => ({
        ...sight,
        box: this.usualBox(sight),
        isStill: this.isStill(sight.motion, hasFewPictures ? WITNESS_DRIFT : 1),
      })),
      {
        nowMs: this.clock.nowMs,
        stepMs,
        covers,
        known: [...this.memory],
        isAtStart: (fromMs) => this.isAtStart(fromMs),
      },
    );
  }

  private isAtStart(fromMs: number): boolean {
    return fromMs - this.watchFrom <= AT_START_MS;
  }

  /**
   * Matches vehicles to the places they stand at; gives those that have none. The stay of a vehicle that left ends when
   * another one was seen to arrive at its place.
   */
  private takePlaces(
    frame: FrameRef,
    sights: readonly Sight[],
    { stepMs, hasFewPictures }: { stepMs: number; hasFewPictures: boolean },
  ): { left: Sight[]; ended: RuleSignal[] } {
    const step = { nowMs: this.clock.nowMs, stepMs };
    const taken = new Set<Sight>();
    const ended: RuleSignal[] = [];
    const standing = sights.filter((sight) => sight.motion.drift <= PASSING_DRIFT);
    for (const { place, candidate } of this.memory.match(standing, SAME_PLACE_IOU)) {
      const isAnother =
        ((hasFewPictures || place.earlier !== undefined) && isSucceeded(place, candidate, step.nowMs)) ||
        (!hasFewPictures && isReplaced(place, candidate, () => this.usualBox(candidate)));
      if (isAnother || hasMovedUp(place, candidate, { places: this.memory, sights })) {
        ended.push(...this.giveUp(place, frame));
        continue;
      }
      const unseenMs = place.absentMs + place.coveredMs;
      // At few pictures a second a track that is where it was tells as much as one that has settled.
      const isSame = stepMs >= SETTLED_MS && place.trackIds.at(-1) === candidate.trackId;
      if (!isSame && unseenMs >= SETTLED_MS && candidate.motion.spanMs < SETTLED_MS) continue;
      this.stand(place, candidate, step);
      taken.add(candidate);
    }
    // The same vehicle, shifted by a metre, is no new event.
    for (const sight of standing) {
      if (taken.has(sight) || !this.isStill(sight.motion)) continue;
      const place = [...this.memory].find(
        (one) =>
          one.seenAt < this.clock.nowMs &&
          one.trackIds.at(-1) === sight.trackId &&
          iou(one.box, sight.box) >= SAME_TRACK_IOU,
      );
      if (place === undefined) continue;
      place.box = sight.box;
      this.stand(place, sight, step);
      taken.add(sight);
    }
    return { left: sights.filter((sight) => !taken.has(sight)), ended };
  }

  private stand(place: ParkingPlace, sight: Sight, step: { nowMs: number; stepMs: number }): void {
    noteSight(place, sight, step);
    const motion = this.standing.observe(String(place.n), sight.box, step.nowMs, step.stepMs);
    place.drift = motion.drift;
    place.steadyMs = motion.spanMs;
    this.checkCreeping(place, sight);
  }

  /** Before it is an event, a vehicle that creeps on begins its dwell anew. */
  private checkCreeping(place: ParkingPlace, sight: Sight): void {
    if (shiftOf(place.origin, place.box) <= CREEP_SHIFT) return;
    place.origin = place.box;
    if (place.phase === 'raised') return;
    place.sinceMs += sight.motion.fromMs - place.since;
    place.since = sight.motion.fromMs;
    delete place.stoppedAt;
    place.seenMs = this.clock.nowMs - place.since;
    place.hiddenMs = 0;
  }

  private isStill(motion: Motion, tolerance = 1): boolean {
    return motion.spanMs >= OPEN_MS && motion.drift <= tolerance * this.setup.params.stillDrift;
  }

  /** A vehicle that stands in the zone where none was remembered gets a place; gives those that get none. */
  private openPlaces(frame: FrameRef, sights: readonly Sight[]): Sight[] {
    const { polygon } = this.setup.zone;
    return sights.filter((sight) => {
      if (!this.isStill(sight.motion) || this.isTaken(sight)) return true;
      const usual = { ...sight, box: this.usualBox(sight) };
      return !boxInZone(usual.box, polygon, this.zoneTest) || !this.openPlace(frame, usual);
    });
  }

  /** Where a vehicle was over the last window: of two that pass each other a detector makes one box for a moment. */
  private usualBox({ trackId, box }: Sight): BoxNorm {
    return this.motion.usualBox(trackId) ?? box;
  }

  private openPlace(frame: FrameRef, sight: Sight): boolean {
    const { fromMs } = sight.motion;
    const witness = this.witnesses.at(sight.group, sight.box);
    const place = this.memory.add({
      group: sight.group,
      box: sight.box,
      origin: sight.box,
      seenAt: this.clock.nowMs,
      since: fromMs,
      sinceMs: frame.capturedAtMs - (this.clock.nowMs - fromMs),
      firstSeenMs: sight.firstSeenMs,
      presentAtStart: witness?.presentAtStart === true || this.isAtStart(fromMs),
      phase: 'watching',
      trackId: null,
      trackIds: [],
      votes: [],
      scoreSum: 0,
      sights: 0,
      seenMs: this.clock.nowMs - fromMs,
      hiddenMs: 0,
      absentMs: 0,
      coveredMs: 0,
      drift: sight.motion.drift,
      steadyMs: sight.motion.spanMs,
      recentScore: sight.score,
      ...(witness === undefined ? {} : { stoppedAt: witness.since }),
      queuedAt: null,
      muted: false,
    });
    if (place === undefined) return false;
    noteSight(place, sight, { nowMs: this.clock.nowMs, stepMs: 0 });
    this.standing.adopt(String(place.n), this.motion, sight.trackId);
    return true;
  }

  /** A second box on a vehicle that has its place already: its cab alone, or two vehicles in one box. */
  private isTaken(sight: Sight): boolean {
    for (const place of this.memory) {
      if (place.group !== sight.group || place.seenAt < this.clock.nowMs) continue;
      const nested = Math.max(coveredShare(sight.box, place.box), coveredShare(place.box, sight.box));
      // A car right before a bus: both are seen too well to be parts of one another.
      if (nested >= NESTED_SHARE && Math.min(sight.score, place.recentScore) < CERTAIN_SCORE) return true;
    }
    return false;
  }

  /** Whether it is a part of a vehicle that has its place: a single good look at a cab makes none of it. */
  private isPart(place: ParkingPlace): boolean {
    return [...this.memory].some(
      (other) =>
        other.n < place.n &&
        other.group === place.group &&
        other.seenAt === this.clock.nowMs &&
        Math.min(place.recentScore, other.recentScore) < CERTAIN_SCORE &&
        coveredShare(place.box, other.box) >= NESTED_SHARE,
    );
  }

  /** Places that look empty long enough are given up. */
  private countAbsence(
    frame: FrameRef,
    seen: { stepMs: number; covers: readonly Cover[]; faint: readonly Sight[] },
  ): RuleSignal[] {
    const signals: RuleSignal[] = [];
    for (const place of this.memory) {
      if (place.seenAt === this.clock.nowMs && seen.stepMs > 0) continue;
      if (place.absentMs === 0 && place.coveredMs === 0 && seen.stepMs === 0) continue;
      noteAbsence(place, seen);
      if (isGone(place, this.setup.params)) signals.push(...this.giveUp(place, frame));
    }
    return signals;
  }

  /** Vehicles that rolled out of the zone, and such as a change of the zone left outside. */
  private leaveZone(frame: FrameRef): RuleSignal[] {
    const { polygon } = this.setup.zone;
    const outside = [...this.memory].filter(
      ({ box, origin }) => !isHalfHidden(box, origin) && !isNearZone(box, polygon, this.zoneTest),
    );
    return outside.flatMap((place) => this.giveUp(place, frame, { endReason: 'outside_zone' }));
  }

  private giveUp(place: ParkingPlace, frame: FrameRef, facts: Record<string, string> = {}): RuleSignal[] {
    this.memory.delete(place);
    this.standing.forget(String(place.n));
    return place.phase === 'watching' ? [] : [this.ended(place, frame, facts)];
  }

  /** Warns and raises where the dwell is reached by a vehicle that is seen in this very frame. */
  private judge(frame: FrameRef, hasFewPictures: boolean): RuleSignal[] {
    const { warnShare, queueVehicles, queueHoldS, minScore } = this.setup.params;
    const nowMs = this.clock.nowMs;
    const holdMs = this.dwellMs + queueHoldS * 1000;
    markQueues(this.memory, this.witnesses, { nowMs, vehicles: queueVehicles, holdMs, hasFewPictures });
    const signals: RuleSignal[] = [];
    for (const place of this.memory) {
      if (place.phase === 'raised' || place.muted || place.trackId === null) continue;
      if (!this.isProved(place) || isQueued(place, nowMs) || this.isPart(place)) continue;
      const amongOthers = isAmongOthers(place, this.memory, nowMs);
      const dwellMs = nowMs - place.since - doubtMsOf(place.recentScore, minScore, amongOthers);
      if (dwellMs >= this.dwellMs) {
        place.muted = !this.repeats.allow(place.box, frame.capturedAtMs);
        if (place.muted) continue;
        place.phase = 'raised';
        signals.push(this.signal('raised', place, frame));
      } else if (place.phase === 'watching' && warnShare < 1 && dwellMs >= this.dwellMs * warnShare) {
        if (this.repeats.isSpent(place.box, frame.capturedAtMs)) continue;
        place.phase = 'warned';
        signals.push(this.signal('warned', place, frame));
      }
    }
    return signals;
  }

  /** Whether what is known of a place is enough to speak of it: seen now, standing, seen most of the time, likely. */
  private isProved(place: ParkingPlace): boolean {
    const { minScore, stillDrift } = this.setup.params;
    return (
      place.recentScore >= minScore &&
      (place.earlier?.since ?? 'shift') === 'shift' &&
      place.sights >= LEAST_SIGHTS &&
      // What came to an empty place has to stand there itself for as long as it takes to see that it stands.
      this.clock.nowMs - (place.retakenAt ?? place.since) >= STEADY_SHARE * WINDOW_MS &&
      place.drift <= stillDrift &&
      place.steadyMs >= STEADY_SHARE * WINDOW_MS &&
      place.seenMs >= SEEN_SHARE * (this.clock.nowMs - place.since - place.hiddenMs)
    );
  }

  end(frame: FrameRef, reason: EndReason): readonly RuleSignal[] {
    const open = [...this.memory].filter((place) => place.phase !== 'watching');
    this.memory.clear();
    this.witnesses.clear();
    this.motion.clear();
    this.standing.clear();
    // What stands there when the rule watches again was not seen to arrive.
    this.runId = null;
    return open.map((place) => this.ended(place, frame, { endReason: reason }));
  }

  live(): readonly LivePlace[] {
    return [...this.memory].map((place) => ({
      episodeId: episodeIdOf(this.setup, place.firstSeenMs, place.n),
      phase: place.phase,
      box: place.box,
      trackId: place.trackId,
      dwellMs: this.clock.nowMs - place.since,
    }));
  }

  private ended(place: ParkingPlace, frame: FrameRef, facts: Record<string, string>): RuleSignal {
    const signal = this.signal(place.phase === 'raised' ? 'cleared' : 'dropped', place, frame);
    return { ...signal, measurements: { ...signal.measurements, ...facts } };
  }

  private signal(phase: SignalPhase, place: ParkingPlace, frame: FrameRef): RuleSignal {
    return {
      phase,
      episodeId: episodeIdOf(this.setup, place.firstSeenMs, place.n),
      ...signalBase(this.setup, frame),
      eventType: eventTypeOf(place.group),
      severity: 3,
      confidence: round(place.scoreSum / place.sights, 3),
      trackIds: [...place.trackIds],
      label: place.votes[0]![0],
      box: place.box,
      firstSeenMs: place.firstSeenMs,
      sinceMs: place.sinceMs,
      presentAtStart: place.presentAtStart,
      moments: [],
      measurements: {
        dwellMs: Math.round(this.clock.nowMs - place.since),
        dwellLimitMs: this.dwellMs,
        driftRatio: round(place.drift, 3),
        seenShare: round(place.seenMs / Math.max(1, this.clock.nowMs - place.since), 3),
      },
    };
  }

  save(): unknown {
    return {
      clock: this.clock.save(),
      motion: this.motion.save(),
      standing: this.standing.save(),
      memory: this.memory.save(),
      witnesses: this.witnesses.save(),
      repeats: this.repeats.save(),
      runId: this.runId,
      watchFrom: this.watchFrom,
      wasSuspended: this.wasSuspended,
      lastStepMs: this.lastStepMs,
    };
  }

  restore(state: unknown): void {
    const saved = checkedState(ParkingState, state, this.ruleId);
    this.clock.restore(saved.clock);
    this.motion.restore(saved.motion);
    this.standing.restore(saved.standing);
    this.memory.restore(saved.memory);
    if (saved.witnesses === undefined) this.witnesses.clear();
    else this.witnesses.restore(saved.witnesses);
    this.repeats.restore(saved.repeats);
    this.runId = saved.runId;
    this.watchFrom = saved.watchFrom;
    this.wasSuspended = saved.wasSuspended;
    this.lastStepMs = saved.lastStepMs ?? 0;
  }
}

function eventTypeOf(group: string): EventType {
  return group === 'nonmotor' ? 'illegal_parking.nonmotor' : 'illegal_parking.motor';
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

/** The parking rule. */
export const illegalParking: RuleKind<typeof parkingParams> = {
  kind: 'illegal_parking',
  params: parkingParams,
  falsifiedBy: BLINDING_FAULTS,
  lowestScores: ({ classes, minScore }) => {
    return Object.fromEntries(
      queueClasses(classes).map((label) => [label, Math.max(LEAST_FAINT_SCORE, minScore)]),
    );
  },
  create: (setup) => new IllegalParkingRule(setup),
};
