/** The whole program: opens the store, loads the model, starts cameras and publisher, and ends them in order. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { ApiStore } from '../api/index.ts';
import type { Clock, Log } from '../core/index.ts';
import { messageOf } from '../core/index.ts';
import type { IncidentService, IncidentStore } from '../incidents/index.ts';
import { createDetector } from '../inference/index.ts';
import { createSource, SegmentStore } from '../ingest/index.ts';
import { findModel } from '../models/index.ts';
import { modelFolders } from './assembly.ts';
import { CameraFleet } from './camera-fleet.ts';
import { CameraRuntime, stateKey } from './camera-runtime.ts';
import type { CameraConfig, LoadedConfig } from './config/index.ts';
import { isUrl, parseListen } from './config/index.ts';
import { rulesOfCamera } from './config/to-rules.ts';
import type { ConsoleServer } from './console-server.ts';
import { publishedRules, startConsole } from './console-server.ts';
import { TrackHistory } from './history/index.ts';
import { Pipeline } from './pipeline.ts';
import { publishedCameras } from './published-cameras.ts';
import { openRecords } from './records.ts';
import { createMetrics, forgetCamera } from './telemetry/metrics.ts';
import { startTelemetry } from './telemetry/server.ts';

const GIB = 1024 ** 3;
const HOUR_MS = 3_600_000;
/** How long a stop waits for evidence under way; the rest is taken after the next start. */
const SETTLE_MS = 10_000;
/** How long a stop waits for the broker to take what is left; the rest waits in the outbox. */
const DRAIN_MS = 5_000;
const HOUSEKEEP_EVERY_MS = 10_000;

export interface ProgramOptions {
  readonly loaded: LoadedConfig;
  readonly clock: Clock;
  readonly log: Log;
}

/** A program at work. */
export interface RunningProgram {
  readonly pipeline: Pipeline;
  readonly store: IncidentStore;
  readonly incidents: IncidentService;
  readonly telemetryUrl: string;
  /** The console and its API, when the configuration has an `api` section. */
  readonly console: ConsoleServer | undefined;
  /** Resolves when every camera has ended by itself and all evidence is taken. */
  whenEnded(): Promise<void>;
  /** Cameras first, then evidence under way, then the outbox, then the store. Calling it twice does nothing more. */
  stop(): Promise<void>;
}

/**
 * @throws StreetwatchError `model.*` for a model that cannot be used, `store.*` for a store that cannot be opened,
 *   `rule.invalid`, `zone.invalid`, `codes.invalid`.
 */
