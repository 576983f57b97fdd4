/** Whoever drops a bag on the street is named, also when most pictures are lost on the way. */

import { describe, expect, it } from 'vitest';
import { iou } from '../../core/index.ts';
import type { TrackedFrame } from '../../core/index.ts';
import { committedClip, readTruth } from '../street/index.ts';
import type { FrameTruth } from '../street/index.ts';
import { detectionsOf, refOf, replay } from './replay.ts';

const clip = committedClip('littering');
const truth = readTruth(clip.truthPath);
const expected = clip.truth.incidents[0]!;
const size = { width: clip.truth.widthPx, height: clip.truth.heightPx };

/** Same numbers every time, 0-1. */
const chance = (n: number, salt: number): number =>
  Math.abs(Math.sin(n * 12.9898 + salt * 78.233) * 43_758.5453) % 1;

function run(kept: readonly FrameTruth[]) {
  const frames = kept.map((one) => {
    return { ref: refOf(one.frame, one.atS, size), detections: detectionsOf(one, { scale: 1 }) };
  });
  return replay(clip.truth, frames);
}

/** The track that lies on an object of the truth in most frames. */
function tracksOf(objectId: string, tracked: readonly TrackedFrame[]): Set<string> {
  const ids = new Set<string>();
  for (const { frame, tracks } of tracked) {
    const object = truth[frame.seq]!.objects.find((one) => one.id === objectId);
    if (object === undefined) continue;
    const [x1, y1, x2, y2] = object.box;
    for (const track of tracks)
      if (track.observed && iou(track.box, { x1, y1, x2, y2 }) > 0.7) ids.add(track.trackId);
  }
  return ids;
}

describe('attribution of the act', () => {
  it.each<[string, (one: FrameTruth) => boolean]>([
    ['10 pictures a second', () => true],
    ['5 a second', ({ frame }) => frame % 2 === 0],
    ['2 a second', ({ frame }) => frame % 5 === 0],
    ['one a second', ({ frame }) => frame % 10 === 0],
    ['key frames 2 s apart', ({ frame }) => frame % 20 === 0],
    ['the other key frames 2 s apart', ({ frame }) => frame % 20 === 10],
    ['half of the pictures lost at random', ({ frame }) => chance(frame, 1) < 0.5],
    ['four of five lost at random', ({ frame }) => chance(frame, 2) < 0.2],
    [
      'a hole of 2 s right after the bag fell',
      ({ atS }) => atS < expected.fromS + 0.2 || atS > expected.fromS + 2.2,
    ],
    ['a hole of 2 s around the moment it fell', ({ atS }) => Math.abs(atS - expected.fromS) > 1],
  ])('%s: the act is raised once and names the dropper', (_, keep) => {
    const { signals, tracked } = run(truth.filter(keep));
    const raised = signals.filter(({ phase }) => phase === 'raised');
    expect(raised.map(({ eventType }) => eventType)).toEqual(['litter.act']);
    const actor = String(raised[0]!.measurements['actorTrackId']);
    expect([...tracksOf(expected.dropperId!, tracked)]).toContain(actor);
    expect(raised[0]!.moments.map(({ name }) => name)).toEqual(expect.arrayContaining(['before', 'during']));
  });
});
