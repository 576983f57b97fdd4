/** What every version of something about a camera says of itself. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { Id, TimeMs } from './basics.ts';

export const VersionFacts = Type.Object({
  cameraId: Id,
  version: Type.Integer(),
  authorId: Type.String(),
  authorName: Type.String(),
  atMs: TimeMs,
  note: Type.String(),
});
export type VersionFacts = Static<typeof VersionFacts>;
