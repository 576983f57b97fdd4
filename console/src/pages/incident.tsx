/** One incident: timeline, all evidence with hashes, the case bundle. */

import { useEffect } from 'react';
import type { EvidenceView, IncidentDetail, RevisionView } from '../../../api/contract/index.ts';
import { follow } from '../feed.ts';
import { useWords } from '../i18n/context.tsx';
import { EvidencePlayer } from '../parts/evidence-view.tsx';
import { IncidentFacts, ReviewMark, SeverityMark, Why } from '../parts/incident-facts.tsx';
import { useNotice } from '../parts/notice.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { useLoad } from '../parts/use-load.ts';
import { useTitle } from '../parts/use-title.ts';

export function IncidentPage({ incidentId }: { incidentId: string }) {
  const { t, word } = useWords();
  const [notice, show] = useNotice();
  const { data, error, reload } = useLoad<IncidentDetail>(`/api/incidents/${encodeURIComponent(incidentId)}`);
  useEffect(
    () =>
      follow({
        revision: ({ incident }) => {
          if (incident.incidentId === incidentId) reload();
        },
      }),
    [incidentId, reload],
  );
  useTitle(data ? word('type', data.incident.eventType) : t('nav.incidents'));
  if (error !== undefined && !data) return <Failed error={error} retry={reload} />;
  if (!data) return <Loading />;
  const { incident } = data;
  return (
    <div className="page incident">
      <div className="page-head">
        <SeverityMark severity={incident.severity} />
        <h1>{word('type', incident.eventType)}</h1>
        <ReviewMark incident={incident} />
        {incident.held && <span className="mark mark-pending">{t('incident.held')}</span>}
        <span className="grow" />
        <button
          type="button"
          onClick={() => {
            navigator.clipboard.writeText(location.href).then(
              () => show({ text: t('ui.copied') }),
              () => show({ text: location.href }),
            );
          }}
        >
          {t('incident.link')}
        </button>
        <a className="button" href={`/api/incidents/${incidentId}/bundle.zip`} download>
          {t('incident.bundle')}
        </a>
      </div>
      <div className="incident-columns">
        <section>
          <EvidencePlayer incident={incident} evidence={data.evidence} />
          <h2>{t('incident.evidence')}</h2>
          <EvidenceTable items={data.evidence} timeZone={incident.camera.timeZone} />
          {data.missing.length > 0 && (
            <>
              <h3>{t('incident.missing')}</h3>
              <ul>
                {data.missing.map((one) => (
                  <li key={`${one.role} ${one.moment ?? ''}`}>
                    {word('role', one.role)} {word('moment', one.moment ?? '')} — {word('error', one.reason)}
                  </li>
                ))}
              </ul>
            </>
          )}
        </section>
        <aside>
          <IncidentFacts incident={incident} />
          <Why incident={incident} />
          <h3>{t('incident.timeline')}</h3>
          <Timeline revisions={data.revisions} timeZone={incident.camera.timeZone} />
          {incident.dispatch && (
            <>
              <h3>{t('incident.dispatch')}</h3>
              <p>
                {word('dispatch', incident.dispatch.state)} {incident.dispatch.caseId} {incident.dispatch.by}
              </p>
            </>
          )}
          <h3>{t('incident.id')}</h3>
          <p className="mono wrap">{incident.incidentId}</p>
          {incident.model && (
            <>
              <h3>{t('incident.model')}</h3>
              <p className="mono wrap">
                {incident.model.name} {incident.model.version} {incident.model.sha256.slice(0, 16)}…
              </p>
            </>
          )}
        </aside>
      </div>
      {notice}
    </div>
  );
}

function Timeline({ revisions, timeZone }: { revisions: readonly RevisionView[]; timeZone: string }) {
  const { t, word, time } = useWords();
  return (
    <ol className="timeline">
      {revisions.map((one) => (
        <li key={one.revision}>
          <span className="number">r{one.revision}</span> <strong>{word('phase', one.phase)}</strong>{' '}
          <span className="hint">
            {word('why', one.reason)}
            {one.by === undefined ? '' : ` · ${one.by}`}
          </span>
          <br />
          <span className="number hint">{time(one.atMs, timeZone)}</span>{' '}
          <span className="hint">
            {one.ackedAtMs === undefined
              ? t('incident.waiting')
              : t('incident.published', { seq: one.streamSeq ?? '' })}
          </span>
        </li>
      ))}
    </ol>
  );
}

function EvidenceTable({ items, timeZone }: { items: readonly EvidenceView[]; timeZone: string }) {
  const { t, word, time } = useWords();
  return (
    <div className="evidence">
      {items.map((one) => (
        <figure key={one.evidenceId}>
          <a href={one.url} target="_blank" rel="noreferrer" className="evidence-open">
            {one.mediaType.startsWith('image/') ? (
              <img
                src={one.url}
                alt={`${word('role', one.role)} ${word('moment', one.moment ?? '')}`}
                loading="lazy"
              />
            ) : (
              <span className="evidence-file">{one.mediaType}</span>
            )}
          </a>
          <figcaption>
            <strong>
              {word('role', one.role)} {word('moment', one.moment ?? '')}{' '}
              {one.overlay ? t('role.overlay') : ''}
            </strong>
            <span className="number hint">{time(one.capturedAtMs, timeZone)}</span>
            <span className="number hint">{(one.sizeBytes / 1024).toFixed(0)} kB</span>
            <span className="mono hint wrap" title={t('incident.hash')}>
              {one.sha256}
            </span>
          </figcaption>
        </figure>
      ))}
    </div>
  );
}
