/** A box that goes onto the canvas and back is the same box. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentSize, contentToSource, sourceToContent } from './letterbox.ts';

const size = fc.record({
  width: fc.integer({ min: 1, max: 8000 }),
  height: fc.integer({ min: 1, max: 8000 }),
});
const canvas = fc
  .record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })
  .map(({ width, height }) => ({ width: 32 * width, height: 32 * height }));
const unit = fc.double({ min: 0, max: 1, noNaN: true });

test('property: the content fits the canvas, touches it on one side, and keeps its shape to within a pixel', () => {
  fc.assert(
    fc.property(size, canvas, (source, target) => {
      const content = contentSize(source, target);
      expect(content.width).toBeGreaterThanOrEqual(1);
      expect(content.height).toBeGreaterThanOrEqual(1);
      expect(content.width).toBeLessThanOrEqual(target.width);
      expect(content.height).toBeLessThanOrEqual(target.height);
      expect(content.width === target.width || content.height === target.height).toBe(true);
      const scale = Math.min(target.width / source.width, target.height / source.height);
      expect(Math.abs(content.width - source.width * scale)).toBeLessThanOrEqual(1);
      expect(Math.abs(content.height - source.height * scale)).toBeLessThanOrEqual(1);
    }),
  );
});

test('property: there and back is the same box, to a thousandth of a pixel', () => {
  fc.assert(
    fc.property(size, canvas, unit, unit, unit, unit, (source, target, a, b, c, d) => {
      const box = {
        x1: Math.min(a, b) * source.width,
        x2: Math.max(a, b) * source.width,
        y1: Math.min(c, d) * source.height,
        y2: Math.max(c, d) * source.height,
      };
      const content = contentSize(source, target);
      const there = sourceToContent(box, content, source);
      expect(there.x2).toBeLessThanOrEqual(content.width + 1e-6);
      expect(there.y2).toBeLessThanOrEqual(content.height + 1e-6);
      const back = contentToSource(there, content, source);
      for (const key of ['x1', 'y1', 'x2', 'y2'] as const)
        expect(Math.abs(back[key] - box[key])).toBeLessThan(1e-3);
    }),
  );
});
