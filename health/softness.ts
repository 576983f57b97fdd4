/** What became of the clear edges place by place: kept, turned to ramps, or gone. Blur does the latter two everywhere. */

import { gainOf, type Maps } from './features.ts';
import { BLOCK_SIDE, BLOCKS, blockOfCell, CELLS, firstCellOf, mayBeWritten } from './picture.ts';

/** Steepness of a ramp as long as the edges that are looked at: the least there is. */
export const RAMP = 0.25;
/** A block has clear edges from this share of its pixels on; and has new ones if it had next to none. */
const EDGY = 0.04;
const BARE = 0.02;
const FRESH = 0.08;
/** Fewer than this share of a block's edges are left: they are gone. */
const GONE = 0.2;
/** So much of what lies above a ramp is left: the edge is as it was. Below the other: it is one. */
const AS_IT_WAS = 0.75;
const SOFT = 0.6;
/** Blur leaves the light as it is. Brightness off by more: contrast is, too, and an edge may be gone for that. */
const SAME_LIGHT = 1.25;

/** Clear edges of some places together: share of all pixels of the picture, and mean steepness. */
export interface ClearEdges {
  readonly share: number;
  readonly crispness: number;
}

/**
 * The usual clear edges and those of a picture. Blocks of the outer rows whose edges are as they were are left out of
 * everything: that may be the camera's own writing, which stays sharp whatever the lens does.
 */
export interface Softness {
  readonly usual: ClearEdges;
  readonly now: ClearEdges;
  /** Blocks that usually have clear edges. */
  readonly witnesses: number;
  /** Those whose edges are ramps now, and those whose edges are gone though the light is the same. */
  readonly ramps: number;
  readonly gone: number;
  /** Those that have edges now and had none: something else is seen, and seen sharply. */
  readonly fresh: number;
}

/**
 * Compares the clear edges of a picture with the usual ones, block by block.
 * @param steady whether the view stands still: then what has come to a bare place is no witness. A parked car may have
 * softer edges than a white line.
 */
export function softnessOf(reference: Maps, picture: Maps, steady: boolean): Softness {
  const gain = gainOf(reference, picture);
  const sameLight = gain < SAME_LIGHT && gain > 1 / SAME_LIGHT;
  const usual = new Edges();
  const now = new Edges();
  const n = { witnesses: 0, ramps: 0, gone: 0, fresh: 0 };
  for (let k = 0; k < BLOCKS; k++) {
    const was = reference.blockEdges[k]!;
    const is = picture.blockEdges[k]!;
    const left = (picture.blockSteepness[k]! - RAMP) / Math.max(0.01, reference.blockSteepness[k]! - RAMP);
    const gone = is < GONE * was;
    if (was >= EDGY && !gone && left > AS_IT_WAS && mayBeWritten(firstCellOf(k))) continue;
    if (was < BARE && is > FRESH) n.fresh++;
    if (steady && was < BARE) continue;
    usual.add(was, reference.blockSteepness[k]!);
    now.add(is, picture.blockSteepness[k]!);
    if (was < EDGY) continue;
    n.witnesses++;
    if (!gone && left < SOFT) n.ramps++;
    if (gone && sameLight) n.gone++;
  }
  return { usual: usual.mean(), now: now.mean(), ...n };
}

class Edges {
  private density = 0;
  private steepness = 0;

  add(density: number, steepness: number): void {
    this.density += density;
    this.steepness += density * steepness;
  }

  mean(): ClearEdges {
    return {
      share: this.density / BLOCKS,
      crispness: this.density === 0 ? 0 : this.steepness / this.density,
    };
  }
}

/** Correlation of the blocks' mean luma: a scale at which a soft picture and a sharp one of the same view are alike. */
export function likenessOf(reference: Pick<Maps, 'luma'>, picture: Pick<Maps, 'luma'>): number {
  const was = blockMeans(reference.luma);
  const is = blockMeans(picture.luma);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let k = 0; k < BLOCKS; k++) {
    ab += was[k]! * is[k]!;
    aa += was[k]! ** 2;
    bb += is[k]! ** 2;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

/** Mean luma of each block, less that of all. */
function blockMeans(luma: Float32Array): Float32Array {
  const means = new Float32Array(BLOCKS);
  let mean = 0;
  for (let i = 0; i < CELLS; i++) {
    means[blockOfCell(i)]! += luma[i]! / BLOCK_SIDE ** 2;
    mean += luma[i]! / CELLS;
  }
  return means.map((value) => value - mean);
}
