/** What a rule says of a place: the values between `rules/` and `incidents/`. */

import type { BoxNorm, PolygonNorm } from './geometry.ts';

/**
 * Our own stable names of event types; the codes of a city come from its table in the configuration
 * (`standards.md` 0 and 9).
 */
export const EVENT_TYPES = [
  'illegal_parking.motor',
  'illegal_parking.nonmotor',
  'garbage.exposed',
  'garbage.overflow',
  'litter.act',
  'fire.flame',
  'fire.smoke',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** A polygon on the picture of one camera. */
export interface Zone {
  readonly zoneId: string;
  /** Counts up with every published change. */
  readonly version: number;
  readonly name: string;
  readonly polygon: PolygonNorm;
}

/**
 * `warned`: dwell has reached the warning stage. `raised`: the event is there. `sustained`: it goes on and something
 * worth a revision changed (growth, severity). `cleared`: the place is empty again. `dropped`: a warning that never
 * became an event has ended.
 */
export type SignalPhase = 'warned' | 'raised' | 'sustained' | 'cleared' | 'dropped';

/** 1 most severe … 4 least (GB/T 28181 AlarmPriority order). */
export type Severity = 1 | 2 | 3 | 4;

/**
 * One statement of one rule about one place and cause. All signals of one real-world event carry the same
 * `episodeId`, also across ID switches, reconnects and restarts.
 */
export interface RuleSignal {
  readonly phase: SignalPhase;
  readonly episodeId: string;
  readonly cameraId: string;
  readonly runId: string;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly zoneId: string;
  readonly zoneVersion: number;
  readonly eventType: EventType;
  readonly severity: Severity;
  /** 0–1. */
  readonly confidence: number;
  readonly trackIds: readonly string[];
  readonly label: string;
  /** Where it is now, 0–1 of the picture. */
  readonly box: BoxNorm;
  /** Wall time of the frame that decided it (`FrameRef.capturedAtMs`). */
  readonly atMs: number;
  /** Wall time of the first sight of the object, and of the moment since which it stands, lies or burns. */
  readonly firstSeenMs: number;
  readonly sinceMs: number;
  /** The object was there when the run began: its arrival was not seen. */
  readonly presentAtStart: boolean;
  /** Moments worth a still besides arrival and confirmation, e.g. `before`, `during`, `after` of an act. */
  readonly moments: readonly { readonly name: string; readonly atMs: number; readonly box?: BoxNorm }[];
  /** The numbers that decided it, e.g. `{ dwellMs: 184000, driftRatio: 0.03 }`. */
  readonly measurements: Readonly<Record<string, number | string | boolean>>;
}
