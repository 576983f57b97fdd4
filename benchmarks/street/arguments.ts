/** Numbers on the command line of `streetwatch-street`, refused with the range that they may have. */

import { InvalidArgumentError } from 'commander';

/** @returns a parser of whole numbers from `least` to `most`, both included. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number ${range} is needed`);
    return value;
  };
}

/** Collects moments, seconds of clip time, of an option that may be given several times. */
export function moments(text: string, before: readonly number[] | undefined): number[] {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('seconds are needed');
  return [...(before ?? []), value];
}
