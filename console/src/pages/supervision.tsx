/** Supervision: counts by group and time, the bulletin's figures, repeat places, CSV. */

import { useState } from 'react';
import type { Statistics, StatisticsRow } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { Facts } from '../parts/incident-facts.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { useLoad } from '../parts/use-load.ts';
import { useTitle } from '../parts/use-title.ts';

const DAY_MS = 86_400_000;
const GROUPS = ['type', 'district', 'department', 'camera', 'rule', 'zone'] as const;
const STEPS = ['none', 'day', 'week', 'month'] as const;

export function SupervisionPage() {
  const { t, word, lang, percent } = useWords();
  const [days, setDays] = useState(30);
  useTitle(t('nav.supervision'));
  const [by, setBy] = useState<(typeof GROUPS)[number]>('type');
  const [step, setStep] = useState<(typeof STEPS)[number]>('none');
  // To the end of this hour, so that the address stays the same while one looks.
  const [toMs] = useState(() => Math.ceil(Date.now() / 3_600_000) * 3_600_000);
  const span = `fromMs=${toMs - days * DAY_MS}&toMs=${toMs}&lang=${lang}`;
  const query = `/api/statistics?${span}&by=${by}${step === 'none' ? '' : `&step=${step}`}`;
  const { data, error, reload } = useLoad<Statistics>(query);
  const daily = useLoad<Statistics>(`/api/statistics?${span}&by=department&step=day`);
  const bulletin = data?.bulletin;
  return (
    <div className="page">
      <div className="filters">
        <h1 className="visually-hidden">{t('nav.supervision')}</h1>
        <label>
          {t('stats.range')}{' '}
          <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {[1, 7, 30, 90, 365].map((n) => (
              <option key={n} value={n}>
                {t('stats.days', { n })}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('stats.by')}{' '}
          <select value={by} onChange={(event) => setBy(event.target.value as typeof by)}>
            {GROUPS.map((one) => (
              <option key={one} value={one}>
                {t(`stats.by.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('stats.step')}{' '}
          <select value={step} onChange={(event) => setStep(event.target.value as typeof step)}>
            {STEPS.map((one) => (
              <option key={one} value={one}>
                {t(`stats.step.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <span className="grow" />
        <a className="button" href={`${query}&format=csv`} download>
          {t('stats.csv')}
        </a>
      </div>
      {error !== undefined && !data ? (
        <Failed error={error} retry={reload} />
      ) : !data ? (
        <Loading />
      ) : data.rows.length === 0 ? (
        <Empty title={t('stats.empty')} />
      ) : (
        <div className="stats-columns">
          <section>
            <DayChart rows={daily.data?.rows ?? []} fromMs={toMs - days * DAY_MS} toMs={toMs} />
            <Table rows={data.rows} by={by} />
          </section>
          <aside>
            <h2>{t('stats.bulletin')}</h2>
            <Facts
              rows={[
                [t('stats.reported'), bulletin?.reported ?? 0],
                [t('stats.accepted'), bulletin?.accepted ?? 0],
                [t('stats.filed'), bulletin?.filed ?? 0],
                [t('stats.closed'), bulletin?.closed ?? 0],
                [t('stats.closingRate'), percent(bulletin?.closingRate)],
                [t('stats.due'), bulletin?.due ?? 0],
                [t('stats.closedInTime'), bulletin?.closedInTime ?? 0],
                [
                  t('stats.inTimeRate'),
                  bulletin?.inTimeRate === undefined ? (
                    <span key="i" className="hint">
                      {t('stats.noTimeLimits')}
                    </span>
                  ) : (
                    percent(bulletin.inTimeRate)
                  ),
                ],
                [t('stats.repeatRate'), percent(bulletin?.repeatRate)],
                [t('stats.validRate'), percent(bulletin?.validRate)],
              ]}
            />
            <h2>{t('stats.repeat')}</h2>
            {data.repeatPlaces.length === 0 && <p className="hint">{t('ui.none')}</p>}
            <ol className="repeat">
              {data.repeatPlaces.slice(0, 15).map((one) => (
                <li key={`${one.cameraId} ${one.zoneId} ${one.eventType}`}>
                  <strong className="number">{one.incidents}</strong> {one.cameraName} · {one.zoneName}{' '}
                  <span className="hint">{word('type', one.eventType)}</span>
                </li>
              ))}
            </ol>
          </aside>
        </div>
      )}
    </div>
  );
}

function Table({ rows, by }: { rows: readonly StatisticsRow[]; by: string }) {
  const { t, percent, span, word } = useWords();
  const nameOf = (row: StatisticsRow): string =>
    by === 'department' ? word('domain', row.group) : by === 'type' ? word('type', row.group) : row.groupName;
  const withPeriod = rows.some((row) => row.period !== undefined);
  return (
    <div className="scroll-x" tabIndex={0}>
      <table className="figures">
        <thead>
          <tr>
            {withPeriod && <th scope="col">{t('stats.step')}</th>}
            <th scope="col">{word('stats.by', by)}</th>
            <th scope="col">{t('stats.incidents')}</th>
            <th scope="col">{t('review.confirmed')}</th>
            <th scope="col">{t('review.dismissed')}</th>
            <th scope="col">{t('review.duplicate')}</th>
            <th scope="col">{t('review.pending')}</th>
            <th scope="col">{t('stats.open')}</th>
            <th scope="col">{t('stats.precision')}</th>
            <th scope="col">{t('stats.reviewTime')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.period ?? ''} ${row.group}`}>
              {withPeriod && <td className="number">{row.period}</td>}
              <th scope="row">{nameOf(row)}</th>
              <td>{row.incidents}</td>
              <td>{row.confirmed}</td>
              <td>{row.dismissed}</td>
              <td>{row.duplicates}</td>
              <td>{row.pending}</td>
              <td>{row.open}</td>
              <td>{percent(row.precision)}</td>
              <td>{row.medianReviewMs === undefined ? '—' : span(row.medianReviewMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Days of the span as the server names them, so that days without incidents have their place too. */
function daysOf(fromMs: number, toMs: number, known: readonly string[]): string[] {
  const days = new Set(known);
  // Noon: whatever the zone of the district, each of its days is met.
  for (let at = fromMs; at < toMs; at += DAY_MS)
    days.add(new Date(at + DAY_MS / 2).toISOString().slice(0, 10));
  return [...days].sort((a, b) => a.localeCompare(b));
}

/** Incidents by day, confirmed and not, as bars. */
function DayChart({ rows, fromMs, toMs }: { rows: readonly StatisticsRow[]; fromMs: number; toMs: number }) {
  const { t } = useWords();
  const counted = new Map<string, { confirmed: number; rest: number }>();
  for (const row of rows) {
    const day = counted.get(row.period ?? '') ?? { confirmed: 0, rest: 0 };
    counted.set(row.period ?? '', {
      confirmed: day.confirmed + row.confirmed,
      rest: day.rest + row.incidents - row.confirmed,
    });
  }
  const days = daysOf(fromMs, toMs, [...counted.keys()]);
  const most = Math.max(1, ...[...counted.values()].map((day) => day.confirmed + day.rest));
  const height = 100;
  return (
    <figure className="chart">
      <figcaption>
        <span>{t('stats.perDay')}</span>
        <span className="key key-confirmed">{t('review.confirmed')}</span>
        <span className="key key-rest">{t('stats.others')}</span>
        <span className="grow" />
        <span className="hint number">{t('stats.most', { n: most })}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${days.length} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('stats.perDay')}
      >
        {days.map((day, i) => {
          const { confirmed, rest } = counted.get(day) ?? { confirmed: 0, rest: 0 };
          const [hc, hr] = [(confirmed / most) * height, (rest / most) * height];
          return (
            <g key={day}>
              <title>{`${day}: ${confirmed + rest}`}</title>
              <rect className="bar-place" x={i} width={1} y={0} height={height} />
              <rect className="bar-confirmed" x={i + 0.1} width={0.8} y={height - hc} height={hc} />
              <rect className="bar-rest" x={i + 0.1} width={0.8} y={height - hc - hr} height={hr} />
            </g>
          );
        })}
      </svg>
      <div className="chart-days hint number" aria-hidden="true">
        <span>{days[0]}</span>
        <span className="grow" />
        <span>{days.at(-1)}</span>
      </div>
    </figure>
  );
}
