/** Places that a rule remembers: dwell belongs to the place and what stands there, not to a track id. */

import { intersectionArea, iou } from '../core/index.ts';
import type { BoxNorm } from '../core/index.ts';

/** What every remembered place has; a rule kind adds its own fields. All values are JSON, so it can be saved as it is. */
export interface Place {
  /** Number within the rule, from 1; never used again. */
  n: number;
  /** What may stand for what here, e.g. `motor`: only boxes of the same group match. */
  group: string;
  /** Where it is, 0–1 of the picture. */
  box: BoxNorm;
  /** Rule time of the last frame in which something was matched here. */
  seenAt: number;
}

/** A box that wants a place. */
export interface PlaceCandidate {
  readonly group: string;
  readonly box: BoxNorm;
}

/** Which candidate took which place. */
export interface PlaceMatch<P extends Place, C extends PlaceCandidate> {
  readonly place: P;
  readonly candidate: C;
  readonly iou: number;
}

/** Bounded, ordered collection of places. The order is that of their numbers, so signals come in a stable order. */
export class PlaceMemory<P extends Place> {
  private readonly maxPlaces: number;
  private readonly mayEvict: (place: P) => boolean;
  private readonly evicted: (place: P) => void;
  private items: P[] = [];
  private nextN = 1;

  /**
   * @param maxPlaces upper bound of places, whatever the input.
   * @param mayEvict whether a place may be forgotten to make room, e.g. not while an episode is open.
   * @param evicted is told of a place that was forgotten to make room: what is kept elsewhere by its number goes with it.
   */
  constructor(
    maxPlaces: number,
    mayEvict: (place: P) => boolean,
    evicted: (place: P) => void = () => undefined,
  ) {
    this.maxPlaces = maxPlaces;
    this.mayEvict = mayEvict;
    this.evicted = evicted;
  }

  get size(): number {
    return this.items.length;
  }

  [Symbol.iterator](): Iterator<P> {
    return this.items[Symbol.iterator]();
  }

  /** Adds a place and gives it a number; `undefined` when the memory is full of places that may not be forgotten. */
  add(place: Omit<P, 'n'>): P | undefined {
    if (this.items.length >= this.maxPlaces) {
      let oldest = -1;
      for (const [i, item] of this.items.entries()) {
        if (this.mayEvict(item) && (oldest < 0 || item.seenAt < this.items[oldest]!.seenAt)) oldest = i;
      }
      if (oldest < 0) return undefined;
      for (const item of this.items.splice(oldest, 1)) this.evicted(item);
    }
    const numbered = { ...place, n: this.nextN++ } as P;
    this.items.push(numbered);
    return numbered;
  }

  delete(place: P): void {
    this.items = this.items.filter((item) => item !== place);
  }

  clear(): void {
    this.items = [];
  }

  /**
   * Matches boxes to places one to one, best overlap first (ties: lower place number, earlier candidate), so that the
   * result does not depend on anything but the values.
   */
  match<C extends PlaceCandidate>(candidates: readonly C[], minIou: number): PlaceMatch<P, C>[] {
    const pairs: (PlaceMatch<P, C> & { c: number })[] = [];
    for (const place of this.items) {
      for (const [c, candidate] of candidates.entries()) {
        if (candidate.group !== place.group) continue;
        const overlap = iou(place.box, candidate.box);
        if (overlap >= minIou) pairs.push({ place, candidate, iou: overlap, c });
      }
    }
    pairs.sort((a, b) => b.iou - a.iou || a.place.n - b.place.n || a.c - b.c);
    const takenPlaces = new Set<number>();
    const takenCandidates = new Set<number>();
    return pairs.filter(({ place, c }) => {
      if (takenPlaces.has(place.n) || takenCandidates.has(c)) return false;
      takenPlaces.add(place.n);
      takenCandidates.add(c);
      return true;
    });
  }

  save(): { nextN: number; places: P[] } {
    return structuredClone({ nextN: this.nextN, places: this.items });
  }

  restore(state: { nextN: number; places: readonly P[] }): void {
    this.items = structuredClone([...state.places]);
    this.nextN = state.nextN;
  }
}

/** Share of `box` that lies under `cover`, 0–1: how much of a place something in front of it hides. */
export function coveredShare(box: BoxNorm, cover: BoxNorm): number {
  const area = (box.x2 - box.x1) * (box.y2 - box.y1);
  return area <= 0 ? 0 : intersectionArea(box, cover) / area;
}
