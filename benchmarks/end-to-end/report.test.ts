/** The tables tell kinds, light, weather and sampling apart where they differ, and say nothing twice. */

import { describe, expect, it } from 'vitest';
import type { CommittedClip } from '../street/index.ts';
import type { Judged } from './figures.ts';
import { accuracyReport } from './report.ts';
import type { IncidentKind, Sampling } from './types.ts';

interface Shown {
  readonly kind: IncidentKind;
  readonly light?: 'day' | 'dusk' | 'night';
  readonly weather?: 'clear' | 'rain';
  readonly sampling?: Sampling;
}

/** A camera on which the one thing that was to be found was missed. */
function missedOn({
  kind,
  light = 'day',
  weather = 'clear',
  sampling = { decode: 'fps', fps: 5 },
}: Shown): Judged {
  const expected = { type: kind, zoneId: 'z', objectId: 'o', fromS: 10, dueS: 20 };
  const truth = {
    durationS: 3600,
    light,
    weather,
    incidents: [expected],
  } as unknown as CommittedClip['truth'];
  const camera = { id: 'c', clip: { name: 'c', path: '', truthPath: '', truth }, sampling };
  const matches = [{ expected, found: undefined, duplicates: [], dropperClass: undefined }];
  return {
    kinds: [kind],
    matching: { matches, unexpected: [] },
    result: { camera, raised: [], faults: [], framesAnalysed: 0, reopenedS: [] },
  };
}

const headsOf = (report: string) => [...report.matchAll(/^\| ([^|]+?) \| cameras/gm)].map(([, name]) => name);
const rowOf = (report: string, name: string) =>
  report
    .split('\n')
    .find((line) => line.startsWith(`| ${name} |`))
    ?.split(' | ')
    .slice(1, 5);

describe('accuracyReport', () => {
  it('has one table for cameras that differ in nothing but their kind', () => {
    const report = accuracyReport([missedOn({ kind: 'fire' }), missedOn({ kind: 'littering' })]);
    expect(headsOf(report)).toEqual(['rule kind']);
    expect(rowOf(report, 'all')).toEqual(['2', '2', '0', '0.00']);
  });

  it('tells light, weather and kind apart', () => {
    const report = accuracyReport([
      missedOn({ kind: 'fire' }),
      missedOn({ kind: 'fire', light: 'night' }),
      missedOn({ kind: 'littering', light: 'night', weather: 'rain' }),
    ]);
    expect(headsOf(report)).toEqual(['rule kind', 'light', 'weather', 'kind, light and weather']);
    expect(rowOf(report, 'night')).toEqual(['2', '2', '0', '0.00']);
    expect(rowOf(report, 'littering, night, rain')).toEqual(['1', '1', '0', '0.00']);
  });

  it('tells samplings apart, key frames among them', () => {
    const kind = 'fire';
    const report = accuracyReport([
      missedOn({ kind }),
      missedOn({ kind, sampling: { decode: 'keyframes' } }),
    ]);
    expect(headsOf(report)).toEqual(['rule kind', 'sampling', 'kind and sampling']);
    expect(rowOf(report, 'key frames')).toEqual(['1', '1', '0', '0.00']);
  });
});
