/** Entity tags of editable objects: read with `ETag`, changed only with the same in `If-Match` (RFC 9110 13.1.1). */

import type { FastifyRequest } from 'fastify';
import { StreetwatchError } from '../core/index.ts';

/** `"3"` for version 3. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * The version that the caller read.
 * @throws StreetwatchError `api.if-match-missing`, or `api.if-match-failed` for a tag that is none of ours.
 */
export function versionFromIfMatch(request: FastifyRequest): number {
  const header = request.headers['if-match'];
  if (header === undefined)
    throw new StreetwatchError('api.if-match-missing', 'send If-Match with the ETag that was read');
  const version = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (version === undefined) throw new StreetwatchError('api.if-match-failed', 'this ETag is none of ours');
  return Number(version);
}
