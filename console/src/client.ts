/** Talks to the API: JSON in and out, CSRF token, problems as errors. */

import type { Problem, Session } from '../../api/contract/index.ts';

/** An answer of the API that is no success; `code` is stable. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: string;
  readonly status: number;
  readonly context: Record<string, unknown>;
  /** What is wrong with which field, when the server named any. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];

  constructor(problem: Pick<Problem, 'code' | 'status' | 'title' | 'detail' | 'context' | 'errors'>) {
    super(
      problem.errors?.map((one) => `${one.path}: ${one.message}`).join('; ') ??
        problem.detail ??
        problem.title,
    );
    this.code = problem.code;
    this.status = problem.status;
    this.context = problem.context ?? {};
    this.errors = problem.errors ?? [];
  }
}

/** An answer with the entity tag that a later change must carry. */
export interface Tagged<T> {
  readonly body: T;
  readonly etag: string;
}

let csrf = '';
let onSignedOut: () => void = () => undefined;

/** Called when the server no longer knows the session. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** Remembers the CSRF token of the session that began. */
export function rememberSession(session: Session | undefined): void {
  csrf = session?.csrf ?? '';
}

/** Calls the API; `ifMatch` goes with every change of what was read before. */
export async function call<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  options: { body?: unknown; ifMatch?: string; signal?: AbortSignal } = {},
): Promise<Tagged<T>> {
  const headers: Record<string, string> = {};
  if (method !== 'GET') headers['x-csrf-token'] = csrf;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.ifMatch !== undefined) headers['if-match'] = options.ifMatch;
  let reply: Response;
  try {
    reply = await fetch(path, {
      method,
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem({ code: 'offline', status: 0, title: 'offline' });
  }
  if (!reply.ok) {
    const problem = (await reply
      .json()
      .catch(() => ({ code: 'api.internal', status: reply.status, title: reply.statusText }))) as Problem;
    if (reply.status === 401 && path !== '/api/session') onSignedOut();
    throw new ApiProblem(problem);
  }
  const body = reply.status === 204 ? undefined : await reply.json();
  return { body: body as T, etag: reply.headers.get('etag') ?? '' };
}

/** Reads one thing. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call<T>('GET', path, signal ? { signal } : {})).body;
}
