/** Versions of the settings of each camera, for ever; the newest one counts. Sources are kept with their passwords. */

import type { Clock } from '../../core/index.ts';
import type { CameraSettings, CameraVersion } from '../contract/index.ts';
import type { Db } from './database.ts';
import { VersionTable } from './version-table.ts';
import type { Author, StoredVersion } from './version-table.ts';

/** A version as it is stored, with the password of the source. Never to be sent. */
export interface StoredCamera extends CameraVersion {
  /** `undefined`: in this version the camera is gone. */
  readonly settings: CameraSettings | undefined;
}

/** Reads and writes settings of cameras. */
export class CameraSettingsStore {
  private readonly table: VersionTable<string | null>;

  constructor(db: Db, clock: Clock) {
    const overtaken = CAMERA_OVERTAKEN;
    this.table = new VersionTable({ db, clock, table: 'camera_versions', column: 'settings', overtaken });
  }

  /** The newest version of every camera, removed ones too, in the order in which they were first seen. */
  all(): StoredCamera[] {
    return this.table.newest().map(toStored);
  }

  current(cameraId: string): StoredCamera | undefined {
    const found = this.table.current(cameraId);
    return found && toStored(found);
  }

  version(cameraId: string, version: number): StoredCamera | undefined {
    const found = this.table.version(cameraId, version);
    return found && toStored(found);
  }

  /** Newest first. */
  versions(cameraId: string): StoredCamera[] {
    return this.table.versions(cameraId).map(toStored);
  }

  /**
   * Stores a new version.
   *
   * @param wish.settings `undefined` removes the camera.
   * @throws StreetwatchError `api.if-match-failed` when `basedOn` is not the current version (0: there is none) any more.
   */
  publish(
    cameraId: string,
    wish: { settings: CameraSettings | undefined; note: string; author: Author; basedOn: number },
  ): StoredCamera {
    const { settings, ...facts } = wish;
    const body = settings === undefined ? null : JSON.stringify(settings);
    return toStored(this.table.add(cameraId, { ...facts, body }));
  }
}

/** What is said to the one who comes second. */
export const CAMERA_OVERTAKEN = 'the camera was changed by somebody else since it was read';

function toStored({ body, ...facts }: StoredVersion<string | null>): StoredCamera {
  const settings = body === null ? undefined : (JSON.parse(body) as CameraSettings);
  return { ...facts, removed: body === null, settings };
}
