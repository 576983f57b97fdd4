/** All incidents with filters; thousands scroll smoothly. */

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Camera, IncidentView, PublishedRuleSet } from '../../../api/contract/index.ts';
import { get } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { dwellMs, ReviewMark, SeverityMark } from '../parts/incident-facts.tsx';
import { Link } from '../parts/link.tsx';
import { Rows } from '../parts/rows.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { SUSPENSION_REFRESH_MS, SuspendedRules } from '../parts/suspended-rules.tsx';
import { useLoad } from '../parts/use-load.ts';
import { useTitle } from '../parts/use-title.ts';
import { useCaller } from '../session.tsx';

const TYPES = [
  'illegal_parking.motor',
  'illegal_parking.nonmotor',
  'garbage.exposed',
  'garbage.overflow',
  'litter.act',
  'fire.flame',
  'fire.smoke',
] as const;
const ROW_REM = 2.5;

interface Filters {
  readonly type: string;
  readonly district: string;
  readonly camera: string;
  readonly zone: string;
  readonly review: string;
  readonly status: string;
  readonly from: string;
  readonly to: string;
}
const NO_FILTERS: Filters = {
  type: '',
  district: '',
  camera: '',
  zone: '',
  review: '',
  status: '',
  from: '',
  to: '',
};

function queryOf(filters: Filters): string {
  const query = new URLSearchParams({ limit: '200' });
  for (const name of ['type', 'district', 'camera', 'zone', 'review', 'status'] as const)
    if (filters[name] !== '') query.set(name, filters[name]);
  if (filters.from !== '') query.set('fromMs', String(new Date(filters.from).getTime()));
  if (filters.to !== '') query.set('toMs', String(new Date(filters.to).getTime() + 86_400_000));
  return query.toString();
}

/** Reads page after page as the end comes near. */
function usePages(query: string) {
  const [state, setState] = useState<{
    query: string;
    items: IncidentView[];
    next: string | undefined;
    error?: unknown;
    done: boolean;
  }>();
  const busy = useRef(false);
  const read = useCallback(
    async (before: IncidentView[], cursor: string | undefined, signal?: AbortSignal) => {
      busy.current = true;
      try {
        const page = await get<{ items: IncidentView[]; next?: string }>(
          `/api/incidents?${query}${cursor === undefined ? '' : `&cursor=${cursor}`}`,
          signal,
        );
        setState({
          query,
          items: [...before, ...page.items],
          next: page.next,
          done: page.next === undefined,
        });
      } catch (error) {
        if (signal?.aborted !== true) setState({ query, items: before, next: cursor, error, done: false });
      } finally {
        busy.current = false;
      }
    },
    [query],
  );
  useEffect(() => {
    const abort = new AbortController();
    void read([], undefined, abort.signal);
    return () => abort.abort();
  }, [read]);
  const own = state?.query === query ? state : undefined;
  return {
    items: own?.items,
    error: own?.error,
    more: () => {
      if (own && !own.done && own.error === undefined && !busy.current) void read(own.items, own.next);
    },
    reload: () => void read([], undefined),
    /** After a page that could not be read. */
    goOn: () => void read(own?.items ?? [], own?.next),
  };
}

