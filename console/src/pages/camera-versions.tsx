/** Versions of the settings of a camera, with what changed, and the way back. */

import { useState } from 'react';
import type { CameraSettingsChange, CameraVersion } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { useLoad } from '../parts/use-load.ts';

export function CameraVersions(props: {
  path: string;
  current: number;
  onRollBack: (version: number) => void;
}) {
  const { t, time, sentence } = useWords();
  const { data } = useLoad<{ items: CameraVersion[] }>(`${props.path}/versions?v=${props.current}`);
  const [compared, setCompared] = useState<number | undefined>(undefined);
  return (
    <section className="history">
      <h2>{t('rules.history')}</h2>
      <ul className="recent">
        {(data?.items ?? []).map((one) => (
          <li key={one.version}>
            <span className="number">v{one.version}</span>{' '}
            <span className="number hint">{time(one.atMs)}</span> {sentence(one.authorName)}
            <p>{sentence(one.note)}</p>
            {one.version > 1 && (
              <button
                type="button"
                className="quiet"
                aria-expanded={compared === one.version}
                onClick={() => setCompared(compared === one.version ? undefined : one.version)}
              >
                {t('rules.compare')}
              </button>
            )}
            {one.version !== props.current && !one.removed && (
              <button type="button" className="quiet" onClick={() => props.onRollBack(one.version)}>
                {t('rules.rollBack')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {compared !== undefined && <Changes path={`${props.path}/diff?from=${compared - 1}&to=${compared}`} />}
    </section>
  );
}

function Changes({ path }: { path: string }) {
  const { t, word } = useWords();
  const { data } = useLoad<{ changes: CameraSettingsChange[] }>(path);
  if (!data) return null;
  return (
    <ul className="diff">
      {data.changes.length === 0 && <li className="hint">{t('ui.none')}</li>}
      {data.changes.map((one) => (
        <li key={one.name}>
          {word('cameraField', one.name)}: <del className="wrap">{JSON.stringify(one.before)}</del>{' '}
          <ins className="wrap">{JSON.stringify(one.after)}</ins>
        </li>
      ))}
    </ul>
  );
}
