import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from './geometry.ts';
import {
  boxArea,
  clampBox,
  intersectionArea,
  iou,
  polygonArea,
  polygonBoxArea,
  polygonContains,
  polygonProblem,
} from './geometry.ts';

const square = [
  { x: 0.2, y: 0.2 },
  { x: 0.8, y: 0.2 },
  { x: 0.8, y: 0.8 },
  { x: 0.2, y: 0.8 },
];
/** A U, open to the top: the gap between its arms is outside. */
const concave = [
  { x: 0, y: 0 },
  { x: 0.3, y: 0 },
  { x: 0.3, y: 0.7 },
  { x: 0.7, y: 0.7 },
  { x: 0.7, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

const coordinate = fc.double({ min: 0, max: 1, noNaN: true });
const box: fc.Arbitrary<Box> = fc
  .tuple(coordinate, coordinate, coordinate, coordinate)
  .map(([a, b, c, d]) => ({
    x1: Math.min(a, b),
    y1: Math.min(c, d),
    x2: Math.max(a, b),
    y2: Math.max(c, d),
  }));

describe('boxes', () => {
  test('IoU is symmetric, within 0–1, and 1 for a box with itself', () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        expect(iou(a, b)).toBe(iou(b, a));
        expect(iou(a, b)).toBeGreaterThanOrEqual(0);
        expect(iou(a, b)).toBeLessThanOrEqual(1 + 1e-9);
        if (boxArea(a) > 0) expect(iou(a, a)).toBeCloseTo(1, 9);
      }),
    );
  });

  test('IoU of boxes of known overlap', () => {
    expect(iou({ x1: 0, y1: 0, x2: 2, y2: 2 }, { x1: 1, y1: 0, x2: 3, y2: 2 })).toBeCloseTo(1 / 3);
  });

  test('a clamped box lies within its bounds', () => {
    fc.assert(
      fc.property(box, box, (a, bounds) => {
        expect(intersectionArea(clampBox(a, bounds), bounds)).toBeCloseTo(boxArea(clampBox(a, bounds)), 12);
      }),
    );
  });
});

describe('polygons', () => {
  const rows: [name: string, polygon: typeof square, x: number, y: number, inside: boolean][] = [
    ['middle of a square', square, 0.5, 0.5, true],
    ['beside it', square, 0.1, 0.5, false],
    ['arm of the U', concave, 0.1, 0.1, true],
    ['gap of the U', concave, 0.5, 0.3, false],
    ['foot of the U', concave, 0.5, 0.9, true],
  ];
  test.each(rows)('%s', (_name, polygon, x, y, inside) => {
    expect(polygonContains(polygon, { x, y })).toBe(inside);
  });

  test('the part of a polygon in a box: whole picture, nothing, and a known part', () => {
    expect(polygonBoxArea(concave, { x1: 0, y1: 0, x2: 1, y2: 1 })).toBeCloseTo(polygonArea(concave));
    expect(polygonBoxArea(concave, { x1: 0.35, y1: 0, x2: 0.65, y2: 0.6 })).toBeCloseTo(0);
    expect(polygonBoxArea(square, { x1: 0, y1: 0, x2: 0.5, y2: 1 })).toBeCloseTo(0.18);
  });

  test('the part in a box agrees with counting points', () => {
    fc.assert(
      fc.property(box, (b) => {
        let inside = 0;
        const steps = 60;
        for (let i = 0; i < steps; i++) {
          for (let j = 0; j < steps; j++) {
            const point = {
              x: b.x1 + ((i + 0.5) / steps) * (b.x2 - b.x1),
              y: b.y1 + ((j + 0.5) / steps) * (b.y2 - b.y1),
            };
            if (polygonContains(concave, point)) inside++;
          }
        }
        expect(polygonBoxArea(concave, b)).toBeCloseTo((inside / steps ** 2) * boxArea(b), 1);
      }),
      { numRuns: 50 },
    );
  });

  const problems: [name: string, points: [number, number][], problem: RegExp | undefined][] = [
    [
      'a triangle',
      [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
      undefined,
    ],
    ['a concave polygon', concave.map(({ x, y }) => [x, y]), undefined],
    [
      'two points',
      [
        [0, 0],
        [1, 1],
      ],
      /at least 3 points/,
    ],
    [
      'a bow tie',
      [
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
      ],
      /edges 1 and 3 cross/,
    ],
    [
      'a point outside',
      [
        [0, 0],
        [1, 0],
        [1, 1.2],
      ],
      /lies outside the picture/,
    ],
    [
      'a point that is not a number',
      [
        [0, 0],
        [1, 0],
        [Number.NaN, 1],
      ],
      /lies outside the picture/,
    ],
    [
      'points on a line',
      [
        [0, 0],
        [0.5, 0.5],
        [1, 1],
      ],
      /no area/,
    ],
    [
      'a corner that touches another edge',
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0.5, 0],
        [0, 1],
      ],
      /cross/,
    ],
  ];
  test.each(problems)('%s', (_name, points, problem) => {
    const found = polygonProblem(points.map(([x, y]) => ({ x, y })));
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(problem);
  });
});
