/** The assignment against every possible assignment of small problems. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_COST, assign } from './assignment.ts';
import type { Pair } from './assignment.ts';

/** Most pairs first, then least cost, by trying everything. */
function best(pairs: readonly Pair[]): { count: number; cost: number } {
  const [first, ...rest] = pairs;
  if (first === undefined) return { count: 0, cost: 0 };
  const without = best(rest);
  const free = best(rest.filter((pair) => pair.row !== first.row && pair.column !== first.column));
  const withFirst = { count: free.count + 1, cost: free.cost + first.cost };
  if (withFirst.count !== without.count) return withFirst.count > without.count ? withFirst : without;
  return withFirst.cost < without.cost ? withFirst : without;
}

describe('assign', () => {
  it('matches as many as possible at the least cost', () => {
    const pairs = fc.uniqueArray(
      fc.record({ row: fc.nat(4), column: fc.nat(5), cost: fc.double({ min: 0, max: 1, noNaN: true }) }),
      { maxLength: 12, selector: ({ row, column }) => row * 10 + column },
    );
    fc.assert(
      fc.property(pairs, (some) => {
        const matched = assign(some, 5, 6);
        const cost = matched.reduce(
          (sum, [row, column]) => sum + some.find((pair) => pair.row === row && pair.column === column)!.cost,
          0,
        );
        const expected = best(some);
        expect(matched).toHaveLength(expected.count);
        expect(cost).toBeCloseTo(expected.cost, 9);
        expect(new Set(matched.map(([row]) => row)).size).toBe(matched.length);
        expect(new Set(matched.map(([, column]) => column)).size).toBe(matched.length);
      }),
    );
  });

  it('comes to an end, and uses only pairs with a cost that is one, whatever else is given', () => {
    const cost = fc.oneof(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e308, 1e10),
    );
    const pairs = fc.uniqueArray(fc.record({ row: fc.nat(4), column: fc.nat(5), cost }), {
      maxLength: 12,
      selector: ({ row, column }) => row * 10 + column,
    });
    fc.assert(
      fc.property(pairs, (some) => {
        const usable = some.filter((pair) => Math.abs(pair.cost) <= MAX_COST);
        const matched = assign(some, 5, 6);
        const costs = matched.map(
          ([row, column]) => usable.find((pair) => pair.row === row && pair.column === column)?.cost,
        );
        expect(costs).not.toContain(undefined);
        const expected = best(usable);
        expect(matched).toHaveLength(expected.count);
        expect(costs.reduce((sum: number, one) => sum + one!, 0)).toBeCloseTo(expected.cost, 9);
      }),
    );
  });
});
