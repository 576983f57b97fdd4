/** Prometheus metrics, in base units; `docs/reference/metrics.md` lists the same names by a test. */

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** All metrics of one program. */
export type Metrics = ReturnType<typeof createMetrics>;

/** @param options.process also collect memory, CPU and event-loop figures of the process. */
export function createMetrics(options: { readonly process: boolean }) {
  const registry = new Registry();
  const registers = [registry];
  if (options.process) collectDefaultMetrics({ register: registry, prefix: 'streetwatch_' });
  return {
    registry,
    frames: new Counter({
      name: 'streetwatch_frames_total',
      help: 'Frames that were analysed.',
      labelNames: ['camera'] as const,
      registers,
    }),
    unchanged: new Counter({
      name: 'streetwatch_frames_unchanged_total',
      help: 'Frames that the detector was spared, since nothing had changed in the picture.',
      labelNames: ['camera'] as const,
      registers,
    }),
    dropped: new Counter({
      name: 'streetwatch_frames_dropped_total',
      help: 'Frames that were given up, by stage and reason.',
      labelNames: ['camera', 'stage', 'reason'] as const,
      registers,
    }),
    inference: new Histogram({
      name: 'streetwatch_inference_seconds',
      help: 'Time of one inference with decoding.',
      buckets: [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1],
      registers,
    }),
    frameDelay: new Histogram({
      name: 'streetwatch_frame_delay_seconds',
      help: 'From the arrival of a frame to the end of its evaluation.',
      buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5],
      registers,
    }),
    captureToAck: new Histogram({
      name: 'streetwatch_capture_to_ack_seconds',
      help: 'From the capture of the deciding frame to the acknowledgement by the broker, without the dwell time.',
      buckets: [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 60, 600, 3600],
      registers,
    }),
    outboxDepth: new Gauge({
      name: 'streetwatch_outbox_depth',
      help: 'Events that wait for the broker.',
      registers,
    }),
    signalBacklog: new Gauge({
      name: 'streetwatch_signal_backlog',
      help: 'Rule signals that wait in memory because the store cannot be written.',
      registers,
    }),
    publishFailures: new Counter({
      name: 'streetwatch_publish_failures_total',
      help: 'Failed attempts to publish, by error code; each is tried again.',
      labelNames: ['code'] as const,
      registers,
    }),
    published: new Counter({
      name: 'streetwatch_events_published_total',
      help: 'Events that the broker acknowledged.',
      registers,
    }),
    sourceFailures: new Counter({
      name: 'streetwatch_source_failures_total',
      help: 'Ends of a camera run by an error, by error code; each is followed by a reconnect.',
      labelNames: ['camera', 'code'] as const,
      registers,
    }),
    cameraUp: new Gauge({
      name: 'streetwatch_camera_up',
      help: '1 while frames arrive, 0 while the camera is being opened again.',
      labelNames: ['camera'] as const,
      registers,
    }),
    cameraFault: new Gauge({
      name: 'streetwatch_camera_fault',
      help: '1 while a picture fault is active.',
      labelNames: ['camera', 'fault'] as const,
      registers,
    }),
    incidents: new Counter({
      name: 'streetwatch_incident_revisions_total',
      help: 'Revisions of incidents, by type and phase.',
      labelNames: ['camera', 'type', 'phase'] as const,
      registers,
    }),
  };
}

/** Drops every series of a camera that is gone, so that nobody is warned of it for ever. */
export async function forgetCamera(metrics: Metrics, cameraId: string): Promise<void> {
  const { frames, unchanged, dropped, sourceFailures, cameraUp, cameraFault, incidents } = metrics;
  for (const metric of [frames, unchanged, dropped, sourceFailures, cameraUp, cameraFault, incidents]) {
    const { values } = await metric.get();
    for (const { labels } of values) if (labels.camera === cameraId) metric.remove(labels);
  }
}
