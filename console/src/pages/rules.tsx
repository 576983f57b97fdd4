/** Zones and rules of a camera: draw, set, draft, publish, look back. */

import { useCallback, useEffect, useReducer, useState } from 'react';
import type {
  Camera,
  PublishedRuleSet,
  RecentTrack,
  ReplayedPair,
  RuleKinds,
  RuleSetDocument,
  RuleSetDraft,
} from '../../../api/contract/index.ts';
import { ApiProblem, call, get } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { Link } from '../parts/link.tsx';
import { LiveBackdrop } from '../parts/live-view.tsx';
import { Snapshot } from '../parts/snapshot.tsx';
import { useNotice } from '../parts/notice.tsx';
import type { Notice } from '../parts/notice.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { useLoad } from '../parts/use-load.ts';
import { useTitle } from '../parts/use-title.ts';
import { useCaller } from '../session.tsx';
import { chosenZone, edit, startEditor } from '../zone-editor/editor-state.ts';
import type { EditorAction, EditorState } from '../zone-editor/editor-state.ts';
import { ReplayPanel, ReplayPicture } from '../zone-editor/replay-panel.tsx';
import type { Replayed } from '../zone-editor/replay-panel.tsx';
import { RuleList } from '../zone-editor/rule-list.tsx';
import { ZoneCanvas } from '../zone-editor/zone-canvas.tsx';
import { CopyZone, History, PublishForm } from './rules-parts.tsx';

/** What the server has: the published set, and the draft with its place. */
interface Base {
  readonly published: PublishedRuleSet;
  readonly publishedTag: string;
  readonly draft: RuleSetDraft | undefined;
}

export function RulesPage({ cameraId }: { cameraId: string }) {
  const { may } = useCaller();
  const path = `/api/cameras/${encodeURIComponent(cameraId)}`;
  const [base, setBase] = useState<Base | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const writes = may('rules.write');
  const load = useCallback(async (): Promise<Base> => {
    const published = await call<PublishedRuleSet>('GET', `${path}/rules`);
    const draft = writes ? await get<RuleSetDraft>(`${path}/rules/draft`).catch(ignoreMissing) : undefined;
    return { published: published.body, publishedTag: published.etag, draft };
  }, [path, writes]);
  const reload = useCallback(() => {
    setError(undefined);
    load().then(setBase, setError);
  }, [load]);
  useEffect(reload, [reload]);
  const [notice, show] = useNotice();
  if (error !== undefined) return <Failed error={error} retry={reload} />;
  if (!base) return <Loading />;
  // A new base begins a new editor; its steps of undo are about documents that are gone.
  const key = `${base.published.version} ${base.draft?.revision ?? 0}`;
  return (
    <>
      <Editor key={key} cameraId={cameraId} base={base} reload={reload} setBase={setBase} show={show} />
      {notice}
    </>
  );
}

/** There may be no draft; anything else is an error. */
function ignoreMissing(error: unknown): undefined {
  if (error instanceof ApiProblem && error.status === 404) return undefined;
  throw error;
}

