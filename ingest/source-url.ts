/** Which kind of source an address names, and what ffmpeg may do with it; anything else is refused here. */

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { redactUrls, StreetwatchError } from '../core/index.ts';

export type SourceKind = 'rtsp' | 'http' | 'file';

export interface SourceAddress {
  readonly kind: SourceKind;
  /** What is handed to ffmpeg: a URL, or an absolute path behind `file:`, so that no name is taken for an option or a protocol. */
  readonly input: string;
}

const KINDS: Readonly<Record<string, SourceKind>> = {
  'rtsp:': 'rtsp',
  'rtsps:': 'rtsp',
  'http:': 'http',
  'https:': 'http',
};

/**
 * @throws StreetwatchError `source.unreachable` when the address is of no kind that we open.
 */
export function parseSourceUrl(url: string): SourceAddress {
  // Control characters would end a header line of RTSP or HTTP early.
  // oxlint-disable-next-line no-control-regex
  if (url === '' || /[\u0000-\u001f\u007f]/.test(url))
    throw refused(url, 'it is empty or holds control characters');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'file', input: `file:${resolve(url)}` };
  if (scheme === 'file') {
    const path = /^file:\/\//i.test(url) ? filePath(url) : resolve(url.slice('file:'.length));
    return { kind: 'file', input: `file:${path}` };
  }
  const kind = KINDS[`${scheme}:`];
  if (kind === undefined) throw refused(url, `${scheme}: is not one of rtsp, rtsps, http, https, file`);
  if (!URL.canParse(url)) throw refused(url, 'it is not a URL');
  if (new URL(url).hostname === '') throw refused(url, 'it names no host');
  return { kind, input: url };
}

function filePath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw refused(url, 'it is not a file: URL of this machine', cause);
  }
}

function refused(url: string, why: string, cause?: unknown): StreetwatchError {
  const options = cause === undefined ? {} : { cause };
  return new StreetwatchError(
    'source.unreachable',
    `The address ${redactUrls(url)} cannot be opened: ${why}.`,
    options,
  );
}
