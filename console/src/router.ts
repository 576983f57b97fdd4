/** Addresses of the console: history, and links that do not load anew. */

import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}
window.addEventListener('popstate', changed);

/** Goes to another page of the console. */
export function go(path: string): void {
  if (path === location.pathname + location.search) return;
  history.pushState(undefined, '', path);
  changed();
}

/** Changes the address without a new entry in the history. */
export function replace(path: string): void {
  history.replaceState(undefined, '', path);
  changed();
}

/** Path and query of the page. */
export function usePath(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => location.pathname,
  );
}

/** What follows `#` in the address, without it. */
export function useHash(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => location.hash.slice(1),
  );
}
