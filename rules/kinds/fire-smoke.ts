/** Rule kind `fire_smoke`: flames and smoke at one place, confirmed over time, without dwell and without queue. */

import {
  polygonProblem,
  type CameraFault,
  type FrameRef,
  type PolygonNorm,
  type RuleSignal,
  type SignalPhase,
  type TrackedFrame,
} from '../../core/index.ts';
import { episodeIdOf, signalBase } from '../episode.ts';
import { RuleClock } from '../rule-clock.ts';
import { checkedState, ruleInvalid } from '../rule-config.ts';
import type { EndReason, Rule, RuleContext, RuleKind, RuleSetup } from '../rule.ts';
import { BLINDING_FAULTS, isSuspended } from '../suspension.ts';
import {
  isAlive,
  isPersistent,
  patienceMs,
  regionOf,
  strongScore,
  summarise,
  weakScoreOf,
  type FireEvidence,
  type FireLabel,
} from './fire-evidence.ts';
import { isPartOf } from './fire-beside.ts';
import { noteWeak, weakSinceT } from './fire-onset.ts';
import { fireSettings, fireSmokeParams, type FireSettings } from './fire-params.ts';
import { confidenceOf, measure, recentGrowth, round, severityOf } from './fire-severity.ts';
import { emptyState, fireState, type FireEpisode, type FirePlace, type FireState } from './fire-state.ts';
import { addSights, findPlace, forget, nearness, sightsOf, type FireSight } from './fire-places.ts';

/** Sightings within this time of a run's first frame were there before anybody looked. */
const START_MS = 2000;
/** A gap between frames counts at most this much: what nobody saw is neither presence nor absence. */
const MAX_STEP_MS = 10_000;
/** Updates of one incident are at least this far apart, unless it becomes more severe. */
const UPDATE_EVERY_MS = 5000;

/**
 * Poor light and blur make fire harder to see, not false, and a fire matters most; a picture that is red all over
 * looks like fire everywhere.
 */
const FALSIFYING_FAULTS: ReadonlySet<CameraFault> = new Set<CameraFault>([
  ...[...BLINDING_FAULTS].filter((fault) => !['too_dark', 'too_bright', 'blurred'].includes(fault)),
  'colour_cast',
]);

type Evidence = Record<'fire' | 'smoke' | 'both', FireEvidence | undefined>;

/** What speaks for a fire at a place that is none yet. */
interface Reasons {
  readonly why: 'alive' | 'still' | 'weak';
  readonly evidence: Evidence;
}

class FireSmokeRule implements Rule {
  readonly ruleId: string;
  readonly zoneId: string;
  private readonly setup: RuleSetup<FireSettings>;
  private readonly masks: readonly PolygonNorm[];
  private readonly clock = new RuleClock(MAX_STEP_MS);
  private state: FireState = emptyState();

  constructor(setup: RuleSetup<FireSettings>) {
    this.setup = setup;
    this.masks = setup.params.masks.map((mask) => mask.map(([x, y]) => ({ x, y })));
    for (const [i, mask] of this.masks.entries()) {
      const problem = polygonProblem(mask);
      if (problem !== undefined) throw ruleInvalid(setup, `mask ${i + 1}: ${problem}`);
    }
    this.ruleId = setup.ruleId;
    this.zoneId = setup.zone.zoneId;
  }

  evaluate(frame: TrackedFrame, context: RuleContext): readonly RuleSignal[] {
    const suspended = isSuspended(context.faults, FALSIFYING_FAULTS);
    this.advance(frame, suspended);
    if (suspended) return [];
    const windowStartT = this.remember();
    this.assign(frame, sightsOf(frame, this.setup.zone.polygon, this.masks, this.setup.params));
    this.state.places = forget(this.state.places, windowStartT);
    return this.judge(frame);
  }

