/** From ffmpeg's last words to one of our error codes. */

import type { ErrorCode } from '../core/index.ts';

/** Most telling first; the words are ffmpeg's own and those of the C library in English. */
const PATTERNS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/No space left on device|Disk quota exceeded/i, 'disk.full'],
  [/\b401 Unauthorized|\b403 Forbidden|authorization failed|access denied/i, 'source.unauthorised'],
  [/matches no streams|does not contain any stream/i, 'source.no-video'],
  // Only video tracks are set up; without one, cameras refuse to play a session that does not exist or is not ready.
  [/method PLAY failed: 45[45]/i, 'source.no-video'],
  [
    /Connection refused|No route to host|Network is unreachable|Host is unreachable|Failed to resolve hostname|Name or service not known|Temporary failure in name resolution|Connection timed out|Operation timed out|No such file or directory|Permission denied|Is a directory/i,
    'source.unreachable',
  ],
  [
    /\b4\d\d [A-Z]\w+|Server returned 4|Server returned 5|Invalid data found when processing input|Protocol not found|not on whitelist|moov atom not found|Could not find codec parameters|End of file|Unsupported|Option not found|Invalid argument|Input\/output error|Not yet implemented/i,
    'source.not-a-stream',
  ],
];

/**
 * @param lines ffmpeg's last lines.
 * @param opened whether the input had been opened, so that words about opening no longer count.
 */
export function classifyFailure(lines: readonly string[], opened: boolean): ErrorCode {
  const text = lines.join('\n');
  for (const [pattern, code] of PATTERNS) {
    if (!pattern.test(text)) continue;
    if (opened && code === 'source.not-a-stream') continue;
    return code;
  }
  return opened ? 'source.decode-failed' : 'source.not-a-stream';
}

const TEXTS: Partial<Record<ErrorCode, string>> = {
  'source.unauthorised': 'refuses the user name or the password',
  'source.unreachable': 'does not answer at its address',
  'source.not-a-stream': 'answers, but not with a stream that ffmpeg can read',
  'source.no-video': 'has no video track',
  'source.ended': 'ended the stream',
  'disk.full': 'cannot be recorded: the disk is full',
};

/** What a person is told first, before ffmpeg's own words. */
export function failureText(code: ErrorCode): string {
  return TEXTS[code] ?? 'could not be decoded any further';
}
