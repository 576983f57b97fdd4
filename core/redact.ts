/** Passwords in addresses never reach a log, a metric, an error or an answer. */

const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi;
const SECRET_QUERY = /([?&](?:pass(?:word)?|pwd|token|secret|key|auth|signature|sig)=)[^&\s"']+/gi;

/**
 * Replaces the user part of every URL in a text, and values of query parameters that name secrets, by `***`.
 * RFC 3986 section 3.2.1 deprecates `user:password@`, cameras use it all the same; an `@` inside the password is
 * covered because the last one before the path ends the user part.
 */
export function redactUrls(text: string): string {
  return text.replace(USER_INFO, '$1***@').replace(SECRET_QUERY, '$1***');
}