function Editor(props: {
  cameraId: string;
  base: Base;
  reload: () => void;
  setBase: (base: Base) => void;
  show: (notice: Notice) => void;
}) {
  const { t, problem, sentence } = useWords();
  const { may } = useCaller();
  const { cameraId, base } = props;
  const readOnly = !may('rules.write');
  const path = `/api/cameras/${encodeURIComponent(cameraId)}`;
  const [state, send] = useReducer(edit, base.draft?.document ?? base.published.document, startEditor);
  const camera = useLoad<Camera>(path);
  useTitle(`${t('camera.rules')} ${camera.data?.name ?? cameraId}`);
  const kinds = useLoad<RuleKinds>('/api/rule-kinds');
  const [snap, setSnap] = useState(true);
  const [showTracks, setShowTracks] = useState(false);
  const tracks = useLoad<{ items: RecentTrack[] }>(showTracks ? `${path}/tracks?minutes=10` : undefined);
  const [turn, setTurn] = useState(0);
  const [live, setLive] = useState(false);
  const [replayed, setReplayed] = useState<Replayed | undefined>(undefined);
  const [shown, setShown] = useState<ReplayedPair | undefined>(undefined);
  const { show } = props;
  const [problems, setProblems] = useState<readonly string[]>(base.draft?.problems ?? []);
  const fail = (error: unknown): void => show({ text: problem(error), bad: true });

  const saveDraft = (): void => {
    const ifMatch = `"${base.draft?.revision ?? 0}"`;
    call<RuleSetDraft>('PUT', `${path}/rules/draft`, { body: { document: state.document }, ifMatch }).then(
      ({ body }) => {
        setProblems(body.problems);
        show({ text: t('rules.draftSaved') });
        props.setBase({ ...base, draft: body });
      },
      fail,
    );
  };
  const dropDraft = (): void => {
    const ifMatch = `"${base.draft?.revision ?? 0}"`;
    call('DELETE', `${path}/rules/draft`, { ifMatch }).then(props.reload, fail);
  };
  const publish = (note: string): void => {
    const body = { document: state.document, note };
    call<PublishedRuleSet>('PUT', `${path}/rules`, { body, ifMatch: base.publishedTag }).then((next) => {
      show({ text: t('rules.published', { version: next.body.version }) });
      props.setBase({ published: next.body, publishedTag: next.etag, draft: undefined });
    }, fail);
  };
  const rollBack = (version: number, note: string): void => {
    call('POST', `${path}/rules/roll-back`, { body: { version, note }, ifMatch: base.publishedTag }).then(
      props.reload,
      fail,
    );
  };
  const changed = state.past.length > 0;
  return (
    <div className="page">
      <div className="page-head">
        <h1>
          <Link to={`/cameras/${encodeURIComponent(cameraId)}`}>{camera.data?.name ?? cameraId}</Link> ·{' '}
          {t('camera.rules')}
        </h1>
        <span className="mark">v{base.published.version}</span>
        {base.draft && (
          <span className="mark mark-pending">{t('rules.draftOf', { name: base.draft.authorName })}</span>
        )}
        <span className="grow" />
        {!readOnly && (
          <>
            {base.draft && (
              <button type="button" onClick={dropDraft}>
                {t('rules.dropDraft')}
              </button>
            )}
            <button type="button" onClick={saveDraft} disabled={!changed}>
              {t('rules.saveDraft')}
            </button>
            <PublishForm
              disabled={!changed && !base.draft}
              replayed={replayed?.document === state.document ? replayed.result : undefined}
              onPublish={publish}
            />
          </>
        )}
      </div>
      <div className="rules-columns">
        <section>
          <Toolbar
            {...{ state, send, readOnly, snap, setSnap, showTracks, setShowTracks, live, setLive }}
            mayLive={may('live.view')}
            onRefresh={() => {
              setShown(undefined);
              setTurn((n) => n + 1);
            }}
          />
          <div className="player">
            <ZoneCanvas
              state={state}
              send={send}
              picture={
                shown ? (
                  <ReplayPicture cameraId={cameraId} pair={shown} />
                ) : live ? (
                  <LiveBackdrop cameraId={cameraId} />
                ) : (
                  <Snapshot
                    cameraId={cameraId}
                    width={1280}
                    turn={turn}
                    alt=""
                    missing={<p className="state">{t('camera.noPicture')}</p>}
                  />
                )
              }
              sizePx={camera.data ?? {}}
              tracks={showTracks ? (tracks.data?.items ?? []) : []}
              snap={snap}
              readOnly={readOnly}
              newName={t('rules.zones')}
              label={`${t('camera.rules')} · ${camera.data?.name ?? cameraId}`}
            />
          </div>
          {!readOnly && (
            <p className="hint">
              {state.mode !== 'drawing'
                ? t('rules.editing')
                : t(state.target.kind === 'zone' ? 'rules.drawing' : 'rules.drawingArea')}
            </p>
          )}
          {problems.length > 0 && (
            <div role="alert" className="problems">
              <strong>{t('rules.problems')}</strong>
              <ul>
                {problems.map((one) => (
                  <li key={one}>{sentence(one)}</li>
                ))}
              </ul>
            </div>
          )}
          {!readOnly && (
            <ReplayPanel
              cameraId={cameraId}
              document={state.document}
              replayed={replayed}
              onReplayed={setReplayed}
              onFail={fail}
              shown={shown}
              onShow={setShown}
            />
          )}
          <History
            cameraId={cameraId}
            current={base.published.version}
            readOnly={readOnly}
            onRollBack={rollBack}
          />
        </section>
        <aside>
          <Zones state={state} send={send} readOnly={readOnly} />
          {chosenZone(state) && <RuleList state={state} send={send} readOnly={readOnly} kinds={kinds.data} />}
          {!readOnly && chosenZone(state) && (
            <CopyZone
              cameraId={cameraId}
              document={partOf(state)}
              onDone={(n) => show({ text: t('rules.copied', { n }) })}
              onFail={fail}
            />
          )}
        </aside>
      </div>
    </div>
  );
}

