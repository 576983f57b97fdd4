/** Runs all rules of all cameras over tracked frames: routing, schedules, exemptions, saved state. */

import { StreetwatchError } from '../core/index.ts';
import type { CameraFault, FrameRef, RuleSignal, Track, TrackedFrame } from '../core/index.ts';
import { normaliseBox } from '../core/index.ts';
import { ruleKinds } from './registry.ts';
import { checkRuleFrame, checkedParams, ruleInvalid } from './rule-config.ts';
import type { RuleConfig } from './rule-config.ts';
import type { EndReason, LivePlace, Rule, RuleContext } from './rule.ts';
import { Schedule } from './schedule.ts';
import { isSuspended } from './suspension.ts';
import { boxInZone } from './zone-test.ts';

/** An object that is only suspected was missed, and not gone, for this long after it was surely seen, milliseconds. */
const MISSED_FOR_MS = 10_000;

/** From this many remembered objects on those that were not seen of late are forgotten: more than a tracker follows. */
const MAX_SURE = 500;

type SureTimes = ReadonlyMap<string, number>;

/** Saved state of a {@link RuleSet}: a JSON value. */
export interface RuleSetState {
  readonly version: 1;
  /** By camera and track: time of capture at which it was last more than suspected; unknown to earlier versions. */
  readonly sure?: readonly { cameraId: string; tracks: readonly (readonly [string, number])[] }[];
  readonly rules: readonly {
    ruleId: string;
    cameraId: string;
    kind: string;
    active: boolean;
    /** Time of capture of its last frame; unknown to earlier versions. */
    lastMs?: number;
    state: unknown;
  }[];
}

interface Entry {
  readonly config: RuleConfig;
  readonly rule: Rule;
  readonly schedule: Schedule | undefined;
  readonly isExempt: ((track: Track, frame: FrameRef) => boolean) | undefined;
  readonly asksForObjects: boolean;
  readonly lowestScores: Readonly<Record<string, number>>;
  readonly falsifiedBy: ReadonlySet<CameraFault>;
  /** Whether the rule watched at its last frame, and when that was. */
  active: boolean;
  lastMs: number | undefined;
}

/**
 * Makes the rules of a configuration.
 * @throws StreetwatchError `rule.invalid`, `zone.invalid`: each names the rule and the camera.
 */
export function createRules(configs: readonly RuleConfig[]): RuleSet {
  return new RuleSet(configs);
}

/** All rules; frames of one camera reach only the rules of that camera. */
export class RuleSet {
  private readonly byCamera = new Map<string, Entry[]>();
  /** By camera and track: time of capture at which it was last more than suspected. */
  private readonly sure = new Map<string, Map<string, number>>();

  constructor(configs: readonly RuleConfig[]) {
    const seen = new Set<string>();
    for (const config of configs) {
      const key = keyOf(config);
      if (seen.has(key)) throw ruleInvalid(config, 'this id is used twice on the camera');
      seen.add(key);
      const entry = makeEntry(config);
      const entries = this.byCamera.get(config.cameraId);
      if (entries === undefined) this.byCamera.set(config.cameraId, [entry]);
      else entries.push(entry);
    }
  }

  /** Judges one frame. Signals come in the order of the rules in the configuration. */
  evaluate(frame: TrackedFrame, context: RuleContext): RuleSignal[] {
    const signals: RuleSignal[] = [];
    // Of what has no time nothing can be said, and nothing may be kept.
    if (!Number.isFinite(frame.frame.capturedAtMs)) return signals;
    const sureAt = this.sureOf(frame.frame.cameraId);
    noteSure(sureAt, frame);
    for (const entry of this.byCamera.get(frame.frame.cameraId) ?? []) {
      const enabled = entry.config.enabled !== false;
      const active = enabled && (entry.schedule?.holds(frame.frame.capturedAtMs) ?? true);
      if (active && entry.active && hasClosed(entry, frame.frame.capturedAtMs))
        signals.push(...(entry.rule.end?.(frame.frame, 'schedule') ?? []));
      if (active) {
        const { own, exempt } = shareOf(entry, frame, sureAt);
        signals.push(...entry.rule.evaluate(own, { ...context, exempt }));
      } else if (entry.active) {
        signals.push(...(entry.rule.end?.(frame.frame, enabled ? 'schedule' : 'rule_disabled') ?? []));
      }
      entry.active = active;
      entry.lastMs = frame.frame.capturedAtMs;
    }
    return signals;
  }

