/** Small translations from the configuration file to what the stages take. */

import { join } from 'node:path';
import type { BrokerOptions, CameraInfo } from '../incidents/index.ts';
import { shippedModelsDir } from '../models/index.ts';
import type { CameraConfig, Config, LoadedConfig } from './config/index.ts';

/** What incidents need to know of a camera: everything of the file but its address. */
export function cameraInfo(camera: CameraConfig, district: Config['district']): CameraInfo {
  const { code, place, cellId, lon, lat, crs } = camera;
  return {
    cameraId: camera.id,
    name: camera.name ?? camera.id,
    timeZone: district.timeZone,
    placeCode: camera.placeCode ?? district.adcode,
    clock: { source: 'host clock, anchored once per run' },
    ...(district.name === undefined ? {} : { district: district.name }),
    ...(code === undefined ? {} : { code }),
    ...(place === undefined ? {} : { place }),
    ...(cellId === undefined ? {} : { cellId }),
    ...(lon === undefined ? {} : { lon }),
    ...(lat === undefined ? {} : { lat }),
    ...(crs === undefined ? {} : { crs }),
  };
}

/** The broker of the file, or `undefined` without one: then the outbox waits. */
export function brokerOptions(loaded: LoadedConfig): BrokerOptions | undefined {
  const { broker } = loaded.config;
  if (broker === undefined) return undefined;
  const { user, password, token, credentials, tlsCa } = broker;
  return {
    servers: broker.servers,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { token }),
    ...(tlsCa === undefined ? {} : { tls: { caFile: loaded.resolve(tlsCa) } }),
    ...(credentials === undefined ? {} : { credsFile: loaded.resolve(credentials) }),
  };
}

/** Folders in which manifests are looked for; a model of the user's folder replaces a shipped one of the same id. */
export function modelFolders(storeDir: string): string[] {
  return [shippedModelsDir(), join(storeDir, 'models')];
}
