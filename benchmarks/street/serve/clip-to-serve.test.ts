/** Clips are served by their names, variants too, and keep what goes wrong on their line. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { clipToServe, scenarioPath } from './clip-to-serve.ts';

describe('clipToServe', () => {
  const dir = mkdtempSync(join(tmpdir(), 'street-clips-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const serving = [{ kind: 'stall', fromS: 1, toS: 2 }];
  const rendered = (name: string): void => {
    writeFileSync(join(dir, `${name}.mp4`), '');
    writeFileSync(join(dir, `${name}.incidents.json`), JSON.stringify({ serving }));
  };

  it('finds a variant by the name that render gave it, with the faults of its line', () => {
    rendered('bad-line-night-rain');
    expect(clipToServe('bad-line-night-rain', dir)).toEqual({
      name: 'bad-line-night-rain',
      path: join(dir, 'bad-line-night-rain.mp4'),
      faults: serving,
    });
  });

  it('finds a scenario by its name and by its file', () => {
    rendered('heap');
    expect(clipToServe('heap', dir).path).toBe(join(dir, 'heap.mp4'));
    expect(clipToServe(scenarioPath('heap'), dir).name).toBe('heap');
  });

  it('takes any video as it is', () => {
    expect(clipToServe('/some/where/Gate.MKV', dir)).toEqual({ name: 'Gate', path: '/some/where/Gate.MKV' });
  });

  it('says how to render what has not been, and which scenario does not exist', () => {
    expect(() => clipToServe('fire', dir)).toThrow(/render fire --out/);
    expect(() => clipToServe('nothing', dir)).toThrow(/nothing\.yaml cannot be read/);
  });
});
