/** What every plugin of the API works with. */

import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { StreetwatchError } from '../core/index.ts';
import type { Clock } from '../core/index.ts';
import { actorOf, callerOf } from './auth/guard.ts';
import { covers } from './auth/access.ts';
import type { Principal } from './auth/access.ts';
import type { ScryptCost } from './auth/password.ts';
import type { Camera } from './contract/index.ts';
import type { IncidentDesk } from './incident-desk.ts';
import type { FeedHub } from './feed/feed-hub.ts';
import type { LivePool } from './live/live-pool.ts';
import type { CameraControl, CameraDirectory, RuleControl, SystemFigures, TrackReplay } from './ports.ts';
import type { ApiStore } from './store/api-store.ts';

/** A Fastify instance whose handlers take their types from the schemas. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Stores, ports and settings. */
export interface ApiContext {
  readonly clock: Clock;
  readonly store: ApiStore;
  readonly incidents: IncidentDesk;
  readonly cameras: CameraDirectory;
  readonly cameraControl: CameraControl;
  readonly rules: RuleControl;
  readonly replay: TrackReplay;
  readonly feed: FeedHub;
  readonly live: LivePool;
  readonly system: SystemFigures;
  /** Folder of the evidence files. */
  readonly evidenceDir: string;
  /** IANA zone of days, weeks and months in statistics. */
  readonly timeZone: string;
  readonly version: string;
  readonly startedAtMs: number;
  /** The server speaks TLS: cookies are `Secure`. */
  readonly secure: boolean;
  readonly passwordCost: ScryptCost;
  /** Secret of the first run's set-up link; `undefined` once there is a user. */
  setUpToken: string | undefined;
  /** Ends streams and processes. */
  close(): void;
}

/** Writes an act of the caller of a request into the audit log. */
export function audit(
  context: ApiContext,
  request: FastifyRequest,
  act: { action: string; objectType: string; objectId: string; details?: Record<string, unknown> },
): void {
  context.store.audit.append({ ...act, actor: actorOf(callerOf(request)), address: request.ip });
}

/** Cameras that the caller may see. */
export function visibleCameras(context: ApiContext, principal: Principal): Camera[] {
  return context.cameras.list().filter((camera) => covers(principal.user.access, camera));
}

/**
 * The camera of an address, when the caller may see it.
 * @throws StreetwatchError `api.not-found` for unknown cameras and for those of others alike: an id tells nothing.
 */
export function cameraFor(context: ApiContext, request: FastifyRequest, cameraId: string): Camera {
  const camera = context.cameras.get(cameraId);
  if (!camera || !covers(callerOf(request).user.access, camera)) {
    throw new StreetwatchError('api.not-found', 'there is no such camera');
  }
  return camera;
}
