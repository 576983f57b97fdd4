/** Users: invite, change, disable, new password link. */

import { useState } from 'react';
import type { Access, Camera, Invitation, Role, User } from '../../../api/contract/index.ts';
import { call } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { useNotice } from '../parts/notice.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { useLoad } from '../parts/use-load.ts';
import { AccessFields, coversSomething, UserAccess } from './admin-access.tsx';

const ROLES = ['viewer', 'operator', 'author', 'administrator'] as const;
type Invited = { user: User; invitation: Invitation };

const EVERYTHING: Access = { all: true, districts: [], cameras: [] };

export function UsersTab() {
  const { t, problem } = useWords();
  const { data, error, reload } = useLoad<{ items: User[] }>('/api/users');
  const cameras = useLoad<{ items: Camera[] }>('/api/cameras').data?.items ?? [];
  const [link, setLink] = useState<string | undefined>(undefined);
  const [notice, show] = useNotice();
  const fail = (failure: unknown): void => show({ text: problem(failure), bad: true });
  const invited = ({ body }: { body: Invited }): void => {
    setLink(`${location.origin}/set-up#invite=${body.invitation.token}`);
    reload();
  };
  if (error !== undefined && !data) return <Failed error={error} retry={reload} />;
  if (!data) return <Loading />;
  const change = (user: User, body: object): void => {
    call('PATCH', `/api/users/${user.userId}`, { body, ifMatch: `"${user.version}"` }).then(
      reload,
      (failure: unknown) => {
        fail(failure);
        reload();
      },
    );
  };
  return (
    <>
      {link !== undefined && (
        <Secret label={t('admin.linkOnce')} text={link} onClose={() => setLink(undefined)} />
      )}
      <NewUserForm
        cameras={cameras}
        onSubmit={(body) => {
          call<Invited>('POST', '/api/users', { body }).then(invited, fail);
        }}
      />
      <table className="figures words">
        <thead>
          <tr>
            <th scope="col">{t('signIn.name')}</th>
            <th scope="col">{t('setUp.displayName')}</th>
            <th scope="col">{t('admin.role')}</th>
            <th scope="col">{t('admin.access')}</th>
            <th scope="col">{t('incident.status')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('admin.action')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((user) => (
            <tr key={user.userId}>
              <th scope="row">{user.name}</th>
              <td className="left">{user.displayName}</td>
              <td className="left">
                <select
                  aria-label={`${t('admin.role')} ${user.name}`}
                  value={user.role}
                  onChange={(event) => change(user, { role: event.target.value as Role })}
                >
                  {ROLES.map((role) => (
                    <option key={role} value={role}>
                      {t(`admin.role.${role}`)}
                    </option>
                  ))}
                </select>
              </td>
              <td className="left">
                <UserAccess
                  access={user.access}
                  cameras={cameras}
                  onSave={(access) => change(user, { access })}
                />
              </td>
              <td className="left">
                {user.disabled ? t('admin.disabled') : user.invited ? t('admin.invited') : t('admin.active')}
              </td>
              <td>
                <button
                  type="button"
                  className="quiet"
                  onClick={() => {
                    call<Invited>('POST', `/api/users/${user.userId}/invitation`).then(invited, fail);
                  }}
                >
                  {t('admin.reinvite')}
                </button>
                <button
                  type="button"
                  className="quiet"
                  onClick={() => change(user, { disabled: !user.disabled })}
                >
                  {user.disabled ? t('admin.enable') : t('admin.disable')}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {notice}
    </>
  );
}

function NewUserForm({
  cameras,
  onSubmit,
}: {
  cameras: readonly Camera[];
  onSubmit: (body: object) => void;
}) {
  const { t } = useWords();
  const [access, setAccess] = useState(EVERYTHING);
  const [turn, setTurn] = useState(0);
  return (
    <form
      className="filters boxed"
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        const text = (name: string): string => {
          const value = data.get(name);
          return typeof value === 'string' ? value.trim() : '';
        };
        onSubmit({ name: text('name'), displayName: text('displayName'), role: text('role'), access });
        event.currentTarget.reset();
        setAccess(EVERYTHING);
        setTurn((n) => n + 1);
      }}
    >
      <input
        name="name"
        required
        minLength={2}
        maxLength={64}
        placeholder={t('signIn.name')}
        aria-label={t('signIn.name')}
        autoComplete="off"
      />
      <input
        name="displayName"
        required
        maxLength={80}
        placeholder={t('setUp.displayName')}
        aria-label={t('setUp.displayName')}
        autoComplete="off"
      />
      <select name="role" aria-label={t('admin.role')} defaultValue="operator">
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {t(`admin.role.${role}`)}
          </option>
        ))}
      </select>
      <AccessFields key={turn} access={access} cameras={cameras} onChange={setAccess} />
      <button type="submit" className="primary" disabled={!coversSomething(access)}>
        {t('admin.newUser')}
      </button>
    </form>
  );
}

/** Something that is shown this once. */
export function Secret({ label, text, onClose }: { label: string; text: string; onClose: () => void }) {
  const { t } = useWords();
  return (
    <div className="secret" role="alert">
      <span>{label}</span>
      <input readOnly value={text} aria-label={label} onFocus={(event) => event.target.select()} />
      <button type="button" onClick={() => void navigator.clipboard.writeText(text).catch(() => undefined)}>
        {t('ui.copy')}
      </button>
      <button type="button" onClick={onClose}>
        {t('ui.close')}
      </button>
    </div>
  );
}
