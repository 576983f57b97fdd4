/** Settings of the health monitor: meaning, effect, default of each. Times in milliseconds of the stream. */

import type { CameraFault } from '../core/index.ts';
import type { Timing } from './fault-timer.ts';

/** Faults that the picture shows; the others belong to the stream. */
export const PICTURE_FAULTS = [
  'frozen',
  'black',
  'too_dark',
  'too_bright',
  'blurred',
  'covered',
  'moved',
  'colour_cast',
  'noise',
  'stripes',
] as const satisfies readonly CameraFault[];
export type PictureFault = (typeof PICTURE_FAULTS)[number];

/** All settings of a {@link HealthMonitor}. */
export interface HealthOptions {
  /** Onset and clearing of each fault. */
  readonly timing: Readonly<Record<CameraFault, Timing>>;
  /** Least time between two looks at pictures. Raising it saves work; lowering it sees short faults. Default 500. */
  readonly lookEveryMs: number;
  /**
   * Clean pictures that must have been seen before anything is compared with what is normal. Raising it makes the
   * comparison surer; lowering it finds faults sooner after the start. Default 6000.
   */
  readonly learnMs: number;
  /** Silence after which the signal is lost, at least four usual intervals. Default 5000. */
  readonly signalLostMs: number;
  /** Pictures per second that the camera should send to the analysis. Left out: what it usually sends is learnt. */
  readonly expectedFps?: number;
  /**
   * Factor by which the interval between pictures must grow. Raising it tolerates slower streams. Default 2.
   */
  readonly slowFactor: number;
  /** Drift of the stream's clock against ours that is a fault. Default 2000. */
  readonly clockDriftMs: number;
  /** How long a moved view stays a fault before it is taken as the new view. Default two hours. */
  readonly acceptMovedAfterMs: number;
}

const timing = (onsetMs: number, clearMs: number): Timing => ({ onsetMs, clearMs });

export const HEALTH_DEFAULTS: HealthOptions = {
  timing: {
    signal_lost: timing(0, 0),
    frozen: timing(0, 1500),
    black: timing(3000, 2000),
    too_dark: timing(6000, 5000),
    too_bright: timing(6000, 5000),
    blurred: timing(6000, 5000),
    covered: timing(6000, 4000),
    moved: timing(6000, 4000),
    colour_cast: timing(6000, 5000),
    noise: timing(4000, 5000),
    stripes: timing(4000, 5000),
    low_frame_rate: timing(4000, 10_000),
    clock_drift: timing(4000, 10_000),
  },
  lookEveryMs: 500,
  learnMs: 6000,
  signalLostMs: 5000,
  slowFactor: 2,
  clockDriftMs: 2000,
  acceptMovedAfterMs: 7_200_000,
};
