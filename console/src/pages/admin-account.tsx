/** The own account: change of the password. */

import { call } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { useNotice } from '../parts/notice.tsx';
import { useCaller } from '../session.tsx';

export function AccountTab() {
  const { t, problem } = useWords();
  const { session } = useCaller();
  const [notice, show] = useNotice();
  return (
    <form
      className="account"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const data = new FormData(form);
        if (data.get('password') !== data.get('repeat')) {
          show({ text: t('setUp.differ'), bad: true });
          return;
        }
        const body = { current: data.get('current'), password: data.get('password') };
        call('PUT', '/api/session/password', { body }).then(
          () => {
            form.reset();
            show({ text: t('admin.passwordChanged') });
          },
          (failure: unknown) => show({ text: problem(failure), bad: true }),
        );
      }}
    >
      <h2>
        {session.user.displayName} <span className="hint">{session.user.name}</span>
      </h2>
      {/* For password managers, which ask whose password it is. */}
      <input
        className="visually-hidden"
        name="username"
        autoComplete="username"
        value={session.user.name}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <PasswordField name="current" label={t('admin.current')} autoComplete="current-password" />
      <PasswordField
        name="password"
        label={t('admin.newPassword')}
        hint={t('setUp.length')}
        autoComplete="new-password"
      />
      <PasswordField name="repeat" label={t('setUp.repeat')} autoComplete="new-password" />
      <p>
        <button type="submit" className="primary">
          {t('admin.changePassword')}
        </button>
      </p>
      {notice}
    </form>
  );
}

function PasswordField(props: { name: string; label: string; hint?: string; autoComplete: string }) {
  return (
    <div className="field">
      <label htmlFor={props.name}>{props.label}</label>
      <input
        id={props.name}
        name={props.name}
        type="password"
        autoComplete={props.autoComplete}
        minLength={props.autoComplete === 'new-password' ? 12 : 1}
        aria-describedby={props.hint === undefined ? undefined : `${props.name}-hint`}
        required
      />
      {props.hint !== undefined && (
        <small id={`${props.name}-hint`} className="hint">
          {props.hint}
        </small>
      )}
    </div>
  );
}
