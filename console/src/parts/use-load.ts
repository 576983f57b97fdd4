/** Reads something from the API and keeps it until its address changes. */

import { useCallback, useEffect, useState } from 'react';
import { get } from '../client.ts';

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  reload(): void;
}

/** @param path `undefined` reads nothing. @param everyMs reads again in this rhythm while the page is visible. */
export function useLoad<T>(path: string | undefined, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ path?: string; data?: T; error?: unknown }>({});
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    get<T>(path, abort.signal).then(
      (data) => setState({ path, data }),
      (error: unknown) => {
        if (!abort.signal.aborted)
          setState((old) => ({
            path,
            error,
            ...(old.path === path && old.data !== undefined ? { data: old.data } : {}),
          }));
      },
    );
    return () => abort.abort();
  }, [path, turn]);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);
  const own = state.path === path ? state : {};
  return {
    data: own.data,
    error: own.error,
    loading: path !== undefined && own.data === undefined && own.error === undefined,
    reload,
  };
}
