/** Which districts and cameras somebody may see: chosen from those that there are. */

import { useId, useState } from 'react';
import type { Access, Camera } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';

const list = (text: string): string[] =>
  text
    .split(/[,，\s]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** Whether it covers anything: an account that sees nothing is a mistake. */
export function coversSomething(access: Access): boolean {
  return access.all || access.districts.length + access.cameras.length > 0;
}

export function AccessFields(props: {
  access: Access;
  cameras: readonly Camera[];
  onChange: (access: Access) => void;
}) {
  const { t } = useWords();
  const id = useId();
  const { access, cameras, onChange } = props;
  const [text, setText] = useState(() => access.cameras.join(', '));
  const districts = [...new Map(cameras.map((one) => [one.districtId, one.districtName]))];
  const unknown = access.cameras.filter((cameraId) => !cameras.some((one) => one.cameraId === cameraId));
  const toggle = (districtId: string): void =>
    onChange({
      ...access,
      districts: access.districts.includes(districtId)
        ? access.districts.filter((one) => one !== districtId)
        : [...access.districts, districtId],
    });
  return (
    <span className="access" role="group" aria-label={t('admin.access')}>
      <label className="check">
        <input
          type="checkbox"
          checked={access.all}
          onChange={(event) => onChange({ ...access, all: event.target.checked })}
        />{' '}
        {t('admin.access')}: {t('admin.accessAll')}
      </label>
      {!access.all && (
        <>
          {districts.map(([districtId, name]) => (
            <label key={districtId} className="check">
              <input
                type="checkbox"
                checked={access.districts.includes(districtId)}
                onChange={() => toggle(districtId)}
              />{' '}
              {name}
            </label>
          ))}
          <input
            list={`${id}-cameras`}
            placeholder={t('admin.cameras')}
            aria-label={t('admin.cameras')}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              onChange({ ...access, cameras: list(event.target.value) });
            }}
          />
          <datalist id={`${id}-cameras`}>
            {cameras.map((one) => (
              <option key={one.cameraId} value={one.cameraId}>
                {one.name}
              </option>
            ))}
          </datalist>
          <span className="hint" role="status">
            {coversSomething(access)
              ? unknown.length > 0
                ? t('admin.accessUnknown', { ids: unknown.join(', ') })
                : ''
              : t('admin.accessNothing')}
          </span>
        </>
      )}
    </span>
  );
}

/** The access of a user in words, and the fields to change it. */
export function UserAccess(props: {
  access: Access;
  cameras: readonly Camera[];
  onSave: (access: Access) => void;
}) {
  const { t } = useWords();
  const { access, cameras } = props;
  const [draft, setDraft] = useState<Access | undefined>(undefined);
  if (draft === undefined) {
    const districtName = (districtId: string): string =>
      cameras.find((one) => one.districtId === districtId)?.districtName ?? districtId;
    const names = [...access.districts.map(districtName), ...access.cameras];
    return (
      <>
        {access.all ? t('admin.accessAll') : names.length > 0 ? names.join(t('ui.comma')) : t('ui.none')}{' '}
        <button type="button" className="quiet" onClick={() => setDraft(access)}>
          {t('admin.change')}
        </button>
      </>
    );
  }
  return (
    <form
      className="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        props.onSave(draft);
        setDraft(undefined);
      }}
    >
      <AccessFields access={draft} cameras={cameras} onChange={setDraft} />
      <button type="submit" className="primary" disabled={!coversSomething(draft)}>
        {t('ui.save')}
      </button>
      <button type="button" onClick={() => setDraft(undefined)}>
        {t('ui.cancel')}
      </button>
    </form>
  );
}
