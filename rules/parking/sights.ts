/** What a frame shows to the parking rule: vehicles, and what may hide them. */

import { normaliseBox } from '../../core/index.ts';
import type { BoxNorm, Track, TrackedFrame } from '../../core/index.ts';
import type { Motion } from '../motion.ts';

/** Classes that stand in a queue together. */
const VEHICLES = ['car', 'bus', 'truck', 'tricycle', 'bicycle', 'motorcycle'] as const;
/** Something that hides a place is believed to be there this long after it was last detected, milliseconds. */
const COVER_HOLD_MS = 4000;

/** A vehicle in one frame. */
export interface Sight {
  readonly trackId: string;
  readonly group: string;
  readonly label: string;
  readonly score: number;
  readonly box: BoxNorm;
  readonly motion: Motion;
  readonly firstSeenMs: number;
  /** Not surely a vehicle: such a sight shows that one may still be there, and proves nothing else. */
  readonly isFaint: boolean;
  /** Of a class that the rule reports, and not exempt. */
  readonly isOwn: boolean;
}

/** Motor vehicles stand for each other (a van is `car` now and `truck` then), two-wheelers do, these two do not. */
export function groupOf(label: string): 'motor' | 'nonmotor' {
  return label === 'bicycle' || label === 'motorcycle' ? 'nonmotor' : 'motor';
}

/** Classes that stand in a queue with these, themselves among them. */
export function queueClasses(classes: readonly string[]): string[] {
  const groups = new Set(classes.map(groupOf));
  return [...new Set([...VEHICLES, ...classes])].filter((label) => groups.has(groupOf(label)));
}

/** Vehicles that were detected in a frame: those that the rule reports, and others that queue up with them. */
export function sightsOf(
  { frame, tracks }: TrackedFrame,
  of: {
    readonly classes: readonly string[];
    readonly minScore: number;
    readonly exempt: readonly Track[];
    readonly observe: (trackId: string, box: BoxNorm) => Motion;
  },
): Sight[] {
  const known = new Set(queueClasses(of.classes));
  const see = (track: Track, isExempt: boolean): Sight[] => {
    const { trackId, label, score, firstSeenMs, faint } = track;
    // Another rule may have asked for fainter ones.
    if (!track.observed || !known.has(label) || (faint === true && score < of.minScore)) return [];
    const box = normaliseBox(track.box, frame.width, frame.height);
    const isOwn = !isExempt && of.classes.includes(label);
    const motion = of.observe(trackId, box);
    return [
      {
        trackId,
        label,
        score,
        box,
        motion,
        firstSeenMs,
        group: groupOf(label),
        isFaint: faint === true,
        isOwn,
      },
    ];
  };
  return [...tracks.flatMap((track) => see(track, false)), ...of.exempt.flatMap((track) => see(track, true))];
}

/** Boxes of everything that may hide a place: seen in this frame, or missed by the detector for a moment. */
export function coversOf({ frame, tracks }: TrackedFrame, exempt: readonly Track[]): BoxNorm[] {
  return [...tracks, ...exempt]
    .filter(
      ({ observed, faint, state, lastSeenMs }) =>
        faint !== true &&
        (observed || (state === 'lost' && frame.capturedAtMs - lastSeenMs <= COVER_HOLD_MS)),
    )
    .map((track) => normaliseBox(track.box, frame.width, frame.height));
}
