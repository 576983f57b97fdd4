/** Whether a box counts as inside a zone. Boxes and polygons are 0–1 of the picture. */

import { bottomCentre, boxArea, polygonBoxArea, polygonContains } from '../core/index.ts';
import type { BoxNorm, PolygonNorm } from '../core/index.ts';

/** How a box is tested: where it touches the ground, or how much of it lies in the zone. */
export type ZoneTest =
  { readonly by: 'bottom_centre' } | { readonly by: 'overlap'; readonly minOverlap: number };

/** A foot that misses the zone by less than this share of its box may stand in it: boxes are not that exact. */
const FOOT_SHARE = 0.25;

/** `true` when the box counts as inside. A box that reaches below the picture is tested at the picture's edge. */
export function boxInZone(box: BoxNorm, polygon: PolygonNorm, test: ZoneTest): boolean {
  if (test.by === 'overlap') return zoneOverlap(box, polygon) >= test.minOverlap;
  const foot = bottomCentre(box);
  // Just inside the picture, so that a zone drawn to its lower edge holds a box that touches this edge.
  return polygonContains(polygon, { x: clampInside(foot.x), y: clampInside(foot.y) });
}

/**
 * Whether the box is inside, or so near the edge that it may be: a quarter of its size aside, or half of the overlap. An
 * object in the next lane, a whole width away, is not.
 */
export function isNearZone(box: BoxNorm, polygon: PolygonNorm, test: ZoneTest): boolean {
  if (test.by === 'overlap') return zoneOverlap(box, polygon) >= test.minOverlap / 2;
  const dx = FOOT_SHARE * (box.x2 - box.x1);
  const dy = FOOT_SHARE * (box.y2 - box.y1);
  const { x, y } = bottomCentre(box);
  const foot = {
    x1: x - dx,
    x2: x + dx,
    y1: clampInside(y - dy),
    y2: Math.max(clampInside(y - dy) + 1e-9, y + dy),
  };
  return polygonBoxArea(polygon, foot) > 0;
}

/** Share of the box that lies in the zone, 0–1. */
export function zoneOverlap(box: BoxNorm, polygon: PolygonNorm): number {
  const area = boxArea(box);
  return area === 0 ? 0 : Math.min(1, polygonBoxArea(polygon, box) / area);
}

function clampInside(value: number): number {
  return Math.min(1 - 1e-9, Math.max(1e-9, value));
}
