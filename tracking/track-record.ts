/** What the tracker remembers of one object. */

import type { Box, Detection, Track, TrackState } from '../core/index.ts';
import { boxOf, correct, predict, startState } from './kalman.ts';
import type { BoxState } from './kalman.ts';
import type { TrackRecordState } from './tracker-state.ts';

/** Most steps of a virtual trajectory (OC-SORT's re-update). */
const MAX_VIRTUAL_STEPS = 8;
/** Most class names that one track votes on. */
const MAX_LABELS = 4;
/** What a vote is worth after each further detection. */
const VOTE_DECAY = 0.95;

/** One object: filter, last observation, anchor of standing still, class votes. */
export class TrackRecord {
  readonly n: number;
  readonly state: BoxState;
  /** Filter as it was after the last detection: where a virtual trajectory starts. */
  private readonly stateAtSeen: BoxState;
  seenBox: Box;
  seenClockMs: number;
  private anchor: Box;
  /** How long it was seen at its anchor, from one frame to the next: hidden time proves nothing. */
  private anchoredMs = 0;
  hits = 1;
  /** Frames in a row without a detection. */
  misses = 0;
  confirmed: boolean;
  private score: number;
  private faint: boolean;
  private votes: [label: string, votes: number][];
  private label: string;
  readonly firstSeenMs: number;
  lastSeenMs: number;
  /** Predicted or measured box in the current frame. */
  box: Box;

  constructor(
    n: number,
    detection: Detection,
    at: { clockMs: number; capturedAtMs: number; confirmed: boolean },
  ) {
    this.n = n;
    this.state = startState(detection.box);
    this.stateAtSeen = this.state.slice();
    this.seenBox = detection.box;
    this.box = detection.box;
    this.anchor = detection.box;
    this.seenClockMs = at.clockMs;
    this.confirmed = at.confirmed;
    this.score = detection.score;
    this.faint = detection.faint === true;
    this.label = detection.label;
    this.votes = [[detection.label, detection.score]];
    this.firstSeenMs = at.capturedAtMs;
    this.lastSeenMs = at.capturedAtMs;
  }

  get currentLabel(): string {
    return this.label;
  }

  /** Whether it has kept its place for `stillAfterMs` up to its last detection. */
  isStill(stillAfterMs: number): boolean {
    return this.hits >= 3 && this.anchoredMs >= stillAfterMs;
  }

  /** Predicts the box `dtMs` further. A standing object that is hidden keeps its last seen box. */
  predict(dtMs: number, still: boolean): void {
    predict(this.state, dtMs / 1000, still && this.misses > 0);
    this.box = still && this.misses > 0 ? this.seenBox : boxOf(this.state);
  }

  /** Takes a detection of the current frame. */
  observe(detection: Detection, at: { clockMs: number; capturedAtMs: number }, stillDrift: number): void {
    if (this.misses > 0) this.replayGap(detection.box, at.clockMs);
    if (driftOf(this.anchor, detection.box) > stillDrift) {
      this.anchor = detection.box;
      this.anchoredMs = 0;
    } else if (this.misses === 0) this.anchoredMs += at.clockMs - this.seenClockMs;
    correct(this.state, detection.box);
    this.stateAtSeen.set(this.state);
    this.seenBox = detection.box;
    this.box = detection.box;
    this.seenClockMs = at.clockMs;
    this.lastSeenMs = at.capturedAtMs;
    this.hits++;
    this.misses = 0;
    this.score = detection.score;
    this.faint = detection.faint === true;
    this.vote(detection);
  }

  /**
   * OC-SORT, section 4.1 (observation-centric re-update): errors that the filter gathered while it saw nothing are
   * undone by running it again, from the last detection, along the straight line to the new one.
   */
  private replayGap(box: Box, clockMs: number): void {
    const steps = Math.min(MAX_VIRTUAL_STEPS, this.misses + 1);
    const stepS = (clockMs - this.seenClockMs) / 1000 / steps;
    if (!(stepS > 0)) return;
    this.state.set(this.stateAtSeen);
    for (let step = 1; step <= steps; step++) {
      predict(this.state, stepS, false);
      if (step < steps) correct(this.state, between(this.seenBox, box, step / steps));
    }
  }

