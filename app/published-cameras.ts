/** Which cameras the program starts with: what was last published at the console, else the configuration file. */

import { isDeepStrictEqual } from 'node:util';
import type { ApiStore } from '../api/index.ts';
import type { Log } from '../core/index.ts';
import type { CameraConfig } from './config/index.ts';
import { cameraOf, settingsOf } from './config/index.ts';

/** Author of the versions that come from the configuration file. */
export const FROM_FILE = { id: 'configuration', name: 'configuration' };

/**
 * Cameras in the order of the file, then those that were added at the console. The file is the first version of its
 * cameras; a changed file becomes a new one as long as nobody changed the camera at the console.
 */
export function publishedCameras(
  store: ApiStore,
  fromFile: readonly CameraConfig[],
  log: Log,
): CameraConfig[] {
  const cameras = fromFile.flatMap((camera) => {
    const published = withFile(store, camera);
    if (published === camera) return [camera];
    log.info(
      { cameraId: camera.id, removed: published === undefined },
      'camera as published at the console, not as in the configuration file',
    );
    return published === undefined ? [] : [published];
  });
  const named = new Set(fromFile.map(({ id }) => id));
  for (const { cameraId, authorId, version, settings } of store.cameraSettings.all()) {
    if (named.has(cameraId) || settings === undefined) continue;
    if (authorId === FROM_FILE.id) {
      const note = 'the configuration file does not name the camera any more';
      const wish = { settings: undefined, note, author: FROM_FILE, basedOn: version };
      store.cameraSettings.publish(cameraId, wish);
      continue;
    }
    log.info({ cameraId }, 'camera as published at the console, the configuration file does not name it');
    cameras.push(cameraOf(cameraId, settings));
  }
  return cameras;
}

/** The camera of the file itself while nobody changed it at the console, else what was published. */
function withFile(store: ApiStore, camera: CameraConfig): CameraConfig | undefined {
  const current = store.cameraSettings.current(camera.id);
  if (current !== undefined && current.authorId !== FROM_FILE.id) {
    if (current.settings === undefined) return undefined;
    const { zones, rules } = camera;
    return { ...cameraOf(camera.id, current.settings), zones, rules };
  }
  const settings = settingsOf(camera);
  // As it is stored: without keys that are undefined.
  const plain = JSON.parse(JSON.stringify(settings)) as typeof settings;
  if (!isDeepStrictEqual(current?.settings, plain)) {
    const note = current === undefined ? 'from the configuration file' : 'the configuration file changed';
    store.cameraSettings.publish(camera.id, {
      settings: plain,
      note,
      author: FROM_FILE,
      basedOn: current?.version ?? 0,
    });
  }
  return camera;
}
