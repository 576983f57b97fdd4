/** The audit log, by person, act, object and day, and the proof of its chain. */

import { useCallback, useEffect, useRef, useState } from 'react';
import type { AuditEntry, AuditState, User } from '../../../api/contract/index.ts';
import { call, get } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { ADMIN_TEXT } from '../i18n/text-admin.ts';
import { dayBorders } from '../parts/day-borders.ts';
import { Failed, Loading } from '../parts/states.tsx';
import { useLoad } from '../parts/use-load.ts';
import { useCaller } from '../session.tsx';

const ACTIONS = Object.keys(ADMIN_TEXT)
  .filter((key) => key.startsWith('action.'))
  .map((key) => key.slice('action.'.length));
/** A filter that is typed is used when the typing stops. */
const TYPED_MS = 300;

interface Filters {
  readonly actor: string;
  readonly action: string;
  readonly objectId: string;
  readonly day: string;
}

function queryOf(filters: Filters, timeZone: string): string {
  const query = new URLSearchParams({ limit: '100' });
  for (const name of ['actor', 'action', 'objectId'] as const)
    if (filters[name] !== '') query.set(name, filters[name]);
  if (filters.day !== '') {
    const { fromMs, toMs } = dayBorders(filters.day, timeZone);
    query.set('fromMs', String(fromMs));
    query.set('toMs', String(toMs));
  }
  return query.toString();
}

export function AuditTab() {
  const { t } = useWords();
  const { timeZone } = useCaller().session;
  /** Ends with the question that it belongs to, and with it whatever is still being read for it. */
  const question = useRef<AbortSignal | undefined>(undefined);
  const [filters, setFilters] = useState<Filters>({ actor: '', action: '', objectId: '', day: '' });
  const query = queryOf(filters, timeZone);
  const [items, setItems] = useState<readonly AuditEntry[] | undefined>(undefined);
  const [next, setNext] = useState<string | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const read = useCallback(
    (cursor: string | undefined, before: readonly AuditEntry[], signal?: AbortSignal): void => {
      const path = `/api/audit?${query}${cursor === undefined ? '' : `&cursor=${cursor}`}`;
      get<{ items: AuditEntry[]; next?: string }>(path, signal).then(
        (page) => {
          setItems([...before, ...page.items]);
          setNext(page.next);
          setError(undefined);
        },
        (failure: unknown) => {
          if (signal?.aborted !== true) setError(failure);
        },
      );
    },
    [query],
  );
  useEffect(() => {
    const abort = new AbortController();
    question.current = abort.signal;
    const timer = setTimeout(() => read(undefined, [], abort.signal), items === undefined ? 0 : TYPED_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
    // Only another question is asked anew.
  }, [read]);
  if (error !== undefined && !items) return <Failed error={error} retry={() => read(undefined, [])} />;
  if (!items) return <Loading />;
  return (
    <>
      <AuditFilters filters={filters} onChange={setFilters} />
      <Entries items={items} />
      {next !== undefined && (
        <p>
          <button type="button" onClick={() => read(next, items, question.current)}>
            {t('ui.more')}
          </button>
        </p>
      )}
    </>
  );
}

function AuditFilters({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }) {
  const { t, word } = useWords();
  const { may } = useCaller();
  const users = useLoad<{ items: User[] }>(may('users.manage') ? '/api/users' : undefined);
  const set = (name: keyof Filters) => (event: { target: { value: string } }) =>
    onChange({ ...filters, [name]: event.target.value.trim() });
  return (
    <div className="filters">
      <select aria-label={t('admin.who')} value={filters.actor} onChange={set('actor')}>
        <option value="">{t('admin.whoAll')}</option>
        {(users.data?.items ?? []).map((one) => (
          <option key={one.userId} value={one.userId}>
            {one.name}
          </option>
        ))}
      </select>
      <select aria-label={t('admin.action')} value={filters.action} onChange={set('action')}>
        <option value="">{t('admin.actionAll')}</option>
        {ACTIONS.map((one) => (
          <option key={one} value={one}>
            {word('action', one)}
          </option>
        ))}
      </select>
      <input type="date" aria-label={t('admin.time')} value={filters.day} onChange={set('day')} />
      <input
        type="search"
        placeholder={`${t('admin.object')} ID`}
        aria-label={`${t('admin.object')} ID`}
        value={filters.objectId}
        onChange={set('objectId')}
      />
      <span className="grow" />
      <Proof />
    </div>
  );
}

/** Proves the chain on demand. */
function Proof() {
  const { t, problem } = useWords();
  const [proof, setProof] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const check = (): void => {
    setBusy(true);
    call<AuditState>('POST', '/api/audit/check')
      .then(({ body }) =>
        body.sound
          ? t('admin.sound', { n: body.entries })
          : t('admin.broken', { problem: body.problem ?? '' }),
      )
      .catch((failure: unknown) => problem(failure))
      .then((text) => {
        setProof(text);
        setBusy(false);
      }, setProof);
  };
  return (
    <>
      <span role="status">{proof}</span>
      <button type="button" onClick={check} disabled={busy}>
        {t('admin.check')}
      </button>
    </>
  );
}

function Entries({ items }: { items: readonly AuditEntry[] }) {
  const { t, word, time } = useWords();
  return (
    <div className="scroll-x" tabIndex={0}>
      <table className="figures words audit">
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">{t('admin.time')}</th>
            <th scope="col">{t('admin.who')}</th>
            <th scope="col">{t('admin.action')}</th>
            <th scope="col">{t('admin.object')}</th>
            <th scope="col">{t('admin.address')}</th>
            <th scope="col">{t('admin.details')}</th>
          </tr>
        </thead>
        <tbody>
          {items.length === 0 && (
            <tr>
              <td colSpan={7} className="left hint">
                {t('admin.noEntries')}
              </td>
            </tr>
          )}
          {items.map((one) => (
            <tr key={one.seq}>
              <td>{one.seq}</td>
              <td>{time(one.atMs)}</td>
              <td className="left">{one.actorName}</td>
              <td className="left">
                {word('action', one.action)} <span className="mono hint">{one.action}</span>
              </td>
              <td className="left">
                {word('object', one.objectType)} <span className="mono hint">{one.objectId}</span>
              </td>
              <td className="left mono">{one.address}</td>
              <td className="left mono cut" title={JSON.stringify(one.details)}>
                {detailsOf(one.details)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** `role: clip, evidenceId: 44`; nothing for an entry that has no more to say. */
function detailsOf(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