export function IncidentsPage() {
  const { t, word, time, span } = useWords();
  const { may } = useCaller();
  useTitle(t('nav.incidents'));
  const [filters, setFilters] = useState(NO_FILTERS);
  const cameras = useLoad<{ items: Camera[] }>('/api/cameras', SUSPENSION_REFRESH_MS);
  const all = cameras.data?.items ?? [];
  // Zones have names on their camera only.
  const rules = useLoad<PublishedRuleSet>(
    filters.camera !== '' && may('rules.read')
      ? `/api/cameras/${encodeURIComponent(filters.camera)}/rules`
      : undefined,
  );
  const pages = usePages(queryOf(filters));
  const set = (name: keyof Filters) => (event: { target: { value: string } }) =>
    setFilters({ ...filters, [name]: event.target.value });
  return (
    <div className="page incidents">
      <h1 className="visually-hidden">{t('nav.incidents')}</h1>
      <div className="filters">
        <Choice
          label={t('incident.type')}
          value={filters.type}
          onChange={set('type')}
          options={TYPES.map((one) => [one, word('type', one)])}
        />
        <Choice
          label={t('camera.district')}
          value={filters.district}
          onChange={(event) => setFilters({ ...filters, district: event.target.value, camera: '', zone: '' })}
          options={[...new Map(all.map((one) => [one.districtId, one.districtName]))]}
        />
        <Choice
          label={t('incident.camera')}
          value={filters.camera}
          onChange={(event) => setFilters({ ...filters, camera: event.target.value, zone: '' })}
          options={all
            .filter((one) => filters.district === '' || one.districtId === filters.district)
            .map((one) => [one.cameraId, one.name])}
        />
        {filters.camera !== '' && (
          <Choice
            label={t('incident.zone')}
            value={filters.zone}
            onChange={set('zone')}
            options={(rules.data?.document.zones ?? []).map((one) => [one.zoneId, one.name])}
          />
        )}
        <Choice
          label={t('incident.review')}
          value={filters.review}
          onChange={set('review')}
          options={['pending', 'confirmed', 'dismissed', 'duplicate'].map((one) => [
            one,
            word('review', one),
          ])}
        />
        <Choice
          label={t('incident.status')}
          value={filters.status}
          onChange={set('status')}
          options={['open', 'cleared'].map((one) => [one, word('status', one)])}
        />
        <label>
          {t('incident.from')} <input type="date" value={filters.from} onChange={set('from')} />
        </label>
        <label>
          {t('incident.to')} <input type="date" value={filters.to} onChange={set('to')} />
        </label>
      </div>
      <SuspendedRules
        cameras={all.filter(
          (one) =>
            (filters.camera === '' || one.cameraId === filters.camera) &&
            (filters.district === '' || one.districtId === filters.district),
        )}
      />
      <div className="incident-head incident-row" aria-hidden="true">
        <span>{t('incident.severity')}</span>
        <span>{t('incident.type')}</span>
        <span>{t('incident.camera')}</span>
        <span>{t('incident.zone')}</span>
        <span>{t('incident.opened')}</span>
        <span>{t('incident.duration')}</span>
        <span>{t('incident.status')}</span>
        <span>{t('incident.review')}</span>
      </div>
      {pages.error !== undefined && (pages.items?.length ?? 0) > 0 && (
        <Failed error={pages.error} retry={pages.goOn} />
      )}
      {pages.items === undefined ? (
        <Loading />
      ) : pages.error !== undefined && pages.items.length === 0 ? (
        <Failed error={pages.error} retry={pages.reload} />
      ) : pages.items.length === 0 ? (
        <Empty title={t('incident.none')} />
      ) : (
        <Rows
          items={pages.items}
          rowRem={ROW_REM}
          recycle
          onEnd={pages.more}
          label={t('nav.incidents')}
          keyOf={(one) => one.incidentId}
          row={(one) => (
            <Link to={`/incidents/${one.incidentId}`} className="incident-row">
              <SeverityMark severity={one.severity} />
              <span className="cut">{word('type', one.eventType)}</span>
              <span className="cut">{one.camera.name}</span>
              <span className="cut">{one.zone.zoneName}</span>
              <span className="number">{time(one.openedAtMs, one.camera.timeZone)}</span>
              <span className="number">{span(dwellMs(one))}</span>
              <span>{word('status', one.status)}</span>
              <ReviewMark incident={one} />
            </Link>
          )}
        />
      )}
    </div>
  );
}

function Choice(props: {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onChange: (event: { target: { value: string } }) => void;
}) {
  const { t } = useWords();
  return (
    <label>
      {props.label}{' '}
      <select value={props.value} onChange={props.onChange}>
        <option value="">{t('ui.all')}</option>
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
