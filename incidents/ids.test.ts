import { expect, it } from 'vitest';
import { idTimeMs, isId, newId } from './ids.ts';

it('ids sort by time, differ within a millisecond and tell when they were made', () => {
  const early = newId(1_772_337_600_000);
  const late = newId(1_772_337_600_001);
  expect(early < late).toBe(true);
  expect(idTimeMs(late)).toBe(1_772_337_600_001);
  expect(new Set(Array.from({ length: 1000 }, () => newId(5))).size).toBe(1000);
});

it.each([
  ['a new id', newId(0), true],
  ['too short', '01M826EDX3B8F4722A34VFXV2', false],
  ['lower case', '01m826edx3b8f4722a34vfxv25', false],
  ['a path', '../../../../etc/passwd0000', false],
  ['a letter that Crockford leaves out', '01M826EDX3B8F4722A34VFXV2I', false],
])('%s', (_name, text, valid) => {
  expect(isId(text)).toBe(valid);
});
