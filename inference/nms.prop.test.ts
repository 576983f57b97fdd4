/** Suppression against its definition, on random boxes. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { iou } from '../core/index.ts';
import { Candidates } from './candidates.ts';
import { suppress } from './nms.ts';

interface Entry {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly score: number;
  readonly classIndex: number;
}

const entry: fc.Arbitrary<Entry> = fc.record({
  x: fc.integer({ min: 0, max: 60 }),
  y: fc.integer({ min: 0, max: 60 }),
  w: fc.integer({ min: 0, max: 40 }),
  h: fc.integer({ min: 0, max: 40 }),
  score: fc.integer({ min: 1, max: 20 }).map((v) => v / 20),
  classIndex: fc.integer({ min: 0, max: 3 }),
});

function fill(entries: readonly Entry[]): Candidates {
  const candidates = new Candidates();
  for (const { x, y, w, h, score, classIndex } of entries)
    candidates.add(x, y, x + w, y + h, score, classIndex);
  return candidates;
}

const boxOf = ({ x, y, w, h }: Entry) => ({ x1: x, y1: y, x2: x + w, y2: y + h });
const GROUPS = Int16Array.of(0, 0, -1, -1);

describe('suppress', () => {
  test('property: what stays is sorted, apart, and everything that goes overlaps something better that stays', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 80 }), fc.constantFrom(0.3, 0.5, 0.7), (entries, limit) => {
        const kept = [...suppress(fill(entries), { iou: limit, groups: GROUPS, groupIou: 0.8 })];
        const limitOf = (a: Entry, b: Entry): number => {
          if (a.classIndex === b.classIndex) return limit;
          const group = GROUPS[a.classIndex]!;
          return group >= 0 && group === GROUPS[b.classIndex] ? 0.8 : Infinity;
        };
        const clash = (a: Entry, b: Entry) => iou(boxOf(a), boxOf(b)) > limitOf(a, b) + 1e-6;
        for (const [n, i] of kept.entries()) {
          if (n > 0) expect(entries[i]!.score).toBeLessThanOrEqual(entries[kept[n - 1]!]!.score);
          for (const j of kept.slice(0, n)) expect(clash(entries[i]!, entries[j]!)).toBe(false);
        }
        const near = (a: Entry, b: Entry) => iou(boxOf(a), boxOf(b)) > limitOf(a, b) - 1e-6;
        for (const [i, lost] of entries.entries()) {
          if (kept.includes(i) || lost.w === 0 || lost.h === 0) continue;
          expect(kept.some((k) => entries[k]!.score >= lost.score && near(entries[k]!, lost))).toBe(true);
        }
      }),
    );
  });

  test('property: suppressing again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const once = [...suppress(fill(entries), { iou: 0.5 })].map((i) => entries[i]!);
        const twice = [...suppress(fill(once), { iou: 0.5 })].map((i) => once[i]!);
        expect(twice).toEqual(once);
      }),
    );
  });

  test('a rival is dropped, or demoted once and moved down the list', () => {
    const entries = [
      { x: 0, y: 0, w: 10, h: 10, score: 0.8, classIndex: 0 },
      { x: 0, y: 0, w: 10, h: 10, score: 0.7, classIndex: 1 },
      { x: 0, y: 0, w: 10, h: 10, score: 0.6, classIndex: 2 },
      { x: 30, y: 0, w: 10, h: 10, score: 0.5, classIndex: 1 },
    ];
    const options = { iou: 0.5, groups: GROUPS, groupIou: 0.7 };
    expect([...suppress(fill(entries), options)]).toEqual([0, 2, 3]);
    const candidates = fill(entries);
    expect([...suppress(candidates, { ...options, rivalFactor: 0.5 })]).toEqual([0, 2, 3, 1]);
    expect(candidates.scores[1]).toBeCloseTo(0.35);
    expect([...suppress(fill(entries), { ...options, groupIou: 1 })]).toEqual([0, 1, 2, 3]);
  });

  test('equal scores keep the order of the anchors', () => {
    const same = { x: 0, y: 0, w: 10, h: 10, score: 0.5, classIndex: 0 };
    expect([...suppress(fill([same, same, same]), { iou: 0.5 })]).toEqual([0]);
  });

  test('limits: only the best are looked at and kept', () => {
    const apart = Array.from({ length: 50 }, (_, i) => ({
      x: 100 * i,
      y: 0,
      w: 9,
      h: 9,
      score: (i + 1) / 50,
      classIndex: 0,
    }));
    expect([...suppress(fill(apart), { iou: 0.5, maxKept: 3 })]).toEqual([49, 48, 47]);
    expect(suppress(fill(apart), { iou: 0.5, maxCandidates: 7 })).toHaveLength(7);
  });

  test('more candidates than the first capacity', () => {
    const many = Array.from({ length: 3000 }, (_, i) => ({
      x: 20 * i,
      y: 0,
      w: 9,
      h: 9,
      score: (i % 97) / 100 + 0.01,
      classIndex: 1,
    }));
    const kept = suppress(fill(many), { iou: 0.5, maxKept: 5000 });
    expect(kept).toHaveLength(3000);
    expect(many[kept[0]!]!.score).toBeCloseTo(0.97);
  });
});
