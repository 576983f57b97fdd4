/** Multi-object tracker of the ByteTrack / OC-SORT family, in stream time. */

import { StreetwatchError, iou } from '../core/index.ts';
import type { Detection, FrameRef, Track, TrackedFrame } from '../core/index.ts';
import { assign } from './assignment.ts';
import type { Pair } from './assignment.ts';
import { velocityOf } from './kalman.ts';
import { TRACKER_DEFAULTS } from './options.ts';
import type { TrackerOptions } from './options.ts';
import { sanitise } from './sanitise.ts';
import { TrackRecord } from './track-record.ts';
import { checkedTrackerState } from './tracker-state.ts';
import type { TrackerState } from './tracker-state.ts';

/** Longest step that the motion model is asked to predict; beyond it nothing is known anyway. */
const MAX_PREDICT_MS = 5000;

/**
 * Follows the objects of one camera. One instance per camera; a new run (reconnect) ends all tracks, because nobody
 * knows what happened in between. State and time per frame are bounded whatever the detector gives.
 *
 * Steps of {@link Tracker.update}, with their sources (ByteTrack: Zhang et al. 2022, arXiv:2110.06864; OC-SORT: Cao et
 * al. 2023, arXiv:2203.14360):
 * 1. predict every track to the frame's time (SORT, arXiv:1602.00763, section 3.1, with a variable step);
 * 2. detections of high score with all tracks: overlap and direction of motion (ByteTrack algorithm 1, lines 16-20;
 *    OC-SORT section 4.2, observation-centric momentum);
 * 3. detections of low score with the tracks left over, overlap alone (ByteTrack algorithm 1, lines 21-24);
 * 4. what is left of both with the last seen boxes in place of the predicted ones (OC-SORT section 4.3,
 *    observation-centric recovery);
 * 5. matched tracks are corrected, after a gap along a virtual trajectory (OC-SORT section 4.1, re-update);
 * 6. unmatched good detections start tentative tracks (ByteTrack algorithm 1, lines 25-29);
 * 7. tracks that were not seen for too long end; a standing object holds its place much longer than a moving one.
 */
export class Tracker {
  private readonly cameraId: string;
  private readonly options: TrackerOptions;
  /**
   * Longest step of {@link clockMs}: just longer than anything that is measured by it, so a longer one means the same.
   * A stream clock that leaps by 1e100 would leave no finite number in the filters.
   */
  private readonly maxStepMs: number;
  private runId: string | null = null;
  private lastPtsMs = 0;
  /** Stream time since the run began, without steps back: what tracks are timed by. */
  private clockMs = 0;
  private nextN = 1;
  private records: TrackRecord[] = [];

  constructor({ cameraId, ...options }: { cameraId: string } & Partial<TrackerOptions>) {
    this.cameraId = cameraId;
    this.options = { ...TRACKER_DEFAULTS, ...options };
    const { maxLostMs, maxLostStillMs, stillAfterMs } = this.options;
    this.maxStepMs = Math.max(maxLostMs, maxLostStillMs, stillAfterMs, MAX_PREDICT_MS) + 1;
  }

  /**
   * Takes the detections of one frame, in any order and of any quality.
   * @throws RangeError when the frame belongs to another camera.
   */
  update(frame: FrameRef, detections: readonly Detection[]): TrackedFrame {
    if (frame.cameraId !== this.cameraId) {
      throw new RangeError(
        `tracker of camera ${this.cameraId} was given a frame of camera ${frame.cameraId}`,
      );
    }
    const removed = this.beginRun(frame);
    const { lowScore: minScore, maxDetections } = this.options;
    const usable = sanitise(detections, frame, {
      minScore,
      maxDetections,
      duplicateIou: 0.85,
      familyOf: this.familyOf,
    });
    this.predictAll(frame.ptsMs);
    const high = usable.filter((detection) => detection.score >= this.options.highScore);
    const low = usable.filter((detection) => detection.score < this.options.highScore);

    const seen = new Set<TrackRecord>();
    const highLeft = this.associate(frame, { detections: high, seen, useDirection: true });
    const lowLeft = this.associate(frame, { detections: low, seen, useDirection: false });
    const left = this.associate(frame, { detections: [...highLeft, ...lowLeft], seen, lastSeenBoxes: true });

    for (const record of this.records) if (!seen.has(record)) record.misses++;
    removed.push(...this.endUnseen());
    this.startTracks(frame, left, seen);
    removed.push(...this.dropSurplus());
    const tracks = this.records.map((record): Track => record.toTrack(frame.runId, seen.has(record)));
    return { frame, tracks, removed };
  }

