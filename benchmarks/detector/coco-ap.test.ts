/** Our average precision against numbers that pycocotools gave for a stored example, and against hand-made cases. */

import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import type { Box } from '../../core/index.ts';
import { packagePath } from '../../core/index.ts';
import { averagePrecision, countMatches } from './coco-ap.ts';

const Corners = Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number()]);
const Figures = Type.Object({ ap50: Type.Number(), ap50_95: Type.Number() });
const Example = Type.Object({
  images: Type.Integer(),
  classes: Type.Array(Type.String()),
  truth: Type.Array(Type.Object({ image: Type.Integer(), class: Type.String(), box: Corners })),
  detections: Type.Array(
    Type.Object({ image: Type.Integer(), class: Type.String(), score: Type.Number(), box: Corners }),
  ),
  expected: Type.Object({
    perClass: Type.Record(Type.String(), Type.Union([Figures, Type.Null()])),
    mean: Figures,
  }),
});

const toBox = ([x1, y1, x2, y2]: [number, number, number, number]): Box => ({ x1, y1, x2, y2 });

describe('the stored example of pycocotools', () => {
  const path = packagePath('benchmarks', 'golden', 'coco-eval-example.json');
  const example = Value.Parse(Example, JSON.parse(readFileSync(path, 'utf8')));
  const evaluate = (label: string) =>
    averagePrecision(
      Array.from({ length: example.images }, (_, image) => ({
        truth: example.truth.filter((t) => t.image === image && t.class === label).map((t) => toBox(t.box)),
        found: example.detections
          .filter((d) => d.image === image && d.class === label)
          .map((d) => ({ box: toBox(d.box), score: d.score })),
      })),
    );

  test.each(example.classes)('class %s', (label) => {
    const expected = example.expected.perClass[label] ?? undefined;
    const actual = evaluate(label);
    // `null` in the example: a class without objects has no average precision.
    expect(actual === undefined).toBe(expected === undefined);
    expect(Math.abs((actual?.ap50 ?? 0) - (expected?.ap50 ?? 0))).toBeLessThan(0.001);
    expect(Math.abs((actual?.ap50to95 ?? 0) - (expected?.ap50_95 ?? 0))).toBeLessThan(0.001);
  });

  test('mean over the classes that have objects', () => {
    const all = example.classes.map(evaluate).filter((v) => v !== undefined);
    const mean = all.reduce((sum, v) => sum + v.ap50, 0) / all.length;
    expect(Math.abs(mean - example.expected.mean.ap50)).toBeLessThan(0.001);
  });
});

describe('by hand', () => {
  const at = (x: number): Box => ({ x1: x, y1: 0, x2: x + 10, y2: 10 });

  test.each([
    [
      'everything found',
      [at(0), at(50)],
      [
        { box: at(0), score: 0.9 },
        { box: at(50), score: 0.8 },
      ],
      1,
    ],
    ['nothing found', [at(0)], [], 0],
    [
      'a double of a found object is wrong, but costs nothing after full recall',
      [at(0)],
      [
        { box: at(0), score: 0.9 },
        { box: at(1), score: 0.8 },
      ],
      1,
    ],
    [
      'a stronger false alarm halves the precision',
      [at(0)],
      [
        { box: at(50), score: 0.9 },
        { box: at(0), score: 0.8 },
      ],
      0.5,
    ],
    ['half found: 51 of 101 recalls', [at(0), at(50)], [{ box: at(0), score: 0.9 }], 51 / 101],
  ])('%s', (_, truth, found, ap50) => {
    expect(averagePrecision([{ truth, found }])?.ap50).toBeCloseTo(ap50, 9);
  });

  test('counts at IoU 0.5', () => {
    const found = [
      { box: at(1), score: 0.9 },
      { box: at(2), score: 0.8 },
      { box: at(80), score: 0.7 },
    ];
    expect(countMatches({ truth: [at(0), at(50)], found })).toEqual({ hits: 1, wrong: 2, missed: 1 });
  });
});
