/** The source of a camera as people may see it: where it is, never with what password. */

import { redactUrls } from '../core/index.ts';

/** Words that cameras use for passwords in queries and, some of them, in the path itself. */
const SECRET = /((?:pass\w*?|pwd|pw|loginpas|token|secret|key|auth|sign?|signature)=)[^&/\s]+/gi;
const USER_PART = /^([a-z][a-z0-9+.-]*:\/\/).*@/i;

/**
 * Hides more than {@link redactUrls} rather than less: everything up to the last `@`, because passwords of cameras hold
 * `/` and `@` unescaped. The path of a file stays as it is.
 */
export function redactSource(source: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return source;
  return redactUrls(source.replace(USER_PART, '$1***@')).replace(SECRET, '$1***');
}

/** Whether a text was redacted: nobody's password is three stars. */
export function isRedacted(source: string): boolean {
  return source.includes('***');
}
