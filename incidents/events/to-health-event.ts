/** From a health signal to the published event. */

import type { HealthSignal } from '../../core/index.ts';
import { newId } from '../ids.ts';
import type { CameraInfo } from '../incident.ts';
import type { NewOutboxMessage } from '../store/outbox.ts';
import { toHeaders } from './cloud-event.ts';
import { HEALTH_SCHEMA_ID, type HealthEvent } from './health-event.ts';
import { healthSubject } from './subjects.ts';

export interface HealthInput {
  readonly signal: HealthSignal;
  readonly camera: CameraInfo;
  readonly adcode: string;
  readonly source: string;
  readonly nowMs: number;
}

/** The outbox message of a health signal. */
export function toHealthMessage({ signal, camera, adcode, source, nowMs }: HealthInput): NewOutboxMessage {
  const messageId = newId(nowMs);
  const at = new Date(signal.atMs).toISOString();
  const data: HealthEvent = {
    cameraId: camera.cameraId,
    ...(camera.code === undefined ? {} : { id20: camera.code }),
    name: camera.name,
    phase: signal.phase,
    fault: signal.fault,
    since: new Date(signal.sinceMs).toISOString(),
    at,
    measurements: { ...signal.measurements },
    ...(signal.suspendedRules === undefined ? {} : { suspendedRules: [...signal.suspendedRules] }),
  };
  const headers = toHeaders({
    id: messageId,
    source,
    type: `streetwatch.camera.health.${signal.phase}.v1`,
    subject: camera.cameraId,
    time: at,
    dataschema: HEALTH_SCHEMA_ID,
    extensions: { partitionkey: camera.cameraId },
  });
  return {
    subject: healthSubject(adcode, camera.cameraId),
    messageId,
    incidentId: undefined,
    revision: undefined,
    headers,
    payload: JSON.stringify(data),
    capturedAtMs: signal.atMs,
  };
}
