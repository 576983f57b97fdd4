/** One file per kind of source: what ffmpeg is told about its input. */

import { assertNever } from '../../core/index.ts';
import type { SourceKind } from '../source-url.ts';
import { fileInput } from './file.ts';
import { httpInput } from './http.ts';
import { rtspInput } from './rtsp.ts';
import type { InputOptions, SourceInput } from './source-input.ts';

export type { InputOptions, SourceInput } from './source-input.ts';

export function sourceInput(kind: SourceKind, options: InputOptions): SourceInput {
  switch (kind) {
    case 'rtsp':
      return rtspInput(options);
    case 'http':
      return httpInput(options);
    case 'file':
      return fileInput(options);
    default:
      return assertNever(kind);
  }
}
