/** Whether camera health named each fault of a clip, and whether the rules stood still meanwhile. Pure. */

import type { ScenarioTruth } from '../street/index.ts';
import type { Matching } from './match.ts';
import type { CameraResult, ReportedFault } from './types.ts';

/** What camera health calls each fault of a scenario; nothing for those that it need not name. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  freeze: ['frozen'],
  black: ['black'],
  blur: ['blurred'],
  cover: ['covered'],
  knock: ['moved'],
  stall: ['signal_lost'],
  'clock-jump': ['clock_drift'],
  drop: [],
  corrupt: [],
};
/** A fault may be named this long after it is over, and the first signs of it may lie this much before. */
const AFTER_S = 2;
const BEFORE_S = 1;

export interface FaultRow {
  readonly kind: string;
  readonly fromS: number;
  readonly toS: number;
  /** Names that would be right; empty where health need not say anything. */
  readonly wanted: readonly string[];
  /** The fault as published, or `undefined`. */
  readonly named: ReportedFault | undefined;
  /** The camera was opened again: after a jump of its clock nothing else is needed. */
  readonly reopened: boolean;
  /** Everything else that was published during the fault. */
  readonly others: readonly string[];
}

export interface HealthResult {
  readonly rows: readonly FaultRow[];
  /** Published faults outside of every fault of the clip. */
  readonly falseFaults: readonly ReportedFault[];
}

/** @param result of a camera whose clip, or line, has faults. */
export function judgeHealth({ camera, faults, reopenedS }: CameraResult): HealthResult {
  const { truth } = camera.clip;
  const spans = [...truth.faults, ...[...truth.serving, ...(camera.faults ?? [])].map(spanOf(truth))];
  // With every connection the clip, and all that goes wrong in it, begins anew; one pass of it is looked at.
  const endS = Math.min(truth.durationS, ...reopenedS);
  const left = new Set(faults.filter(({ raisedS }) => raisedS >= 0 && raisedS <= endS));
  const rows = spans.map(({ kind, fromS, toS }) => {
    const during = [...left].filter(({ raisedS }) => raisedS >= fromS - BEFORE_S && raisedS <= toS + AFTER_S);
    for (const fault of during) left.delete(fault);
    const wanted = NAMES[kind] ?? [];
    const reopened = reopenedS.some((atS) => atS >= fromS && atS <= toS + AFTER_S);
    const named = during.find(({ fault }) => wanted.includes(fault));
    const others = during.filter((fault) => fault !== named).map(({ fault }) => fault);
    return { kind, fromS, toS, wanted, named, reopened, others };
  });
  return { rows, falseFaults: [...left] };
}

/** A fault of the line as a span; a clock that jumped stays wrong to the end. */
function spanOf(truth: ScenarioTruth) {
  return (fault: ScenarioTruth['serving'][number]) =>
    fault.kind === 'clock-jump' ? { kind: fault.kind, fromS: fault.atS, toS: truth.durationS } : fault;
}

export interface Suspension {
  readonly objectId: string;
  /** Seconds of the dwell that a published fault was active. */
  readonly suspendedS: number;
  /** Seconds from the cause to the incident, without those. */
  readonly netDwellS: number;
  /**
   * Whether the dwell stood still: the incident came later by more than half of the suspended time. Onset of the fault, and
   * of standing still, are seen seconds earlier or later than the truth has them.
   */
  readonly held: boolean;
}

/** Incidents that were said to be over while their cause was still there, by more than two seconds. */
export function clearedTooSoon({ matches }: Matching): readonly string[] {
  return matches.flatMap(({ expected, found }) =>
    found?.clearedS !== undefined && found.clearedS < (expected.toS ?? Number.POSITIVE_INFINITY) - 2
      ? [`${expected.objectId} at ${found.clearedS.toFixed(1)} s`]
      : [],
  );
}

const BLIND = new Set([
  'signal_lost',
  'frozen',
  'black',
  'too_dark',
  'covered',
  'moved',
  'noise',
  'stripes',
  'blurred',
]);

/** For each incident that was found while a fault was active within its dwell. */
export function judgeSuspension(result: CameraResult, matching: Matching): Suspension[] {
  const zones = new Map(result.camera.clip.truth.zones.map((zone) => [zone.id, zone]));
  return matching.matches.flatMap(({ expected, found }) => {
    if (found === undefined) return [];
    const suspendedS = lengthOf(
      result.faults
        .filter(({ fault }) => BLIND.has(fault))
        .map(({ raisedS, clearedS }) => ({
          fromS: Math.max(expected.fromS, raisedS),
          toS: Math.min(found.openedS, clearedS ?? found.openedS),
        })),
    );
    if (suspendedS === 0) return [];
    const netDwellS = found.openedS - expected.fromS - suspendedS;
    const dwellS = zones.get(expected.zoneId)?.dwellS ?? 0;
    return [
      { objectId: expected.objectId, suspendedS, netDwellS, held: netDwellS >= dwellS - suspendedS / 2 },
    ];
  });
}

/** Length of the union of spans; faults overlap. */
function lengthOf(spans: readonly { readonly fromS: number; readonly toS: number }[]): number {
  let [sum, coveredTo] = [0, Number.NEGATIVE_INFINITY];
  for (const { fromS, toS } of spans.toSorted((a, b) => a.fromS - b.fromS)) {
    sum += Math.max(0, toS - Math.max(fromS, coveredTo));
    coveredTo = Math.max(coveredTo, toS);
  }
  return sum;
}
