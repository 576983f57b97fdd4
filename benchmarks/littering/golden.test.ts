/** The golden figures of left objects: a worse run is called worse, and one within the tolerance is not. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../core/index.ts';
import { figuresOf, worseFigures } from './run.ts';
import type { LitteringFigures } from './run.ts';

const golden = {
  falseAlarms: 1,
  falseAlarmsWithObjects: 2,
  clipsWithProposals: 4,
  tolerance: { falseAlarms: 1, falseAlarmsWithObjects: 0, clipsWithProposals: 1 },
};

describe('golden figures of left objects', () => {
  it.each<[string, Partial<LitteringFigures>, string[]]>([
    ['the same', {}, []],
    ['better', { falseAlarms: 0, falseAlarmsWithObjects: 0, clipsWithProposals: 0 }, []],
    ['within the tolerance', { falseAlarms: 2, clipsWithProposals: 5 }, []],
    ['beyond it', { falseAlarms: 3 }, ['falseAlarms']],
    [
      'worse in two',
      { falseAlarmsWithObjects: 3, clipsWithProposals: 6 },
      ['falseAlarmsWithObjects', 'clipsWithProposals'],
    ],
  ])('%s', (_, change, expected) => {
    expect(worseFigures({ ...golden, ...change }, golden)).toEqual(expected);
  });

  it('are counted over the clips', () => {
    const alarm = { atS: 1, box: { x1: 0, y1: 0, x2: 1, y2: 1 } };
    const clip = { name: 'a', lengthS: 10, proposals: 0, without: [], withObjects: [] };
    const clips = [clip, { ...clip, proposals: 3, without: [alarm], withObjects: [alarm, alarm] }];
    expect(figuresOf(clips)).toEqual({ falseAlarms: 1, falseAlarmsWithObjects: 2, clipsWithProposals: 1 });
  });

  it.each(['streetwatch-fast', 'streetwatch-accurate'])('are recorded for %s', (model) => {
    const path = packagePath('benchmarks', 'golden', `littering-${model}.json`);
    const recorded = JSON.parse(readFileSync(path, 'utf8')) as typeof golden;
    expect(worseFigures(recorded, recorded)).toEqual([]);
    expect(Object.keys(recorded.tolerance).sort()).toEqual(Object.keys(golden.tolerance).sort());
  });
});
