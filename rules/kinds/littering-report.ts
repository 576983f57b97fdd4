/** What goes out with a `littering` signal: moments worth a still, numbers that decided it, confidence. */

import { boxArea, unionBox, type RuleSignal } from '../../core/index.ts';
import type { Heap } from './littering-state.ts';

/** The spot is looked at this long before somebody came near. */
const BEFORE_MS = 1000;

/**
 * For an act: `before` (the spot is empty), `during` (the author nearest to it), `after` (it lies there and the author
 * has gone). For what appeared without a known author: `before`. Wall times.
 */
export function momentsOf(heap: Heap, nowMs: number, act: boolean): RuleSignal['moments'] {
  if (heap.arrival !== 'appeared') return [];
  const { author } = heap;
  if (!act || author === null) {
    return [{ name: 'before', atMs: heap.firstSeenMs - BEFORE_MS, box: heap.box }];
  }
  return [
    { name: 'before', atMs: Math.min(author.cameMs, heap.firstSeenMs) - BEFORE_MS, box: heap.box },
    { name: 'during', atMs: author.nearestMs, box: unionBox(author.nearestBox, heap.box) },
    {
      name: 'after',
      atMs: Math.min(nowMs, Math.max(author.lastNearMs, heap.firstSeenMs) + BEFORE_MS),
      box: heap.box,
    },
  ];
}

/** The numbers that decided it. */
export function measurementsOf(
  heap: Heap,
  nowT: number,
  act: boolean,
): Record<string, number | string | boolean> {
  const { author } = heap;
  return {
    lainMs: nowT - heap.firstT,
    arrival: heap.arrival,
    score: round(heap.scoreSum / Math.max(1, heap.hits)),
    share: round(heap.hits / Math.max(1, heap.frames)),
    areaNorm: round(boxArea(heap.box)),
    ...(act && author !== null
      ? {
          actorTrackId: author.trackId,
          actorLabel: author.label,
          actorGap: round(author.gap),
          othersNear: author.others,
        }
      : {}),
  };
}

/**
 * Mean score of the garbage; an attribution is as sure as its author was near (half at one size away) and alone (a
 * tenth less for each other one, down to a half).
 */
export function confidenceOf(heap: Heap, act: boolean): number {
  const score = heap.scoreSum / Math.max(1, heap.hits);
  const { author } = heap;
  if (!act || author === null) return round(score);
  return round((score / (1 + author.gap)) * Math.max(0.5, 1 - 0.1 * author.others));
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
