/** When stream time zero was, on the wall clock: decided once per run, from the first frames. */

/** Frames that arrive this much earlier against their own time than those before show that a backlog is being used up. */
const BACKLOG_STEP_MS = 20;

/** The backlog is used up when this long none did: on a busy machine single frames of it are late all the same. */
const STANDING_MS = 350;

/**
 * While ffmpeg opens a live stream it keeps what arrives, to learn the format; these frames then come all at once and
 * late. So arrival minus stream time falls until the backlog is used up, and its smallest value is the anchor.
 * The clock of a file has no such delay: its first frame decides.
 */
export class Anchor {
  private readonly paced: boolean;
  private smallest: number | undefined;
  /** When a frame last showed that there was a backlog. */
  private fellMs = 0;
  private settled = false;

  constructor(options: { readonly paced: boolean }) {
    this.paced = options.paced;
  }

  /** Wall time of stream time zero, once decided. */
  get anchorMs(): number | undefined {
    return this.settled ? this.smallest : undefined;
  }

  /** A frame with stream time `ptsMs` arrived at wall time `arrivedMs`. Ignored once settled. */
  offer(arrivedMs: number, ptsMs: number): void {
    if (this.settled) return;
    const offset = arrivedMs - ptsMs;
    if (this.smallest === undefined) {
      this.smallest = offset;
      this.fellMs = arrivedMs;
      this.settled = !this.paced;
      return;
    }
    if (offset <= this.smallest - BACKLOG_STEP_MS) this.fellMs = arrivedMs;
    else if (!this.isFalling(arrivedMs)) this.settled = true;
    this.smallest = Math.min(this.smallest, offset);
  }

  /** Whether the backlog was still being used up a moment before `nowMs`. */
  isFalling(nowMs: number): boolean {
    return Math.abs(nowMs - this.fellMs) < STANDING_MS;
  }

  /** Takes what is known: the next frame is too far away to wait for. */
  settle(): void {
    if (this.smallest !== undefined) this.settled = true;
  }
}