  end(frame: FrameRef, reason: EndReason): readonly RuleSignal[] {
    const signals: RuleSignal[] = [];
    for (const place of this.state.places) {
      if (place.episode !== null)
        signals.push(this.signal('cleared', place, place.episode, frame, { endReason: reason }));
    }
    this.state.places = [];
    // What burns when the rule watches again was not seen to begin.
    this.state.runId = '';
    return signals;
  }

  save(): unknown {
    return structuredClone({ ...this.state, clock: this.clock.save() });
  }

  restore(state: unknown): void {
    const checked = checkedState(fireState, state, this.ruleId);
    this.clock.restore(checked.clock);
    this.state = structuredClone(checked);
  }

  private advance(frame: TrackedFrame, suspended: boolean): void {
    this.clock.advance(frame.frame.capturedAtMs, suspended);
    const sees = this.state.suspended === true && !suspended;
    this.state.suspended = suspended;
    if (this.state.runId === frame.frame.runId && !this.clock.hasGap && !sees) return;
    this.state.runId = frame.frame.runId;
    this.state.runStartT = this.clock.nowMs;
  }

  /** Notes this frame and returns where the window begins: by time, but never fewer than twice `minFrames` frames. */
  private remember(): number {
    const { frames } = this.state;
    const t = this.clock.nowMs;
    const { windowMs, minFrames } = this.setup.params;
    if (frames.at(-1) !== t) frames.push(t);
    const byCount = frames[Math.max(0, frames.length - 2 * minFrames)] ?? t;
    const start = Math.min(t - windowMs, byCount);
    const keep = frames.findIndex((f) => f >= start);
    if (keep > 0) frames.splice(0, keep);
    return start;
  }

  private assign(frame: TrackedFrame, sights: readonly FireSight[]): void {
    const s = this.state;
    for (const place of s.places) place.frames++;
    const groups = new Map<FirePlace, FireSight[]>();
    // The surest first, so that the pieces of one fire gather around it.
    for (const sight of [...sights].sort((a, b) => b.score - a.score)) {
      let place = findPlace(s.places, sight);
      if (place === undefined) {
        place = this.begin(frame, sight);
        s.places.push(place);
      }
      groups.set(place, [...(groups.get(place) ?? []), sight]);
    }
    for (const [place, own] of groups) {
      addSights(place, own, {
        t: this.clock.nowMs,
        atMs: frame.frame.capturedAtMs,
        params: this.setup.params,
      });
    }
    for (const place of s.places) noteWeak(place, this.clock.nowMs, this.setup.params);
  }

  private begin(frame: TrackedFrame, sight: FireSight): FirePlace {
    const s = this.state;
    return {
      id: s.nextPlace++,
      samples: [],
      firstT: this.clock.nowMs,
      firstSeenMs: frame.frame.capturedAtMs,
      presentAtStart: this.clock.nowMs - s.runStartT <= START_MS,
      lastT: this.clock.nowMs,
      box: sight.box,
      trackIds: [],
      frames: 1,
      hits: 0,
      scoreSum: 0,
      episode: null,
    };
  }

  private judge(frame: TrackedFrame): RuleSignal[] {
    const signals: RuleSignal[] = [];
    const candidates: { place: FirePlace; reasons: Reasons }[] = [];
    for (const place of this.state.places) {
      if (place.episode !== null) {
        const signal = this.follow(place, place.episode, frame);
        if (signal !== undefined) signals.push(signal);
      } else if (place.lastT === this.clock.nowMs) {
        const reasons = this.reasons(place, frame);
        if (reasons !== undefined) candidates.push({ place, reasons });
      }
    }
    // The clearest first: what is beside it is judged against it, also when both are confirmed in one picture.
    candidates.sort((a, b) => clarity(b.reasons) - clarity(a.reasons) || a.place.id - b.place.id);
    for (const { place, reasons } of candidates) {
      const signal = this.confirm(place, reasons, frame);
      if (signal !== undefined) signals.push(signal);
    }
    this.state.places = this.state.places.filter((p) => p.episode !== null || p.samples.length > 0);
    return signals;
  }

