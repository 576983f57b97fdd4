/** The lasting side of the program: incidents with their evidence, and the way of each revision to the broker. */

import { join } from 'node:path';
import type { Clock, Footage, Log } from '../core/index.ts';
import type { Incident } from '../incidents/index.ts';
import {
  defaultCodeTablePath,
  EvidenceSigner,
  feedbackConsumer,
  IncidentService,
  IncidentStore,
  loadCodeTable,
  pruneIncidents,
  Publisher,
} from '../incidents/index.ts';
import type { ModelEntry } from '../models/index.ts';
import { brokerOptions, cameraInfo } from './assembly.ts';
import type { CameraRuntime } from './camera-runtime.ts';
import type { LoadedConfig } from './config/index.ts';
import type { Metrics } from './telemetry/metrics.ts';

const DAY_MS = 86_400_000;

export interface RecordsOptions {
  readonly loaded: LoadedConfig;
  /** Folder of the store. */
  readonly dir: string;
  readonly footage: Footage;
  /** Filled later, before the first signal. */
  readonly cameras: ReadonlyMap<string, CameraRuntime>;
  readonly model: ModelEntry;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
}

/** Store, incidents and publisher of one program. */
export interface Records {
  readonly store: IncidentStore;
  readonly incidents: IncidentService;
  readonly publisher: Publisher;
  readonly evidenceDir: string;
  /** Ends incidents and forgets candidates of rules that run no more: after the start, and after every change of rules. */
  retireUnwatched(): void;
  /** Brings the gauges up to date and deletes what is older than the configuration keeps. */
  housekeep(): Promise<void>;
}

/** Opens the store; nothing is published before {@link Publisher.start}. @throws StreetwatchError `store.*`, `codes.invalid`. */
export function openRecords(options: RecordsOptions): Records {
  const { loaded, dir, cameras, metrics, clock, log } = options;
  const { config } = loaded;
  const evidenceDir = join(dir, 'evidence');
  const store = IncidentStore.open(join(dir, 'streetwatch.db'), { clock, log });
  const incidents = openIncidents(options, store, evidenceDir);
  incidents.onChange(({ incident, phase }) => {
    // The last word on an incident of a removed camera must not bring its series back.
    if (!cameras.has(incident.camera.cameraId)) return;
    metrics.incidents.inc({ camera: incident.camera.cameraId, type: incident.eventType, phase });
  });
  const publisher = openPublisher(options, store, incidents);
  const isWatched = ({ camera, place }: Incident): boolean =>
    cameras
      .get(camera.cameraId)
      ?.rules.some((rule) => rule.ruleId === place.ruleId && rule.enabled !== false) === true;
  return {
    store,
    incidents,
    publisher,
    evidenceDir,
    retireUnwatched: () => {
      const retired = incidents.retire(isWatched);
      if (retired > 0) log.info({ retired }, 'incidents without a rule ended');
    },
    housekeep: async () => {
      metrics.outboxDepth.set(publisher.status().depth);
      metrics.signalBacklog.set(incidents.pending().signals);
      const beforeMs = clock.nowMs() - config.store.incidentsMaxAgeD * DAY_MS;
      await pruneIncidents({ store, evidenceDir, beforeMs, log });
    },
  };
}

function openIncidents(options: RecordsOptions, store: IncidentStore, evidenceDir: string): IncidentService {
  const { loaded, dir, footage, cameras, model, clock, log } = options;
  const { district } = loaded.config;
  return new IncidentService({
    store,
    footage,
    evidenceDir,
    adcode: district.adcode,
    codes: loadCodeTable(
      district.codes === undefined ? defaultCodeTablePath() : loaded.resolve(district.codes),
    ),
    cameras: (cameraId) => {
      const camera = cameras.get(cameraId);
      return camera === undefined ? undefined : cameraInfo(camera.config, district);
    },
    zones: (cameraId, zoneId) =>
      cameras.get(cameraId)?.rules.find((rule) => rule.zone.zoneId === zoneId)?.zone,
    model: () => ({ name: model.manifest.id, sha256: model.manifest.sha256 }),
    requiresApproval: (cameraId, ruleId) =>
      cameras.get(cameraId)?.rules.find((rule) => rule.ruleId === ruleId)?.approval === true,
    signer: EvidenceSigner.open(join(dir, 'evidence-key.pem')),
    clock,
    log,
  });
}

function openPublisher(options: RecordsOptions, store: IncidentStore, incidents: IncidentService): Publisher {
  const { loaded, metrics, clock, log } = options;
  const { adcode } = loaded.config.district;
  const broker = brokerOptions(loaded);
  const stream = loaded.config.broker?.stream;
  const cases = loaded.config.broker?.casesStream;
  return new Publisher({
    store,
    ...(broker === undefined ? {} : { broker }),
    adcode,
    ...(stream === undefined ? {} : { stream: { name: stream } }),
    companions: [
      feedbackConsumer({
        adcode,
        ...(cases === undefined ? {} : { stream: cases }),
        apply: (messageId, event) => incidents.applyFeedback(messageId, event),
        log,
      }),
    ],
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
}
