/** What is no number, or out of range, is refused before anything is rendered or served. */

import { describe, expect, it } from 'vitest';
import { moments, wholeNumber } from './arguments.ts';

describe('wholeNumber', () => {
  const port = wholeNumber(0, 65_535);

  it.each(['', ' ', '-1', '1.5', '99999', 'x', 'Infinity'])('refuses "%s" as a port', (text) => {
    expect(() => port(text)).toThrow('a whole number from 0 to 65535 is needed');
  });

  it('takes both ends', () => {
    expect([port('0'), port('65535')]).toEqual([0, 65_535]);
  });

  it('has a range without an end', () => {
    expect(() => wholeNumber(1)('0')).toThrow('from 1 on');
    expect(wholeNumber(1)('100000')).toBe(100_000);
  });
});

describe('moments', () => {
  it('collects, and refuses what is no time', () => {
    expect(moments('2.5', [1])).toEqual([1, 2.5]);
    expect(() => moments('', undefined)).toThrow('seconds');
    expect(() => moments('-1', undefined)).toThrow('seconds');
  });
});
