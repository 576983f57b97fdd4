/** Heaps that a `littering` rule knows: detections of a frame join the heap they belong to, or begin a new one. */

import {
  boxArea,
  intersectionArea,
  iou,
  normaliseBox,
  unionBox,
  type BoxNorm,
  type PolygonNorm,
  type Track,
  type TrackedFrame,
} from '../../core/index.ts';
import { coveredShare } from '../place-memory.ts';
import { boxInZone } from '../zone-test.ts';
import { HIDDEN_SHARE, isHeld } from './littering-actors.ts';
import type { LitteringSettings } from './littering-params.ts';
import type { Heap } from './littering-state.ts';

/** Heaps that are kept, raised or not. */
export const MAX_HEAPS = 96;
/** How fast the remembered box follows what is seen. */
const FOLLOW_MS = 3000;
/** What somebody holds before a heap is taken for the heap only with this overlap. */
const HELD_IOU = 0.3;
/** Boxes of two classes that overlap this well are of one thing, and one thing is of one class: the surer one. */
const RIVAL_IOU = 0.6;
/** Sights of one frame that are looked at, the surest first. */
const MAX_SIGHTS = 64;

/** A detection that the rule looks at. */
export interface Sight {
  readonly group: string;
  readonly box: BoxNorm;
  readonly score: number;
  readonly trackId: string;
  /** In somebody's hands: it neither begins a heap nor adds to its dwell. */
  readonly held: boolean;
}

/** What a frame shows: rubbish in the zone, and whatever may hide a place. */
export interface Scene {
  readonly sights: readonly Sight[];
  readonly covers: readonly BoxNorm[];
  /** Those that do stand there: seen in this frame, or hidden themselves. What is only predicted may be gone. */
  readonly standing: readonly BoxNorm[];
  /** Rubbish in the zone that the rule leaves alone. */
  readonly exempt: readonly Pick<Sight, 'group' | 'box'>[];
}

/** What a frame is read by. */
export interface SceneReading {
  readonly zone: PolygonNorm;
  readonly params: LitteringSettings;
  /** What the rule leaves alone: it hides what lies behind it, and neither lies nor acts. */
  readonly exempt: readonly Track[];
}

/**
 * Reads a frame. Only what was detected in this very frame is a sight; what is predicted still hides places.
 * What is more surely a shut bin, a motorcycle or a person in the same box is no rubbish.
 */
export function readScene(frame: TrackedFrame, reading: SceneReading): Scene {
  const { params, exempt } = reading;
  const { width, height } = frame.frame;
  const covers: Cover[] = exempt
    .filter((track) => isCover(track))
    .map((track) => ({ box: normaliseBox(track.box, width, height), observed: track.observed }))
    .filter(({ box }) => Number.isFinite(boxArea(box)));
  const people: BoxNorm[] = [];
  const rivals: Pick<Sight, 'box' | 'score'>[] = [];
  const sights: Omit<Sight, 'held'>[] = [];
  for (const track of frame.tracks) {
    const box = normaliseBox(track.box, width, height);
    if (!Number.isFinite(boxArea(box) + track.score)) continue;
    if (!isLookedFor(track, params)) {
      if (RUBBISH.has(track.label)) continue;
      if (track.observed) rivals.push({ box, score: track.score });
      if (!isCover(track)) continue;
      covers.push({ box, observed: track.observed });
      if (track.label === 'person') people.push(box);
    } else if (isSight(track, box, reading)) {
      sights.push({ group: groupOf(track.label), box, score: track.score, trackId: track.trackId });
    }
  }
  const surest = sights
    .filter(
      ({ box, score }) => !rivals.some((rival) => rival.score > score && iou(rival.box, box) >= RIVAL_IOU),
    )
    .sort((a, b) => b.score - a.score || (a.trackId < b.trackId ? -1 : 1))
    .slice(0, MAX_SIGHTS);
  return {
    covers: covers.map(({ box }) => box),
    standing: standingOf(covers),
    sights: surest.map((sight) => ({ ...sight, held: isHeld(sight.box, people) })),
    exempt: exempt
      .filter((track) => isLookedFor(track, params))
      .map((track) => ({ track, group: groupOf(track.label), box: normaliseBox(track.box, width, height) }))
      .filter(({ track, box }) => isSight(track, box, reading))
      .slice(0, MAX_SIGHTS),
  };
}

