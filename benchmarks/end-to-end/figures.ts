/** Sums what came of many cameras into recall, precision, delay and the rest, in any grouping. Pure. */

import type { Matching } from './match.ts';
import type { CameraResult, IncidentKind, Raised } from './types.ts';

/** A camera with its matching, and the kinds of rules that ran on it. */
export interface Judged {
  readonly result: CameraResult;
  readonly matching: Matching;
  readonly kinds: readonly IncidentKind[];
}

export interface Figures {
  readonly cameras: number;
  readonly cameraHours: number;
  readonly expected: number;
  readonly found: number;
  readonly falseIncidents: number;
  readonly duplicates: number;
  /** `null` where nothing was expected, or nothing was raised. */
  readonly recall: number | null;
  readonly precision: number | null;
  readonly falsePerCameraHour: number;
  /** Seconds from the moment at which it was due until the broker had it. */
  readonly delayP50S: number | null;
  readonly delayP95S: number | null;
  /**
   * Incidents found whose cause began late enough to have a pre-roll, and those whose clip begins at least
   * {@link PRE_ROLL_S} before the first sight of it.
   */
  readonly evidenceAsked: number;
  readonly evidenceInTime: number;
  /** Least time by which a clip begins before the cause, by the truth, seconds. */
  readonly leastLeadS: number | null;
  /** Things found that somebody dropped, and those that are put down to an actor of the dropper's class. */
  readonly acts: number;
  readonly actsNamed: number;
}

/** Evidence begins at least this long before the first sight of the cause. */
const PRE_ROLL_S = 5;

/** @param kind only incidents of this kind; camera-hours are those of cameras with such a rule. */
export function figuresOf(judged: readonly Judged[], kind?: IncidentKind): Figures {
  const asked = judged.filter(({ kinds }) => kind === undefined || kinds.includes(kind));
  const isKind = (one: IncidentKind): boolean => kind === undefined || one === kind;
  const matches = asked.flatMap(({ matching }) =>
    matching.matches.filter(({ expected }) => isKind(expected.type)),
  );
  const found = matches.flatMap(({ found: raised, ...match }) =>
    raised === undefined ? [] : [{ ...match, raised }],
  );
  const falseIncidents = asked.flatMap(({ matching }) =>
    matching.unexpected.filter((one) => isKind(one.kind)),
  ).length;
  const duplicates = found.reduce((sum, one) => sum + one.duplicates.length, 0);
  const cameraHours = asked.reduce((sum, { result }) => sum + result.camera.clip.truth.durationS / 3600, 0);
  const delays = found.map(({ expected, raised }) => raised.publishedS - expected.dueS);
  const preRolled = found.filter(({ expected }) => expected.fromS >= PRE_ROLL_S + 1);
  const leads = preRolled.flatMap(({ expected, raised }) =>
    raised.evidenceFromS === undefined ? [] : [expected.fromS - raised.evidenceFromS],
  );
  const acts = found.filter(({ expected }) => expected.dropperId !== undefined);
  return {
    cameras: asked.length,
    cameraHours,
    expected: matches.length,
    found: found.length,
    falseIncidents,
    duplicates,
    recall: share(found.length, matches.length),
    precision: share(found.length, found.length + falseIncidents),
    falsePerCameraHour: cameraHours === 0 ? 0 : falseIncidents / cameraHours,
    delayP50S: percentile(delays, 0.5),
    delayP95S: percentile(delays, 0.95),
    evidenceAsked: preRolled.length,
    evidenceInTime: preRolled.filter(({ raised }) => beginsInTime(raised)).length,
    leastLeadS: leads.length === 0 ? null : Math.min(...leads),
    acts: acts.length,
    actsNamed: acts.filter(({ raised, dropperClass }) => raised.actor === dropperClass).length,
  };
}

/** Groups in the order in which their names first come up. */
export function groupsOf(
  judged: readonly Judged[],
  nameOf: (one: Judged) => string,
): readonly (readonly [string, readonly Judged[]])[] {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) groups.set(nameOf(one), [...(groups.get(nameOf(one)) ?? []), one]);
  return [...groups];
}

function beginsInTime({ evidenceFromS, firstSeenS }: Raised): boolean {
  return evidenceFromS !== undefined && evidenceFromS <= firstSeenS - PRE_ROLL_S;
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** The value below which a share of the values lies (nearest rank); `null` of none. */
export function percentile(values: readonly number[], of: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(of * sorted.length) - 1))] ?? null;
}
