/** Review: the queue, one incident at a time, one key each. */

import { useEffect, useMemo, useRef, useState } from 'react';
import type { Camera, Claim, IncidentDetail, IncidentView } from '../../../api/contract/index.ts';
import { ApiProblem, call } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { EvidencePlayer } from '../parts/evidence-view.tsx';
import type { PlayerHandle } from '../parts/evidence-view.tsx';
import { IncidentFacts, SeverityMark, Why } from '../parts/incident-facts.tsx';
import { Link } from '../parts/link.tsx';
import { useNotice } from '../parts/notice.tsx';
import { Rows } from '../parts/rows.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { SUSPENSION_REFRESH_MS, SuspendedRules } from '../parts/suspended-rules.tsx';
import { useKeys } from '../parts/use-keys.ts';
import { useLoad } from '../parts/use-load.ts';
import { useTitle } from '../parts/use-title.ts';
import { go, useHash } from '../router.ts';
import { useCaller } from '../session.tsx';
import { Reasons, Repeated } from './review-choices.tsx';
import { decideMany, decideOn } from './review-decisions.ts';
import type { Wish } from './review-decisions.ts';
import { useQueue } from './review-queue.ts';
import type { QueueOrder } from './review-queue.ts';
import { QueueRow } from './review-row.tsx';

const ROW_REM = 4.4;
/** A claim lasts 90 s on the server. */
const RENEW_MS = 40_000;
/** So many decisions, or storms of them, can be taken back. */
const MOST_UNDONE = 20;

/** What was decided with one key, and why some of it was not. */
interface Decided {
  readonly incidents: readonly IncidentView[];
  readonly refused?: ApiProblem | undefined;
}

