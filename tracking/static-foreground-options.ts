/** Settings of the static-foreground detector: meaning, effect, default of each. Times in milliseconds. */

export interface StaticForegroundOptions {
  /** How long a view is learnt before anything is proposed. Raising it forgives a busy start. Default 10000. */
  readonly learnMs: number;
  /**
   * How long something must lie still before it is proposed. Raising it leaves out what stops for a moment; lowering it
   * proposes sooner, and more. Default 5000.
   */
  readonly holdMs: number;
  /** How fast the slow background follows light and shade. Raising it keeps slow changes as foreground. Default 120000. */
  readonly slowMs: number;
  /** How fast the fast background takes in what stands. Raising it takes longer to call a thing still. Default 2000. */
  readonly fastMs: number;
  /** After this the thing belongs to the view and is not proposed any more. Default half an hour. */
  readonly absorbMs: number;
  /** Least difference from the background, luma levels 0-255. Raising it misses grey bags on grey ground. Default 14. */
  readonly minDifference: number;
  /** The same in usual deviations of the place. Raising it ignores leaves that move, and misses more. Default 4. */
  readonly deviations: number;
  /** Cells (1/80 of the width) that a thing covers at least. Default 4. */
  readonly minCells: number;
  /** Largest share of the picture. What is larger is a shadow, a vehicle or a turned camera. Default 0.05. */
  readonly maxAreaShare: number;
  /** Proposals of one frame, best first. Default 8. */
  readonly maxProposals: number;
}

export const STATIC_FOREGROUND_DEFAULTS: StaticForegroundOptions = {
  learnMs: 10_000,
  holdMs: 5000,
  slowMs: 120_000,
  fastMs: 2000,
  absorbMs: 1_800_000,
  minDifference: 14,
  deviations: 4,
  minCells: 4,
  maxAreaShare: 0.05,
  maxProposals: 8,
};
