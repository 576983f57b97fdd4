/** Changes of what has versions and works live: one at a time, on what was read, and taken back when they cannot be kept. */

import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { StreetwatchError } from '../core/index.ts';
import { callerOf } from './auth/guard.ts';
import { versionFromIfMatch } from './etag.ts';
import type { Author } from './store/version-table.ts';

/** Which two versions are compared. */
export const DiffQuery = Type.Object(
  { from: Type.Integer({ minimum: 1 }), to: Type.Integer({ minimum: 1 }) },
  { additionalProperties: false },
);

/** Lets work wait until what was asked for before has ended. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function oneAtATime(): InTurn {
  let queue: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };
}

export function authorOf(request: FastifyRequest): Author {
  const { user } = callerOf(request);
  return { id: user.userId, name: user.displayName };
}

/** @throws StreetwatchError `api.if-match-failed` with `overtaken` when the caller has read another version. */
export function assertRead(request: FastifyRequest, version: number, overtaken: string): void {
  if (versionFromIfMatch(request) !== version) throw new StreetwatchError('api.if-match-failed', overtaken);
}

/** Puts a change to work, then stores it; what could not be stored must not go on working: the next start would undo it. */
export async function applyThenStore<T>(steps: {
  apply(): Promise<void> | void;
  store(): T;
  takeBack(): Promise<void> | void;
}): Promise<T> {
  await steps.apply();
  try {
    return steps.store();
  } catch (error) {
    await steps.takeBack();
    throw error;
  }
}