function isLookedFor({ label }: Track, { labels }: LitteringSettings): boolean {
  return labels.some((one) => one === label);
}

function isSight({ observed }: Track, box: BoxNorm, { zone, params }: SceneReading): boolean {
  return observed && boxArea(box) >= params.minAreaNorm && boxInZone(box, zone, { by: 'bottom_centre' });
}

/** Something that hides places, seen in this frame or predicted. */
interface Cover {
  readonly box: BoxNorm;
  readonly observed: boolean;
}

function standingOf(covers: readonly Cover[]): BoxNorm[] {
  const seen = covers.filter(({ observed }) => observed).map(({ box }) => box);
  const hidden = covers
    .filter(({ box, observed }) => !observed && seen.some((one) => coveredShare(box, one) >= HIDDEN_SHARE))
    .map(({ box }) => box);
  return [...seen, ...hidden];
}

const RUBBISH: ReadonlySet<string> = new Set(['garbage', 'overflow', 'object', 'fire', 'smoke']);

/** A body that hides what lies behind it. */
function isCover({ label, state }: Track): boolean {
  return !RUBBISH.has(label) && label !== 'bin' && state !== 'tentative';
}

/** An unknown object and garbage may be the same thing; an overflowing bin is not. */
function groupOf(label: string): string {
  return label === 'overflow' ? 'overflow' : 'garbage';
}

/** The heap a sight belongs to, if any: the one it overlaps most. Held things belong only where they overlap well. */
export function heapOf<H extends Pick<Heap, 'group' | 'box'>>(
  heaps: Iterable<H>,
  sight: Pick<Sight, 'group' | 'box' | 'held'>,
  heapGap: number,
): H | undefined {
  let best: H | undefined;
  let bestScore = 0;
  for (const heap of heaps) {
    if (heap.group !== sight.group) continue;
    const overlap = iou(heap.box, sight.box);
    const score = overlap >= HELD_IOU ? 1 + overlap : sight.held ? 0 : nearness(heap.box, sight.box, heapGap);
    if (score > bestScore) {
      best = heap;
      bestScore = score;
    }
  }
  return best;
}

/** Sights that lie together: each is near to another one of its group. Held things stay alone. */
export function clusters(sights: readonly Sight[], heapGap: number): Sight[][] {
  const found: Sight[][] = [];
  for (const sight of sights) {
    const near = (other: Sight): boolean =>
      !sight.held &&
      !other.held &&
      other.group === sight.group &&
      nearness(other.box, sight.box, heapGap) > 0;
    const touching = found.filter((cluster) => cluster.some(near));
    const rest = found.filter((cluster) => !touching.includes(cluster));
    found.splice(0, found.length, ...rest, [...touching.flat(), sight]);
  }
  return found;
}

/** 0 when apart; else the shared part of the smaller box, both grown by `heapGap` of their size. */
function nearness(first: BoxNorm, second: BoxNorm, heapGap: number): number {
  const a = grow(first, heapGap);
  const b = grow(second, heapGap);
  return intersectionArea(a, b) / Math.max(1e-12, Math.min(boxArea(a), boxArea(b)));
}

function grow(box: BoxNorm, share: number): BoxNorm {
  const w = ((box.x2 - box.x1) * share) / 2;
  const h = ((box.y2 - box.y1) * share) / 2;
  return { x1: box.x1 - w, y1: box.y1 - h, x2: box.x2 + w, y2: box.y2 + h };
}

/** The heap's box goes towards the box around its sights, slowly, so that one bad detection changes little. */
export function follow(heap: Heap, sights: readonly Sight[], stepMs: number): void {
  const seen = sights.map((sight) => sight.box).reduce(unionBox);
  const share = Math.min(1, Math.max(0.05, stepMs / FOLLOW_MS));
  const mix = (a: number, b: number): number => a + (b - a) * share;
  heap.box = {
    x1: mix(heap.box.x1, seen.x1),
    y1: mix(heap.box.y1, seen.y1),
    x2: mix(heap.box.x2, seen.x2),
    y2: mix(heap.box.y2, seen.y2),
  };
}
