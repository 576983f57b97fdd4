/** The static-foreground detector on rendered footage: a bag that no network knows is found, and nothing else is. */

import { describe, expect, it } from 'vitest';
import { intersectionArea } from '../../core/index.ts';
import type { Box, Detection } from '../../core/index.ts';
import { StaticForeground } from '../../tracking/index.ts';
import { committedClip, readTruth } from '../street/index.ts';
import { readFrames } from './read-frames.ts';
import { detectionsOf, replay } from './replay.ts';

const clip = committedClip('littering');
const truth = readTruth(clip.truthPath);
const WIDTH = 416;
const HEIGHT = 234;
const FPS = 5;
const SCALE = WIDTH / clip.truth.widthPx;
const GARBAGE: ReadonlySet<string> = new Set(['garbage', 'overflow']);

describe('objects left behind on the street', () => {
  it('finds the dropped bag without a class for it, and attributes it; proposes nothing else in the zone', async () => {
    const detector = new StaticForeground();
    const frames = [];
    const elsewhere: { atS: number; box: Box }[] = [];
    for await (const frame of readFrames(clip.path, { width: WIDTH, height: HEIGHT, fps: FPS })) {
      const now = truth[Math.min(truth.length - 1, Math.round((frame.ref.ptsMs / 1000) * clip.truth.fps))]!;
      const known = detectionsOf(now, { scale: SCALE, leaveOut: GARBAGE });
      const proposals: Detection[] = detector.observe(
        frame,
        known.map(({ box }) => box),
      );
      const lying = now.objects.filter((one) => GARBAGE.has(one.class));
      for (const { box } of proposals) {
        const isGarbage = lying.some(({ box: [x1, y1, x2, y2] }) => {
          const real = { x1: x1 * SCALE, y1: y1 * SCALE, x2: x2 * SCALE, y2: y2 * SCALE };
          return intersectionArea(box, real) > 0;
        });
        if (!isGarbage) elsewhere.push({ atS: now.atS, box });
      }
      frames.push({ ref: frame.ref, detections: [...known, ...proposals] });
    }
    expect(elsewhere).toEqual([]);
    // The network's own classes do not find it: the truth of the garbage was left out.
    expect(replay(clip.truth, frames, { exposedAfterS: 10 }).signals).toEqual([]);
    const labels = ['garbage', 'overflow', 'object'];
    const { signals } = replay(clip.truth, frames, { labels, exposedAfterS: 10 });
    const raised = signals.filter(({ phase }) => phase === 'raised');
    expect(raised.map(({ eventType, measurements }) => [eventType, measurements['actorLabel']])).toEqual([
      ['litter.act', 'person'],
    ]);
  }, 60_000);
});
