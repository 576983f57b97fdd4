/** What an administrator sets of a camera, as versions. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { Id, oneOf, text } from './basics.ts';
import { VersionFacts } from './versions.ts';

const strict = { additionalProperties: false };

/**
 * The keys of a camera of the configuration file but its id, zones and rules. Ranges, defaults and help texts are those of
 * the file; `GET /api/camera-settings` has them as JSON Schema.
 */
export const CameraSettings = Type.Object(
  {
    source: Type.String({
      minLength: 1,
      maxLength: 2000,
      pattern: '^[^\\u0000-\\u001f\\u007f]+$',
      description:
        'In answers without user, password and secrets, which are `***`; sent back unchanged, the stored ones stay.',
    }),
    name: Type.Optional(text(200, 1)),
    transport: Type.Optional(oneOf(['tcp', 'udp'])),
    pacing: Type.Optional(oneOf(['realtime', 'asap'])),
    decode: Type.Optional(oneOf(['fps', 'keyframes'])),
    fps: Type.Optional(Type.Number()),
    idleFps: Type.Optional(Type.Number()),
    stallAfterS: Type.Optional(Type.Number()),
    code: Type.Optional(text(100)),
    place: Type.Optional(text(500)),
    placeCode: Type.Optional(text(100)),
    cellId: Type.Optional(text(100)),
    lon: Type.Optional(Type.Number()),
    lat: Type.Optional(Type.Number()),
    crs: Type.Optional(oneOf(['wgs84', 'gcj02', 'cgcs2000'])),
  },
  strict,
);
export type CameraSettings = Static<typeof CameraSettings>;

/** A version without its settings. */
export const CameraVersion = Type.Object({
  ...VersionFacts.properties,
  /** In this version the camera is gone. */
  removed: Type.Boolean(),
});
export type CameraVersion = Static<typeof CameraVersion>;

/** A version; one that removed the camera has no settings. */
export const CameraSettingsVersion = Type.Object({
  ...CameraVersion.properties,
  settings: Type.Optional(CameraSettings),
});
export type CameraSettingsVersion = Static<typeof CameraSettingsVersion>;

export const CameraSettingsList = Type.Object({
  items: Type.Array(CameraVersion),
  /** JSON Schema of the settings: ranges, defaults and help texts. */
  schema: Type.Record(Type.String(), Type.Unknown()),
});
export type CameraSettingsList = Static<typeof CameraSettingsList>;

const note = text(500, 1);
export const AddCamera = Type.Object({ cameraId: Id, settings: CameraSettings, note }, strict);
export const ChangeCamera = Type.Object({ settings: CameraSettings, note }, strict);
export const RemoveCamera = Type.Object({ note }, strict);

/** One field that differs; of a source only that it does. */
export const CameraSettingsChange = Type.Object({
  name: Type.String(),
  before: Type.Unknown(),
  after: Type.Unknown(),
});
export type CameraSettingsChange = Static<typeof CameraSettingsChange>;
export const CameraSettingsDiff = Type.Object({
  from: Type.Integer(),
  to: Type.Integer(),
  changes: Type.Array(CameraSettingsChange),
});
