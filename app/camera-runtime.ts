/** A configured camera with everything that lives as long as the program does. */

import type { PublishedRule } from '../api/index.ts';
import type { CameraFault, Clock, Frame, HealthSignal, Log, RuleSignal } from '../core/index.ts';
import type { IncidentService, IncidentStore } from '../incidents/index.ts';
import { createRules } from '../rules/index.ts';
import { CameraWorker } from './camera-worker.ts';
import type { CameraState } from './camera-worker.ts';
import type { CameraConfig } from './config/index.ts';
import type { TrackHistory } from './history/index.ts';
import { LastPicture } from './last-picture.ts';
import { RecentTracks } from './recent-tracks.ts';
import type { Metrics } from './telemetry/metrics.ts';

const RATE_WINDOW_MS = 10_000;

/** Where the state of a camera is kept in the store. */
export function stateKey(cameraId: string): string {
  return `camera/${cameraId}`;
}

export interface CameraRuntimeOptions {
  readonly config: CameraConfig;
  readonly rules: readonly PublishedRule[];
  readonly store: IncidentStore;
  readonly incidents: IncidentService;
  readonly history: Pick<TrackHistory, 'add'>;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
}

export class CameraRuntime {
  private currentConfig: CameraConfig;
  readonly worker: CameraWorker;
  readonly recentTracks = new RecentTracks();
  readonly picture = new LastPicture();
  /** Active faults with the moment since which they last. */
  readonly faultsSince = new Map<CameraFault, number>();
  private readonly analysedAtMs: number[] = [];
  private readonly clock: Clock;
  private readonly incidents: IncidentService;
  private currentRules: readonly PublishedRule[];

  constructor(options: CameraRuntimeOptions) {
    const { config, store, incidents, metrics, clock, log } = options;
    this.currentConfig = config;
    this.incidents = incidents;
    this.clock = clock;
    this.currentRules = options.rules;
    const key = stateKey(config.id);
    this.worker = new CameraWorker({
      cameraId: config.id,
      rules: createRules(options.rules),
      outputs: {
        signal: (signal: RuleSignal) => void incidents.apply(signal),
        health: (signal) => {
          this.noteFault(signal);
          incidents.applyHealth(signal);
        },
        tracked: (frame, faults) => {
          this.analysedAtMs.push(this.clock.monotonicMs());
          this.forgetOldFrames();
          this.recentTracks.add(frame);
          options.history.add(frame, faults);
        },
        loadState: () => {
          const json = store.loadState(key);
          return json === undefined ? undefined : (JSON.parse(json) as CameraState);
        },
        saveState: (state) => store.saveState(key, JSON.stringify(state)),
      },
      metrics,
      clock,
      log,
    });
    for (const fault of store.faults()) {
      if (fault.cameraId === config.id) this.faultsSince.set(fault.fault, fault.sinceMs);
    }
  }

  get config(): CameraConfig {
    return this.currentConfig;
  }

  /** Takes another name, place or code; what the source is made of must be the same. */
  describe(config: CameraConfig): void {
    this.currentConfig = config;
  }

  /** Ends the open incidents and faults of a camera that will not come back by itself. */
  retire(): void {
    this.applyRules([]);
    for (const [fault, sinceMs] of this.faultsSince) {
      this.incidents.applyHealth({
        phase: 'cleared',
        cameraId: this.config.id,
        fault,
        atMs: this.clock.nowMs(),
        sinceMs,
        measurements: {},
      });
    }
    this.faultsSince.clear();
  }

  get rules(): readonly PublishedRule[] {
    return this.currentRules;
  }

  /** Keeps the frame for thumbnails, then looks at it; `arrivedMs` as in {@link CameraWorker.observe}. */
  observe(frame: Frame, arrivedMs?: number): 'normal' | 'urgent' {
    this.picture.take(frame);
    return this.worker.observe(frame, arrivedMs);
  }

  /**
   * Puts other rules to work at once.
   * @throws StreetwatchError `rule.invalid`, `zone.invalid`: then nothing was changed.
   */
  applyRules(rules: readonly PublishedRule[]): void {
    this.worker.replaceRules(createRules(rules));
    this.currentRules = rules;
  }

  /** Frames analysed a second, over the last {@link RATE_WINDOW_MS}. */
  analysedFps(): number {
    this.forgetOldFrames();
    return this.analysedAtMs.length / (RATE_WINDOW_MS / 1000);
  }

  private forgetOldFrames(): void {
    const fromMs = this.clock.monotonicMs() - RATE_WINDOW_MS;
    while ((this.analysedAtMs[0] ?? Infinity) < fromMs) this.analysedAtMs.shift();
  }

  private noteFault(signal: HealthSignal): void {
    if (signal.phase === 'raised') this.faultsSince.set(signal.fault, signal.sinceMs);
    else this.faultsSince.delete(signal.fault);
  }
}