  private evidence(place: FirePlace, frame: TrackedFrame, weak = false): Evidence {
    const pixel = { x: 1 / frame.frame.width, y: 1 / frame.frame.height };
    const of = { samples: place.samples, frames: this.state.frames, pixel };
    const { params } = this.setup;
    const minScore = (label: FireLabel): number =>
      weak ? weakScoreOf(label, params) : strongScore(label, params);
    return {
      fire: summarise(of, 'fire', minScore),
      smoke: summarise(of, 'smoke', minScore),
      both: summarise(of, undefined, minScore),
    };
  }

  /** What speaks for a fire here: strong evidence at once, weak or still evidence after a longer time. */
  private reasons(place: FirePlace, frame: TrackedFrame): Reasons | undefined {
    const { params } = this.setup;
    const strong = this.evidence(place, frame);
    if (strong.both !== undefined && isPersistent(strong.both, params)) {
      const alive = [strong.fire, strong.smoke].some(
        (e) => e !== undefined && e.hits >= 2 && isAlive(e, params),
      );
      if (alive) return { why: 'alive', evidence: strong };
      if (this.isSureThoughStill(place, strong.both)) return { why: 'still', evidence: strong };
    }
    const sinceT = weakSinceT(place);
    const weak = this.evidence(place, frame, true);
    if (sinceT === undefined || (weak.both?.hits ?? 0) < params.minFrames) return undefined;
    const ageMs = this.clock.nowMs - sinceT;
    const faint = (['fire', 'smoke'] as const).some((label) => {
      const e = weak[label];
      if (e === undefined || e.hits < 2 || !isAlive(e, params)) return false;
      return e.areaNorm <= params.weakMaxAreaNorm && ageMs >= patienceMs(label, e.meanScore, params);
    });
    return faint ? { why: 'weak', evidence: weak } : undefined;
  }

  private confirm(place: FirePlace, { why, evidence }: Reasons, frame: TrackedFrame): RuleSignal | undefined {
    const { params } = this.setup;
    const { fire, smoke, both } = evidence;
    const open = this.state.places.filter((p) => p.episode !== null);
    // The last incident is kept for what is clear: faint things must not keep a clear fire from being told.
    const kept = why === 'weak' && open.length > 0 ? 1 : 0;
    if (both === undefined || open.length >= params.maxIncidents - kept) return undefined;
    const flame = fire !== undefined && fire.hits * 3 >= both.hits;
    const main = flame ? fire : (smoke ?? both);
    const seen = {
      box: place.box,
      areaNorm: main.areaNorm,
      label: flame ? ('fire' as const) : ('smoke' as const),
      meanScore: both.meanScore,
      weak: why === 'weak',
    };
    const pixel = { x: 1 / frame.frame.width, y: 1 / frame.frame.height };
    if (open.some((one) => isPartOf(one, seen, pixel))) return undefined;
    place.episode = {
      episodeId: episodeIdOf(this.setup, place.firstSeenMs, place.id),
      eventType: flame ? 'fire.flame' : 'fire.smoke',
      sinceMs: both.sinceMs,
      presentAtStart: place.presentAtStart,
      raisedAreaNorm: main.areaNorm,
      reportedAreaNorm: main.areaNorm,
      severity: severityOf({ flame, fire, smoke, growth: 1 }, params),
      confidence: confidenceOf(fire, smoke),
      reportedAtT: this.clock.nowMs,
      areas: [[this.clock.nowMs, main.areaNorm]],
      extent: regionOf(place.samples) ?? place.box,
    };
    return this.signal('raised', place, place.episode, frame.frame, {
      ...measure(both, fire, smoke),
      because: why,
      areaNorm: round(main.areaNorm),
    });
  }

  /**
   * A constant picture is believed only after a long time and with a high score from first to last, and never where it
   * fills the picture: an even grey is fog, asphalt or a cover, and to a detector it looks like smoke.
   */
  private isSureThoughStill(place: FirePlace, both: FireEvidence): boolean {
    const { params } = this.setup;
    return (
      params.stillMinScore < 1 &&
      both.travel <= params.maxTravel &&
      both.areaNorm <= params.weakMaxAreaNorm &&
      this.clock.nowMs - place.firstT >= params.stillConfirmMs &&
      place.hits / place.frames >= params.minShare &&
      place.scoreSum / Math.max(1, place.hits) >= params.stillMinScore
    );
  }

