/** Settings of a camera: add, change, remove, versions and roll-back; for administrators. */

import { useEffect, useState } from 'react';
import type {
  CameraSettings,
  CameraSettingsList,
  CameraSettingsVersion,
  CameraVersion,
} from '../../../api/contract/index.ts';
import { ApiProblem, call } from '../client.ts';
import type { Tagged } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { Link } from '../parts/link.tsx';
import { useNotice } from '../parts/notice.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { useLoad } from '../parts/use-load.ts';
import { useTitle } from '../parts/use-title.ts';
import { go } from '../router.ts';
import { CameraForm } from './camera-form.tsx';
import { CameraVersions } from './camera-versions.tsx';

const LIST = '/api/camera-settings';
const pathOf = (cameraId: string): string => `${LIST}/${encodeURIComponent(cameraId)}`;

/** The form of a new camera, and the cameras that were removed and can come back. */
export function NewCameraPage() {
  const { t, time, problem, sentence } = useWords();
  useTitle(t('cameraForm.add'));
  const { data, error, reload } = useLoad<CameraSettingsList>(LIST);
  const [failure, setFailure] = useState<unknown>(undefined);
  if (error !== undefined && !data) return <Failed error={error} retry={reload} />;
  if (!data) return <Loading />;
  const removed = data.items.filter((one) => one.removed);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('cameraForm.add')}</h1>
      </div>
      <div className="incident-columns">
        <CameraForm
          schema={data.schema}
          settings={undefined}
          failure={failure}
          submitText={t('cameraForm.add')}
          onSubmit={(body) => {
            call<CameraSettingsVersion>('POST', LIST, { body }).then(
              (added) => go(`/cameras/${encodeURIComponent(added.body.cameraId)}`),
              setFailure,
            );
          }}
        />
        <aside>
          <h2>{t('cameraForm.removed')}</h2>
          {removed.length === 0 && <p className="hint">{t('ui.none')}</p>}
          <ul className="recent">
            {removed.map((one: CameraVersion) => (
              <li key={one.cameraId}>
                <Link to={`/cameras/${encodeURIComponent(one.cameraId)}/settings`}>
                  {one.cameraId} <span className="hint number">{time(one.atMs)}</span> {sentence(one.note)}
                </Link>
              </li>
            ))}
          </ul>
          {failure !== undefined && !(failure instanceof ApiProblem) && <p>{problem(failure)}</p>}
        </aside>
      </div>
    </div>
  );
}

/** Settings of one camera, also of a removed one. */
export function CameraSettingsPage({ cameraId }: { cameraId: string }) {
  const { t, problem } = useWords();
  useTitle(`${t('cameraForm.settings')} ${cameraId}`);
  const path = pathOf(cameraId);
  const list = useLoad<CameraSettingsList>(LIST);
  const [current, setCurrent] = useState<Tagged<CameraSettingsVersion> | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const [failure, setFailure] = useState<unknown>(undefined);
  const [notice, show] = useNotice();
  const load = (): void => {
    call<CameraSettingsVersion>('GET', path).then(setCurrent, setError);
  };
  useEffect(load, [path]);
  if (error !== undefined && !current) return <Failed error={error} retry={load} />;
  if (!current || !list.data) return <Loading />;
  const { body, etag } = current;
  const change = (method: 'PUT' | 'POST', below: string, sent: object): void => {
    call<CameraSettingsVersion>(method, `${path}${below}`, { body: sent, ifMatch: etag }).then(
      (changed) => {
        setFailure(undefined);
        setCurrent(changed);
        show({ text: t('rules.published', { version: changed.body.version }) });
      },
      (problemOfChange: unknown) => {
        setFailure(problemOfChange);
        show({ text: problem(problemOfChange), bad: true });
      },
    );
  };
  return (
    <div className="page">
      <div className="page-head">
        <h1>
          {t('cameraForm.settings')}: {body.settings?.name ?? cameraId}
        </h1>
        {body.removed && <span className="mark">{t('cameraForm.isRemoved')}</span>}
        <span className="grow" />
        {!body.removed && <RemoveForm onRemove={(note) => change('POST', '/remove', { note })} />}
      </div>
      <div className="incident-columns">
        {body.settings === undefined ? (
          <p>{t('cameraForm.bringBack')}</p>
        ) : (
          <CameraForm
            key={body.version}
            schema={list.data.schema}
            settings={body.settings}
            failure={failure}
            submitText={t('ui.save')}
            onSubmit={({ settings, note }: { settings: CameraSettings; note: string }) =>
              change('PUT', '', { settings, note })
            }
          />
        )}
        <aside>
          <CameraVersions
            path={path}
            current={body.version}
            onRollBack={(version) =>
              change('POST', '/roll-back', { version, note: `${t('rules.rollBack')} v${version}` })
            }
          />
        </aside>
      </div>
      {notice}
    </div>
  );
}

function RemoveForm({ onRemove }: { onRemove: (note: string) => void }) {
  const { t } = useWords();
  const [note, setNote] = useState<string | undefined>(undefined);
  if (note === undefined) {
    return (
      <button type="button" onClick={() => setNote('')}>
        {t('cameraForm.remove')}
      </button>
    );
  }
  return (
    <form
      className="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        onRemove(note);
        setNote(undefined);
      }}
    >
      <input
        aria-label={t('rules.note')}
        placeholder={t('rules.note')}
        value={note}
        maxLength={500}
        required
        autoFocus
        onChange={(event) => setNote(event.target.value)}
      />
      <button type="submit" className="primary">
        {t('cameraForm.remove').replace('…', '')}
      </button>
      <button type="button" onClick={() => setNote(undefined)}>
        {t('ui.cancel')}
      </button>
    </form>
  );
}