  private readonly familyOf = (label: string): string => this.options.families[label] ?? label;

  private beginRun(frame: FrameRef): string[] {
    if (this.runId === frame.runId) return [];
    const removed = this.records.map((record) => `${this.runId}:${record.n}`);
    this.records = [];
    this.nextN = 1;
    this.runId = frame.runId;
    this.lastPtsMs = Number.isFinite(frame.ptsMs) ? frame.ptsMs : 0;
    this.clockMs = 0;
    return removed;
  }

  /** Step 1. A stream clock that goes back or is not a finite number lets no time pass. */
  private predictAll(ptsMs: number): void {
    const elapsedMs = Number.isFinite(ptsMs)
      ? Math.min(this.maxStepMs, Math.max(0, ptsMs - this.lastPtsMs))
      : 0;
    const dtMs = Math.min(MAX_PREDICT_MS, elapsedMs);
    this.clockMs += elapsedMs;
    if (Number.isFinite(ptsMs)) this.lastPtsMs = ptsMs;
    for (const record of this.records) record.predict(dtMs, record.isStill(this.options.stillAfterMs));
  }

  /** Steps 2 to 5 for one group of detections; gives those that found no track. */
  private associate(
    frame: FrameRef,
    group: {
      detections: readonly Detection[];
      seen: Set<TrackRecord>;
      useDirection?: boolean;
      lastSeenBoxes?: boolean;
    },
  ): Detection[] {
    const { detections, seen } = group;
    if (detections.length === 0) return [];
    const records = this.records.filter((record) => !seen.has(record));
    const pairs = this.possiblePairs(records, detections, group);
    const matched = assign(pairs, records.length, detections.length);
    const taken = new Set<number>();
    const at = { clockMs: this.clockMs, capturedAtMs: this.captureTimeOf(frame) };
    for (const [row, column] of matched) {
      const record = records[row]!;
      record.observe(detections[column]!, at, this.options.stillDrift);
      if (record.hits >= this.options.confirmHits) record.confirmed = true;
      seen.add(record);
      taken.add(column);
    }
    return detections.filter((_, column) => !taken.has(column));
  }

  private possiblePairs(
    records: readonly TrackRecord[],
    detections: readonly Detection[],
    { useDirection = false, lastSeenBoxes = false }: { useDirection?: boolean; lastSeenBoxes?: boolean },
  ): Pair[] {
    const { minIou, minIouHeld, stillAfterMs, directionWeight } = this.options;
    const pairs: Pair[] = [];
    const families = detections.map((detection) => this.familyOf(detection.label));
    for (const [row, record] of records.entries()) {
      const box = lastSeenBoxes ? record.seenBox : record.box;
      const family = this.familyOf(record.currentLabel);
      const least = record.misses > 0 && record.isStill(stillAfterMs) ? minIouHeld : minIou;
      for (let column = 0; column < detections.length; column++) {
        const detection = detections[column]!;
        const other = detection.box;
        // Most pairs do not touch: leave before any arithmetic.
        if (other.x1 >= box.x2 || other.x2 <= box.x1 || other.y1 >= box.y2 || other.y2 <= box.y1) continue;
        if (families[column] !== family) continue;
        const overlap = iou(box, other);
        if (!(overlap >= least)) continue;
        const turn = useDirection && directionWeight > 0 ? turnOf(record, other) : 0;
        pairs.push({ row, column, cost: 1 - overlap + directionWeight * turn });
      }
    }
    return pairs;
  }