  private follow(place: FirePlace, episode: FireEpisode, frame: TrackedFrame): RuleSignal | undefined {
    const { params } = this.setup;
    if (this.clock.nowMs - place.lastT >= params.clearAfterMs) {
      this.state.places = this.state.places.filter((p) => p !== place);
      const inside = this.state.places.find(
        (p) => p !== place && p.episode !== null && nearness(p.box, place.box) > 0,
      );
      return this.signal('cleared', place, episode, frame.frame, {
        absentMs: this.clock.nowMs - place.lastT,
        ...(inside?.episode ? { mergedInto: inside.episode.episodeId } : {}),
      });
    }
    if (place.lastT !== this.clock.nowMs) return undefined;
    episode.extent = regionOf(place.samples) ?? place.box;
    const { fire, smoke, both } = this.evidence(place, frame, true);
    if (both === undefined) return undefined;
    const flame = episode.eventType === 'fire.flame';
    const main = (flame ? fire : smoke) ?? both;
    const growth = main.areaNorm / Math.max(1e-9, episode.raisedAreaNorm);
    const now = { t: this.clock.nowMs, areaNorm: main.areaNorm };
    const fast = recentGrowth(episode, now, params.fastGrowthMs);
    const severity = Math.min(episode.severity, severityOf({ flame, fire, smoke, growth: fast }, params)) as
      1 | 2 | 3 | 4;
    const grown = main.areaNorm >= episode.reportedAreaNorm * params.growthFactor;
    const due = this.clock.nowMs - episode.reportedAtT >= UPDATE_EVERY_MS;
    if (severity === episode.severity && !(grown && due)) return undefined;
    episode.severity = severity;
    episode.confidence = Math.max(episode.confidence, confidenceOf(fire, smoke));
    episode.reportedAreaNorm = Math.max(episode.reportedAreaNorm, main.areaNorm);
    episode.reportedAtT = this.clock.nowMs;
    return this.signal('sustained', place, episode, frame.frame, {
      ...measure(both, fire, smoke),
      areaNorm: round(main.areaNorm),
      growth: round(growth),
    });
  }

  private signal(
    phase: SignalPhase,
    place: FirePlace,
    episode: FireEpisode,
    frame: FrameRef,
    measurements: RuleSignal['measurements'],
  ): RuleSignal {
    return {
      ...signalBase(this.setup, frame),
      phase,
      episodeId: episode.episodeId,
      eventType: episode.eventType,
      severity: episode.severity,
      confidence: episode.confidence,
      trackIds: place.trackIds,
      label: episode.eventType === 'fire.flame' ? 'fire' : 'smoke',
      box: place.box,
      firstSeenMs: place.firstSeenMs,
      sinceMs: episode.sinceMs,
      presentAtStart: episode.presentAtStart,
      moments: [],
      measurements,
    };
  }
}

/** Strong evidence before weak, then what is surest. */
function clarity({ why, evidence: { fire, smoke } }: Reasons): number {
  return (why === 'weak' ? 0 : 1) + confidenceOf(fire, smoke);
}

/** Flames and smoke over one place, confirmed within the window; no dwell, no queue. */
export const fireSmoke: RuleKind<typeof fireSmokeParams> = {
  kind: 'fire_smoke',
  params: fireSmokeParams,
  falsifiedBy: FALSIFYING_FAULTS,
  lowestScores: ({ labels, weakScore, weakSmokeScore }) => {
    const weak = { fire: weakScore, smoke: weakSmokeScore };
    return Object.fromEntries(labels.map((label) => [label, weak[label]]));
  },
  create: (setup) => new FireSmokeRule({ ...setup, params: fireSettings(setup.params) }),
};
