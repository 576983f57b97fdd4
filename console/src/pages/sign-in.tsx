/** Sign-in, and the page behind a one-time link. */

import { useState } from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import type { Session } from '../../../api/contract/index.ts';
import { call } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { Settings } from '../parts/settings.tsx';
import { useTitle } from '../parts/use-title.ts';
import { replace } from '../router.ts';

type Done = (session: Session) => void;

export function SignInPage({ onDone }: { onDone: Done }) {
  const { t } = useWords();
  const form = useForm(async (data) => {
    const body = { name: data.get('name'), password: data.get('password') };
    onDone((await call<Session>('POST', '/api/session', { body })).body);
  });
  return (
    <Door title={t('signIn.title')}>
      <form onSubmit={form.submit}>
        <Field name="name" label={t('signIn.name')} autoComplete="username" autoFocus />
        <Field name="password" label={t('signIn.password')} type="password" autoComplete="current-password" />
        <FormEnd form={form} label={t('signIn.submit')} />
      </form>
    </Door>
  );
}

export function SetUpPage({ onDone }: { onDone: Done }) {
  const { t } = useWords();
  const [token] = useState(() => location.hash.slice(1));
  const [invited, setInvited] = useState(() => token.startsWith('invite='));
  const form = useForm(async (data) => {
    if (data.get('password') !== data.get('repeat')) throw new Error(t('setUp.differ'));
    const body = {
      token: token.replace('invite=', ''),
      password: data.get('password'),
      ...(invited ? {} : { name: data.get('name'), displayName: data.get('displayName') }),
    };
    const { body: session } = await call<Session>('POST', '/api/set-up', { body });
    replace('/review');
    onDone(session);
  });
  if (token === '') {
    return (
      <Door title={t('setUp.title')}>
        <p role="alert">{t('setUp.noToken')}</p>
      </Door>
    );
  }
  return (
    <Door title={t('setUp.title')}>
      <p>{t('setUp.lead')}</p>
      <form onSubmit={form.submit}>
        <label className="check">
          <input type="checkbox" checked={invited} onChange={(event) => setInvited(event.target.checked)} />{' '}
          {t('setUp.invited')}
        </label>
        {!invited && (
          <>
            <Field name="name" label={t('signIn.name')} autoComplete="username" autoFocus />
            <Field name="displayName" label={t('setUp.displayName')} autoComplete="name" />
          </>
        )}
        <Field
          name="password"
          label={t('signIn.password')}
          type="password"
          autoComplete="new-password"
          minLength={12}
          hint={t('setUp.length')}
        />
        <Field
          name="repeat"
          label={t('setUp.repeat')}
          type="password"
          autoComplete="new-password"
          minLength={12}
        />
        <FormEnd form={form} label={t('setUp.submit')} />
      </form>
    </Door>
  );
}

interface Form {
  readonly submit: (event: SyntheticEvent<HTMLFormElement>) => void;
  readonly busy: boolean;
  readonly error: unknown;
}

function useForm(work: (data: FormData) => Promise<void>): Form {
  const [state, setState] = useState<{ busy: boolean; error?: unknown }>({ busy: false });
  return {
    ...state,
    error: state.error,
    submit: (event) => {
      event.preventDefault();
      const data = new FormData(event.currentTarget);
      setState({ busy: true });
      work(data).then(
        () => setState({ busy: false }),
        (error: unknown) => setState({ busy: false, error }),
      );
    },
  };
}

function Door({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useWords();
  useTitle(title);
  return (
    <div className="door">
      <main className="door-card">
        <div className="door-head">
          <strong className="brand">{t('app.name')}</strong>
          <span className="grow" />
          <Settings />
        </div>
        <h1>{title}</h1>
        {children}
      </main>
    </div>
  );
}

function Field(props: {
  name: string;
  label: string;
  type?: string;
  autoComplete: string;
  autoFocus?: boolean;
  minLength?: number;
  hint?: string;
}) {
  const hintId = `${props.name}-hint`;
  return (
    <div className="field">
      <label htmlFor={props.name}>{props.label}</label>
      <input
        id={props.name}
        name={props.name}
        type={props.type ?? 'text'}
        autoComplete={props.autoComplete}
        autoFocus={props.autoFocus}
        minLength={props.minLength}
        aria-describedby={props.hint === undefined ? undefined : hintId}
        required
      />
      {props.hint !== undefined && (
        <small id={hintId} className="hint">
          {props.hint}
        </small>
      )}
    </div>
  );
}

function FormEnd({ form, label }: { form: Form; label: string }) {
  const { problem } = useWords();
  return (
    <>
      <p className="form-error" role="alert">
        {form.error === undefined ? '' : problem(form.error)}
      </p>
      <button type="submit" className="primary wide" disabled={form.busy}>
        {label}
      </button>
    </>
  );
}
