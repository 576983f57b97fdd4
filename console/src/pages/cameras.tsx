/** A wall of thumbnails with state and reasons. */

import { useEffect, useState } from 'react';
import type { Camera } from '../../../api/contract/index.ts';
import { useWords } from '../i18n/context.tsx';
import { Grid } from '../parts/grid.tsx';
import { Link } from '../parts/link.tsx';
import { Snapshot } from '../parts/snapshot.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { useLoad } from '../parts/use-load.ts';
import { useTitle } from '../parts/use-title.ts';
import { useCaller } from '../session.tsx';

const REFRESH_MS = 10_000;

export function CamerasPage() {
  const { t } = useWords();
  const { may } = useCaller();
  useTitle(t('nav.cameras'));
  const { data, error, reload } = useLoad<{ items: Camera[] }>('/api/cameras', REFRESH_MS);
  const [search, setSearch] = useState('');
  const [state, setState] = useState('');
  if (error !== undefined && !data) return <Failed error={error} retry={reload} />;
  if (!data) return <Loading />;
  const text = search.toLowerCase();
  const shown = data.items.filter(
    (one) =>
      (state === '' || one.state === state) &&
      `${one.cameraId} ${one.name} ${one.districtName}`.toLowerCase().includes(text),
  );
  return (
    <div className="page cameras">
      <h1 className="visually-hidden">{t('nav.cameras')}</h1>
      <div className="filters">
        <label>
          <span className="visually-hidden">{t('ui.search')}</span>
          <input
            type="search"
            placeholder={t('ui.search')}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </label>
        {['', 'online', 'connecting', 'offline', 'stopped'].map((one) => (
          <button key={one} type="button" aria-pressed={state === one} onClick={() => setState(one)}>
            {one === '' ? t('ui.all') : t(`camera.${one as Camera['state']}`)}{' '}
            <span className="number hint">
              {one === '' ? data.items.length : data.items.filter((c) => c.state === one).length}
            </span>
          </button>
        ))}
        <span className="grow" />
        {may('cameras.write') && (
          <Link to="/new-camera" className="button">
            {t('cameraForm.add')}
          </Link>
        )}
      </div>
      {shown.length === 0 ? (
        <Empty title={t('camera.none')} />
      ) : (
        <Grid
          items={shown}
          keyOf={(camera) => camera.cameraId}
          minCellRem={16}
          gapRem={0.8}
          textRem={4}
          label={t('nav.cameras')}
          cell={(camera) => (
            <Link to={`/cameras/${encodeURIComponent(camera.cameraId)}`} className="tile">
              <Thumbnail camera={camera} width={480} everyMs={REFRESH_MS} />
              <span className="tile-text">
                <span className="cut">
                  <strong>{camera.name}</strong> <span className="hint">{camera.districtName}</span>
                </span>
                <CameraState camera={camera} />
              </span>
            </Link>
          )}
        />
      )}
    </div>
  );
}

export function CameraState({ camera }: { camera: Camera }) {
  const { t, word, time } = useWords();
  return (
    <span className="camera-state">
      <span className={`mark camera-${camera.state}`}>{t(`camera.${camera.state}`)}</span>
      {camera.faults.map((one) => (
        <span key={one.fault} className="mark mark-fault">
          {word('fault', one.fault)}
        </span>
      ))}
      {camera.state !== 'online' && camera.reason && (
        <span
          className="hint cut"
          title={`${camera.reason.code}: ${camera.reason.message} ${time(camera.sinceMs)}`}
        >
          {word('error', camera.reason.code)}
        </span>
      )}
    </span>
  );
}

/** The newest picture, read again from time to time; its place is kept while there is none. */
export function Thumbnail({ camera, width, everyMs }: { camera: Camera; width: number; everyMs?: number }) {
  const { t } = useWords();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => {
      if (!document.hidden) setTurn((n) => n + 1);
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  const missing = <span className="thumbnail no-picture">{t('camera.noPicture')}</span>;
  if (camera.state !== 'online') return missing;
  return (
    <Snapshot
      className="thumbnail"
      cameraId={camera.cameraId}
      width={width}
      turn={turn}
      alt={t('camera.picture', { name: camera.name })}
      missing={missing}
    />
  );
}