export function ReviewPage() {
  const { t, word, problem } = useWords();
  const { may, session } = useCaller();
  const mayDecide = may('incidents.review');
  const [order, setOrder] = useState<QueueOrder>('newest');
  const queue = useQueue(order);
  const cameras = useLoad<{ items: Camera[] }>('/api/cameras', SUSPENSION_REFRESH_MS);
  const [currentId, setCurrentId] = useState<string | undefined>(undefined);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<'reason' | 'repeated' | undefined>(undefined);
  const [notice, show] = useNotice();
  const player = useRef<PlayerHandle>(null);
  // Also while the server has not answered: the feed may have taken it off the list before.
  const last = useRef<Promise<Decided>[]>([]);
  const { items } = queue;
  const index = Math.max(
    0,
    items.findIndex((one) => one.incidentId === currentId),
  );
  const current = items[index];
  // An alarm or a link asks for one of them.
  const wanted = useHash();
  useEffect(() => {
    if (wanted !== '') setCurrentId(wanted);
  }, [wanted]);
  // New ones come in above; the one under the eye stays.
  useEffect(() => {
    if (current && current.incidentId !== currentId) setCurrentId(current.incidentId);
  }, [current, currentId]);
  const foreign = current?.claim && current.claim.userId !== session.user.userId ? current.claim : undefined;
  useClaim(mayDecide && current && !foreign ? current.incidentId : undefined);

  const move = (by: number): void => {
    const next = items[index + by];
    if (next) setCurrentId(next.incidentId);
    setAsking(undefined);
  };
  const fail = (error: unknown): void => {
    show({ text: problem(error), bad: true });
    if (error instanceof ApiProblem && error.code === 'incident.conflict') queue.reload();
  };
  const undo = (): void => {
    const [work, ...rest] = last.current;
    if (!work) return;
    last.current = rest;
    work.then(
      ({ incidents }) => {
        const [first] = incidents;
        const back = incidents.length === 1 && first ? takeBack(first) : takeBackMany(incidents);
        back.then(() => show({ text: t('review.undone') }), fail);
      },
      () => undefined,
    );
  };
  const takeBack = async (incident: IncidentView): Promise<void> => {
    const after = await decideOn(incident, { state: 'pending' });
    queue.put(after);
    setCurrentId(after.incidentId);
  };
  const takeBackMany = async (incidents: readonly IncidentView[]): Promise<void> => {
    const ids = incidents.map((one) => one.incidentId);
    const { refused } = await decideMany(ids, { state: 'pending' });
    queue.reload();
    if (refused) throw refused;
  };
  /** Keeps what can be taken back. A decision that failed cannot. */
  const remember = (work: Promise<Decided>, text: (incidents: readonly IncidentView[]) => string): void => {
    last.current = [work, ...last.current].slice(0, MOST_UNDONE);
    const forget = (): void => {
      last.current = last.current.filter((one) => one !== work);
    };
    work.then(
      ({ incidents, refused }) => {
        if (incidents.length === 0) forget();
        else if (last.current.includes(work))
          show({ text: text(incidents), action: { label: `${t('review.undo')} (U)`, run: undo } });
        if (refused) fail(refused);
      },
      (error: unknown) => {
        forget();
        fail(error);
      },
    );
  };
  const decideStorm = async (wish: Wish): Promise<Decided> => {
    const { decided, refused } = await decideMany([...picked], wish);
    setPicked(new Set());
    queue.reload();
    return { incidents: items.filter((one) => decided.includes(one.incidentId)), refused };
  };
  const decide = (wish: Wish): void => {
    setAsking(undefined);
    if (!mayDecide || !current || foreign) return;
    if (picked.size > 0 && wish.duplicateOf === undefined) {
      remember(
        decideStorm(wish),
        (incidents) => `${word('review', wish.state)} · ${t('review.selected', { n: incidents.length })}`,
      );
      return;
    }
    const next = items[index + 1] ?? items[index - 1];
    const seen = current;
    setCurrentId(next?.incidentId);
    const decided = decideOn(seen, wish).then((after) => {
      queue.put(after);
      return { incidents: [after] };
    });
    remember(decided, () => `${word('review', wish.state)} · ${seen.camera.name}`);
  };
  /** Picks the rest of a storm: what this rule says of this camera. */
  const pickAlike = (): void => {
    if (!current || !mayDecide) return;
    setPicked(
      new Set(
        items
          .filter(
            (one) =>
              one.camera.cameraId === current.camera.cameraId && one.zone.ruleId === current.zone.ruleId,
          )
          .map((one) => one.incidentId),
      ),
    );
  };
  const ask = (what: 'reason' | 'repeated'): void => {
    if (mayDecide && current && !foreign) setAsking(what);
  };
  const confirm = (): void => {
    if (asking === undefined) decide({ state: 'confirmed' });
  };
  useTitle(t('nav.review'), items.length);
  useKeys({
    escape: () => asking === undefined && setPicked(new Set()),
    enter: confirm,
    c: confirm,
    x: () => ask('reason'),
    d: () => ask('repeated'),
    a: pickAlike,
    j: () => move(1),
    arrowdown: () => move(1),
    k: () => move(-1),
    arrowup: () => move(-1),
    u: undo,
    f: () => player.current?.fullScreen(),
    s: () => player.current?.speed(),
    o: () => player.current?.overlay(),
    ' ': () => player.current?.toggle(),
    ',': () => player.current?.step(-1),
    '.': () => player.current?.step(1),
    i: () => current && go(`/incidents/${current.incidentId}`),
  });
  if (queue.loading) return <Loading />;
  if (queue.error !== undefined && items.length === 0)
    return <Failed error={queue.error} retry={queue.reload} />;
  return (
    <div className="review">
      <h1 className="visually-hidden">{t('review.queue')}</h1>
      <aside className="review-list" aria-label={t('review.queue')}>
        <div className="list-head">
          <strong>{t('review.waiting', { n: items.length })}</strong>
          <span className="grow" />
          {mayDecide && (
            <button
              type="button"
              disabled={!current}
              title={`${t('review.alikeHint')} (A)`}
              onClick={pickAlike}
            >
              {t('review.alike')} <kbd>A</kbd>
            </button>
          )}
          <select
            aria-label={t('review.queue')}
            value={order}
            onChange={(event) => setOrder(event.target.value as QueueOrder)}
          >
            <option value="newest">{t('review.newest')}</option>
            <option value="severe">{t('review.severe')}</option>
          </select>
        </div>
        <SuspendedRules cameras={cameras.data?.items ?? []} />
        <Rows
          items={items}
          rowRem={ROW_REM}
          focus={index}
          label={t('review.queue')}
          keyOf={(one) => one.incidentId}
          row={(one) => (
            <QueueRow
              incident={one}
              current={one.incidentId === current?.incidentId}
              picked={picked.has(one.incidentId)}
              foreign={one.claim !== undefined && one.claim.userId !== session.user.userId}
              {...(mayDecide ? { onPick: () => setPicked((old) => toggled(old, one.incidentId)) } : {})}
              onOpen={() => {
                setCurrentId(one.incidentId);
                setAsking(undefined);
              }}
            />
          )}
        />
      </aside>
      {current ? (
        <Judging key={current.incidentId} incident={current} foreign={foreign} player={player}>
          {mayDecide ? (
            <div className="decide">
              {picked.size > 0 && (
                <button type="button" className="picked" onClick={() => setPicked(new Set())}>
                  {t('review.selected', { n: picked.size })} <kbd>Esc</kbd>
                </button>
              )}
              {asking === 'reason' && (
                <Reasons
                  onChoose={(reason, note) => decide({ state: 'dismissed', reason, ...note })}
                  onCancel={() => setAsking(undefined)}
                />
              )}
              {asking === 'repeated' && (
                <Repeated
                  incident={current}
                  onChoose={(duplicateOf) => decide({ state: 'duplicate', duplicateOf })}
                  onFail={fail}
                  onCancel={() => setAsking(undefined)}
                />
              )}
              {asking === undefined && (
                <>
                  <button
                    type="button"
                    className="good"
                    disabled={foreign !== undefined}
                    onClick={() => decide({ state: 'confirmed' })}
                  >
                    {t(current.held ? 'review.approve' : 'review.confirm')} <kbd>Enter</kbd>
                  </button>
                  <button
                    type="button"
                    className="bad"
                    disabled={foreign !== undefined}
                    onClick={() => ask('reason')}
                  >
                    {t('review.dismiss')} <kbd>X</kbd>
                  </button>
                  <button
                    type="button"
                    disabled={foreign !== undefined || picked.size > 0}
                    onClick={() => ask('repeated')}
                  >
                    {t('review.repeat')} <kbd>D</kbd>
                  </button>
                </>
              )}
              <span className="grow" />
              {asking === undefined && (
                <>
                  <button type="button" disabled={index === 0} onClick={() => move(-1)}>
                    {t('review.previous')} <kbd>K</kbd>
                  </button>
                  <button type="button" disabled={index >= items.length - 1} onClick={() => move(1)}>
                    {t('review.next')} <kbd>J</kbd>
                  </button>
                  <button type="button" disabled={last.current.length === 0} onClick={undo}>
                    {t('review.undo')} <kbd>U</kbd>
                  </button>
                </>
              )}
            </div>
          ) : (
            <p className="decide hint">{t('review.readOnly')}</p>
          )}
        </Judging>
      ) : (
        <Empty title={t('review.empty')}>
          <p className="hint">{t('review.emptyHint')}</p>
        </Empty>
      )}
      {notice}
    </div>
  );
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Holds the claim on what is being looked at, and lets it go. */
function useClaim(incidentId: string | undefined): void {
  useEffect(() => {
    if (incidentId === undefined) return;
    const path = `/api/incidents/${incidentId}/claim`;
    // A refusal comes back over the feed as the claim of somebody else.
    const take = (): void => void call('PUT', path).catch(() => undefined);
    // Paging quickly through the queue claims nothing.
    const first = setTimeout(take, 300);
    const again = setInterval(take, RENEW_MS);
    return () => {
      clearTimeout(first);
      clearInterval(again);
    };
  }, [incidentId]);
}

function Judging(props: {
  incident: IncidentView;
  foreign: Claim | undefined;
  player: React.RefObject<PlayerHandle | null>;
  children: React.ReactNode;
}) {
  const { t, word } = useWords();
  const { incident, foreign } = props;
  // Evidence comes with later revisions: read again with each.
  const detail = useLoad<IncidentDetail>(`/api/incidents/${incident.incidentId}?r=${incident.revision}`);
  const kept = useRef<IncidentDetail | undefined>(undefined);
  if (detail.data) kept.current = detail.data;
  const evidence = useMemo(() => kept.current?.evidence, [detail.data]);
  return (
    <>
      <section className="review-main" aria-label={word('type', incident.eventType)}>
        <div className="review-title">
          <SeverityMark severity={incident.severity} />
          <h2>{word('type', incident.eventType)}</h2>
          <span className="hint">{incident.camera.name}</span>
          {incident.held && <span className="mark mark-pending">{t('incident.held')}</span>}
          <span className="grow" />
          {foreign && <span className="claimed">{t('review.claimedBy', { name: foreign.userName })}</span>}
        </div>
        <EvidencePlayer incident={incident} evidence={evidence} ref={props.player} />
        {props.children}
      </section>
      <aside className="review-facts" aria-label={t('admin.details')}>
        <IncidentFacts incident={incident} />
        <Why incident={incident} />
        <p>
          <Link to={`/incidents/${incident.incidentId}`}>{t('review.open')}</Link> <kbd>I</kbd>
        </p>
      </aside>
    </>
  );
}
