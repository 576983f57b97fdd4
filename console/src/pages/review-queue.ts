/** The queue of what is to be reviewed: read once, then kept by the live feed. */

import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Claim, IncidentView } from '../../../api/contract/index.ts';
import { get } from '../client.ts';
import { follow } from '../feed.ts';

export type QueueOrder = 'newest' | 'severe';
/** More than this many are read when the first are done. */
const MOST = 1000;

export interface Queue {
  readonly items: readonly IncidentView[];
  readonly error: unknown;
  readonly loading: boolean;
  /** Takes an incident out, or puts it back, before the feed says so. */
  put(incident: IncidentView): void;
  reload(): void;
}

export function useQueue(order: QueueOrder): Queue {
  const [byId, setById] = useState<ReadonlyMap<string, IncidentView> | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    readPending(abort.signal).then(
      (items) => {
        setById(new Map(items.map((one) => [one.incidentId, one])));
        setError(undefined);
      },
      (failure: unknown) => {
        if (!abort.signal.aborted) setError(failure);
      },
    );
    return () => abort.abort();
  }, [turn]);

  const put = useCallback((incident: IncidentView) => {
    setById((old) => {
      if (!old) return old;
      const known = old.get(incident.incidentId);
      if (known && known.revision > incident.revision) return old;
      const next = new Map(old);
      if (incident.review.state === 'pending') next.set(incident.incidentId, incident);
      else next.delete(incident.incidentId);
      return next;
    });
  }, []);

  useEffect(
    () =>
      follow({
        revision: ({ incident }) => put(incident),
        claim: ({ incidentId, claim }) => setById((old) => withClaim(old, incidentId, claim)),
      }),
    [put],
  );

  const items = useMemo(() => sorted([...(byId?.values() ?? [])], order), [byId, order]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  return { items, error, loading: byId === undefined && error === undefined, put, reload };
}

async function readPending(signal: AbortSignal): Promise<IncidentView[]> {
  const items: IncidentView[] = [];
  for (let cursor: string | undefined; items.length < MOST;) {
    const query = `review=pending&limit=200${cursor === undefined ? '' : `&cursor=${cursor}`}`;
    const page = await get<{ items: IncidentView[]; next?: string }>(`/api/incidents?${query}`, signal);
    items.push(...page.items);
    cursor = page.next;
    if (cursor === undefined) break;
  }
  return items;
}

function withClaim(
  old: ReadonlyMap<string, IncidentView> | undefined,
  incidentId: string,
  claim: Claim | undefined,
): ReadonlyMap<string, IncidentView> | undefined {
  const incident = old?.get(incidentId);
  if (!old || !incident) return old;
  const { claim: _before, ...rest } = incident;
  return new Map(old).set(incidentId, claim ? { ...rest, claim } : rest);
}

function sorted(items: IncidentView[], order: QueueOrder): IncidentView[] {
  const time = (one: IncidentView): number => one.openedAtMs ?? one.updatedAtMs;
  return items.sort(
    (a, b) =>
      (order === 'severe' ? a.severity - b.severity : 0) ||
      time(b) - time(a) ||
      (a.incidentId < b.incidentId ? 1 : -1),
  );
}
