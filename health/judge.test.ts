import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { BLOCKS, CELLS, COLUMNS, type Picture } from './picture.ts';
import { newReference, type Reference } from './reference.ts';

/** Surfaces of some brightness, 8 × 6 cells each, with weak edges on them where `isUp` says so. */
function picture(of: { seed: number; isUp: (x: number, y: number) => boolean }): Picture {
  const luma = Float32Array.from({ length: CELLS }, (_, i) => {
    const [x, y] = [i % COLUMNS, Math.floor(i / COLUMNS)];
    const surface = (Math.floor(x / 8) * 5 + Math.floor(y / 6) * 3 + of.seed) % 7;
    return 80 + 9 * surface + (of.isUp(x, y) ? 18 : 0);
  });
  const flat = new Float32Array(CELLS);
  const maps = { luma, fine: flat.map(() => 5), cb: flat, cr: flat };
  const blocks = { blockEdges: new Float32Array(BLOCKS), blockSteepness: new Float32Array(BLOCKS) };
  const light = { mean: 123, contrast: 25, p01: 80, p05: 82, p95: 160, p99: 166, saturation: 0 };
  return { ...maps, ...blocks, ...light, fineness: 5, crispness: 0, edgeShare: 0, noise: 1 };
}

/** A camera that has stood still for a minute. */
function known(of: Picture): Reference {
  const { luma, fine, cb, cr, blockEdges, blockSteepness, mean, contrast, fineness, noise } = of;
  const maps = { luma, fine, cb, cr, blockEdges, blockSteepness };
  const learnt = { persistence: 0.98, steadiness: 0.98, learntMs: 60_000, pictures: 120 };
  return { ...newReference(), ...maps, ...learnt, mean, contrast, fineness, noise };
}

const street = picture({ seed: 0, isUp: (x) => x % 4 < 2 });
/** Streaks where the street had its edges. */
const streaks = (x: number, y: number): boolean => (x * 7 + (y >> 1) * 13) % 11 < 5;

describe('edges that are gone', () => {
  it.each([
    { name: 'are no other view while light and dark lie as before: rain', seed: 0, moved: false },
    { name: 'are another view where light and dark are another one’s', seed: 3, moved: true },
  ])('$name', ({ seed, moved }) => {
    const { verdicts, measurements } = judge(picture({ seed, isUp: streaks }), known(street), () => false);
    expect(measurements['edgesFound']).toBeLessThan(0.55);
    expect(verdicts.moved).toBe(moved);
  });
});
