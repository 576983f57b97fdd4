/** Since when weak evidence is there in nearly every picture: the onset is not known, so it is looked for. */

import { weakScoreOf } from './fire-evidence.ts';
import type { FireSettings } from './fire-params.ts';
import type { FirePlace } from './fire-state.ts';

/** A picture with evidence weighs 2, one without −3: the sum over a stretch is not negative from three fifths on. */
const PRESENT = 2;
const ABSENT = -3;
/**
 * Of late it must also have been there more often than not: among many onsets to choose from, what comes and goes by
 * chance has one that looks steady.
 */
const LEAST_SHARE = 0.5;
/** "Of late": what was so long ago weighs a third. */
const MEMORY_MS = 60_000;
/** Possible onsets that are kept. Fewer make the rule later, never sooner. */
const MAX_ONSETS = 240;

/**
 * Takes the picture at rule time `t` into account.
 *
 * The balance is the walk of a cumulative sum test (Page 1954, "Continuous inspection schemes"). From a sight on the
 * evidence was there in three fifths of the pictures exactly when the balance is not lower than it was before that
 * sight. Only sights before which it was lower than ever can be the earliest such sight, so only those are kept.
 */
export function noteWeak(place: FirePlace, t: number, params: FireSettings): void {
  const weak = (place.weak ??= { balance: 0, onsets: [], lastT: t, present: 0, pictures: 0 });
  const present = place.samples.some((s) => s.t === t && s.score >= weakScoreOf(s.label, params));
  const lowest = weak.onsets.at(-1)?.[1] ?? Infinity;
  if (present && weak.balance < lowest) weak.onsets.push([t, weak.balance]);
  weak.balance += present ? PRESENT : ABSENT;
  const kept = Math.exp((weak.lastT - t) / MEMORY_MS);
  weak.present = weak.present * kept + (present ? 1 : 0);
  weak.pictures = weak.pictures * kept + 1;
  weak.lastT = t;
  // Of the onsets that are older than any evidence must be, the last has the lowest balance: it stands for all of them.
  const recent = weak.onsets.findIndex(([at]) => at > t - params.weakConfirmMs);
  const surplus = Math.max((recent < 0 ? weak.onsets.length : recent) - 1, weak.onsets.length - MAX_ONSETS);
  if (surplus > 0) weak.onsets.splice(0, surplus);
}

/**
 * Rule time of the earliest sight since which weak evidence is there in three fifths of the pictures. Looking over all
 * onsets (Lorden 1971, "Procedures for reacting to a change in distribution"), rather than counting from the first
 * sight, lets what flared up now and then for minutes be believed soon after it burns steadily, and not only after
 * about as long again.
 */
export function weakSinceT({ weak }: FirePlace): number | undefined {
  if (weak === undefined || weak.present < LEAST_SHARE * weak.pictures) return undefined;
  return weak.onsets.find(([, before]) => before <= weak.balance)?.[0];
}