  private sureOf(cameraId: string): Map<string, number> {
    let sureAt = this.sure.get(cameraId);
    if (sureAt === undefined) this.sure.set(cameraId, (sureAt = new Map()));
    return sureAt;
  }

  /** Whether a rule of this camera asks for things that the network has no class for (tracks labelled `object`). */
  asksForObjects(cameraId: string): boolean {
    return (this.byCamera.get(cameraId) ?? []).some(
      (entry) => entry.asksForObjects && entry.config.enabled !== false,
    );
  }

  /** The lowest scores, by class, that a rule of this camera asks for; classes that none asks for are left out. */
  lowestScores(cameraId: string): Readonly<Record<string, number>> {
    const lowest: Record<string, number> = {};
    for (const { config, lowestScores } of this.byCamera.get(cameraId) ?? []) {
      if (config.enabled === false) continue;
      for (const [label, score] of Object.entries(lowestScores))
        lowest[label] = Math.min(score, lowest[label] ?? 1);
    }
    return lowest;
  }

  /** Ids of the rules of this camera that such faults suspend, in the order of the configuration. */
  suspended(cameraId: string, faults: readonly CameraFault[]): string[] {
    return (this.byCamera.get(cameraId) ?? [])
      .filter(({ config, falsifiedBy }) => config.enabled !== false && isSuspended(faults, falsifiedBy))
      .map(({ config }) => config.ruleId);
  }

  /** Ends all open episodes of one rule, e.g. before it is taken out of the configuration. */
  end(ruleId: string, frame: FrameRef, reason: EndReason): RuleSignal[] {
    const entry = this.byCamera.get(frame.cameraId)?.find((one) => one.config.ruleId === ruleId);
    return [...(entry?.rule.end?.(frame, reason) ?? [])];
  }

  /** What the rules of one camera watch after their last frame, e.g. for the overlay of the live picture. */
  live(cameraId: string): { readonly ruleId: string; readonly place: LivePlace }[] {
    return (this.byCamera.get(cameraId) ?? []).flatMap(({ config, rule }) =>
      (rule.live?.() ?? []).map((place) => ({ ruleId: config.ruleId, place })),
    );
  }

  /** State of all rules, or of one camera's, as a JSON value. */
  save(cameraId?: string): RuleSetState {
    const rules = [...this.byCamera.values()]
      .flat()
      .filter(({ config }) => cameraId === undefined || config.cameraId === cameraId);
    const cameras = [...this.sure].filter(([id]) => cameraId === undefined || id === cameraId);
    return {
      version: 1,
      sure: cameras.map(([id, sureAt]) => ({ cameraId: id, tracks: [...sureAt] })),
      rules: rules.map(({ config, rule, active, lastMs }) => {
        return {
          ruleId: config.ruleId,
          cameraId: config.cameraId,
          kind: config.kind,
          active,
          ...(lastMs === undefined ? {} : { lastMs }),
          state: rule.save(),
        };
      }),
    };
  }

  /**
   * Takes up saved state. Rules whose version changed keep their places, so a published change neither forgets an
   * open incident nor starts its dwell anew; rules that the state does not know start fresh.
   * @returns ids of saved rules that are not in this configuration any more: their open incidents have no owner.
   * @throws StreetwatchError `state.invalid`.
   */
  restore(state: unknown): { readonly ruleId: string; readonly cameraId: string }[] {
    const saved = state as RuleSetState | null;
    if (saved?.version !== 1 || !Array.isArray(saved.rules)) {
      throw new StreetwatchError('state.invalid', 'saved rule state does not have version 1');
    }
    for (const { cameraId, tracks } of saved.sure ?? []) {
      if (this.byCamera.has(cameraId)) this.sure.set(cameraId, new Map(tracks));
    }
    const orphans: { ruleId: string; cameraId: string }[] = [];
    for (const one of saved.rules) {
      const entry = this.byCamera
        .get(one.cameraId)
        ?.find(({ config }) => config.ruleId === one.ruleId && config.kind === one.kind);
      if (entry === undefined) {
        orphans.push({ ruleId: one.ruleId, cameraId: one.cameraId });
        continue;
      }
      entry.rule.restore(one.state);
      entry.active = one.active;
      entry.lastMs = one.lastMs;
    }
    return orphans;
  }
}

