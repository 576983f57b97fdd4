/** The onset of weak evidence, against a search through every picture. */

import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { noteWeak, weakSinceT } from './fire-onset.ts';
import { fireSettings, fireSmokeParams, type FireSettings } from './fire-params.ts';
import type { FirePlace } from './fire-state.ts';

const settings = (weakConfirmS: number): FireSettings =>
  fireSettings({ ...Value.Create(fireSmokeParams), weakConfirmS });
const EVERY_MS = 200;

/** A place whose pictures, `EVERY_MS` apart, did or did not show something weak; calls `each` after every picture. */
function walk(
  presence: readonly boolean[],
  params: FireSettings,
  each: (place: FirePlace, t: number) => void,
) {
  const place = { samples: [] } as unknown as FirePlace;
  for (const [i, present] of presence.entries()) {
    const t = i * EVERY_MS;
    const box = { x1: 0, y1: 0, x2: 0.1, y2: 0.1 };
    if (present) place.samples = [{ t, atMs: t, label: 'fire', box, score: params.weakScore }];
    noteWeak(place, t, params);
    each(place, t);
  }
  return place;
}

/** The earliest picture with evidence since which three fifths of the pictures have it, where half of late do. */
function searched(presence: readonly boolean[], until: number): number | undefined {
  const weights = presence.slice(0, until + 1).map((_, i) => Math.exp(((i - until) * EVERY_MS) / 60_000));
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const ofLate = sum(weights.filter((_, i) => presence[i])) / sum(weights);
  if (ofLate < 0.5) return undefined;
  for (let from = 0; from <= until; from++) {
    const stretch = presence.slice(from, until + 1);
    const share = stretch.filter(Boolean).length / stretch.length;
    if (presence[from] === true && share >= 0.6 - 1e-9) return from * EVERY_MS;
  }
  return undefined;
}

describe('the onset of weak evidence', () => {
  it('lies as long ago as a search through every picture finds, as far as any evidence must last', () => {
    const params = settings(4);
    let found = 0;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 40, maxLength: 120 }), (draws) => {
        // Half or so on average, so that the balance goes up and down. No half is exactly reached: time weighs.
        const presence = draws.map((draw) => draw < 6);
        walk(presence, params, (place, t) => {
          const expected = searched(presence, t / EVERY_MS);
          const actual = weakSinceT(place);
          if (expected !== undefined) found++;
          expect(actual === undefined).toBe(expected === undefined);
          // Beyond the longest time that is asked for, any older moment will do.
          const age = (since: number | undefined): number => Math.min(params.weakConfirmMs, t - (since ?? t));
          expect(age(actual)).toBe(age(expected));
        });
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(1000);
  });

  it('is kept in bounded memory, however rare the sights and however long they must last', () => {
    const presence = Array.from({ length: 20_000 }, (_, i) => i % 3 === 0);
    const place = walk(presence, settings(3600), () => {});
    expect(place.weak!.onsets.length).toBeLessThanOrEqual(240);
    expect(walk(presence, settings(10), () => {}).weak!.onsets.length).toBeLessThanOrEqual(51);
  });
});
