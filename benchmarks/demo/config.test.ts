/** The decoys of the demo stand where its rules look: otherwise it would say nothing that they raise nothing. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { polygonContains } from '../../core/index.ts';
import { committedClip, readTruth } from '../street/index.ts';
import { demoCameras, writeDemoConfig } from './config.ts';

const rulesOver = (camera: string, object: string): string[] => {
  const { zones, rules } = demoCameras.find(({ id }) => id === camera)!;
  const { truth, truthPath } = committedClip(camera);
  const feet = readTruth(truthPath)
    .flatMap(({ objects }) => objects.filter(({ id, visible }) => id === object && visible > 0.6))
    .map(({ box: [x1, , x2, y2] }) => ({ x: (x1 + x2) / 2 / truth.widthPx, y: y2 / truth.heightPx - 1e-6 }));
  const over = zones.filter(({ polygon }) =>
    feet.some((foot) =>
      polygonContains(
        polygon.map(([x, y]) => ({ x, y })),
        foot,
      ),
    ),
  );
  return rules.filter(({ zone }) => over.some(({ id }) => id === zone)).map(({ kind }) => kind);
};

describe('the demo', () => {
  it.each([
    ['parking', 'queue-1', 'illegal_parking'],
    ['parking', 'queue-2', 'illegal_parking'],
    ['parking', 'queue-3', 'illegal_parking'],
    ['parking', 'red-passer', 'fire_smoke'],
    ['littering', 'set-down', 'littering'],
    ['littering', 'bin-green', 'littering'],
    ['fire', 'red-car', 'fire_smoke'],
    ['fire', 'lit-van', 'fire_smoke'],
  ])('on camera %s looks at %s for %s', (camera, object, kind) => {
    expect(rulesOver(camera, object)).toContain(kind);
  });

  it('writes zones and rules of every camera into an ordinary file', () => {
    const dir = mkdtempSync(join(tmpdir(), 'streetwatch-demo-config-'));
    const ports = { telemetryPort: 1, consolePort: 2 };
    const { file } = writeDemoConfig({ dir, broker: 'nats://127.0.0.1:3', urls: {}, ...ports });
    const written = parse(readFileSync(file, 'utf8')) as {
      cameras: { rules: unknown[]; zones: unknown[] }[];
    };
    expect(written.cameras.map(({ rules }) => rules)).toEqual(demoCameras.map(({ rules }) => rules));
    expect(written.cameras.map(({ zones }) => zones)).toEqual(demoCameras.map(({ zones }) => zones));
    rmSync(dir, { recursive: true, force: true });
  });
});
