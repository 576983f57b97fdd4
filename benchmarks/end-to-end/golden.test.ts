/** The clips of the repository through the whole program, once, at real time: what is found may not get worse. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../core/index.ts';
import { brokerAvailable } from '../rig/index.ts';
import { streetServerAvailable } from '../street/index.ts';
import type { Judged } from './figures.ts';
import { countsOf, type Golden, worseThan } from './golden.ts';
import { judgeHealth, judgeSuspension } from './health.ts';
import { judge } from './judge.ts';
import { faultyCameras, findClips, soundCameras } from './plan.ts';
import { play } from './play.ts';
import { accuracyReport, cameraLine } from './report.ts';

const street = streetServerAvailable();
const missing = [...(street.ok ? [] : [street.reason]), ...(brokerAvailable() ? [] : ['no nats-server'])];
const title = missing.length === 0 ? 'end to end' : `end to end (SKIPPED: ${missing.join(', ')})`;

describe.skipIf(missing.length > 0)(title, () => {
  const dir = mkdtempSync(join(tmpdir(), 'streetwatch-golden-'));
  let sound: readonly Judged[] = [];
  let black: Judged | undefined;

  beforeAll(async () => {
    const clips = findClips();
    const cameras = soundCameras(clips.sound, [{ decode: 'fps', fps: 5 }]);
    // Two pictures a second are enough for a car that parks: the other cameras need the machine more.
    const blackened = faultyCameras(clips, dir, (id) => id === 'parking-black').map((camera) => ({
      ...camera,
      sampling: { decode: 'fps', fps: 2 } as const,
    }));
    const judged = (await play([...cameras, ...blackened], { model: 'streetwatch-fast' })).map(judge);
    for (const one of judged) console.log(cameraLine(one));
    sound = judged.slice(0, cameras.length);
    black = judged.at(-1);
  }, 400_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('finds what the golden file says, and raises nothing else', () => {
    const golden: Golden = JSON.parse(
      readFileSync(packagePath('benchmarks', 'golden', 'end-to-end.json'), 'utf8'),
    );
    expect(worseThan(golden, countsOf(sound)), accuracyReport(sound)).toEqual([]);
  });

  it('names a black picture, and lets no dwell run on meanwhile', () => {
    const { result, matching } = black!;
    expect(judgeHealth(result).rows).toMatchObject([{ kind: 'black', named: { fault: 'black' } }]);
    expect(judgeSuspension(result, matching), JSON.stringify(result.faults)).toMatchObject([
      { objectId: 'offender', held: true },
    ]);
    expect(matching.unexpected).toEqual([]);
  });
});
