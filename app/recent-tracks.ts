/** What moved and stood on a camera in the last minutes, so that an author can judge a threshold by eye. */

import type { RecentTrack } from '../api/index.ts';
import type { BoxNorm, TrackedFrame } from '../core/index.ts';
import { bottomCentre, iou, normaliseBox } from '../core/index.ts';

/** How long a track is remembered after it was last seen, and how many are, of each camera. */
const KEEP_MS = 15 * 60_000;
const MOST_TRACKS = 500;
/** Points of a path are at least this far apart in time, and at most so many. */
const POINT_EVERY_MS = 1_000;
const MOST_POINTS = 300;
/** A box that overlaps the first box of a stay this much is still at that place. */
const SAME_PLACE_IOU = 0.7;

interface Memory {
  label: string;
  readonly firstSeenMs: number;
  lastSeenMs: number;
  box: BoxNorm;
  stayBox: BoxNorm;
  staySinceMs: number;
  longestStayMs: number;
  readonly path: { x: number; y: number; atMs: number }[];
}

/** Tracks of one camera; the oldest are forgotten first. */
export class RecentTracks {
  private readonly tracks = new Map<string, Memory>();

  add({ frame, tracks }: TrackedFrame): void {
    for (const track of tracks) {
      if (!track.observed || track.state !== 'confirmed' || track.faint === true) continue;
      this.note(
        track.trackId,
        track.label,
        normaliseBox(track.box, frame.width, frame.height),
        frame.capturedAtMs,
      );
    }
    this.forget(frame.capturedAtMs);
  }

  /** Tracks that were seen in the last `minutes` before the newest one, newest first. */
  list(minutes: number): RecentTrack[] {
    const newestMs = Math.max(...[...this.tracks.values()].map((track) => track.lastSeenMs), 0);
    return [...this.tracks]
      .filter(([, track]) => track.lastSeenMs >= newestMs - minutes * 60_000)
      .map(([trackId, track]) => ({
        trackId,
        label: track.label,
        firstSeenMs: Math.round(track.firstSeenMs),
        lastSeenMs: Math.round(track.lastSeenMs),
        dwellMs: Math.round(Math.max(track.longestStayMs, track.lastSeenMs - track.staySinceMs)),
        box: track.box,
        path: track.path.map(({ x, y, atMs }) => ({ x, y, atMs: Math.round(atMs) })),
      }))
      .sort((a, b) => b.lastSeenMs - a.lastSeenMs);
  }

  private note(trackId: string, label: string, box: BoxNorm, atMs: number): void {
    const point = { ...bottomCentre(box), atMs };
    const known = this.tracks.get(trackId);
    if (known === undefined) {
      this.tracks.set(trackId, {
        label,
        firstSeenMs: atMs,
        lastSeenMs: atMs,
        box,
        stayBox: box,
        staySinceMs: atMs,
        longestStayMs: 0,
        path: [point],
      });
      return;
    }
    if (iou(known.stayBox, box) < SAME_PLACE_IOU) {
      known.longestStayMs = Math.max(known.longestStayMs, known.lastSeenMs - known.staySinceMs);
      known.stayBox = box;
      known.staySinceMs = atMs;
    }
    known.label = label;
    known.lastSeenMs = atMs;
    known.box = box;
    const last = known.path.at(-1)!;
    if (atMs - last.atMs >= POINT_EVERY_MS) known.path.push(point);
    if (known.path.length > MOST_POINTS) known.path.shift();
  }

  private forget(nowMs: number): void {
    for (const [trackId, track] of this.tracks) {
      const tooMany = this.tracks.size > MOST_TRACKS;
      if (!tooMany && track.lastSeenMs >= nowMs - KEEP_MS) continue;
      this.tracks.delete(trackId);
    }
  }
}
