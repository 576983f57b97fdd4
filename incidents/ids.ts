/** Incident ids: sortable by time, safe as a NATS subject token, a file name and a URL segment. */

import { randomBytes } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID (github.com/ulid/spec): 48 bits of time, 80 random bits, 26 characters of Crockford's base 32. */
export function newId(nowMs: number): string {
  let time = '';
  for (let rest = Math.max(0, Math.floor(nowMs)), i = 0; i < 10; i++) {
    time = CROCKFORD.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let random = '';
  for (const byte of randomBytes(16)) random += CROCKFORD.charAt(byte & 31);
  return time + random;
}

/** Whether a text has the form of an id of {@link newId}; nothing else may become a path or a query. */
export function isId(text: string): boolean {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);
}

/** Wall time at which an id was made. */
export function idTimeMs(id: string): number {
  let timeMs = 0;
  for (const c of id.slice(0, 10)) timeMs = timeMs * 32 + CROCKFORD.indexOf(c);
  return timeMs;
}
