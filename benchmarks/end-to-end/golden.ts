/** Counts that may not get worse, with the tolerance that a loaded machine needs. Delays are no part of it. */

import { figuresOf, type Judged } from './figures.ts';
import { INCIDENT_KINDS, type IncidentKind } from './types.ts';

export interface GoldenCounts {
  readonly expected: number;
  readonly found: number;
  readonly falseIncidents: number;
  readonly duplicates: number;
  readonly evidenceInTime: number;
}

export interface Golden {
  /** The command that prints the figures this file is held against. */
  readonly command: string;
  readonly kinds: Readonly<Record<IncidentKind, GoldenCounts>>;
  /** How much worse each count may be. */
  readonly tolerance: Omit<GoldenCounts, 'expected'>;
}

export function countsOf(judged: readonly Judged[]): Golden['kinds'] {
  const of = (kind: IncidentKind): GoldenCounts => {
    const { expected, found, falseIncidents, duplicates, evidenceInTime } = figuresOf(judged, kind);
    return { expected, found, falseIncidents, duplicates, evidenceInTime };
  };
  const [parking, littering, fire] = INCIDENT_KINDS.map(of);
  return { 'illegal-parking': parking!, littering: littering!, fire: fire! };
}

/** What got worse than the golden counts allow, one line each. */
export function worseThan(golden: Golden, counts: Golden['kinds']): string[] {
  const { tolerance } = golden;
  return INCIDENT_KINDS.flatMap((kind) => {
    const [was, is] = [golden.kinds[kind], counts[kind]];
    const lines: string[] = [];
    if (is.expected !== was.expected) lines.push(`${kind}: ${is.expected} expected, not ${was.expected}`);
    for (const name of ['found', 'evidenceInTime'] as const) {
      if (is[name] < was[name] - tolerance[name])
        lines.push(`${kind}: ${name} ${is[name]}, was ${was[name]}`);
    }
    for (const name of ['falseIncidents', 'duplicates'] as const) {
      if (is[name] > was[name] + tolerance[name])
        lines.push(`${kind}: ${name} ${is[name]}, was ${was[name]}`);
    }
    return lines;
  });
}
