/** Review: the queue, one incident at a time, one key each. */

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type {
  BulkResult,
  Claim,
  DismissReason,
  IncidentDetail,
  IncidentView,
} from '../../../api/contract/index.ts';
import { ApiProblem, call } from '../client.ts';
import { useWords } from '../i18n/context.tsx';
import { EvidencePlayer } from '../parts/evidence-view.tsx';
import type { PlayerHandle } from '../parts/evidence-view.tsx';
import { dwellMs, IncidentFacts, SeverityMark, Why } from '../parts/incident-facts.tsx';
import { Link } from '../parts/link.tsx';
import { useNotice } from '../parts/notice.tsx';
import { Rows } from '../parts/rows.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { useKeys } from '../parts/use-keys.ts';
import { useLoad } from '../parts/use-load.ts';
import { go } from '../router.ts';
import { useCaller } from '../session.tsx';
import { useQueue } from './review-queue.ts';
import type { QueueOrder } from './review-queue.ts';

/** In the order of the number keys. */
export const REASONS: readonly DismissReason[] = [
  'not_there',
  'allowed',
  'wrong_type',
  'authorised_vehicle',
  'moving_traffic',
  'reflection_or_light',
  'camera_problem',
  'zone_wrong',
  'other',
];
const ROW_PX = 64;
/** A claim lasts 90 s on the server. */
const RENEW_MS = 40_000;

