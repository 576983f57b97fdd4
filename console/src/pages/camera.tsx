/** One camera: live view on demand, health, figures, recent incidents. */

import { useEffect, useState } from 'react';
import type { Camera, IncidentView } from '../../../api/contract/index.ts';
import { follow } from '../feed.ts';
import { useWords } from '../i18n/context.tsx';
import { Facts, ReviewMark, SeverityMark } from '../parts/incident-facts.tsx';
import { Link } from '../parts/link.tsx';
import { LiveView } from '../parts/live-view.tsx';
import { shapeOf } from '../parts/shape.ts';
import { Failed, Loading } from '../parts/states.tsx';
import { useLoad } from '../parts/use-load.ts';
import { useTitle } from '../parts/use-title.ts';
import { useCaller } from '../session.tsx';
import { CameraState, Thumbnail } from './cameras.tsx';

const REFRESH_MS = 5000;
const PICTURE_MS = 10_000;

export function CameraPage({ cameraId }: { cameraId: string }) {
  const { t, word, time } = useWords();
  const { may } = useCaller();
  const path = `/api/cameras/${encodeURIComponent(cameraId)}`;
  const { data: camera, error, reload } = useLoad<Camera>(path, REFRESH_MS);
  const recent = useLoad<{ items: IncidentView[] }>(
    `/api/incidents?camera=${encodeURIComponent(cameraId)}&limit=12`,
  );
  const [live, setLive] = useState(false);
  useTitle(camera?.name ?? cameraId);
  useEffect(
    () =>
      follow({
        revision: ({ incident }) => {
          if (incident.camera.cameraId === cameraId) recent.reload();
        },
      }),
    [cameraId, recent.reload],
  );
  if (error !== undefined && !camera) return <Failed error={error} retry={reload} />;
  if (!camera) return <Loading />;
  return (
    <div className="page">
      <div className="page-head">
        <h1>{camera.name}</h1>
        <CameraState camera={camera} />
        <span className="grow" />
        {may('cameras.write') && (
          <Link to={`/cameras/${encodeURIComponent(cameraId)}/settings`} className="button">
            {t('cameraForm.settings')}
          </Link>
        )}
        {may('rules.read') && (
          <Link to={`/cameras/${encodeURIComponent(cameraId)}/rules`} className="button">
            {t('camera.rules')}
          </Link>
        )}
      </div>
      <div className="incident-columns">
        <section>
          {live ? (
            <LiveView cameraId={cameraId} sizePx={camera} />
          ) : (
            <div className="player">
              <div className="player-stage" style={shapeOf(camera)}>
                <Thumbnail camera={camera} width={1280} everyMs={PICTURE_MS} />
              </div>
            </div>
          )}
          <p>
            <button type="button" className={live ? '' : 'primary'} onClick={() => setLive(!live)}>
              {t('camera.live')}: {live ? t('camera.stop') : t('camera.start')}
            </button>
          </p>
          <h2>{t('camera.recent')}</h2>
          {recent.data?.items.length === 0 && <p className="hint">{t('camera.noRecent')}</p>}
          <ul className="recent-wall">
            {(recent.data?.items ?? []).map((one) => (
              <li key={one.incidentId}>
                <Link to={`/incidents/${one.incidentId}`} className="tile">
                  <Cover incident={one} />
                  <span className="tile-text">
                    <span className="camera-state">
                      <SeverityMark severity={one.severity} />
                      <span className="cut">{word('type', one.eventType)}</span>
                    </span>
                    <span className="camera-state">
                      <ReviewMark incident={one} />
                      <span className="number hint">{time(one.openedAtMs, one.camera.timeZone)}</span>
                    </span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
        <aside>
          <h2>{t('camera.health')}</h2>
          {camera.faults.length === 0 ? (
            <p className="hint">{t('camera.healthy')}</p>
          ) : (
            <Facts
              rows={camera.faults.map((one) => [
                word('fault', one.fault),
                `${t('camera.since')} ${time(one.sinceMs)}`,
              ])}
            />
          )}
          {camera.suspendedRules !== undefined && camera.suspendedRules.length > 0 && (
            <p>
              {t('camera.suspended')}: {camera.suspendedRules.join(', ')}
            </p>
          )}
          <h2>{t('camera.figures')}</h2>
          <Facts
            rows={[
              ['ID', camera.cameraId],
              [t('camera.district'), camera.districtName],
              ...(camera.width === undefined
                ? []
                : [
                    [t('camera.size'), `${camera.width} × ${camera.height ?? 0} ${camera.codec ?? ''}`] as [
                      string,
                      string,
                    ],
                  ]),
              ...Object.entries(camera.figures).map(([name, value]): [string, string] => [
                word('figure', name),
                Number.isInteger(value) ? String(value) : value.toFixed(2),
              ]),
            ]}
          />
        </aside>
      </div>
    </div>
  );
}

/** The still of an incident; its place is kept while there is none. */
function Cover({ incident }: { incident: IncidentView }) {
  const { t } = useWords();
  const [failed, setFailed] = useState(false);
  if (failed) return <span className="thumbnail no-picture">{t('review.noMedia')}</span>;
  return (
    <img
      className="thumbnail"
      src={`/api/incidents/${incident.incidentId}/cover`}
      alt=""
      loading="lazy"
      onError={() => setFailed(true)}
    />
  );
}
