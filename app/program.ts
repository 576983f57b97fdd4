/** The whole program: opens the store, loads the model, starts cameras and publisher, and ends them in order. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, HealthSignal, Log, RuleSignal } from '../core/index.ts';
import {
  defaultCodeTablePath,
  EvidenceSigner,
  IncidentService,
  IncidentStore,
  loadCodeTable,
  Publisher,
} from '../incidents/index.ts';
import { createDetector } from '../inference/index.ts';
import { createSource, SegmentStore } from '../ingest/index.ts';
import { findModel } from '../models/index.ts';
import { createRules } from '../rules/index.ts';
import { brokerOptions, cameraInfo, modelFolders } from './assembly.ts';
import { CameraWorker } from './camera-worker.ts';
import type { CameraState } from './camera-worker.ts';
import type { CameraConfig, LoadedConfig } from './config/index.ts';
import { parseListen } from './config/index.ts';
import { rulesOfCamera } from './config/to-rules.ts';
import { Pipeline } from './pipeline.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { startTelemetry } from './telemetry/server.ts';

const GIB = 1024 ** 3;
const HOUR_MS = 3_600_000;
/** How long a stop waits for evidence under way; the rest is taken after the next start. */
const SETTLE_MS = 10_000;
/** How long a stop waits for the broker to take what is left; the rest waits in the outbox. */
const DRAIN_MS = 5_000;
const PRUNE_EVERY_MS = 10_000;

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
  const evidenceDir = join(dir, 'evidence');
  mkdirSync(evidenceDir, { recursive: true });

  const model = findModel(config.inference.model, modelFolders(dir));
  const detector = await createDetector({
    manifest: model.manifest,
    modelPath: model.modelPath,
    ...(config.inference.sessions === undefined ? {} : { sessions: config.inference.sessions }),
    ...(config.inference.threads === undefined ? {} : { threadsPerSession: config.inference.threads }),
    log,
  });
  const metrics = createMetrics({ process: true });
  const store = IncidentStore.open(join(dir, 'streetwatch.db'), { clock, log });
  const footage = new SegmentStore({
    dir: join(dir, 'segments'),
    maxBytes: config.store.maxGiB * GIB,
    maxAgeMs: config.store.maxAgeH * HOUR_MS,
    minFreeBytes: config.store.minFreeGiB * GIB,
    clock,
    log,
  });
  const cameras = new Map(config.cameras.map((camera) => [camera.id, camera]));
  const ruleConfigs = config.cameras.flatMap((camera) => rulesOfCamera(camera, config.district.timeZone));
  const incidents = new IncidentService({
    store,
    footage,
    evidenceDir,
    adcode: config.district.adcode,
    codes: loadCodeTable(
      config.district.codes === undefined ? defaultCodeTablePath() : loaded.resolve(config.district.codes),
    ),
    cameras: (cameraId) => {
      const camera = cameras.get(cameraId);
      return camera === undefined ? undefined : cameraInfo(camera, config.district);
    },
    zones: (cameraId, zoneId) =>
      ruleConfigs.find((rule) => rule.cameraId === cameraId && rule.zone.zoneId === zoneId)?.zone,
    model: () => ({ name: model.manifest.id, sha256: model.manifest.sha256 }),
    signer: EvidenceSigner.open(join(dir, 'evidence-key.pem')),
    clock,
    log,
  });
  const broker = brokerOptions(loaded);
  const publisher = new Publisher({
    store,
    ...(broker === undefined ? {} : { broker }),
    adcode: config.district.adcode,
    ...(config.broker === undefined ? {} : { stream: { name: config.broker.stream } }),
    events: {
      acked: ({ latencyMs }) => {
        metrics.published.inc();
        if (latencyMs !== undefined) metrics.captureToAck.observe(latencyMs / 1000);
      },
      failed: (code) => metrics.publishFailures.inc({ code }),
    },
    clock,
    log,
  });
  incidents.onChange(({ incident, phase }) => {
    metrics.incidents.inc({ camera: incident.camera.cameraId, type: incident.eventType, phase });
  });
  incidents.start();
  publisher.start();

  const pipeline = new Pipeline({ detector, metrics, clock, log });
  for (const camera of config.cameras) {
    const worker = new CameraWorker({
      cameraId: camera.id,
      rules: createRules(ruleConfigs.filter((rule) => rule.cameraId === camera.id)),
      outputs: outputsOf(camera.id, store, incidents),
      metrics,
      clock,
      log,
    });
    pipeline.add({
      worker,
      source: sourceOf(camera),
      mayWait: camera.pacing === 'asap' && !/^[a-z]+:\/\//.test(camera.source),
    });
  }

  const housekeeping = setInterval(() => {
    metrics.outboxDepth.set(publisher.status().depth);
    void footage
      .prune()
      .catch((error: unknown) => log.error({ error: String(error) }, 'segments not pruned'));
  }, PRUNE_EVERY_MS);
  const telemetry = await startTelemetry({
    ...parseListen(config.telemetry.listen)!,
    metrics,
    unreadyBecause: () =>
      config.cameras.some((camera) => pipeline.link(camera.id)?.state === 'streaming')
        ? []
        : ['no camera is streaming'],
  });
  log.info(
    { cameras: config.cameras.length, model: model.manifest.id, telemetry: telemetry.url },
    'watching',
  );

  let stopping: Promise<void> | undefined;
  return {
    pipeline,
    store,
    incidents,
    telemetryUrl: telemetry.url,
    async whenEnded() {
      await pipeline.whenEnded();
      await incidents.settle();
    },
    stop() {
      stopping ??= (async () => {
        log.info({}, 'stopping');
        clearInterval(housekeeping);
        await pipeline.stop();
        await Promise.race([incidents.settle(), sleep(SETTLE_MS)]);
        await incidents.close();
        if (!(await publisher.drain(DRAIN_MS)))
          log.warn({ depth: publisher.status().depth }, 'outbox kept for the next start');
        await publisher.close();
        await Promise.all([detector.close(), telemetry.close()]);
        store.close();
        log.info({}, 'stopped');
      })();
      return stopping;
    },
  };

  function sourceOf(camera: CameraConfig) {
    return createSource({
      cameraId: camera.id,
      url: /^[a-z]+:\/\//.test(camera.source) ? camera.source : loaded.resolve(camera.source),
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

function outputsOf(cameraId: string, store: IncidentStore, incidents: IncidentService) {
  const key = `camera/${cameraId}`;
  return {
    signal: (signal: RuleSignal) => void incidents.apply(signal),
    health: (signal: HealthSignal) => incidents.applyHealth(signal),
    loadState: (): CameraState | undefined => {
      const json = store.loadState(key);
      return json === undefined ? undefined : (JSON.parse(json) as CameraState);
    },
    saveState: (state: CameraState) => store.saveState(key, JSON.stringify(state)),
  };
}
