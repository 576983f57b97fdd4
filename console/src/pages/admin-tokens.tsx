/** API tokens: issue with scopes and an end, revoke. */

import { useState } from 'react';
import type { Token } from '../../../api/contract/index.ts';
import { call } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { useNotice } from '../parts/notice.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { useLoad } from '../parts/use-load.ts';
import { useCaller } from '../session.tsx';
import { Secret } from './admin-users.tsx';

export function TokensTab() {
  const { t, word, time, problem } = useWords();
  const { session } = useCaller();
  const { data, error, reload } = useLoad<{ items: Token[] }>('/api/tokens');
  const [secret, setSecret] = useState<string | undefined>(undefined);
  const [notice, show] = useNotice();
  const fail = (failure: unknown): void => show({ text: problem(failure), bad: true });
  if (error !== undefined && !data) return <Failed error={error} retry={reload} />;
  if (!data) return <Loading />;
  const scopes = session.capabilities.filter((one) => one !== 'users.manage');
  return (
    <>
      {secret !== undefined && (
        <Secret label={t('admin.secretOnce')} text={secret} onClose={() => setSecret(undefined)} />
      )}
      <form
        className="filters boxed"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const body = {
            name: form.get('name'),
            scopes: form.getAll('scopes'),
            days: Number(form.get('days')),
          };
          call<{ secret: string }>('POST', '/api/tokens', { body }).then((reply) => {
            setSecret(reply.body.secret);
            reload();
          }, fail);
        }}
      >
        <input
          name="name"
          required
          maxLength={80}
          placeholder={t('admin.tokenName')}
          aria-label={t('admin.tokenName')}
          autoComplete="off"
        />
        <label>
          {t('admin.days')}{' '}
          <input name="days" type="number" min={1} max={366} defaultValue={90} required className="narrow" />
        </label>
        <span className="choices" role="group" aria-label={t('admin.scopes')}>
          {scopes.map((one) => (
            <label key={one} className="check">
              <input type="checkbox" name="scopes" value={one} />{' '}
              <span title={one}>{word('scope', one)}</span>
            </label>
          ))}
        </span>
        <button type="submit" className="primary">
          {t('admin.newToken')}
        </button>
      </form>
      <table className="figures words">
        <thead>
          <tr>
            <th scope="col">{t('admin.tokenName')}</th>
            <th scope="col">{t('admin.who')}</th>
            <th scope="col">{t('admin.scopes')}</th>
            <th scope="col">{t('admin.expires')}</th>
            <th scope="col">{t('admin.used')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('admin.action')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.items.length === 0 && (
            <tr>
              <td colSpan={6} className="left hint">
                {t('admin.noTokens')}
              </td>
            </tr>
          )}
          {data.items.map((token) => (
            <tr key={token.tokenId}>
              <th scope="row">{token.name}</th>
              <td className="left">{token.userName}</td>
              <td className="left wrap" title={token.scopes.join(' ')}>
                {token.scopes.map((one) => word('scope', one)).join(t('ui.comma'))}
              </td>
              <td className="left">{time(token.expiresAtMs)}</td>
              <td className="left">{time(token.usedAtMs)}</td>
              <td>
                {token.revokedAtMs === undefined ? (
                  <button
                    type="button"
                    className="quiet"
                    onClick={() => void call('DELETE', `/api/tokens/${token.tokenId}`).then(reload, fail)}
                  >
                    {t('admin.revoke')}
                  </button>
                ) : (
                  <span className="hint">{t('admin.revoked')}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {notice}
    </>
  );
}
