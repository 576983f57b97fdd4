/** Text form of an evaluation of the parking rule. */

import type { ParkingEvaluation, ParkingFigures } from './evaluate.ts';

/** Lines to print: figures over all clips and per camera, then every miss and false alarm. */
export function parkingReport(evaluation: ParkingEvaluation): string[] {
  const rows: (readonly [string, ParkingFigures])[] = [
    ['all', evaluation],
    ...Object.entries(evaluation.cameras),
  ];
  const lines = ['clips    TP    FN    FP      P      R     F1  latency  false/h  false in negatives  of'];
  for (const [name, f] of rows) {
    const numbers = [f.clips, f.tp, f.fn, f.fp].map((n, i) => String(n).padStart(i === 0 ? 5 : 5));
    const shares = [f.precision, f.recall, f.f1].map((share) => share.toFixed(3));
    lines.push(
      [
        `${numbers[0]} ${numbers[1]} ${numbers[2]} ${numbers[3]}  ${shares.join('  ')}`,
        `${f.meanLatencyS.toFixed(2).padStart(5)} s`,
        f.falseAlarmsPerHour.toFixed(2).padStart(7),
        String(f.fpInNegatives).padStart(18),
        name,
      ].join('  '),
    );
  }
  for (const { clip, score } of evaluation.clipScores) {
    if (score.missedEvents.length > 0)
      lines.push(`missed ${clip.name}: event ${score.missedEvents.join(', ')}`);
    if (score.falseTrackIds.length > 0)
      lines.push(`false ${clip.name}: track ${score.falseTrackIds.join(', ')}`);
  }
  return lines;
}
