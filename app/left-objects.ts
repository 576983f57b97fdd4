/** Objects left behind that no class describes: proposed from the pixels of a frame, added to what was detected in it. */

import { intersectionArea, messageOf } from '../core/index.ts';
import type { Box, Detection, Frame, FrameRef, Log, TrackedFrame } from '../core/index.ts';
import { StaticForeground } from '../tracking/index.ts';

/** Frames that may be on their way through the detector at once. */
const MAX_PENDING = 32;
/** A proposal of which this share lies under a detection is that object. */
const SAME_SHARE = 0.3;

/** The static-foreground detector of one camera, between the frame's pixels and the frame's detections. */
export class LeftObjects {
  private readonly detector = new StaticForeground();
  private readonly pending = new Map<string, readonly Detection[]>();
  private known: readonly Box[] = [];

  /** Looks at a frame while its pixels are there. */
  observe(frame: Frame): void {
    this.pending.set(keyOf(frame.ref), this.detector.observe(frame, this.known));
    if (this.pending.size > MAX_PENDING) this.pending.delete(this.pending.keys().next().value!);
  }

  /** What was detected in the frame, and what lies there besides. */
  addTo(ref: FrameRef, detections: readonly Detection[]): readonly Detection[] {
    const proposals = this.pending.get(keyOf(ref)) ?? [];
    this.pending.delete(keyOf(ref));
    const fresh = proposals.filter(
      ({ box }) =>
        !detections.some(
          (one) =>
            one.faint !== true &&
            intersectionArea(one.box, box) >= SAME_SHARE * (box.x2 - box.x1) * (box.y2 - box.y1),
        ),
    );
    return fresh.length === 0 ? detections : [...detections, ...fresh];
  }

  /** Notes where known objects are: what lies under them is not judged in the next frame. */
  follow({ tracks }: TrackedFrame): void {
    this.known = tracks
      .filter(({ label, faint }) => label !== 'object' && faint !== true)
      .map(({ box }) => box);
  }

  save(): unknown {
    return this.detector.save();
  }

  /** Takes up saved state; without any, or with damaged state, the view is learnt anew. */
  restore(state: unknown, log: Log): void {
    if (state === undefined) return;
    try {
      this.detector.restore(state);
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'view of left objects is learnt anew');
    }
  }
}

function keyOf({ runId, seq }: FrameRef): string {
  return `${runId}:${seq}`;
}
