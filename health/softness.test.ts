import { describe, expect, it } from 'vitest';
import type { Maps } from './features.ts';
import { BLOCK_COLUMNS, BLOCKS, CELLS } from './picture.ts';
import { likenessOf, softnessOf } from './softness.ts';

/** A view with clear, steep edges in some blocks, and light that falls off to the right and downwards. */
function view(edges: Readonly<Record<number, { share: number; steepness: number }>>): Maps {
  const maps = { fine: new Float32Array(CELLS), cb: new Float32Array(CELLS), cr: new Float32Array(CELLS) };
  const luma = Float32Array.from({ length: CELLS }, (_, i) => 180 - (i % 64) - i / 64);
  const blockEdges = new Float32Array(BLOCKS);
  const blockSteepness = new Float32Array(BLOCKS);
  for (const [block, { share, steepness }] of Object.entries(edges)) {
    blockEdges[Number(block)] = share;
    blockSteepness[Number(block)] = steepness;
  }
  return { ...maps, luma, mean: 130, fineness: 10, blockEdges, blockSteepness };
}

const sharp = { share: 0.2, steepness: 0.7 };
const ramp = { share: 0.2, steepness: 0.35 };
const none = { share: 0, steepness: 0 };
/** Blocks of the upper row, and of the middle one. */
const [date, name] = [0, 1];
const [left, right] = [4 * BLOCK_COLUMNS, 4 * BLOCK_COLUMNS + 1];
const usual = view({ [date]: sharp, [name]: sharp, [left]: sharp, [right]: sharp });

describe('softness', () => {
  it.each([
    {
      name: 'the view as it is: what stands in the outer rows says nothing',
      picture: usual,
      expected: { witnesses: 2, ramps: 0, gone: 0, fresh: 0 },
    },
    {
      name: 'a blur under writing that stays sharp',
      picture: view({ [date]: sharp, [name]: sharp, [left]: ramp, [right]: none }),
      expected: { witnesses: 2, ramps: 1, gone: 1, fresh: 0 },
    },
    {
      name: 'edges in the outer rows that turn soft: no writing does',
      picture: view({ [date]: sharp, [name]: ramp, [left]: ramp, [right]: ramp }),
      expected: { witnesses: 3, ramps: 3, gone: 0, fresh: 0 },
    },
    {
      name: 'less light, in which edges are too weak to be clear',
      picture: { ...view({ [left]: none, [right]: none }), mean: 60 },
      expected: { witnesses: 4, ramps: 0, gone: 0, fresh: 0 },
    },
    {
      name: 'something else that is seen sharply',
      picture: view({ [date]: sharp, [name]: sharp, [left + 5]: sharp, [left + 6]: sharp }),
      expected: { witnesses: 2, ramps: 0, gone: 2, fresh: 2 },
    },
  ])('$name', ({ picture, expected }) => {
    expect(softnessOf(usual, picture, true)).toMatchObject(expected);
  });

  it('softer things at bare places are no blur of a view that stands still, and may be one of another', () => {
    const cars = Object.fromEntries(Array.from({ length: 20 }, (_, k) => [left + 2 + k, ramp]));
    const parked = view({ [date]: sharp, [name]: sharp, [left]: sharp, [right]: sharp, ...cars });
    expect(softnessOf(usual, parked, true).now.crispness).toBeCloseTo(0.7, 5);
    expect(softnessOf(usual, parked, false).now.crispness).toBeLessThan(0.4);
  });

  it('likeness is kept in another light, and lost where light and dark lie otherwise', () => {
    const { luma } = usual;
    expect(likenessOf({ luma }, { luma: luma.map((value) => value * 0.4 + 30) })).toBeCloseTo(1, 5);
    expect(likenessOf({ luma }, { luma: luma.map((value) => 255 - value) })).toBeCloseTo(-1, 5);
    expect(likenessOf({ luma }, { luma: luma.map(() => 100) })).toBe(0);
  });
});
