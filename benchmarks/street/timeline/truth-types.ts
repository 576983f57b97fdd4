/** The form of `truth.jsonl` and `incidents.json`. */

import type { ServingFault } from '../scenario/schema.ts';

/** The twelve classes of the detector. */
export type ObjectClass =
  | 'person'
  | 'bicycle'
  | 'car'
  | 'motorcycle'
  | 'bus'
  | 'truck'
  | 'tricycle'
  | 'garbage'
  | 'bin'
  | 'overflow'
  | 'fire'
  | 'smoke';

export interface FrameObject {
  readonly id: string;
  readonly class: ObjectClass;
  /** x1, y1, x2, y2 in pixels, cut at the borders of the picture; smoke and fire where they are clearly visible. */
  readonly box: readonly [number, number, number, number];
  /** Share of the outline that is in the picture and not behind something nearer, 0–1. */
  readonly visible: number;
  readonly moving: boolean;
  /** Garbage in somebody's hand. */
  readonly carriedBy?: string;
}

/** One line of `truth.jsonl`. */
export interface FrameTruth {
  readonly frame: number;
  /** Seconds of clip time. */
  readonly atS: number;
  readonly objects: readonly FrameObject[];
  /** What is wrong with the camera in this frame, if anything; the boxes are where things would be seen. */
  readonly fault?: string;
}

/** An incident that ought to be raised. */
export interface ExpectedIncident {
  readonly type: 'illegal-parking' | 'littering' | 'fire';
  readonly zoneId: string;
  /** Id of the vehicle, the garbage, the overflowing bin or the fire in `truth.jsonl`. */
  readonly objectId: string;
  /** When the cause began and ended, seconds of clip time; without an end it lasts to the end of the clip. */
  readonly fromS: number;
  readonly toS?: number;
  /** The earliest moment at which it may be raised: the beginning plus the dwell time of the zone. */
  readonly dueS: number;
  /** Who dropped it. */
  readonly dropperId?: string;
}

/** `incidents.json`. */
export interface ScenarioTruth {
  readonly scenario: string;
  readonly light: 'day' | 'dusk' | 'night';
  readonly weather: 'clear' | 'overcast' | 'rain';
  readonly durationS: number;
  readonly fps: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Zones that fit this camera, corners in 0–1 coordinates. */
  readonly zones: readonly {
    readonly id: string;
    readonly purpose: 'no-parking' | 'keep-clean' | 'watch-fire';
    readonly dwellS: number;
    readonly points: readonly (readonly [number, number])[];
  }[];
  readonly incidents: readonly ExpectedIncident[];
  /** Camera faults, which camera health ought to report. */
  readonly faults: readonly { readonly kind: string; readonly fromS: number; readonly toS: number }[];
  /** What goes wrong on the way from the camera while the clip is served; the file itself is sound. */
  readonly serving: readonly ServingFault[];
}
