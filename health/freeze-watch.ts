/** Frozen or only quiet: a frozen picture repeats itself, a quiet scene still has noise, or is known to be quiet. */

import { Type, type Static } from 'typebox';
import { changeOf, type Change } from './features.ts';
import type { Picture } from './picture.ts';

/** Between two looks, cell means: nothing but repeated pictures stays below these. */
const SAME_MEAN = 0.03;
const SAME_MOST = 0.7;
/** Against the beginning of the run: key frames code the same picture anew, a little differently. */
const DRIFT_MEAN = 0.5;
const DRIFT_MOST = 4;
/** And no larger step than this is a new coding of the same picture. */
const CODED_MEAN = 1.5;
const CODED_MOST = 12;
/** Share of the looks of a run that must be repetitions; key frames disturb the others. */
const SAME_SHARE = 0.4;
const MIN_LOOKS = 6;
/** Share of the cells without noise below which a camera is alive, and from which it repeats itself nevertheless. */
const ALIVE = 0.5;
const REPEATED = 0.9;
/** What the others may do outside the outer rows: encoders take turns between two codings of a few pixels. */
const CODED_CELL = 1.5;
/** Cameras whose encoder removes the noise look frozen whenever nothing moves: they are given this long. */
const ALIVE_MS = 6000;
const QUIET_MS = 30_000;
const QUIET_NIGHT_MS = 90_000;
const MAX_WAIT_MS = 900_000;

export const freezeState = Type.Object({
  /** Wall time of the start of the present run of repeated pictures. */
  sinceMs: Type.Number(),
  looks: Type.Integer(),
  same: Type.Integer(),
  /** Longest run that ended by itself. */
  longestMs: Type.Number(),
  /** Share of cells without noise while something moved, and how many looks that rests on. */
  quietShare: Type.Number(),
  aliveLooks: Type.Integer(),
});
type FreezeState = Static<typeof freezeState>;

/** What one look says. */
export interface FreezeLook {
  /** `undefined`: one change among repetitions, a key frame that codes the same picture anew, or the first movement. */
  readonly frozen: boolean | undefined;
  readonly stillMs: number;
  readonly waitMs: number;
}

/** Follows runs of repeated pictures. */
export class FreezeWatch {
  private state: FreezeState = { sinceMs: 0, looks: 0, same: 0, longestMs: 0, quietShare: 0, aliveLooks: 0 };
  private base: Float32Array | undefined;
  private last: Float32Array | undefined;
  private wasSame = false;

  /** @param active whether the camera is known to be frozen: then only pictures that move on say otherwise. */
  look(picture: Picture, atMs: number, active: boolean): FreezeLook {
    const s = this.state;
    const { last, base } = this;
    this.last = picture.luma;
    if (last === undefined || base === undefined) {
      this.begin(picture, atMs);
      return { frozen: false, stillMs: 0, waitMs: this.waitMs(picture) };
    }
    const step = changeOf(last, picture.luma);
    const drift = changeOf(base, picture.luma);
    const same = this.isRepetition(step);
    if (!same) this.learnAlive(step);
    s.looks++;
    if (same) s.same++;
    const wasSame = this.wasSame;
    this.wasSame = same;
    if (active) return this.lookAtFrozen(picture, { atMs, same, wasSame });
    const drifted = drift.mean >= DRIFT_MEAN || (this.isAlive() ? drift.inner : drift.most) >= DRIFT_MOST;
    const restless = s.looks >= MIN_LOOKS && s.same < s.looks * SAME_SHARE;
    if (drifted && wasSame && !same && step.mean < CODED_MEAN && step.most < CODED_MOST) {
      // One small change of everything between repetitions: coded anew. If it was movement, the next look differs too.
      this.base = picture.luma;
    } else if (drifted || restless) {
      const ranMs = atMs - s.sinceMs;
      if (s.same >= 2 && s.same >= s.looks * SAME_SHARE && ranMs < this.waitMs(picture)) {
        s.longestMs = Math.max(s.longestMs, ranMs);
      }
      this.begin(picture, atMs);
    }
    const stillMs = atMs - s.sinceMs;
    const waitMs = this.waitMs(picture);
    return { frozen: s.looks >= MIN_LOOKS && stillMs >= waitMs, stillMs, waitMs };
  }

  /** A frozen camera that is coded anew changes once and repeats itself again; one that sees changes again and again. */
  private lookAtFrozen(
    picture: Picture,
    { atMs, same, wasSame }: { atMs: number; same: boolean; wasSame: boolean },
  ): FreezeLook {
    const moving = !same && !wasSame;
    if (moving) this.begin(picture, atMs);
    const frozen = same ? true : moving ? false : undefined;
    return { frozen, stillMs: atMs - this.state.sinceMs, waitMs: this.waitMs(picture) };
  }

  private begin(picture: Picture, atMs: number): void {
    this.base = picture.luma;
    Object.assign(this.state, { sinceMs: atMs, looks: 0, same: 0 });
  }

  /**
   * Nothing changes; or, of a camera whose noise shows that it lives, next to nothing: a camera that froze inside may
   * still write the time into the picture.
   */
  private isRepetition({ mean, most, inner, quiet }: Change): boolean {
    if (mean < SAME_MEAN && most < SAME_MOST) return true;
    return this.isAlive() && quiet >= REPEATED && inner < CODED_CELL;
  }

  private learnAlive({ most, quiet }: Change): void {
    if (most < SAME_MOST) return;
    const s = this.state;
    s.aliveLooks++;
    s.quietShare += (quiet - s.quietShare) * Math.max(0.02, 1 / s.aliveLooks);
  }

  private isAlive(): boolean {
    return this.state.aliveLooks >= 8 && this.state.quietShare < ALIVE;
  }

  /** How long a run must last: short for cameras whose noise shows that they live, long for quiet ones. */
  private waitMs(picture: Picture): number {
    const s = this.state;
    const dark = picture.mean < 60;
    const least = this.isAlive() ? ALIVE_MS : dark ? QUIET_NIGHT_MS : QUIET_MS;
    return Math.min(MAX_WAIT_MS, Math.max(least, 3 * s.longestMs));
  }

  save(): FreezeState {
    return { ...this.state };
  }

  /** Goes on with what was learnt; the present run begins anew, because the picture itself is not kept. */
  restore(state: FreezeState): void {
    this.state = { ...state, looks: 0, same: 0 };
    this.base = undefined;
    this.last = undefined;
  }
}
