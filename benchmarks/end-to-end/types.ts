/** What is played, and what came of it, in seconds of clip time. */

import type { BoxNorm } from '../../core/index.ts';
import type { CommittedClip, ExpectedIncident, ServingFault } from '../street/index.ts';

export type IncidentKind = ExpectedIncident['type'];
export const INCIDENT_KINDS: readonly IncidentKind[] = ['illegal-parking', 'littering', 'fire'];

/** How the pictures of a camera are taken: analysed frames a second, or key frames alone. */
export type Sampling = { readonly decode: 'fps'; readonly fps: number } | { readonly decode: 'keyframes' };

/** A camera of the benchmark: a clip that is served once, and how it is watched. */
export interface BenchCamera {
  readonly id: string;
  readonly clip: CommittedClip;
  readonly sampling: Sampling;
  /** What goes wrong on the line, besides what the clip's own truth says. */
  readonly faults?: readonly ServingFault[];
}

/** One incident as the broker's reader saw it. Times are seconds of clip time. */
export interface Raised {
  readonly incidentId: string;
  readonly eventType: string;
  readonly kind: IncidentKind;
  readonly zoneId: string;
  /** First sight of the thing, as the program tells it. */
  readonly firstSeenS: number;
  /** Capture of the frame that decided it. */
  readonly openedS: number;
  /** The broker stored its first revision. */
  readonly publishedS: number;
  /** When it was last said to be over; `undefined` while it is open. */
  readonly clearedS: number | undefined;
  /** Where it was when it opened, shares of the picture. */
  readonly boxes: readonly BoxNorm[];
  /** Begin of its evidence clip; `undefined` when there is none. */
  readonly evidenceFromS: number | undefined;
  /** Label of the person or vehicle that an act of littering is attributed to. */
  readonly actor: string | undefined;
}

/** A camera fault that was published. */
export interface ReportedFault {
  readonly fault: string;
  /** Clip time since which it was so, at which it was decided, and at which it was over. */
  readonly sinceS: number;
  readonly raisedS: number;
  readonly clearedS: number | undefined;
}

/** Everything that came of one camera. */
export interface CameraResult {
  readonly camera: BenchCamera;
  readonly raised: readonly Raised[];
  readonly faults: readonly ReportedFault[];
  readonly framesAnalysed: number;
  /** When the clip was begun anew because the program had opened the camera again, seconds after the begin of the pass that is looked at. */
  readonly reopenedS: readonly number[];
}

/** Kind of an event type of ours. */
export function kindOf(eventType: string): IncidentKind {
  if (eventType.startsWith('illegal_parking')) return 'illegal-parking';
  return eventType.startsWith('fire') ? 'fire' : 'littering';
}

/** `5 fps` or `key frames`. */
export function samplingName(sampling: Sampling): string {
  return sampling.decode === 'fps' ? `${sampling.fps} fps` : 'key frames';
}