export function ReviewPage() {
  const { t, problem } = useWords();
  const { may, session } = useCaller();
  const mayDecide = may('incidents.review');
  const [order, setOrder] = useState<QueueOrder>('newest');
  const queue = useQueue(order);
  const [currentId, setCurrentId] = useState<string | undefined>(undefined);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState(false);
  const [notice, show] = useNotice();
  const player = useRef<PlayerHandle>(null);
  const last = useRef<IncidentView[]>([]);
  const { items } = queue;
  const index = Math.max(
    0,
    items.findIndex((one) => one.incidentId === currentId),
  );
  const current = items[index];
  // New ones come in above; the one under the eye stays.
  useEffect(() => {
    if (current && current.incidentId !== currentId) setCurrentId(current.incidentId);
  }, [current, currentId]);
  const foreign = current?.claim && current.claim.userId !== session.user.userId ? current.claim : undefined;
  useClaim(mayDecide && current && !foreign ? current.incidentId : undefined);

  const move = (by: number): void => {
    const next = items[index + by];
    if (next) setCurrentId(next.incidentId);
    setAsking(false);
  };
  const fail = (error: unknown): void => {
    show({ text: problem(error), bad: true });
    if (error instanceof ApiProblem && error.code === 'incident.conflict') queue.reload();
  };
  const undo = (): void => {
    const [done, ...rest] = last.current;
    if (!done) return;
    last.current = rest;
    decideOn(done, { state: 'pending' }).then((after) => {
      queue.put(after);
      setCurrentId(after.incidentId);
      show({ text: t('review.undone') });
    }, fail);
  };
  const decide = (state: 'confirmed' | 'dismissed', reason?: DismissReason): void => {
    setAsking(false);
    if (!mayDecide || !current || foreign) return;
    if (picked.size > 0) {
      void decideMany([...picked], { state, ...(reason === undefined ? {} : { reason }) })
        .then(() => setPicked(new Set()), fail)
        .then(queue.reload);
      return;
    }
    const next = items[index + 1] ?? items[index - 1];
    const seen = current;
    setCurrentId(next?.incidentId);
    decideOn(seen, { state, ...(reason === undefined ? {} : { reason }) }).then((after) => {
      last.current = [after, ...last.current].slice(0, 20);
      queue.put(after);
      show({
        text: `${t(`review.${state}`)} · ${seen.camera.name}`,
        action: { label: `${t('review.undo')} (U)`, run: undo },
      });
    }, fail);
  };
  useKeys({
    ...(asking
      ? Object.fromEntries(REASONS.map((reason, i) => [String(i + 1), () => decide('dismissed', reason)]))
      : {}),
    escape: () => setAsking(false),
    enter: () => decide('confirmed'),
    c: () => decide('confirmed'),
    x: () => mayDecide && current && !foreign && setAsking(true),
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
          <select
            aria-label={t('review.queue')}
            value={order}
            onChange={(event) => setOrder(event.target.value as QueueOrder)}
          >
            <option value="newest">{t('review.newest')}</option>
            <option value="severe">{t('review.severe')}</option>
          </select>
        </div>
        <Rows
          items={items}
          rowPx={ROW_PX}
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
                setAsking(false);
              }}
            />
          )}
        />
      </aside>
      {current ? (
        <Judging key={current.incidentId} incident={current} foreign={foreign} player={player}>
          {mayDecide ? (
            <div className="decide">
              {picked.size > 0 && <span className="picked">{t('review.selected', { n: picked.size })}</span>}
              {asking ? (
                <Reasons
                  onChoose={(reason) => decide('dismissed', reason)}
                  onCancel={() => setAsking(false)}
                />
              ) : (
                <>
                  <button
                    type="button"
                    className="good"
                    disabled={foreign !== undefined}
                    onClick={() => decide('confirmed')}
                  >
                    {t('review.confirm')} <kbd>Enter</kbd>
                  </button>
                  <button
                    type="button"
                    className="bad"
                    disabled={foreign !== undefined}
                    onClick={() => setAsking(true)}
                  >
                    {t('review.dismiss')} <kbd>X</kbd>
                  </button>
                </>
              )}
              <span className="grow" />
              {!asking && (
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

async function decideOn(
  incident: IncidentView,
  body: { state: 'confirmed' | 'dismissed' | 'pending'; reason?: DismissReason },
): Promise<IncidentView> {
  const path = `/api/incidents/${incident.incidentId}/review`;
  return (await call<IncidentView>('POST', path, { body, ifMatch: `"${incident.revision}"` })).body;
}

async function decideMany(
  incidentIds: string[],
  decision: { state: 'confirmed' | 'dismissed'; reason?: DismissReason },
): Promise<void> {
  for (let i = 0; i < incidentIds.length; i += 200) {
    const body = { incidentIds: incidentIds.slice(i, i + 200), decision };
    const { items } = (await call<BulkResult>('POST', '/api/reviews', { body })).body;
    const refused = items.find((one) => one.code !== undefined);
    if (refused?.code !== undefined)
      throw new ApiProblem({ code: refused.code, status: 409, title: refused.code });
  }
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

function Reasons({
  onChoose,
  onCancel,
}: {
  onChoose: (reason: DismissReason) => void;
  onCancel: () => void;
}) {
  const { t } = useWords();
  const first = useCallback((element: HTMLButtonElement | null) => element?.focus(), []);
  return (
    <div className="reasons" role="group" aria-label={t('review.dismissWhy')}>
      {REASONS.map((reason, i) => (
        <button key={reason} ref={i === 0 ? first : undefined} type="button" onClick={() => onChoose(reason)}>
          <kbd>{i + 1}</kbd> {t(`reason.${reason}`)}
        </button>
      ))}
      <button type="button" className="quiet" onClick={onCancel}>
        {t('ui.cancel')} <kbd>Esc</kbd>
      </button>
    </div>
  );
}

function QueueRow(props: {
  incident: IncidentView;
  current: boolean;
  picked: boolean;
  foreign: boolean;
  onPick?: () => void;
  onOpen: () => void;
}) {
  const { t, word, time, span } = useWords();
  const { incident } = props;
  return (
    <div className={`queue-row ${props.current ? 'queue-row-current' : ''}`}>
      {props.onPick && (
        <input
          type="checkbox"
          checked={props.picked}
          onChange={props.onPick}
          aria-label={`${t('review.select')} ${incident.camera.name}`}
        />
      )}
      <button type="button" className="queue-open" aria-current={props.current} onClick={props.onOpen}>
        <span className={`bead severity-${incident.severity}`} aria-hidden="true" />
        <span className="queue-text">
          <span className="queue-line">
            <strong>{word('type', incident.eventType)}</strong>
            <span className="grow" />
            <span className="number">{span(dwellMs(incident))}</span>
          </span>
          <span className="queue-line hint">
            <span className="cut">{incident.camera.name}</span>
            <span className="grow" />
            {props.foreign && <span title={incident.claim?.userName}>🔒</span>}
            <span className="number">{time(incident.openedAtMs, incident.camera.timeZone)}</span>
          </span>
        </span>
      </button>
    </div>
  );
}
