/** Place, times and the numbers that decided, as a list of names and values. */

import type { IncidentView } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import type { Words } from '../i18n/context.tsx';
import { Link } from './link.tsx';

/** How long it stood, as measured, else from the times. */
export function dwellMs(incident: IncidentView): number {
  const measured = incident.measurements['dwellMs'];
  return typeof measured === 'number'
    ? measured
    : (incident.clearedAtMs ?? incident.updatedAtMs) - incident.sinceMs;
}

export function SeverityMark({ severity }: { severity: number }) {
  const { word } = useWords();
  return <span className={`severity severity-${severity}`}>{word('severity', String(severity))}</span>;
}

export function ReviewMark({ incident }: { incident: IncidentView }) {
  const { word } = useWords();
  return (
    <span className={`mark mark-${incident.review.state}`}>{word('review', incident.review.state)}</span>
  );
}

/** Measurements that are parts of a whole. */
const SHARES: ReadonlySet<string> = new Set([
  'driftRatio',
  'seenShare',
  'share',
  'areaNorm',
  'score',
  'fireScore',
  'smokeScore',
]);

/** A measurement for the eye: milliseconds as a span, shares short. */
function useMeasure(): (name: string, value: unknown) => string {
  const { span, percent, t, word } = useWords();
  return (name, value) => {
    if (typeof value === 'number') {
      if (name.endsWith('Ms')) return span(value);
      if (SHARES.has(name)) return percent(value);
      return Number.isInteger(value) ? String(value) : value.toPrecision(3);
    }
    if (typeof value === 'boolean') return value ? t('ui.yes') : t('ui.no');
    if (typeof value !== 'string') return String(value);
    const text = word('value', value);
    return text === value ? word('label', value) : text;
  };
}

export function IncidentFacts({ incident }: { incident: IncidentView }) {
  const { t, word, time, span } = useWords();
  const { camera, zone } = incident;
  const rows: [string, React.ReactNode][] = [
    [
      t('incident.camera'),
      <Link key="c" to={`/cameras/${encodeURIComponent(camera.cameraId)}`}>
        {camera.name}
      </Link>,
    ],
    ...(camera.place === undefined ? [] : [[t('incident.place'), camera.place] as [string, string]]),
    [t('incident.zone'), `${zone.zoneName} · v${zone.zoneVersion}`],
    [t('incident.opened'), time(incident.openedAtMs, camera.timeZone)],
    [t('incident.firstSeen'), time(incident.firstSeenMs, camera.timeZone)],
    [t('incident.duration'), <strong key="d">{span(dwellMs(incident))}</strong>],
    [t('incident.status'), word('status', incident.status)],
    ...(incident.clearedAtMs === undefined
      ? []
      : [[t('incident.cleared'), time(incident.clearedAtMs, camera.timeZone)] as [string, string]]),
    [t('incident.object'), `${word('label', incident.label)} · ${(incident.confidence * 100).toFixed(0)}%`],
    [t('incident.category'), `${incident.category.code} ${incident.category.name}`],
    ...decisionOf(incident, { t, word, time }),
    ...(incident.presentAtStart ? [[t('incident.presentAtStart'), t('ui.yes')] as [string, string]] : []),
  ];
  return <Facts rows={rows} />;
}

/** What was decided, by whom, and why; nothing while it waits. */
function decisionOf(
  { review, camera }: IncidentView,
  { t, word, time }: Pick<Words, 't' | 'word' | 'time'>,
): [string, React.ReactNode][] {
  if (review.state === 'pending') return [];
  const who = [review.by, review.atMs === undefined ? undefined : time(review.atMs, camera.timeZone)];
  const rows: [string, React.ReactNode][] = [
    [t('incident.review'), [word('review', review.state), ...who].filter(Boolean).join(' · ')],
  ];
  if (review.reason !== undefined) {
    // `allowed: a note`, or the word alone.
    const [code, ...note] = review.reason.split(': ');
    rows.push([
      t('incident.reviewReason'),
      [word('reason', code ?? ''), note.join(': ')].filter(Boolean).join(': '),
    ]);
  }
  return rows;
}

/** Why the rule fired: its name and every number it measured. */
export function Why({ incident }: { incident: IncidentView }) {
  const { t, word } = useWords();
  const measure = useMeasure();
  // Ids are for machines; the events and the API have them.
  const rows = Object.entries(incident.measurements)
    .filter(([name]) => !name.endsWith('TrackId') && name !== 'mergedInto')
    .map(([name, value]): [string, string] => [word('measure', name), measure(name, value)]);
  return (
    <section>
      <h3>{t('review.why')}</h3>
      <Facts
        rows={[[t('incident.rule'), `${incident.zone.ruleId} · v${incident.zone.ruleVersion}`], ...rows]}
      />
    </section>
  );
}

export function Facts({ rows }: { rows: readonly (readonly [string, React.ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
