/** The tracker keeps identities as well as the golden file says. Speed is printed, never asserted. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packagePath } from '../../core/index.ts';
import { measureIdentity, measureTracking, trackingReport } from './index.ts';

interface Golden {
  readonly identity: Readonly<Record<string, { idSwitches: number; coverage: number }>>;
  readonly tolerance: { idSwitches: number; coverage: number };
}
const golden = JSON.parse(
  readFileSync(packagePath('benchmarks', 'golden', 'tracking.json'), 'utf8'),
) as Golden;

it.each(Object.entries(golden.identity))(
  'keeps the identity of %s objects that cross',
  (objects, expected) => {
    const { idSwitches, coverage } = measureIdentity(Number(objects));
    expect(idSwitches).toBeLessThanOrEqual(expected.idSwitches + golden.tolerance.idSwitches);
    expect(coverage).toBeGreaterThanOrEqual(expected.coverage - golden.tolerance.coverage);
  },
);

it('prints a line per scene', () => {
  let ms = 0;
  const speeds = measureTracking(() => (ms += 10), { objects: [2, 3], ms: 10 });
  expect(trackingReport(speeds)).toHaveLength(3);
  expect(speeds.map(({ objects }) => objects)).toEqual([2, 3]);
});
