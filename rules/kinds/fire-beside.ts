/** What is seen beside an open fire: its glow, its reflection or its smoke, or another fire. */

import { boxArea, type Box, type BoxNorm } from '../../core/index.ts';
import type { FireLabel } from './fire-evidence.ts';
import type { FirePlace } from './fire-state.ts';

/**
 * All distances are measured in diagonals of the open fire, since what it lights up and the smoke it gives reach as far
 * as it is large. The lit face of a spectator, recorded, was within 0.6.
 */
const LIT_REACH = 1;
/** Wisps of smoke are found apart from what they come from. */
const SMOKE_REACH = 2;
/** Smoke that rises is found this far above, and the wind leans it by as much as it has risen. */
const RISE_REACH = 4;
/** From this mean score on a place is a fire of its own, however near a larger one. */
const CLEAR_SCORE = 0.6;
/** What a fire lights up is smaller than this share of its area. A second seat that grows beyond it is told. */
const LIT_SHARE = 0.25;

/** What might be a fire of its own. */
export interface SeenBeside {
  readonly box: BoxNorm;
  /** Median of late: single boxes flicker. */
  readonly areaNorm: number;
  /** Flames or smoke, by what was seen more clearly. */
  readonly label: FireLabel;
  readonly meanScore: number;
  /** It is believed only because it lasts: each sight by itself is no evidence. */
  readonly weak: boolean;
}

/**
 * Whether it is taken for a part of an open fire: flames beside it that are weak and not larger than it, or clear but
 * much smaller and not very clear; weak smoke near it, or that rises from it. Anywhere else in the zone it is judged as
 * if nothing burned.
 *
 * @param pixel the size of a pixel, 0–1.
 */
export function isPartOf(
  open: FirePlace,
  seen: SeenBeside,
  pixel: { readonly x: number; readonly y: number },
): boolean {
  const extent = open.episode?.extent ?? open.box;
  const fire = inPixels(extent, pixel);
  const other = inPixels(seen.box, pixel);
  const reach = Math.hypot(fire.x2 - fire.x1, fire.y2 - fire.y1);
  const aside = Math.max(0, other.x1 - fire.x2, fire.x1 - other.x2);
  const above = Math.max(0, fire.y1 - other.y2);
  const gap = Math.hypot(aside, Math.max(above, other.y1 - fire.y2));
  const size = seen.areaNorm / Math.max(1e-9, boxArea(extent));
  if (!seen.weak) return gap <= reach * LIT_REACH && size <= LIT_SHARE && seen.meanScore < CLEAR_SCORE;
  if (seen.label === 'fire') return gap <= reach * LIT_REACH && size <= 1;
  return gap <= reach * SMOKE_REACH || (above <= reach * RISE_REACH && aside <= above);
}

function inPixels(box: BoxNorm, pixel: { readonly x: number; readonly y: number }): Box {
  return { x1: box.x1 / pixel.x, y1: box.y1 / pixel.y, x2: box.x2 / pixel.x, y2: box.y2 / pixel.y };
}
