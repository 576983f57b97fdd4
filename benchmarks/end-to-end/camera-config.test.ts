/** What is watched for must be able to take a decoy for the thing: otherwise no false incident says nothing. */

import { describe, expect, it } from 'vitest';
import { polygonContains } from '../../core/index.ts';
import { committedClip, readTruth } from '../street/index.ts';
import { cameraConfig } from './camera-config.ts';

interface Configured {
  readonly zones: readonly { id: string; polygon: readonly (readonly [number, number])[] }[];
  readonly rules: readonly { kind: string; zone: string; params?: Record<string, unknown> }[];
}

const configOf = (name: string): Configured => {
  const camera = { id: 'c', clip: committedClip(name), sampling: { decode: 'fps', fps: 5 } } as const;
  return cameraConfig(camera, 'rtsp://127.0.0.1/c') as Configured;
};

describe('cameraConfig', () => {
  it('watches for fire where the red car and the lit headlamps are', () => {
    const { zones, rules } = configOf('fire');
    const zone = zones.find(({ id }) => id === rules.find(({ kind }) => kind === 'fire_smoke')!.zone)!;
    const polygon = zone.polygon.map(([x, y]) => ({ x, y }));
    const { truthPath, truth } = committedClip('fire');
    for (const decoy of ['lit-van', 'red-car', 'dark-car']) {
      const [x1, , x2, y2] = readTruth(truthPath)
        .flatMap(({ objects }) => objects.filter(({ id, visible }) => id === decoy && visible > 0.9))
        .at(0)!.box;
      expect(polygonContains(polygon, { x: (x1 + x2) / 2 / truth.widthPx, y: y2 / truth.heightPx })).toBe(
        true,
      );
    }
  });

  it('asks for overflowing bins, so that bins that are not full can be taken for them', () => {
    const params = configOf('littering').rules.find(({ kind }) => kind === 'littering')!.params!;
    expect(params['labels'] ?? ['garbage', 'overflow']).toContain('overflow');
    expect(params['overflowAfterS']).toBe(8);
  });
});
