/** The tables of the end-to-end benchmark, as Markdown. */

import { figuresOf, groupsOf, type Figures, type Judged } from './figures.ts';
import { clearedTooSoon, judgeHealth, judgeSuspension } from './health.ts';
import { INCIDENT_KINDS, samplingName } from './types.ts';

/** Tables by kind, and by light, weather and sampling. */
export function accuracyReport(judged: readonly Judged[]): string {
  const kinds = INCIDENT_KINDS.map((kind) => [kind, figuresOf(judged, kind)] as const);
  const total = figuresOf(judged);
  const parts = [table('rule kind', [...kinds, ['all', total]])];
  const groupings: readonly (readonly [string, (one: Judged) => string])[] = [
    ['light', ({ result }) => result.camera.clip.truth.light],
    ['weather', ({ result }) => result.camera.clip.truth.weather],
    ['sampling', ({ result }) => samplingName(result.camera.sampling)],
    ['kind, light and weather', kindAndAir],
    ['kind and sampling', kindAndSampling],
  ];
  const kindsShown = groupsOf(judged, kindShown).length;
  for (const [name, nameOf] of groupings) {
    const groups = groupsOf(judged, nameOf);
    // What says no more than the table by kinds is left out.
    if (groups.length > (name.startsWith('kind') ? kindsShown : 1))
      parts.push(
        table(
          name,
          groups.map(([value, part]) => [value, figuresOf(part)]),
        ),
      );
  }
  return parts.join('\n\n');
}

/** What a clip was made to show. */
function kindShown({ result }: Judged): string {
  return result.camera.clip.truth.incidents[0]?.type ?? 'nothing';
}

function kindAndAir(judged: Judged): string {
  const { light, weather } = judged.result.camera.clip.truth;
  return `${kindShown(judged)}, ${light}, ${weather}`;
}

function kindAndSampling(judged: Judged): string {
  return `${kindShown(judged)}, ${samplingName(judged.result.camera.sampling)}`;
}

function table(name: string, rows: readonly (readonly [string, Figures])[]): string {
  const head = [
    name,
    'cameras',
    'expected',
    'found',
    'recall',
    'precision',
    'false',
    'camera-hours',
    'false per camera-hour',
    'duplicates',
    'delay p50 s',
    'delay p95 s',
    'evidence in time',
    'least lead s',
    'acts named',
  ];
  const body = rows.map(([value, figures]) => [value, ...cellsOf(figures)]);
  return [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...body]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function cellsOf(figures: Figures): string[] {
  const number = (value: number | null, digits: number): string => value?.toFixed(digits) ?? '–';
  return [
    String(figures.cameras),
    String(figures.expected),
    String(figures.found),
    number(figures.recall, 2),
    number(figures.precision, 2),
    String(figures.falseIncidents),
    number(figures.cameraHours, 3),
    number(figures.falsePerCameraHour, 1),
    String(figures.duplicates),
    number(figures.delayP50S, 1),
    number(figures.delayP95S, 1),
    figures.evidenceAsked === 0 ? '–' : `${figures.evidenceInTime} of ${figures.evidenceAsked}`,
    number(figures.leastLeadS, 1),
    figures.acts === 0 ? '–' : `${figures.actsNamed} of ${figures.acts}`,
  ];
}

/** One line about a camera: what was expected, found and raised besides. */
export function cameraLine({ result, matching }: Judged): string {
  const { camera, framesAnalysed, reopenedS } = result;
  const { durationS } = camera.clip.truth;
  const found = matching.matches.map(({ expected, found: one, duplicates }) => {
    const twice = duplicates.length === 0 ? '' : `, ${duplicates.length} duplicates`;
    if (one === undefined) return `${expected.objectId} MISSED`;
    const evidence = one.evidenceFromS === undefined ? 'none' : `from ${one.evidenceFromS.toFixed(1)}`;
    const actor = one.actor === undefined ? '' : ` by ${one.actor}`;
    return `${expected.objectId} ${one.eventType}${actor} due ${expected.dueS} published ${one.publishedS.toFixed(1)} evidence ${evidence}${twice}`;
  });
  const others = matching.unexpected.map((one) => `FALSE ${one.eventType} at ${one.openedS.toFixed(1)}`);
  const faults = judgeHealth(result).falseFaults.map(
    ({ fault, raisedS }) => `FALSE FAULT ${fault} at ${raisedS.toFixed(1)}`,
  );
  const rate = `${(framesAnalysed / durationS).toFixed(1)} fps analysed`;
  const again = reopenedS.map((atS) => `opened again at ${atS.toFixed(1)}`);
  return [`${camera.id.padEnd(30)} ${rate}`, ...again, ...found, ...others, ...faults].join('; ');
}

/** The table of camera faults, and whether dwell stood still. */
export function faultReport(judged: readonly Judged[]): string {
  const head = ['camera', 'fault', 'from s', 'to s', 'published as', 'after s', 'cleared s', 'besides'];
  const rows = judged.flatMap(({ result }) =>
    judgeHealth(result).rows.map((row) => [
      result.camera.id,
      row.kind,
      String(row.fromS),
      String(row.toS),
      row.named?.fault ??
        (row.wanted.length === 0 ? 'nothing asked' : row.reopened ? 'opened again' : 'MISSED'),
      row.named === undefined ? '–' : (row.named.raisedS - row.fromS).toFixed(1),
      row.named?.clearedS?.toFixed(1) ?? '–',
      row.others.join(', ') || '–',
    ]),
  );
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const besides = judged.flatMap(({ result, matching }) => {
    const { falseFaults } = judgeHealth(result);
    const held = judgeSuspension(result, matching).map(
      (one) =>
        `${result.camera.id}: dwell of ${one.objectId} stood still for ${one.suspendedS.toFixed(1)} s, net dwell ${one.netDwellS.toFixed(1)} s: ${one.held ? 'held' : 'NOT HELD'}`,
    );
    const wrong = falseFaults.map(
      ({ fault, raisedS, sinceS }) =>
        `${result.camera.id}: FALSE FAULT ${fault} at ${raisedS.toFixed(1)} s since ${sinceS.toFixed(1)}`,
    );
    const raised = matching.unexpected.map(
      (one) => `${result.camera.id}: FALSE ${one.eventType} at ${one.openedS.toFixed(1)} s`,
    );
    const soon = clearedTooSoon(matching).map((what) => `${result.camera.id}: CLEARED TOO SOON ${what}`);
    const missed = matching.matches.flatMap(({ expected, found }) =>
      found === undefined ? [`${result.camera.id}: MISSED ${expected.objectId}`] : [],
    );
    return [...held, ...wrong, ...raised, ...soon, ...missed];
  });
  return [...lines, '', ...besides].join('\n');
}
