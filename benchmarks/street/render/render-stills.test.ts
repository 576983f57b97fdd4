/** Which boxes a trainer is told of, in which form. */

import { describe, expect, it } from 'vitest';
import type { FrameObject } from '../timeline/truth-types.ts';
import { labelsOf } from './render-stills.ts';

const FRAME = { widthPx: 200, heightPx: 100 };

const linesOf = (...objects: Partial<FrameObject>[]) => {
  const whole = { id: 'x', class: 'car', box: [20, 20, 60, 40], visible: 1, moving: false } as const;
  const truth = { frame: 0, atS: 0, objects: objects.map((one) => ({ ...whole, ...one })) };
  return labelsOf(truth, FRAME);
};

describe('labelsOf', () => {
  it('gives class, middle and size in shares of the picture', () => {
    expect(linesOf({}, { class: 'smoke', box: [0, 0, 200, 100] })).toBe(
      '2 0.200000 0.300000 0.200000 0.200000\n11 0.500000 0.500000 1.000000 1.000000\n',
    );
  });

  it.each([
    ['more than half hidden', { visible: 0.39 }],
    ['narrower than six pixels', { box: [20, 20, 25.9, 40] }],
    ['a rest at the border', { box: [0, 20, 10, 40], visible: 0.1 }],
  ] as const)('leaves out what is %s', (_, object) => {
    expect(linesOf(object)).toBe('');
  });

  it.each([
    ['what the border cuts', { box: [0, 20, 20, 40], visible: 0.3 }],
    ['a bus beside the lens', { box: [100, 20, 200, 100], visible: 0.03 }],
  ] as const)('keeps %s', (_, object) => {
    expect(linesOf(object)).not.toBe('');
  });
});
