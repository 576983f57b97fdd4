/** What a frame shows to the parking rule: vehicles, and what may hide them. */

import { iou, normaliseBox } from '../../core/index.ts';
import type { BoxNorm, Track, TrackedFrame } from '../../core/index.ts';
import type { Motion } from '../motion.ts';
import { coveredShare } from '../place-memory.ts';
import { SAME_PLACE_IOU } from './parking-place.ts';

/** Classes that stand in a queue together. */
const VEHICLES = ['car', 'bus', 'truck', 'tricycle', 'bicycle', 'motorcycle'] as const;
/** Hidden: this share of the place lies under something else. */
const COVERED_SHARE = 0.4;
/** Something that hides a place is believed to be there this long after it was last detected: milliseconds, or pictures. */
const COVER_HOLD_MS = 1000;
const COVER_HOLD_PICTURES = 2.5;

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

/** Something that may hide a place. */
export interface Cover {
  readonly box: BoxNorm;
  /** Not surely seen in this very frame: it does not hide the place at which it stands itself. */
  readonly isMissed: boolean;
}

/** Everything that may hide a place: seen in this frame, or for a moment faint or missed. */
export function coversOf(
  { frame, tracks }: TrackedFrame,
  of: { readonly exempt: readonly Track[]; readonly pictureMs: number; readonly minScore: number },
): Cover[] {
  const holdMs = Math.max(COVER_HOLD_MS, COVER_HOLD_PICTURES * of.pictureMs);
  return [...tracks, ...of.exempt].flatMap(({ box, observed, faint, score, state, lastSeenMs }) => {
    if (faint === true && (state === 'tentative' || score < of.minScore)) return [];
    const unseenMs = frame.capturedAtMs - lastSeenMs;
    const isMissed = observed ? faint === true : state === 'lost' && unseenMs >= 0 && unseenMs <= holdMs;
    return observed || isMissed ? [{ box: normaliseBox(box, frame.width, frame.height), isMissed }] : [];
  });
}

/** Whether a place lies under something else. */
export function isHidden(place: BoxNorm, covers: readonly Cover[]): boolean {
  return covers.some(
    ({ box, isMissed }) =>
      coveredShare(place, box) >= COVERED_SHARE && !(isMissed && iou(place, box) >= SAME_PLACE_IOU),
  );
}
