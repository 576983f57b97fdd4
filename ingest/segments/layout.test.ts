/** Names in the store say when and whose, and no camera's name leads out of it. */

import fc from 'fast-check';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';

import { cameraDir, cameraOfDir, isUnfinished, parseSegmentName, segmentName } from './layout.ts';

it('any camera id is one folder inside the store, and is read back from it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (cameraId) => {
      const folder = cameraDir('/store', cameraId);
      expect(dirname(folder)).toBe('/store');
      expect(cameraOfDir(folder.slice('/store/'.length))).toBe(cameraId);
    }),
  );
});

it.each(['.', '..', '../..', '...'])('%s stays inside', (cameraId) => {
  expect(dirname(cameraDir('/store', cameraId))).toBe('/store');
  expect(cameraDir('/store', cameraId)).not.toMatch(/\/\.{1,2}$/);
});

it('tells finished segments from the one being written', () => {
  expect(parseSegmentName(segmentName(1_700_000_000_000, 1_700_000_004_000))).toEqual({
    startMs: 1_700_000_000_000,
    endMs: 1_700_000_004_000,
  });
  expect(parseSegmentName('000000012.mkv')).toBeUndefined();
  expect(isUnfinished('000000012.mkv')).toBe(true);
  expect(isUnfinished('run.json')).toBe(false);
});
