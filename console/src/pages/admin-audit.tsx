/** The audit log, and the proof of its chain. */

import { useEffect, useState } from 'react';
import type { AuditEntry, AuditState } from '../../../api/contract/index.ts';
import { call, get } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { Failed, Loading } from '../parts/states.tsx';

export function AuditTab() {
  const { t, time, problem } = useWords();
  const [items, setItems] = useState<readonly AuditEntry[] | undefined>(undefined);
  const [next, setNext] = useState<string | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const [object, setObject] = useState('');
  const [proof, setProof] = useState<string | undefined>(undefined);
  const read = (cursor: string | undefined, before: readonly AuditEntry[]): void => {
    const query = `limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}${object === '' ? '' : `&objectId=${encodeURIComponent(object)}`}`;
    get<{ items: AuditEntry[]; next?: string }>(`/api/audit?${query}`).then((page) => {
      setItems([...before, ...page.items]);
      setNext(page.next);
      setError(undefined);
    }, setError);
  };
  useEffect(() => read(undefined, []), [object]);
  const check = (): void => {
    call<AuditState>('POST', '/api/audit/check').then(
      ({ body }) =>
        setProof(
          body.sound
            ? t('admin.sound', { n: body.entries })
            : t('admin.broken', { problem: body.problem ?? '' }),
        ),
      (failure: unknown) => setProof(problem(failure)),
    );
  };
  if (error !== undefined && !items) return <Failed error={error} retry={() => read(undefined, [])} />;
  if (!items) return <Loading />;
  return (
    <>
      <div className="filters">
        <input
          type="search"
          placeholder={`${t('admin.object')} ID`}
          aria-label={`${t('admin.object')} ID`}
          value={object}
          onChange={(event) => setObject(event.target.value.trim())}
        />
        <span className="grow" />
        <span role="status">{proof}</span>
        <button type="button" onClick={check}>
          {t('admin.check')}
        </button>
      </div>
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
            {items.map((one) => (
              <tr key={one.seq}>
                <td>{one.seq}</td>
                <td>{time(one.atMs)}</td>
                <td className="left">{one.actorName}</td>
                <td className="left mono">{one.action}</td>
                <td className="left mono">{`${one.objectType} ${one.objectId}`}</td>
                <td className="left mono">{one.address}</td>
                <td className="left mono cut" title={JSON.stringify(one.details)}>
                  {JSON.stringify(one.details)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {next !== undefined && (
        <p>
          <button type="button" onClick={() => read(next, items)}>
            {t('ui.more')}
          </button>
        </p>
      )}
    </>
  );
}
