/** At most so many events at one place within a day: a place that deceives the detector cannot flood anybody. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { iou } from '../../core/index.ts';
import type { BoxNorm } from '../../core/index.ts';

export const RepeatState = Type.Array(Type.Tuple([Type.Number(), Type.Array(Type.Number())]));

const PERIOD_MS = 24 * 3600 * 1000;
const SAME_PLACE_IOU = 0.5;
const MAX_REMEMBERED = 2000;

/** Counts events by place over the last 24 hours of wall time: rule time stands still while a schedule is closed. */
export class RepeatLimit {
  private readonly most: number;
  private raised: { atMs: number; box: BoxNorm }[] = [];

  constructor(most: number) {
    this.most = most;
  }

  /** Counts an event, or tells by `false` that this place has had its share. */
  allow(box: BoxNorm, nowMs: number): boolean {
    if (this.isSpent(box, nowMs)) return false;
    this.raised.push({ atMs: nowMs, box });
    return true;
  }

  /** Whether this place has had its share. */
  isSpent(box: BoxNorm, nowMs: number): boolean {
    // A clock that was set back must not hold a place back for longer than the period.
    this.raised = this.raised.filter(({ atMs }) => Math.abs(nowMs - atMs) < PERIOD_MS).slice(-MAX_REMEMBERED);
    return this.raised.filter((one) => iou(one.box, box) >= SAME_PLACE_IOU).length >= this.most;
  }

  save(): Static<typeof RepeatState> {
    return this.raised.map(({ atMs, box }) => [atMs, [box.x1, box.y1, box.x2, box.y2]]);
  }

  restore(state: Static<typeof RepeatState>): void {
    this.raised = state.map(([atMs, [x1 = 0, y1 = 0, x2 = 0, y2 = 0]]) => ({
      atMs,
      box: { x1, y1, x2, y2 },
    }));
  }
}
