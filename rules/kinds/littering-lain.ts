/**
 * Places where garbage lay, although none is known there now: it was not detected any more and nobody was seen to take it, or
 * the rule left it alone. What is found there later may be the same.
 */

import type { BoxNorm } from '../../core/index.ts';
import { heapOf, type Scene, type Sight } from './littering-heaps.ts';
import type { Heap, LainPlace } from './littering-state.ts';

/** Places that are remembered, at most; those seen empty for the longest go first. */
export const MAX_LAIN = 64;
/**
 * Seen empty for this long, a place is believed to be clean. Raising it bridges longer losses, such as a shadow that wanders
 * over a heap; lowering it names sooner who litters at a place that was cleaned unseen.
 */
export const BELIEVED_EMPTY_MS = 600_000;
/** Found in fewer pictures than this, it may never have lain there. */
const MIN_HITS = 2;

/** What the memory needs to know of a frame. */
export interface LainView {
  readonly scene: Scene;
  readonly stepMs: number;
  readonly heapGap: number;
  readonly isHidden: (box: BoxNorm) => boolean;
}

/** Counts the time in which the remembered places are seen empty; forgets those that have been for long enough. */
export function watchLain(lain: readonly LainPlace[], view: LainView): LainPlace[] {
  const { scene, stepMs, heapGap, isHidden } = view;
  const watched = lain
    .map((place) => {
      const isEmpty = !isHidden(place.box) && !scene.sights.some((sight) => isOf(place, sight, heapGap));
      return isEmpty ? { ...place, emptyMs: place.emptyMs + stepMs } : place;
    })
    .filter(({ emptyMs }) => emptyMs < BELIEVED_EMPTY_MS);
  return scene.exempt.reduce(
    (places, { group, box }) => remember(places, { group, box, emptyMs: 0 }),
    watched,
  );
}

/** Whether it lies where garbage lay that nobody was seen to take. */
export function lainBefore(lain: readonly LainPlace[], sight: Sight, heapGap: number): boolean {
  return lain.some((place) => isOf(place, sight, heapGap));
}

/** What would have joined the heap lies where it lay. */
function isOf(place: LainPlace, sight: Pick<Sight, 'group' | 'box' | 'held'>, heapGap: number): boolean {
  return heapOf([place], sight, heapGap) !== undefined;
}

function remember(lain: readonly LainPlace[], place: LainPlace): LainPlace[] {
  const others = lain.filter((one) => !isOf(one, { ...place, held: false }, 0));
  return [place, ...others].sort((a, b) => a.emptyMs - b.emptyMs).slice(0, MAX_LAIN);
}

/** Takes note of a heap that is gone. What somebody took is gone for certain, and its place with it. */
export function rememberGone(lain: readonly LainPlace[], heap: Heap, heapGap: number): LainPlace[] {
  if (heap.hits < MIN_HITS) return [...lain];
  const { group, box, absentMs: emptyMs } = heap;
  if (!(heap.taken ?? heap.remover !== null)) return remember(lain, { group, box, emptyMs });
  // What came in sight and went over the place was not what lay there.
  if (heap.arrival === 'appeared') return [...lain];
  return lain.filter((place) => !isOf(place, { group, box, held: false }, heapGap));
}
