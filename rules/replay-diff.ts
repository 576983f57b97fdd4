/** Which events two replays have in common, and which only one of them has. */

import type { BoxNorm } from '../core/index.ts';
import { iou } from '../core/index.ts';
import type { ReplayEpisode, ReplayFrame } from './replay.ts';
import { RuleReplay } from './replay.ts';
import type { RuleConfig } from './rule-config.ts';

/** `both`: raised before and after the change; `before`: the change loses it; `after`: the change adds it. */
export type ReplayOutcome = 'both' | 'before' | 'after';

export interface ReplayPair {
  readonly outcome: ReplayOutcome;
  readonly before?: ReplayEpisode;
  readonly after?: ReplayEpisode;
}

/** What a change of rules would have done in a span. */
export interface ReplayReport {
  /** Frames of the span, and how much of it they cover. */
  readonly frames: number;
  readonly coveredMs: number;
  readonly pairs: readonly ReplayPair[];
}

/** A gap between two frames above this is not covered. */
const MOST_GAP_MS = 60_000;
/** Boxes that overlap this much are of one place. */
const SAME_PLACE_IOU = 0.3;

/**
 * Runs the rules as they are and as they would be over the same frames, once.
 *
 * @param wish.fromMs events that were raised before it are left out; frames that come before it only warm the rules up.
 * @throws StreetwatchError `rule.invalid`, `zone.invalid`.
 */
export function replayChange(
  wish: {
    readonly before: readonly RuleConfig[];
    readonly after: readonly RuleConfig[];
    readonly fromMs: number;
  },
  frames: Iterable<ReplayFrame>,
): ReplayReport {
  const [before, after] = [new RuleReplay(wish.before), new RuleReplay(wish.after)];
  let count = 0;
  let coveredMs = 0;
  let lastMs: number | undefined;
  for (const frame of frames) {
    const atMs = frame.tracked.frame.capturedAtMs;
    before.add(frame);
    after.add(frame);
    if (atMs < wish.fromMs) continue;
    count += 1;
    const gapMs = atMs - (lastMs ?? atMs);
    if (gapMs > 0 && gapMs <= MOST_GAP_MS) coveredMs += gapMs;
    lastMs = atMs;
  }
  const inSpan = (replay: RuleReplay): ReplayEpisode[] =>
    replay.episodes().filter((one) => one.raisedAtMs >= wish.fromMs);
  return { frames: count, coveredMs, pairs: compareReplays(inSpan(before), inSpan(after)) };
}

/**
 * Pairs the events of two replays of the same frames, in the order in which they were raised. Two are the same when
 * they are of one type and of one object (a track in common, or the same place at the same time); each has at most one
 * counterpart, and of several the one of the same rule and nearest in time is taken.
 */
export function compareReplays(
  before: readonly ReplayEpisode[],
  after: readonly ReplayEpisode[],
): ReplayPair[] {
  const candidates = before.flatMap((one) =>
    after.filter((other) => sameEvent(one, other)).map((other) => ({ one, other })),
  );
  candidates.sort((a, b) => Number(otherRule(a)) - Number(otherRule(b)) || distanceMs(a) - distanceMs(b));
  const partnerOf = new Map<ReplayEpisode, ReplayEpisode>();
  const taken = new Set<ReplayEpisode>();
  for (const { one, other } of candidates) {
    if (partnerOf.has(one) || taken.has(other)) continue;
    partnerOf.set(one, other);
    taken.add(other);
  }
  const pairs: ReplayPair[] = [
    ...before.map((one): ReplayPair => {
      const other = partnerOf.get(one);
      return other ? { outcome: 'both', before: one, after: other } : { outcome: 'before', before: one };
    }),
    ...after.filter((one) => !taken.has(one)).map((one): ReplayPair => ({ outcome: 'after', after: one })),
  ];
  return pairs.sort((a, b) => raisedAtMs(a) - raisedAtMs(b));
}

/** When the first of the two was raised. */
function raisedAtMs({ before, after }: ReplayPair): number {
  return Math.min(before?.raisedAtMs ?? Infinity, after?.raisedAtMs ?? Infinity);
}

function sameEvent(a: ReplayEpisode, b: ReplayEpisode): boolean {
  if (a.eventType !== b.eventType || !together(a, b)) return false;
  return a.trackIds.some((id) => b.trackIds.includes(id)) || samePlace(a.box, b.box);
}

function together(a: ReplayEpisode, b: ReplayEpisode): boolean {
  return (
    Math.min(a.sinceMs, a.firstSeenMs) <= (b.clearedAtMs ?? Infinity) &&
    Math.min(b.sinceMs, b.firstSeenMs) <= (a.clearedAtMs ?? Infinity)
  );
}

function samePlace(a: BoxNorm, b: BoxNorm): boolean {
  return iou(a, b) >= SAME_PLACE_IOU;
}

type Candidate = { readonly one: ReplayEpisode; readonly other: ReplayEpisode };
const otherRule = ({ one, other }: Candidate): boolean => one.ruleId !== other.ruleId;
const distanceMs = ({ one, other }: Candidate): number => Math.abs(one.raisedAtMs - other.raisedAtMs);
