/** Whether a box counts as inside a zone. Boxes and polygons are 0–1 of the picture. */

import { bottomCentre, boxArea, polygonBoxArea, polygonContains } from '../core/index.ts';
import type { BoxNorm, PolygonNorm } from '../core/index.ts';

/** How a box is tested: where it touches the ground, or how much of it lies in the zone. */
export type ZoneTest =
  { readonly by: 'bottom_centre' } | { readonly by: 'overlap'; readonly minOverlap: number };

/** `true` when the box counts as inside. A box that reaches below the picture is tested at the picture's edge. */
export function boxInZone(box: BoxNorm, polygon: PolygonNorm, test: ZoneTest): boolean {
  if (test.by === 'overlap') return zoneOverlap(box, polygon) >= test.minOverlap;
  const foot = bottomCentre(box);
  // Just inside the picture, so that a zone drawn to its lower edge holds a box that touches this edge.
  return polygonContains(polygon, { x: clampInside(foot.x), y: clampInside(foot.y) });
}

/** Share of the box that lies in the zone, 0–1. */
export function zoneOverlap(box: BoxNorm, polygon: PolygonNorm): number {
  const area = boxArea(box);
  return area === 0 ? 0 : Math.min(1, polygonBoxArea(polygon, box) / area);
}

function clampInside(value: number): number {
  return Math.min(1 - 1e-9, Math.max(1e-9, value));
}
