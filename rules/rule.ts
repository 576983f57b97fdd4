/** The shape that every rule kind has, and what the pipeline gives to a rule and takes from it. */

import type { Static, TObject } from 'typebox';
import type { BoxNorm, CameraFault, FrameRef, RuleSignal, Track, TrackedFrame, Zone } from '../core/index.ts';

/** What else is known when a frame is judged. */
export interface RuleContext {
  /**
   * Faults of the camera that are active now. A rule whose judgement one of them would falsify is suspended: dwell
   * neither runs nor resets, nothing is raised, nothing is cleared.
   */
  readonly faults: readonly CameraFault[];
  /** What an exemption takes out of the frame: no matter for the rule, but it hides what stands or lies behind it. */
  readonly exempt?: readonly Track[];
}

/** Why a rule ends its episodes although the place may still be taken. */
export type EndReason = 'schedule' | 'rule_disabled' | 'rule_removed';

/** A place that a rule watches now: for overlays and for evaluation, not for incidents. */
export interface LivePlace {
  readonly episodeId: string;
  readonly phase: 'watching' | 'warned' | 'raised';
  /** 0-1 of the picture. */
  readonly box: BoxNorm;
  /** Track that is seen there in the last frame, or `null`. */
  readonly trackId: string | null;
  readonly dwellMs: number;
}

/** Everything that makes one rule on one zone of one camera. */
export interface RuleSetup<Params> {
  readonly ruleId: string;
  /** Counts up with every published change of the rule. */
  readonly ruleVersion: number;
  readonly cameraId: string;
  readonly zone: Zone;
  readonly params: Params;
}

/**
 * A rule at work. `evaluate` is pure of clock and I/O: the same frames give byte-identical signals, and a rule that
 * was saved and restored at any frame goes on as if nothing had happened.
 */
export interface Rule {
  readonly ruleId: string;
  readonly zoneId: string;
  evaluate(frame: TrackedFrame, context: RuleContext): readonly RuleSignal[];
  /**
   * Ends every open episode (`cleared`, or `dropped` for a warning) and forgets all places: called when the schedule
   * closes, or when the rule is taken out of service. `reason` goes into the measurements.
   */
  end?(frame: FrameRef, reason: EndReason): readonly RuleSignal[];
  /** What it watches after the last frame, also what is not an event yet. */
  live?(): readonly LivePlace[];
  /** JSON value with all state. */
  save(): unknown;
  /** @throws StreetwatchError `state.invalid` when the state is not one that `save` of this kind gives. */
  restore(state: unknown): void;
}

/** One kind of rule: a file in `kinds/` and a line in the registry. */
export interface RuleKind<Schema extends TObject = TObject> {
  readonly kind: string;
  /** Parameters with meaning, effect of raising and lowering, range and default: also the console's help texts. */
  readonly params: Schema;
  create(setup: RuleSetup<Static<Schema>>): Rule;
  /** Faults of the camera under which a rule of this kind is suspended, see {@link RuleContext.faults}. */
  readonly falsifiedBy: ReadonlySet<CameraFault>;
  /** Whether these parameters ask for tracks labelled `object`: things that the network has no class for. */
  asksForObjects?(params: Static<Schema>): boolean;
  /**
   * Scores, by class, from which this kind wants to know of detections, also below the threshold of the model: for kinds
   * that gather weak evidence over time.
   */
  lowestScores?(params: Static<Schema>): Readonly<Record<string, number>>;
}
