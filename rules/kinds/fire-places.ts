/** Places where fire or smoke is seen: detections of a frame join the place they overlap, or begin a new one. */

import {
  bottomCentre,
  boxArea,
  boxCentre,
  intersectionArea,
  iou,
  normaliseBox,
  polygonContains,
  unionBox,
  type BoxNorm,
  type PolygonNorm,
  type Track,
  type TrackedFrame,
} from '../../core/index.ts';
import { boxInZone, zoneOverlap } from '../zone-test.ts';
import { regionOf, strongScore, type FireLabel } from './fire-evidence.ts';
import type { FireSettings } from './fire-params.ts';
import type { FirePlace } from './fire-state.ts';

/** A detection that the rule looks at. */
export interface FireSight {
  readonly label: FireLabel;
  readonly box: BoxNorm;
  readonly score: number;
  readonly trackId: string;
}

/** More places than this are never kept: the weakest go first. */
export const MAX_PLACES = 48;
const MAX_SAMPLES = 240;
const NOT_SOLID: ReadonlySet<string> = new Set(['fire', 'smoke', 'object']);
/** Two boxes of one thing. */
const SAME_THING_IOU = 0.6;

/** The tracks of a frame that are fire or smoke seen in this very frame, in the zone and outside the masks. */
export function sightsOf(
  frame: TrackedFrame,
  zone: PolygonNorm,
  masks: readonly PolygonNorm[],
  params: FireSettings,
): FireSight[] {
  const sights: FireSight[] = [];
  for (const track of frame.tracks) {
    const label = labelOf(track, params);
    if (label === undefined || !track.observed) continue;
    const box = normaliseBox(track.box, frame.frame.width, frame.frame.height);
    const area = boxArea(box);
    if (!(area >= params.minAreaNorm) || !Number.isFinite(area + track.score)) continue;
    const foot = bottomCentre(box);
    const inZone =
      zoneOverlap(box, zone) >= params.minZoneShare || boxInZone(box, zone, { by: 'bottom_centre' });
    if (!inZone) continue;
    if (track.score < strongScore(label, params) && isAnotherThing(track, frame.tracks)) continue;
    const masked = masks.some((mask) => polygonContains(mask, foot) || zoneOverlap(box, mask) >= 0.5);
    if (!masked) sights.push({ label, box, score: track.score, trackId: track.trackId });
  }
  return sights;
}

/** A weak sight that lies on a person or vehicle the detector is surer of is that person or vehicle. */
function isAnotherThing(sight: Track, tracks: readonly Track[]): boolean {
  return tracks.some(
    (other) =>
      other.observed &&
      !NOT_SOLID.has(other.label) &&
      other.score > sight.score &&
      iou(other.box, sight.box) >= SAME_THING_IOU,
  );
}

function labelOf(track: Track, params: FireSettings): FireLabel | undefined {
  return params.labels.find((label) => label === track.label);
}

/** Which place a sight belongs to: the one whose recent region it overlaps or touches most, the oldest on a tie. */
export function findPlace(places: readonly FirePlace[], sight: FireSight): FirePlace | undefined {
  let best: FirePlace | undefined;
  let bestScore = 0;
  for (const place of places) {
    const score = nearness(regionOf(place.samples) ?? place.box, sight.box);
    if (score > bestScore) {
      best = place;
      bestScore = score;
    }
  }
  return best;
}

/**
 * 0 when apart; else the shared part of the smaller box, both boxes grown by a quarter of their size, since flames
 * jump and are found in pieces.
 */
export function nearness(a: BoxNorm, b: BoxNorm): number {
  const ga = grow(a, 0.25);
  const gb = grow(b, 0.25);
  const smaller = Math.min(boxArea(ga), boxArea(gb));
  return smaller <= 0 ? 0 : intersectionArea(ga, gb) / smaller;
}

function grow(box: BoxNorm, share: number): BoxNorm {
  const c = boxCentre(box);
  const w = ((box.x2 - box.x1) / 2) * (1 + share);
  const h = ((box.y2 - box.y1) / 2) * (1 + share);
  return { x1: c.x - w, y1: c.y - h, x2: c.x + w, y2: c.y + h };
}

/** Adds the sights of one frame to a place: one sample per label, boxes joined, best score. */
export function addSights(
  place: FirePlace,
  sights: readonly FireSight[],
  at: { t: number; atMs: number; params: FireSettings },
): void {
  for (const label of ['fire', 'smoke'] as const) {
    const own = sights.filter((s) => s.label === label);
    const first = own[0];
    if (first === undefined) continue;
    let box = first.box;
    let score = first.score;
    for (const s of own) {
      box = unionBox(box, s.box);
      score = Math.max(score, s.score);
    }
    place.samples.push({ t: at.t, atMs: at.atMs, label, box, score });
  }
  if (place.samples.length > MAX_SAMPLES) place.samples.splice(0, place.samples.length - MAX_SAMPLES);
  const strong = sights.filter((s) => s.score >= strongScore(s.label, at.params));
  if (strong.length > 0) {
    place.hits++;
    place.scoreSum += Math.max(...strong.map((s) => s.score));
  }
  place.lastT = at.t;
  place.box = sights.map((s) => s.box).reduce(unionBox);
  place.trackIds = sights.map((s) => s.trackId).slice(0, 16);
}

/** Drops samples that left the window, and places that were only a passing sight. */
export function forget(places: readonly FirePlace[], windowStartT: number): FirePlace[] {
  for (const place of places) {
    const keep = place.samples.findIndex((s) => s.t >= windowStartT);
    if (keep !== 0) place.samples.splice(0, keep < 0 ? place.samples.length : keep);
  }
  const alive = places.filter((p) => p.samples.length > 0 || p.episode !== null);
  if (alive.length <= MAX_PLACES) return alive;
  const rank = (p: FirePlace): number => (p.episode === null ? 0 : 1e9) + p.hits;
  const kept = new Set(
    [...alive]
      .sort((a, b) => rank(b) - rank(a) || a.id - b.id)
      .slice(0, MAX_PLACES)
      .map((p) => p.id),
  );
  return alive.filter((p) => kept.has(p.id));
}