  /** A frame without a time of capture is given that of the last sight: NaN would go into saved state and rules. */
  private captureTimeOf({ capturedAtMs }: FrameRef): number {
    if (Number.isFinite(capturedAtMs)) return capturedAtMs;
    return this.records.reduce((newestMs, record) => Math.max(newestMs, record.lastSeenMs), 0);
  }

  /** Step 6. */
  private startTracks(frame: FrameRef, left: readonly Detection[], seen: Set<TrackRecord>): void {
    const at = {
      clockMs: this.clockMs,
      capturedAtMs: this.captureTimeOf(frame),
      confirmed: this.options.confirmHits <= 1,
    };
    for (const detection of left) {
      // What is faint was asked for by a rule that gathers evidence.
      if (detection.score < this.options.newTrackScore && detection.faint !== true) continue;
      const record = new TrackRecord(this.nextN++, detection, at);
      this.records.push(record);
      seen.add(record);
    }
  }

  /** Step 7. */
  private endUnseen(): string[] {
    const { maxLostMs, maxLostStillMs, stillAfterMs } = this.options;
    return this.removeWhere((record) => {
      if (record.misses === 0) return false;
      if (!record.confirmed) return true;
      const unseenMs = this.clockMs - record.seenClockMs;
      const patienceMs = record.isStill(stillAfterMs) ? maxLostStillMs : maxLostMs;
      return record.misses > 1 && !(unseenMs <= patienceMs);
    });
  }

  private dropSurplus(): string[] {
    const surplus = this.records.length - this.options.maxTracks;
    if (surplus <= 0) return [];
    const order = [...this.records].sort(
      (a, b) => b.misses - a.misses || Number(a.confirmed) - Number(b.confirmed) || b.n - a.n,
    );
    const dropped = new Set(order.slice(0, surplus));
    return this.removeWhere((record) => dropped.has(record));
  }

  private removeWhere(ends: (record: TrackRecord) => boolean): string[] {
    const removed: string[] = [];
    this.records = this.records.filter((record) => {
      if (!ends(record)) return true;
      removed.push(`${this.runId}:${record.n}`);
      return false;
    });
    return removed;
  }

  /** All state as a JSON value. */
  save(): TrackerState {
    const { runId, lastPtsMs, clockMs, nextN } = this;
    return structuredClone({
      version: 1 as const,
      runId,
      lastPtsMs,
      clockMs,
      nextN,
      tracks: this.records.map((record) => record.save()),
    });
  }

  /** @throws StreetwatchError `state.invalid`. */
  restore(state: unknown): void {
    try {
      const saved = checkedTrackerState(state);
      const records = saved.tracks.map((track) => TrackRecord.restore(structuredClone(track)));
      this.records = records;
      this.runId = saved.runId;
      this.lastPtsMs = saved.lastPtsMs;
      this.clockMs = saved.clockMs;
      this.nextN = saved.nextN;
    } catch (error) {
      throw new StreetwatchError(
        'state.invalid',
        `saved tracker state of camera ${this.cameraId} is damaged`,
        {
          cause: error,
          context: { cameraId: this.cameraId },
        },
      );
    }
  }
}

/**
 * Angle between the motion of a track and the way to a detection, 0 (same) to 1 (opposite). Motion of less than a
 * tenth of the object's size says nothing about direction (jitter) and counts as 0.
 */
function turnOf(record: TrackRecord, box: { x1: number; y1: number; x2: number; y2: number }): number {
  const velocity = velocityOf(record.state);
  const from = record.seenBox;
  const dx = (box.x1 + box.x2 - from.x1 - from.x2) / 2;
  const dy = (box.y1 + box.y2 - from.y1 - from.y2) / 2;
  const size = Math.max(from.x2 - from.x1, from.y2 - from.y1);
  const speed = Math.hypot(velocity.x, velocity.y);
  const way = Math.hypot(dx, dy);
  if (way < 0.1 * size || speed < 0.1 * size) return 0;
  const cosine = (velocity.x * dx + velocity.y * dy) / (speed * way);
  return Math.acos(Math.min(1, Math.max(-1, cosine))) / Math.PI;
}