function keyOf(config: RuleConfig): string {
  return JSON.stringify([config.cameraId, config.ruleId]);
}

function makeEntry(config: RuleConfig): Entry {
  const kind = ruleKinds.get(config.kind);
  if (kind === undefined) {
    throw ruleInvalid(
      config,
      `there is no kind ${config.kind}; known kinds: ${[...ruleKinds.keys()].join(', ')}`,
    );
  }
  checkRuleFrame(config);
  const { ruleId, ruleVersion, cameraId, zone } = config;
  const params = checkedParams(kind, config);
  const rule = kind.create({ ruleId, ruleVersion, cameraId, zone, params });
  const schedule = config.schedule === undefined ? undefined : new Schedule(config.schedule);
  const asksForObjects = kind.asksForObjects?.(params) ?? false;
  const lowestScores = kind.lowestScores?.(params) ?? {};
  return {
    config,
    rule,
    schedule,
    isExempt: exemptionTest(config),
    asksForObjects,
    lowestScores,
    falsifiedBy: kind.falsifiedBy,
    active: false,
    lastMs: undefined,
  };
}

/** Whether the schedule closed and opened again while no frame came. */
function hasClosed({ schedule, lastMs }: Entry, nowMs: number): boolean {
  if (schedule === undefined || lastMs === undefined) return false;
  return nowMs - lastMs > 60_000 && !schedule.holdsThroughout(lastMs, nowMs);
}

function exemptionTest(config: RuleConfig): Entry['isExempt'] {
  const tests = (config.exemptions ?? []).map(({ area, labels, schedule }) => {
    const when = schedule === undefined ? undefined : new Schedule(schedule);
    return (track: Track, frame: FrameRef): boolean =>
      (labels === undefined || labels.includes(track.label)) &&
      (when === undefined || when.holds(frame.capturedAtMs)) &&
      (area === undefined ||
        boxInZone(normaliseBox(track.box, frame.width, frame.height), area, { by: 'bottom_centre' }));
  });
  if (tests.length === 0) return undefined;
  return (track, frame) => tests.some((test) => test(track, frame));
}

/**
 * What of a frame is for this rule: not what it exempts, told apart, and not what another rule only suspects. An object
 * that was surely seen a moment ago and is only suspected now is to it what it would be without the other rule: missed.
 */
function shareOf(
  { isExempt, lowestScores }: Entry,
  frame: TrackedFrame,
  sureAt: SureTimes,
): { own: TrackedFrame; exempt: readonly Track[] } {
  const isForeign = (track: Track): boolean => track.faint === true && !(track.label in lowestScores);
  const hasForeign = frame.tracks.some(isForeign);
  if (isExempt === undefined && !hasForeign) return { own: frame, exempt: [] };
  const seen = frame.tracks.flatMap((track): Track[] => {
    if (!isForeign(track)) return [track];
    const lastSeenMs = sureAt.get(track.trackId) ?? Number.NEGATIVE_INFINITY;
    if (frame.frame.capturedAtMs - lastSeenMs > MISSED_FOR_MS) return [];
    const { faint: _, ...rest } = track;
    return [{ ...rest, observed: false, state: 'lost', lastSeenMs }];
  });
  const exempt = isExempt === undefined ? [] : seen.filter((track) => isExempt(track, frame.frame));
  const own =
    exempt.length === 0 && !hasForeign
      ? frame
      : { ...frame, tracks: seen.filter((track) => !exempt.includes(track)) };
  return { own, exempt };
}

/** Notes when each object was last more than suspected. */
function noteSure(sureAt: Map<string, number>, { frame, tracks, removed }: TrackedFrame): void {
  for (const { trackId, observed, faint } of tracks) {
    if (observed && faint !== true) sureAt.set(trackId, frame.capturedAtMs);
  }
  for (const trackId of removed) sureAt.delete(trackId);
  // Tracks of before a restart are never told to have ended.
  if (sureAt.size <= MAX_SURE) return;
  for (const [trackId, atMs] of sureAt) {
    if (Math.abs(frame.capturedAtMs - atMs) > MISSED_FOR_MS) sureAt.delete(trackId);
  }
}
