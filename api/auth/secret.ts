/** Random secrets of sessions, tokens and links: given out once, kept only as SHA-256. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits in base64url, 43 characters. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A short random id with a prefix, e.g. `u_3fa9…`. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(9).toString('hex')}`;
}

/** SHA-256 in hex. A plain hash is enough for 256 random bits: there is nothing to guess. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Equal in constant time. */
export function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(hashSecret(a)), Buffer.from(hashSecret(b))];
  return timingSafeEqual(x, y);
}
