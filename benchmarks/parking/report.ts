/** Text form of an evaluation of the parking rule. */

import type { ParkingEvaluation, ParkingFigures } from './evaluate.ts';

const HEADER = 'clips    TP    FN    FP      P      R     F1  latency  false/h  false in negatives  of';

/** One line of the table for each degradation, per camera F1 behind it. */
export function robustnessReport(
  rows: readonly (readonly [name: string, evaluation: ParkingEvaluation])[],
): string[] {
  const perCamera = ({ cameras }: ParkingEvaluation): string =>
    Object.entries(cameras)
      .map(([name, { f1 }]) => `${name} ${f1.toFixed(3)}`)
      .join('  ');
  return [
    HEADER,
    ...rows.map(([name, evaluation]) => `${line(name, evaluation).padEnd(120)}  ${perCamera(evaluation)}`),
  ];
}

/** Lines to print: figures over all clips and per camera, then every miss and false alarm. */
export function parkingReport(evaluation: ParkingEvaluation): string[] {
  const rows: (readonly [string, ParkingFigures])[] = [
    ['all', evaluation],
    ...Object.entries(evaluation.cameras),
  ];
  const lines = [HEADER, ...rows.map(([name, figures]) => line(name, figures))];
  for (const { clip, score } of evaluation.clipScores) {
    if (score.missedEvents.length > 0)
      lines.push(`missed ${clip.name}: event ${score.missedEvents.join(', ')}`);
    if (score.falseTrackIds.length > 0)
      lines.push(`false ${clip.name}: track ${score.falseTrackIds.join(', ')}`);
  }
  return lines;
}

function line(name: string, f: ParkingFigures): string {
  const numbers = [f.clips, f.tp, f.fn, f.fp].map((n) => String(n).padStart(5));
  const shares = [f.precision, f.recall, f.f1].map((share) => share.toFixed(3));
  return [
    `${numbers.join(' ')}  ${shares.join('  ')}`,
    `${f.meanLatencyS.toFixed(2).padStart(5)} s`,
    f.falseAlarmsPerHour.toFixed(2).padStart(7),
    String(f.fpInNegatives).padStart(18),
    name,
  ].join('  ');
}
