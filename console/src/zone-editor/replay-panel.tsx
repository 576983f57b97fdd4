/** What the draft would have raised in the last hours, beside what the published rules did: to be seen before it is published. */

import { useEffect, useRef, useState } from 'react';
import type { ReplayedPair, ReplayResult, RuleSetDocument } from '../../../api/contract/index.ts';
import { call } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { Link } from '../parts/link.tsx';

const HOURS = [1, 6, 24, 48];

/** A result and the document that it is of. */
export interface Replayed {
  readonly document: RuleSetDocument;
  readonly result: ReplayResult;
}

export function ReplayPanel(props: {
  cameraId: string;
  document: RuleSetDocument;
  replayed: Replayed | undefined;
  onReplayed: (replayed: Replayed) => void;
  onFail: (error: unknown) => void;
  shown: ReplayedPair | undefined;
  onShow: (pair: ReplayedPair | undefined) => void;
}) {
  const { t } = useWords();
  const { document, replayed } = props;
  const [hours, setHours] = useState(24);
  const [busy, setBusy] = useState(false);
  const abort = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const run = (): void => {
    setBusy(true);
    abort.current = new AbortController();
    const path = `/api/cameras/${encodeURIComponent(props.cameraId)}/rules/replay`;
    const { signal } = abort.current;
    call<ReplayResult>('POST', path, { body: { document, hours }, signal })
      .then(({ body }) => {
        props.onShow(undefined);
        props.onReplayed({ document, result: body });
      })
      .catch((error: unknown) => {
        if (!signal.aborted) props.onFail(error);
      })
      .finally(() => {
        if (!signal.aborted) setBusy(false);
      });
  };
  return (
    <section className="replay boxed" aria-labelledby="replay-title">
      <div className="replay-head">
        <h2 id="replay-title">{t('replay.title')}</h2>
        <span className="grow" />
        <select
          aria-label={t('replay.span')}
          value={hours}
          onChange={(event) => setHours(Number(event.target.value))}
        >
          {HOURS.map((n) => (
            <option key={n} value={n}>
              {n === 1 ? t('replay.hour') : t('replay.hours', { n })}
            </option>
          ))}
        </select>
        <button type="button" onClick={run} disabled={busy}>
          {busy ? t('replay.busy') : t('replay.run')}
        </button>
      </div>
      {replayed === undefined ? (
        <p className="hint">{t('replay.lead')}</p>
      ) : (
        <Result
          {...replayed}
          stale={replayed.document !== document}
          shown={props.shown}
          onShow={props.onShow}
        />
      )}
    </section>
  );
}

function Result(props: {
  document: RuleSetDocument;
  result: ReplayResult;
  stale: boolean;
  shown: ReplayedPair | undefined;
  onShow: (pair: ReplayedPair | undefined) => void;
}) {
  const { t, span } = useWords();
  const { result, stale } = props;
  if (result.frames === 0) return <p className="hint">{t('replay.nothing')}</p>;
  const total = result.added + result.lost + result.kept;
  return (
    <>
      <p className="replay-sum" role="status">
        <ReplaySum result={result} />
        <span className="hint number">
          {t('replay.covered', { part: span(result.coveredMs), frames: result.frames })}
        </span>
        {stale && <span className="mark mark-pending">{t('replay.stale')}</span>}
      </p>
      {total === 0 && <p className="hint">{t('replay.noEvents')}</p>}
      {total > 0 && (
        <ul className="replay-list" tabIndex={0} aria-label={t('replay.title')}>
          {result.items.map((pair, i) => (
            <Row key={i} {...props} pair={pair} />
          ))}
        </ul>
      )}
      {total > result.items.length && <p className="hint">{t('replay.more', { n: result.items.length })}</p>}
    </>
  );
}

/** `+1 −2 =5` in words, also beside the note of a publication. */
export function ReplaySum({ result }: { result: ReplayResult }) {
  const { t } = useWords();
  return (
    <>
      <strong className="mark replay-after">{t('replay.added', { n: result.added })}</strong>
      <strong className="mark replay-before">{t('replay.lost', { n: result.lost })}</strong>
      <strong className="mark replay-both">{t('replay.kept', { n: result.kept })}</strong>
    </>
  );
}

function Row(props: {
  document: RuleSetDocument;
  pair: ReplayedPair;
  shown: ReplayedPair | undefined;
  onShow: (pair: ReplayedPair | undefined) => void;
}) {
  const { t, word, time, span } = useWords();
  const { pair, shown } = props;
  const event = pair.after ?? pair.before!;
  const zone = props.document.zones.find((one) => one.zoneId === event.zoneId);
  const lasted = event.clearedAtMs === undefined ? undefined : event.clearedAtMs - event.sinceMs;
  return (
    <li className="replay-row">
      <button
        type="button"
        className="quiet"
        aria-pressed={shown === pair}
        onClick={() => props.onShow(shown === pair ? undefined : pair)}
      >
        <span className={`mark replay-${pair.outcome}`}>{t(`replay.${pair.outcome}`)}</span>
        <span className="number">{time(event.raisedAtMs)}</span>
        <span className="cut">{word('type', pair.eventType)}</span>
        <span className="cut hint">{zone?.name ?? event.zoneId}</span>
        <span className="number hint">{lasted === undefined ? t('status.open') : span(lasted)}</span>
      </button>
      {pair.incidentId !== undefined && (
        <Link to={`/incidents/${pair.incidentId}`}>{t('replay.incident')}</Link>
      )}
    </li>
  );
}

/** The recorded picture of the moment at which an event was raised, with its place drawn over it. */
export function ReplayPicture({ cameraId, pair }: { cameraId: string; pair: ReplayedPair }) {
  const { t, time } = useWords();
  const atMs = (pair.after ?? pair.before!).raisedAtMs;
  const [failed, setFailed] = useState<number | undefined>(undefined);
  const { x1, y1, x2, y2 } = pair.box;
  return (
    <>
      {failed === atMs ? (
        <p className="state">{t('replay.noFootage')}</p>
      ) : (
        <img
          src={`/api/cameras/${encodeURIComponent(cameraId)}/footage.jpg?atMs=${atMs}&width=1280`}
          alt={t('replay.showing', { time: time(atMs) })}
          onError={() => setFailed(atMs)}
        />
      )}
      <svg className="overlay" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        <rect className="overlay-box" x={x1} y={y1} width={x2 - x1} height={y2 - y1} />
      </svg>
    </>
  );
}
