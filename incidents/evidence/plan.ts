/** Which stills and clips an incident needs, as pure functions of its signals. */

import type { BoxNorm, RuleSignal } from '../../core/index.ts';
import type { EvidenceRole } from '../incident.ts';

/** How much footage goes into evidence. */
export interface EvidenceSettings {
  /** Footage before the first sight. At least 5 s; raising it makes clips longer. */
  readonly preRollMs: number;
  /** Footage after the confirmation; the clip waits for it. */
  readonly postRollMs: number;
  /** Longest clip. An event that took longer to confirm gets two clips of half this length: arrival and confirmation. */
  readonly maxClipMs: number;
}

export const DEFAULT_EVIDENCE_SETTINGS: EvidenceSettings = {
  preRollMs: 6_000,
  postRollMs: 1_000,
  maxClipMs: 180_000,
};

/** GA/T 832-2014 3.5 b): pictures of a stationary offence lie at least 10 s apart; the margin covers one frame. */
const APART_MS = 10_000 + 250;

/** One still to take. `name` is its file name without extension, unique within the incident. */
export interface StillPlan {
  readonly name: string;
  readonly role: EvidenceRole;
  readonly moment?: string;
  readonly atMs: number;
  /** Where the object is in it; `empty` when this is where it was. */
  readonly box?: BoxNorm;
  readonly empty?: boolean;
  /** Also take the box alone. */
  readonly closeUp?: boolean;
}

export interface ClipPlan {
  readonly name: string;
  readonly part: 'whole' | 'arrival' | 'confirmation';
  readonly fromMs: number;
  readonly toMs: number;
}

/** Work that is done, recorded and published together. */
export interface EvidencePlan {
  readonly stage: 'arrival' | 'confirmation' | 'clearing';
  readonly stills: readonly StillPlan[];
  readonly clips: readonly ClipPlan[];
}

/** The moment of the arrival still. */
export function arrivalAtMs(signal: RuleSignal): number {
  const apart = signal.atMs - APART_MS;
  return Math.min(signal.sinceMs, Math.max(signal.firstSeenMs, apart));
}

/** For a candidate: its arrival, before the recording of it can be lost. */
export function planArrival(signal: RuleSignal): EvidencePlan {
  return { stage: 'arrival', stills: [arrivalStill(signal)], clips: [] };
}

/**
 * For an incident that opens: its arrival unless it was taken already, the moments of an act, the confirmation with
 * a close-up, and the clip from before the first sight to the confirmation.
 */
export function planConfirmation(
  signal: RuleSignal,
  arrivalTaken: boolean,
  settings: EvidenceSettings,
): EvidencePlan {
  const stills: StillPlan[] = arrivalTaken ? [] : [arrivalStill(signal)];
  for (const [i, moment] of signal.moments.entries()) {
    stills.push({
      name: `moment-${i + 1}-${moment.name.replace(/[^a-z0-9_-]/gi, '_')}`,
      role: 'moment',
      moment: moment.name,
      atMs: moment.atMs,
      ...(moment.box === undefined ? {} : { box: moment.box }),
    });
  }
  stills.push({
    name: 'confirmation',
    role: 'confirmation',
    atMs: signal.atMs,
    box: signal.box,
    closeUp: true,
  });
  return { stage: 'confirmation', stills, clips: planClips(signal, settings) };
}

/** For an incident that cleared: the empty place. `revision` keeps names apart when it opens and clears again. */
export function planClearing(signal: RuleSignal, box: BoxNorm, revision: number): EvidencePlan {
  return {
    stage: 'clearing',
    stills: [{ name: `clearing-r${revision}`, role: 'clearing', atMs: signal.atMs, box, empty: true }],
    clips: [],
  };
}

/** Where the footage of an episode begins. */
export function footageFromMs(signal: RuleSignal, settings: EvidenceSettings): number {
  const first = Math.min(signal.firstSeenMs, signal.sinceMs, ...signal.moments.map((m) => m.atMs));
  return first - settings.preRollMs;
}

function planClips(signal: RuleSignal, settings: EvidenceSettings): ClipPlan[] {
  const fromMs = footageFromMs(signal, settings);
  const toMs = signal.atMs + settings.postRollMs;
  if (toMs - fromMs <= settings.maxClipMs) return [{ name: 'clip', part: 'whole', fromMs, toMs }];
  const half = settings.maxClipMs / 2;
  return [
    { name: 'clip-arrival', part: 'arrival', fromMs, toMs: fromMs + half },
    { name: 'clip-confirmation', part: 'confirmation', fromMs: toMs - half, toMs },
  ];
}

function arrivalStill(signal: RuleSignal): StillPlan {
  const atMs = arrivalAtMs(signal);
  // Before it stood still it was somewhere else than its box says.
  return { name: 'arrival', role: 'arrival', atMs, ...(atMs >= signal.sinceMs ? { box: signal.box } : {}) };
}
