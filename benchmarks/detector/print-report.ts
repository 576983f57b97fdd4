/** A detector report as lines for a person. */

import type { DetectorReport, SourceReport } from './evaluate-detector.ts';
import { FALSE_ALARM_SHARE } from './evaluate-detector.ts';

/** The figures that the project set itself, and whether a report reaches them. */
export interface Target {
  readonly what: string;
  readonly value: number;
  readonly goal: number;
  /** `least`: at least the goal; `most`: at most. */
  readonly sense: 'least' | 'most';
  readonly reached: boolean;
}

const percent = (value: number): string => (100 * value).toFixed(1).padStart(6);

/** All lines of the report: per source and class, at the shipped thresholds, false alarms, targets. */
export function reportLines(report: DetectorReport): string[] {
  const lines = [
    `model ${report.modelId} (${report.sha256.slice(0, 12)}), ${report.pictures} pictures of ${report.split}`,
  ];
  lines.push('', `${'source'.padEnd(24)}${'class'.padEnd(22)}   AP50  AP50-95  objects`);
  for (const [source, values] of Object.entries(report.sources)) {
    const rows = Object.entries(values.classes);
    if (values.vehicles) rows.push(['car+bus+truck as one', values.vehicles]);
    for (const [label, ap] of rows) {
      lines.push(
        `${source.padEnd(24)}${label.padEnd(22)}${percent(ap.ap50)}   ${percent(ap.ap50to95)}${String(ap.truthCount).padStart(9)}`,
      );
    }
  }
  lines.push('', `${'at the shipped threshold'.padEnd(26)}threshold  precision  recall`);
  for (const [label, at] of Object.entries(report.classes)) {
    lines.push(
      `${label.padEnd(26)}${at.threshold.toFixed(2).padStart(9)}     ${at.precision === undefined ? '     –' : percent(at.precision)}  ${percent(at.recall)}`,
    );
  }
  lines.push('', 'false alarms: pictures of sources that cannot show the class');
  for (const [source, values] of Object.entries(report.sources)) {
    for (const [label, count] of Object.entries(values.falseAlarmPictures)) {
      lines.push(
        `${source.padEnd(26)}${label.padEnd(10)}${count} of ${values.pictures} (${share(count, values.pictures)})`,
      );
    }
  }
  for (const [label, threshold] of Object.entries(report.calmThresholds)) {
    lines.push(
      `${label} from ${threshold.toFixed(2)} on is falsely seen in at most ${100 * FALSE_ALARM_SHARE} % of them`,
    );
  }
  const targets = targetsOf(report);
  if (targets.length > 0) lines.push('', 'targets');
  for (const { what, value, goal, sense, reached } of targets) {
    lines.push(`${reached ? 'reached' : 'MISSED '}  ${what}: ${value.toFixed(4)}, at ${sense} ${goal}`);
  }
  for (const source of report.guessedSources) {
    lines.push(`note: ${source} is not in sources.json: taken to label what its label files name`);
  }
  if (report.foreignClasses.length > 0) {
    lines.push(`note: the model has no class ${report.foreignClasses.join(', ')}: not judged`);
  }
  for (const path of report.labelsWithoutPicture) lines.push(`note: ${path} has no picture: not scored`);
  for (const { reason } of report.unreadable) lines.push(`unreadable, not scored: ${reason}`);
  return lines;
}

function share(count: number, total: number): string {
  return `${((100 * count) / Math.max(1, total)).toFixed(2)} %`;
}

/** The project's figures for its own data; only those whose sources are there. */
export function targetsOf(report: DetectorReport): Target[] {
  const targets: Target[] = [];
  const add = (
    what: string,
    values: readonly (number | undefined)[],
    goal: number,
    sense: Target['sense'] = 'least',
  ) => {
    const present = values.filter((v) => v !== undefined);
    if (present.length === 0 || present.length < values.length) return;
    const value = present.reduce((sum, v) => sum + v, 0) / present.length;
    targets.push({ what, value, goal, sense, reached: sense === 'least' ? value >= goal : value <= goal });
  };
  const ap = (source: string, label: string) => report.sources[source]?.classes[label]?.ap50;
  const burning = ['fire_smoke_abonia', 'fire_smoke_sathurshan'];
  add(
    'fire and smoke, mean AP50',
    burning.flatMap((s) => [ap(s, 'fire'), ap(s, 'smoke')]),
    0.75,
  );
  add(
    'garbage, bin, overflow, mean AP50',
    ['garbage', 'bin', 'overflow'].map((c) => ap('garbage_atanu', c)),
    0.8,
  );
  add('vehicles as one, Manaus AP50', [report.sources['traffic_manaus_v4']?.vehicles?.ap50], 0.7);
  add('vehicles as one, Highway AP50', [report.sources['vehicles_highway_v40']?.vehicles?.ap50], 0.9);
  add('tricycle AP50', [ap('vehicles_dhaka_subset', 'tricycle')], 0.65);
  const calm = Object.values(report.sources).filter((source) => 'fire' in source.falseAlarmPictures);
  const sum = (of: (source: SourceReport) => number) => calm.reduce((total, source) => total + of(source), 0);
  if (calm.length > 0) {
    const alarms = sum((source) => source.anyFalseAlarmPictures) / sum((source) => source.pictures);
    add('false fire or smoke alarms per picture', [alarms], 0.005, 'most');
  }
  return targets;
}
