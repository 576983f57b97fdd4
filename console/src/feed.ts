/** The live feed: one connection per page, resumed where it was lost. */

import type { Claim, FeedEvent } from '../../api/contract/index.ts';

/** What a page may listen to. */
export interface FeedListener {
  revision?(event: FeedEvent): void;
  claim?(change: { incidentId: string; claim?: Claim }): void;
  state?(connected: boolean): void;
}

const RETRY_MS = 3000;
const listeners = new Set<FeedListener>();
let source: EventSource | undefined;
let lastId = '';
let connected = false;

function setConnected(value: boolean): void {
  if (connected === value) return;
  connected = value;
  for (const listener of listeners) listener.state?.(value);
}

function open(): void {
  // The browser repeats Last-Event-ID by itself; only after a refusal (a restart of the server) do we begin anew.
  const next = new EventSource(`/api/feed${lastId === '' ? '' : `?after=${lastId}`}`);
  source = next;
  next.addEventListener('hello', (event) => {
    if (event.lastEventId !== '') lastId = event.lastEventId;
    setConnected(true);
  });
  next.addEventListener('revision', (event) => {
    lastId = event.lastEventId;
    const data = JSON.parse(String(event.data)) as FeedEvent;
    for (const listener of listeners) listener.revision?.(data);
  });
  next.addEventListener('claim', (event) => {
    const data = JSON.parse(String(event.data)) as { incidentId: string; claim?: Claim };
    for (const listener of listeners) listener.claim?.(data);
  });
  next.addEventListener('error', () => {
    setConnected(false);
    if (next.readyState !== EventSource.CLOSED || source !== next) return;
    setTimeout(() => {
      if (source === next && listeners.size > 0) open();
    }, RETRY_MS);
  });
}

// A connection that the network took away is noticed by the browser long after the network itself is.
window.addEventListener('offline', () => setConnected(false));
window.addEventListener('online', () => {
  if (!source) return;
  source.close();
  open();
});

/** Begins to listen; returns how to stop. The connection stands while anybody listens. */
export function follow(listener: FeedListener): () => void {
  listeners.add(listener);
  if (!source) open();
  listener.state?.(connected);
  return () => {
    listeners.delete(listener);
  };
}

/** Ends the connection at sign-out. */
export function endFeed(): void {
  source?.close();
  source = undefined;
  lastId = '';
  setConnected(false);
}
