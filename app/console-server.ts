/** Joins the API and the console to the running program: fills the ports that `api/` declares. */

import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import sharp from 'sharp';
import type { Camera, PublishedRule, RuleSetDocument } from '../api/index.ts';
import { ApiStore, buildApi, ruleConfigsOf } from '../api/index.ts';
import type { Clock, Footage, Log } from '../core/index.ts';
import { packagePath, StreetwatchError } from '../core/index.ts';
import type { IncidentService, IncidentStore } from '../incidents/index.ts';
import type { CameraRuntime } from './camera-runtime.ts';
import type { CameraFleet } from './camera-fleet.ts';
import type { LoadedConfig } from './config/index.ts';
import { cameraSettingsSchema, checkCameraSettings, isUrl, parseListen } from './config/index.ts';
import { startReplay } from './history/index.ts';
import type { TrackHistory } from './history/index.ts';
import type { CameraLink, Pipeline } from './pipeline.ts';
import { FROM_FILE } from './published-cameras.ts';

/**
 * The rules that a camera starts with: what was last published at the console, or the configuration file where nobody
 * has published anything. A changed file becomes a new version as long as every version came from the file.
 *
 * @param fromFile `undefined` for a camera that the file does not name.
 */
export function publishedRules(
  store: ApiStore,
  cameraId: string,
  fromFile: readonly PublishedRule[] | undefined,
): PublishedRule[] {
  if (fromFile === undefined) {
    const wish = { document: toDocument([]), note: 'the camera was added', author: FROM_FILE, basedOn: 0 };
    return ruleConfigsOf(
      cameraId,
      store.ruleSets.current(cameraId) ?? store.ruleSets.publish(cameraId, wish),
    );
  }
  const document = toDocument(fromFile);
  const current = store.ruleSets.startWith(cameraId, document);
  if (current.authorId !== FROM_FILE.id || isDeepStrictEqual(current.document, document))
    return ruleConfigsOf(cameraId, current);
  const wish = {
    document,
    note: 'the configuration file changed',
    author: FROM_FILE,
    basedOn: current.version,
  };
  return ruleConfigsOf(cameraId, store.ruleSets.publish(cameraId, wish));
}

function toDocument(rules: readonly PublishedRule[]): RuleSetDocument {
  const zones = new Map(
    rules.map(({ zone }) => [zone.zoneId, { zoneId: zone.zoneId, name: zone.name, polygon: zone.polygon }]),
  );
  const plain = rules.map(({ ruleId, kind, zone, enabled, approval, params, schedule, exemptions }) => ({
    ruleId,
    kind,
    zoneId: zone.zoneId,
    enabled: enabled ?? true,
    // Left out where it is the default, so that stored versions from before it was there are still the same.
    ...(approval === true ? { approval } : {}),
    params,
    ...(schedule === undefined ? {} : { schedule }),
    ...(exemptions === undefined ? {} : { exemptions }),
  }));
  return structuredClone({ zones: [...zones.values()], rules: plain }) as RuleSetDocument;
}

