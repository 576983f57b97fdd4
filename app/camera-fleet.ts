/** The cameras at work: each can be added, changed and removed while the others go on. */

import { isDeepStrictEqual } from 'node:util';
import type { CameraSettings } from '../api/index.ts';
import type { Log } from '../core/index.ts';
import type { Source } from '../ingest/index.ts';
import type { CameraRuntime } from './camera-runtime.ts';
import type { CameraConfig } from './config/index.ts';
import { cameraOf, isUrl } from './config/index.ts';
import type { Pipeline } from './pipeline.ts';

/** Keys of which the source is made: only when one of them changes must the camera be opened again. */
const SOURCE_KEYS = ['source', 'transport', 'pacing', 'decode', 'fps', 'idleFps', 'stallAfterS'] as const;

export interface CameraFleetOptions {
  /** Shared with the stages that look cameras up; only the fleet writes into it. */
  readonly cameras: Map<string, CameraRuntime>;
  readonly pipeline: Pipeline;
  makeRuntime(camera: CameraConfig): CameraRuntime;
  makeSource(camera: CameraConfig): Source;
  /** Called when a camera is gone: its state, incidents and series go too. */
  removed(cameraId: string): Promise<void>;
  readonly log: Log;
}

export class CameraFleet {
  private readonly options: CameraFleetOptions;

  constructor(options: CameraFleetOptions) {
    this.options = options;
  }

  /** Makes a camera known without opening it yet. */
  prepare(camera: CameraConfig): void {
    this.options.cameras.set(camera.id, this.options.makeRuntime(camera));
  }

  /** Opens all that were prepared. */
  start(): void {
    for (const runtime of this.options.cameras.values()) this.open(runtime);
  }

  /**
   * Starts, changes or (with `undefined`) removes one camera. Calls must not overlap; the API makes them in turn.
   * A camera is opened again only when its source changes; rules, dwell and open incidents are taken along.
   */
  async apply(cameraId: string, settings: CameraSettings | undefined): Promise<void> {
    const { cameras, pipeline, removed, log } = this.options;
    const running = cameras.get(cameraId);
    if (settings === undefined) {
      if (running === undefined) return;
      await pipeline.remove(cameraId);
      running.retire();
      cameras.delete(cameraId);
      await removed(cameraId);
      log.info({ cameraId }, 'camera removed');
      return;
    }
    const plain = cameraOf(cameraId, settings);
    if (running === undefined) {
      this.prepare(plain);
      this.open(cameras.get(cameraId)!);
      log.info({ cameraId }, 'camera added');
      return;
    }
    const { zones, rules } = running.config;
    const config = { ...plain, zones, rules };
    if (SOURCE_KEYS.every((key) => isDeepStrictEqual(config[key], running.config[key]))) {
      running.describe(config);
      log.info({ cameraId }, 'camera described anew');
      return;
    }
    await pipeline.remove(cameraId);
    try {
      this.prepare(config);
    } finally {
      // Whatever happened, the camera is not left closed: the new one, or the old one again.
      this.open(cameras.get(cameraId)!);
    }
    log.info({ cameraId }, 'camera changed');
  }

  private open(runtime: CameraRuntime): void {
    const { config } = runtime;
    this.options.pipeline.add({
      runtime,
      source: this.options.makeSource(config),
      live: isUrl(config.source),
      ...(config.decode === 'fps' && config.idleFps < config.fps ? { idleFps: config.idleFps } : {}),
      mayWait: config.pacing === 'asap' && !isUrl(config.source),
    });
  }
}
