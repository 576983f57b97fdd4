/** A part of the camera-health benchmark that is quick enough for every run: one real clip, as it is and with faults. */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../core/index.ts';
import { runCameraHealth } from './run.ts';

const videoDir = packagePath('..', 'shared', 'data', 'video');
const hasVideo = existsSync(videoDir);

describe('camera health on real footage', () => {
  it.skipIf(!hasVideo).each(['covered', 'turned', 'frozen', 'snow'])(
    hasVideo
      ? 'finds every made fault "%s" on the suburban road within 10 s, and nothing on the clip as it is'
      : 'SKIPPED: ../shared/data/video is not there, so made fault "%s" is not tried on real footage',
    async (fault) => {
      const score = await runCameraHealth({ videoDir, clip: 'suburban road', fault });
      expect(score.made).toBeGreaterThan(0);
      expect(score.results.filter(({ found }) => !found)).toEqual([]);
      expect(score.falseAlarms).toEqual([]);
    },
    180_000,
  );

  it.skipIf(!hasVideo).each(['blurred', 'frozen'])(
    hasVideo
      ? 'finds every made fault "%s" on a motorway under the writing of the camera'
      : 'SKIPPED: ../shared/data/video is not there, so made fault "%s" is not tried under writing',
    async (fault) => {
      const score = await runCameraHealth({ videoDir, clip: 'motorway 3', fault, writing: true });
      expect(score.made).toBeGreaterThan(0);
      expect(score.results.filter(({ found }) => !found)).toEqual([]);
      expect(score.falseAlarms).toEqual([]);
    },
    180_000,
  );

  it('has golden figures for the whole benchmark', () => {
    const golden = JSON.parse(
      readFileSync(packagePath('benchmarks', 'golden', 'camera-health.json'), 'utf8'),
    ) as { readonly writing: Record<string, number> };
    for (const part of [golden as unknown as Record<string, number>, golden.writing]) {
      expect(part['detectionRate']).toBeCloseTo(part['found']! / part['made']!, 3);
      expect(part['falseAlarms']).toBe(0);
    }
  });
});
