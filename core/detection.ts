/** What the detector and the tracker say about a picture. */

import type { Box } from './geometry.ts';
import type { FrameRef } from './frame.ts';

/** One object in one picture. */
export interface Detection {
  /** xyxy, pixels of the frame's content (`FrameRef.width` × `height`). */
  readonly box: Box;
  /** Confidence 0–1. */
  readonly score: number;
  /** Class name as the model's manifest spells it, e.g. `car`. */
  readonly label: string;
  /**
   * Below the threshold of its class: found only because a rule asked for it, to gather evidence over time. By itself
   * it says nothing.
   */
  readonly faint?: true;
}

/** `tentative` until it is seen often enough, `lost` while it is not seen (its box is then a prediction). */
export type TrackState = 'tentative' | 'confirmed' | 'lost';

/** One object over time. */
export interface Track {
  /** Unique over all cameras and runs: `<runId>:<number>`. */
  readonly trackId: string;
  readonly state: TrackState;
  /** xyxy, pixels of the frame's content: measured when `observed`, else predicted. */
  readonly box: Box;
  readonly label: string;
  /** Confidence of the last matched detection, 0–1. */
  readonly score: number;
  /** Whether a detection of this very frame was matched. */
  readonly observed: boolean;
  /** `capturedAtMs` of the first and of the last frame in which it was detected. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** The last matched detection was {@link Detection.faint}: a suspicion, for the rule that asked for it only. */
  readonly faint?: true;
}

/** All tracks of one frame. */
export interface TrackedFrame {
  readonly frame: FrameRef;
  readonly tracks: readonly Track[];
  /** Ids that ended with this frame, so that rules forget them. */
  readonly removed: readonly string[];
}