export interface ConsoleOptions {
  readonly loaded: LoadedConfig;
  readonly apiStore: ApiStore;
  readonly cameras: ReadonlyMap<string, CameraRuntime>;
  readonly fleet: CameraFleet;
  readonly pipeline: Pipeline;
  readonly store: IncidentStore;
  readonly incidents: IncidentService;
  readonly footage: Footage;
  readonly history: TrackHistory;
  readonly evidenceDir: string;
  /** Called after a camera was given other rules. */
  readonly rulesChanged: () => void;
  readonly figures: () => Readonly<Record<string, number | string>>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ConsoleServer {
  readonly url: string;
  /** Where the first administrator is made; only until there is one. */
  readonly setUpUrl: string | undefined;
  close(): Promise<void>;
}

/** Starts listening at `api.listen` of the configuration. */
export async function startConsole(options: ConsoleOptions): Promise<ConsoleServer> {
  const { loaded, cameras, pipeline } = options;
  const { api: listen, district } = loaded.config;
  if (listen === undefined) throw new Error('the configuration has no api section');
  const runtime = (cameraId: string): CameraRuntime => {
    const found = cameras.get(cameraId);
    if (found === undefined) {
      throw new StreetwatchError('live.unavailable', `there is no camera ${cameraId}`, {
        context: { cameraId },
      });
    }
    return found;
  };
  const toCamera = (camera: CameraRuntime): Camera =>
    cameraView(camera, pipeline.link(camera.config.id), {
      id: district.adcode,
      name: district.name ?? district.adcode,
    });
  const consoleDir = packagePath('dist', 'console');
  const tls =
    listen.tlsCert === undefined || listen.tlsKey === undefined
      ? {}
      : {
          tls: {
            cert: readFileSync(loaded.resolve(listen.tlsCert), 'utf8'),
            key: readFileSync(loaded.resolve(listen.tlsKey), 'utf8'),
          },
        };
  const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
  const api = await buildApi({
    clock: options.clock,
    log: options.log,
    store: options.apiStore,
    incidentStore: options.store,
    incidents: options.incidents,
    evidenceDir: options.evidenceDir,
    cameras: {
      list: () => [...cameras.values()].map((camera) => toCamera(camera)),
      get: (cameraId) => {
        const found = cameras.get(cameraId);
        return found === undefined ? undefined : toCamera(found);
      },
      snapshot: (cameraId, widthPx) => runtime(cameraId).picture.jpeg(cameraId, widthPx, options.footage),
      pictureAt: async (cameraId, atMs, widthPx) => {
        const { image } = await options.footage.still(cameraId, atMs);
        return sharp(image).resize({ width: widthPx, withoutEnlargement: true }).jpeg().toBuffer();
      },
      recentTracks: (cameraId, minutes) => cameras.get(cameraId)?.recentTracks.list(minutes) ?? [],
    },
    cameraControl: {
      district: { id: district.adcode, name: district.name ?? district.adcode },
      schema: cameraSettingsSchema(),
      check: (cameraId, settings, before) => checkCameraSettings(loaded, cameraId, settings, before),
      apply: (cameraId, settings) => options.fleet.apply(cameraId, settings),
    },
    rules: {
      apply: (cameraId, rules) => {
        runtime(cameraId).applyRules(rules);
        options.rulesChanged();
      },
    },
    replay: {
      run: (wish, signal) => {
        options.history.flush(wish.cameraId);
        return startReplay({ path: options.history.path, ...wish }, signal);
      },
    },
    live: {
      address: (cameraId) => {
        const camera = cameras.get(cameraId)?.config;
        if (camera === undefined) return undefined;
        return isUrl(camera.source)
          ? { url: camera.source, transport: camera.transport }
          : { url: loaded.resolve(camera.source), loop: true };
      },
    },
    system: { figures: options.figures },
    ...tls,
    timeZone: district.timeZone,
    version,
    ...(existsSync(consoleDir) ? { consoleDir } : {}),
  });
  const url = await api.app.listen(parseListen(listen.listen));
  const secret = api.setUpSecret();
  return {
    url,
    setUpUrl: secret === undefined ? undefined : `${url}/set-up#${secret}`,
    close: () => api.app.close(),
  };
}

function cameraView(
  camera: CameraRuntime,
  link: CameraLink | undefined,
  district: { id: string; name: string },
): Camera {
  const { config } = camera;
  return {
    cameraId: config.id,
    name: config.name ?? config.id,
    districtId: district.id,
    districtName: district.name,
    ...(config.lon === undefined ? {} : { lon: config.lon }),
    ...(config.lat === undefined ? {} : { lat: config.lat }),
    state: STATES[link?.state ?? 'ended'],
    ...(link?.sinceMs === undefined ? {} : { sinceMs: Math.round(link.sinceMs) }),
    ...(link?.lastError === undefined || link.state === 'streaming' ? {} : { reason: link.lastError }),
    faults: [...camera.faultsSince].map(([fault, sinceMs]) => ({ fault, sinceMs: Math.round(sinceMs) })),
    suspendedRules: [...camera.worker.suspendedRules],
    ...(link?.run === undefined
      ? {}
      : { width: link.run.sourceWidth, height: link.run.sourceHeight, codec: link.run.codec }),
    figures: {
      analysedFps: camera.analysedFps(),
      reconnects: link?.failures ?? 0,
      rules: camera.rules.length,
    },
  };
}

const STATES = {
  streaming: 'online',
  connecting: 'connecting',
  waiting: 'offline',
  ended: 'stopped',
} as const;