/** The chosen zone with its rules. */
function partOf(state: EditorState): RuleSetDocument {
  return {
    zones: state.document.zones.filter((zone) => zone.zoneId === state.zoneId),
    rules: state.document.rules.filter((rule) => rule.zoneId === state.zoneId),
  };
}

function Toolbar(props: {
  state: EditorState;
  send: (action: EditorAction) => void;
  readOnly: boolean;
  snap: boolean;
  setSnap: (on: boolean) => void;
  showTracks: boolean;
  setShowTracks: (on: boolean) => void;
  mayLive: boolean;
  live: boolean;
  setLive: (on: boolean) => void;
  onRefresh: () => void;
}) {
  const { t } = useWords();
  const { state, send } = props;
  return (
    <div className="filters">
      {!props.readOnly && (
        <>
          <button
            type="button"
            className="primary"
            aria-pressed={state.mode === 'drawing'}
            onClick={() => send({ kind: state.mode === 'drawing' ? 'cancel' : 'draw' })}
          >
            {t('rules.draw')}
          </button>
          <button type="button" disabled={state.past.length === 0} onClick={() => send({ kind: 'undo' })}>
            {t('rules.undo')}
          </button>
          <button type="button" disabled={state.future.length === 0} onClick={() => send({ kind: 'redo' })}>
            {t('rules.redo')}
          </button>
          <label className="check">
            <input
              type="checkbox"
              checked={props.snap}
              onChange={(event) => props.setSnap(event.target.checked)}
            />{' '}
            {t('rules.snap')}
          </label>
        </>
      )}
      <label className="check">
        <input
          type="checkbox"
          checked={props.showTracks}
          onChange={(event) => props.setShowTracks(event.target.checked)}
        />{' '}
        {t('rules.tracks')}
      </label>
      <span className="grow" />
      {props.mayLive && (
        <button type="button" aria-pressed={props.live} onClick={() => props.setLive(!props.live)}>
          {t('rules.live')}
        </button>
      )}
      <button type="button" disabled={props.live} onClick={props.onRefresh}>
        {t('rules.refresh')}
      </button>
    </div>
  );
}

function Zones({
  state,
  send,
  readOnly,
}: {
  state: EditorState;
  send: (action: EditorAction) => void;
  readOnly: boolean;
}) {
  const { t } = useWords();
  const zone = chosenZone(state);
  return (
    <section>
      <h2>{t('rules.zones')}</h2>
      {state.document.zones.length === 0 && <p className="hint">{t('rules.noZone')}</p>}
      <div className="choices" role="group" aria-label={t('rules.zones')}>
        {state.document.zones.map((one) => (
          <button
            key={one.zoneId}
            type="button"
            aria-pressed={one.zoneId === state.zoneId}
            onClick={() => send({ kind: 'choose', zoneId: one.zoneId })}
          >
            {one.name}
          </button>
        ))}
      </div>
      {zone && !readOnly && (
        <div className="zone-name">
          <label>
            {t('rules.zoneName')}
            <input
              value={zone.name}
              maxLength={80}
              onChange={(event) =>
                event.target.value !== '' && send({ kind: 'rename', name: event.target.value })
              }
            />
          </label>
          <button
            type="button"
            onClick={() => {
              send({ kind: 'choose', zoneId: zone.zoneId });
              send({ kind: 'delete' });
            }}
          >
            {t('ui.delete')}
          </button>
        </div>
      )}
    </section>
  );
}