  /** Votes fade, so a class that was once believed is not believed for ever. */
  private vote({ label, score }: Detection): void {
    let own: [string, number] | undefined;
    for (const entry of this.votes) {
      entry[1] *= VOTE_DECAY;
      if (entry[0] === label) own = entry;
    }
    if (own === undefined) this.votes.push([label, score]);
    else own[1] += score;
    if (this.votes.length > 1) this.votes.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    if (this.votes.length > MAX_LABELS) this.votes.length = MAX_LABELS;
    this.label = this.votes[0]![0];
  }

  toTrack(runId: string, observed: boolean): Track {
    return {
      trackId: `${runId}:${this.n}`,
      state: this.stateName(observed),
      box: this.box,
      label: this.label,
      score: this.score,
      observed,
      firstSeenMs: this.firstSeenMs,
      lastSeenMs: this.lastSeenMs,
      ...(this.faint ? { faint: true } : {}),
    };
  }

  private stateName(observed: boolean): TrackState {
    if (!this.confirmed) return 'tentative';
    return observed ? 'confirmed' : 'lost';
  }

  save(): TrackRecordState {
    const { n, seenBox, seenClockMs, anchor, anchoredMs, hits, misses, confirmed, score } = this;
    return {
      n,
      seenBox,
      seenClockMs,
      anchor,
      anchoredMs,
      hits,
      misses,
      confirmed,
      score,
      state: [...this.state],
      stateAtSeen: [...this.stateAtSeen],
      votes: this.votes.map(([label, votes]) => [label, votes]),
      firstSeenMs: this.firstSeenMs,
      lastSeenMs: this.lastSeenMs,
      ...(this.faint ? { faint: true } : {}),
    };
  }

  /** @param saved a state that was checked. */
  static restore(saved: TrackRecordState): TrackRecord {
    const detection = { box: saved.seenBox, score: saved.score, label: saved.votes[0]![0] };
    const record = new TrackRecord(saved.n, detection, {
      clockMs: saved.seenClockMs,
      capturedAtMs: saved.firstSeenMs,
      confirmed: saved.confirmed,
    });
    record.state.set(saved.state);
    record.stateAtSeen.set(saved.stateAtSeen);
    record.anchor = saved.anchor;
    record.anchoredMs = saved.anchoredMs;
    record.hits = saved.hits;
    record.misses = saved.misses;
    record.faint = saved.faint === true;
    record.votes = saved.votes.map(([label, votes]) => [label, votes]);
    record.lastSeenMs = saved.lastSeenMs;
    return record;
  }
}

/** How far `b` lies from `a` in sizes of `a`: the larger of shift and change of size. */
export function driftOf(a: Box, b: Box): number {
  const w = Math.max(1, a.x2 - a.x1);
  const h = Math.max(1, a.y2 - a.y1);
  const shift = centreShift(a, b);
  const size = Math.max(Math.abs(b.x2 - b.x1 - w) / w, Math.abs(b.y2 - b.y1 - h) / h);
  return Math.max(Math.hypot(shift.x / w, shift.y / h), size / 2);
}

function centreShift(a: Box, b: Box): { x: number; y: number } {
  return { x: (b.x1 + b.x2 - a.x1 - a.x2) / 2, y: (b.y1 + b.y2 - a.y1 - a.y2) / 2 };
}

function between(a: Box, b: Box, t: number): Box {
  return {
    x1: a.x1 + (b.x1 - a.x1) * t,
    y1: a.y1 + (b.y1 - a.y1) * t,
    x2: a.x2 + (b.x2 - a.x2) * t,
    y2: a.y2 + (b.y2 - a.y2) * t,
  };
}
