/** Cameras as the console shows them; addresses and passwords never leave the server. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { BoxNorm, Id, oneOf, TimeMs } from './basics.ts';

export const CAMERA_STATES = ['online', 'connecting', 'offline', 'stopped'] as const;

/** State and figures of one camera. */
export const Camera = Type.Object({
  cameraId: Id,
  name: Type.String(),
  districtId: Type.String(),
  districtName: Type.String(),
  lon: Type.Optional(Type.Number()),
  lat: Type.Optional(Type.Number()),
  state: oneOf(CAMERA_STATES),
  /** Since when it is in this state. */
  sinceMs: Type.Optional(TimeMs),
  /** Stable error code and one sentence, when it is not online. */
  reason: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  /** Faults of the picture (`core/camera-health.ts`) that are active now. */
  faults: Type.Array(Type.Object({ fault: Type.String(), sinceMs: TimeMs })),
  /** Ids of the rules that stand still because of these faults: they raise and clear nothing. */
  suspendedRules: Type.Optional(Type.Array(Id)),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  codec: Type.Optional(Type.String()),
  /** Figures by name, e.g. `analysedFps`, `droppedFrames`. */
  figures: Type.Record(Type.String(), Type.Number()),
});
export type Camera = Static<typeof Camera>;

export const CameraQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 80 })),
    state: Type.Optional(oneOf(CAMERA_STATES)),
    district: Type.Optional(Id),
  },
  { additionalProperties: false },
);

/** One track of the last minutes: where it stood and for how long. */
export const RecentTrack = Type.Object({
  trackId: Type.String(),
  label: Type.String(),
  firstSeenMs: TimeMs,
  lastSeenMs: TimeMs,
  /** Longest time that it stayed at one place. */
  dwellMs: Type.Integer(),
  box: BoxNorm,
  /** Bottom centres over time, 0–1 of the picture. */
  path: Type.Array(Type.Object({ x: Type.Number(), y: Type.Number(), atMs: TimeMs })),
});
export type RecentTrack = Static<typeof RecentTrack>;