export async function startProgram(options: ProgramOptions): Promise<RunningProgram> {
  const { loaded, clock, log } = options;
  const { config } = loaded;
  const dir = loaded.resolve(config.store.dir);
  mkdirSync(join(dir, 'evidence'), { recursive: true });
  // Pictures of evidence may take longer; all cores for one would take them from inference.
  sharp.concurrency(1);

  const model = findModel(config.inference.model, modelFolders(dir));
  const detector = await createDetector({
    manifest: model.manifest,
    modelPath: model.modelPath,
    ...(config.inference.sessions === undefined ? {} : { sessions: config.inference.sessions }),
    ...(config.inference.threads === undefined ? {} : { threadsPerSession: config.inference.threads }),
    log,
  });
  const metrics = createMetrics({ process: true });
  const footage = new SegmentStore({
    dir: join(dir, 'segments'),
    maxBytes: config.store.maxGiB * GIB,
    maxAgeMs: config.store.maxAgeH * HOUR_MS,
    minFreeBytes: config.store.minFreeGiB * GIB,
    clock,
    log,
  });
  const history = new TrackHistory({
    path: join(dir, 'tracks.db'),
    maxAgeMs: config.store.tracksMaxAgeH * HOUR_MS,
    clock,
    log,
  });
  const cameras = new Map<string, CameraRuntime>();
  const records = openRecords({ loaded, dir, footage, cameras, model, metrics, clock, log });
  const { store, incidents, publisher, evidenceDir } = records;
  const apiStore = config.api === undefined ? undefined : ApiStore.open(join(dir, 'console.db'), clock);
  await footage.scan();
  const pipeline = new Pipeline({ detector, metrics, clock, log });
  const fleet = new CameraFleet({
    cameras,
    pipeline,
    makeRuntime: (camera) => {
      const inFile = config.cameras.find(({ id }) => id === camera.id);
      const fromFile = inFile && rulesOfCamera(inFile, config.district.timeZone);
      const rules = apiStore === undefined ? (fromFile ?? []) : publishedRules(apiStore, camera.id, fromFile);
      return new CameraRuntime({ config: camera, rules, store, incidents, history, metrics, clock, log });
    },
    makeSource: sourceOf,
    removed: async (cameraId) => {
      store.removeState(stateKey(cameraId));
      records.retireUnwatched();
      await forgetCamera(metrics, cameraId);
    },
    log,
  });
  const startWith = apiStore === undefined ? config.cameras : publishedCameras(apiStore, config.cameras, log);
  for (const camera of startWith) fleet.prepare(camera);
  incidents.start();
  records.retireUnwatched();
  publisher.start();
  fleet.start();

  const housekeeping = setInterval(() => {
    history.prune();
    void Promise.all([footage.prune(), records.housekeep()]).catch((error: unknown) =>
      log.error({ error: messageOf(error) }, 'housekeeping failed'),
    );
  }, HOUSEKEEP_EVERY_MS);
  const telemetry = await startTelemetry({
    ...parseListen(config.telemetry.listen)!,
    token: config.telemetry.token,
    metrics,
    unreadyBecause: () =>
      [...cameras.keys()].some((cameraId) => pipeline.link(cameraId)?.state === 'streaming')
        ? []
        : ['no camera is streaming'],
  });
  const consoleServer =
    apiStore === undefined
      ? undefined
      : await startConsole({
          loaded,
          apiStore,
          cameras,
          fleet,
          pipeline,
          store,
          incidents,
          footage,
          history,
          evidenceDir,
          rulesChanged: () => records.retireUnwatched(),
          figures: () => ({ outboxWaiting: publisher.status().depth, broker: publisher.status().state }),
          clock,
          log,
        });
  log.info({ cameras: cameras.size, model: model.manifest.id, telemetry: telemetry.url }, 'watching');

  let stopping: Promise<void> | undefined;
  return {
    pipeline,
    store,
    incidents,
    telemetryUrl: telemetry.url,
    console: consoleServer,
    async whenEnded() {
      await pipeline.whenEnded();
      await incidents.settle();
    },
    stop() {
      stopping ??= (async () => {
        log.info({}, 'stopping');
        clearInterval(housekeeping);
        await consoleServer?.close();
        await pipeline.stop();
        await Promise.race([incidents.settle(), sleep(SETTLE_MS)]);
        await incidents.close();
        if (!(await publisher.drain(DRAIN_MS)))
          log.warn({ depth: publisher.status().depth }, 'outbox kept for the next start');
        await publisher.close();
        await Promise.all([detector.close(), telemetry.close()]);
        apiStore?.close();
        history.close();
        store.close();
        log.info({}, 'stopped');
      })();
      return stopping;
    },
  };

  function sourceOf(camera: CameraConfig) {
    return createSource({
      cameraId: camera.id,
      url: isUrl(camera.source) ? camera.source : loaded.resolve(camera.source),
      transport: camera.transport,
      decode: camera.decode === 'keyframes' ? { policy: 'keyframes' } : { policy: 'fps', fps: camera.fps },
      canvas: detector.canvas,
      pacing: camera.pacing,
      stallAfterMs: camera.stallAfterS * 1000,
      segments: { dir: join(dir, 'segments'), segmentMs: config.store.segmentS * 1000 },
      clock,
      log,
    });
  }
}
