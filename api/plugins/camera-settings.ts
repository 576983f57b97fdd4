/** Settings of cameras: added, changed, removed with live effect; versions, differences, roll-back. */

import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { StreetwatchError } from '../../core/index.ts';
import { covers } from '../auth/access.ts';
import { callerOf } from '../auth/guard.ts';
import { diffCameraSettings } from '../camera-settings-diff.ts';
import { audit } from '../context.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import {
  AddCamera,
  CameraSettingsDiff,
  CameraSettingsList,
  CameraSettingsVersion,
  CameraVersion,
  ChangeCamera,
  RemoveCamera,
  RollBack,
} from '../contract/index.ts';
import type { CameraSettings, CameraSettingsVersion as Version } from '../contract/index.ts';
import { etagOf } from '../etag.ts';
import { FieldError } from '../problem.ts';
import { isRedacted, redactSource } from '../redact-source.ts';
import { CAMERA_OVERTAKEN } from '../store/camera-settings.ts';
import type { StoredCamera } from '../store/camera-settings.ts';
import { applyThenStore, assertRead, authorOf, DiffQuery, oneAtATime } from '../versioned.ts';
import { CameraParams } from './cameras.ts';

const VersionParams = Type.Object({ ...CameraParams.properties, version: Type.Integer({ minimum: 1 }) });
const config = { access: 'cameras.write' } as const;
const tags = ['cameras'];

/** Routes under `/api/camera-settings`. They are beside `/api/cameras`, which has no removed cameras. */
export function cameraSettingsRoutes(app: ApiApp, context: ApiContext): void {
  readRoutes(app, context);
  changeRoutes(app, context);
}

function readRoutes(app: ApiApp, context: ApiContext): void {
  const { cameraSettings } = context.store;

  app.get(
    '/api/camera-settings',
    {
      config,
      schema: {
        summary: 'The newest version of each camera, removed ones too, and the schema of the settings',
        tags,
        response: { 200: CameraSettingsList },
      },
    },
    (request) => ({
      items: cameraSettings
        .all()
        .filter(({ cameraId }) => isCovered(context, request, cameraId))
        .map((camera) => toVersion(camera)),
      schema: { ...context.cameraControl.schema },
    }),
  );

  app.get(
    '/api/camera-settings/:cameraId',
    {
      config,
      schema: {
        summary: 'The settings of a camera; the source without its password',
        tags,
        params: CameraParams,
        response: { 200: CameraSettingsVersion },
      },
    },
    (request, reply) => {
      const current = currentOf(context, request, request.params.cameraId);
      void reply.header('etag', etagOf(current.version));
      return toAnswer(current);
    },
  );

  app.get(
    '/api/camera-settings/:cameraId/versions',
    {
      config,
      schema: {
        summary: 'All versions, newest first',
        tags,
        params: CameraParams,
        response: { 200: Type.Object({ items: Type.Array(CameraVersion) }) },
      },
    },
    (request) => {
      const { cameraId } = currentOf(context, request, request.params.cameraId);
      return { items: cameraSettings.versions(cameraId).map((one) => toVersion(one)) };
    },
  );

  app.get(
    '/api/camera-settings/:cameraId/versions/:version',
    {
      config,
      schema: {
        summary: 'One version',
        tags,
        params: VersionParams,
        response: { 200: CameraSettingsVersion },
      },
    },
    (request) => toAnswer(versionOf(context, request, request.params.cameraId, request.params.version)),
  );

  app.get(
    '/api/camera-settings/:cameraId/diff',
    {
      config,
      schema: {
        summary: 'What changed between two versions',
        tags,
        params: CameraParams,
        querystring: DiffQuery,
        response: { 200: CameraSettingsDiff },
      },
    },
    (request) => {
      const { from, to } = request.query;
      const before = versionOf(context, request, request.params.cameraId, from);
      const after = versionOf(context, request, request.params.cameraId, to);
      return { from, to, changes: diffCameraSettings(before.settings, after.settings) };
    },
  );
}

function changeRoutes(app: ApiApp, context: ApiContext): void {
  // The check, the live change and the stored version belong together.
  const inTurn = oneAtATime();

  app.post(
    '/api/camera-settings',
    {
      config,
      schema: {
        summary: 'Add a camera with a note; it starts at once',
        tags,
        body: AddCamera,
        response: { 201: CameraSettingsVersion },
      },
    },
    (request, reply) =>
      inTurn(async () => {
        const { cameraId, settings, note } = request.body;
        if (!isCovered(context, request, cameraId)) {
          throw new StreetwatchError('api.forbidden', 'the district of this camera is not yours');
        }
        if (context.store.cameraSettings.current(cameraId) !== undefined) {
          throw new StreetwatchError(
            'api.conflict',
            `there is or was a camera ${cameraId}; a removed one comes back by a roll-back`,
          );
        }
        const checked = checkedSettings(context, cameraId, settings, undefined);
        const added = await publish(context, request, {
          cameraId,
          before: undefined,
          settings: checked,
          note,
          action: 'camera.add',
        });
        void reply.code(201).header('etag', etagOf(added.version));
        return toAnswer(added);
      }),
  );

  app.put(
    '/api/camera-settings/:cameraId',
    {
      config,
      schema: {
        summary: 'Change a camera with a note; it works at once, other cameras go on untouched',
        tags,
        params: CameraParams,
        body: ChangeCamera,
        response: { 200: CameraSettingsVersion },
      },
    },
    (request, reply) =>
      inTurn(async () => {
        const before = currentOf(context, request, request.params.cameraId);
        assertRead(request, before.version, CAMERA_OVERTAKEN);
        const { cameraId } = assertThere(before);
        const settings = checkedSettings(context, cameraId, request.body.settings, before.settings);
        const { note } = request.body;
        const changed = await publish(context, request, {
          cameraId,
          before,
          settings,
          note,
          action: 'camera.change',
        });
        void reply.header('etag', etagOf(changed.version));
        return toAnswer(changed);
      }),
  );

  app.post(
    '/api/camera-settings/:cameraId/remove',
    {
      config,
      schema: {
        summary: 'End a camera with a note; its incidents, rules and versions are kept',
        tags,
        params: CameraParams,
        body: RemoveCamera,
        response: { 200: CameraSettingsVersion },
      },
    },
    (request, reply) =>
      inTurn(async () => {
        const before = currentOf(context, request, request.params.cameraId);
        assertRead(request, before.version, CAMERA_OVERTAKEN);
        const { cameraId } = assertThere(before);
        const { note } = request.body;
        const removed = await publish(context, request, {
          cameraId,
          before,
          settings: undefined,
          note,
          action: 'camera.remove',
        });
        void reply.header('etag', etagOf(removed.version));
        return toAnswer(removed);
      }),
  );

  app.post(
    '/api/camera-settings/:cameraId/roll-back',
    {
      config,
      schema: {
        summary: 'Take up an older version again, as a new version; so a removed camera comes back',
        tags,
        params: CameraParams,
        body: RollBack,
        response: { 200: CameraSettingsVersion },
      },
    },
    (request, reply) =>
      inTurn(async () => {
        const before = currentOf(context, request, request.params.cameraId);
        assertRead(request, before.version, CAMERA_OVERTAKEN);
        const { cameraId } = before;
        const { version, note } = request.body;
        const { settings } = versionOf(context, request, cameraId, version);
        const back = await publish(context, request, {
          cameraId,
          before,
          settings,
          note,
          action: 'camera.roll-back',
        });
        void reply.header('etag', etagOf(back.version));
        return toAnswer(back);
      }),
  );
}

async function publish(
  context: ApiContext,
  request: FastifyRequest,
  wish: {
    cameraId: string;
    before: StoredCamera | undefined;
    settings: CameraSettings | undefined;
    note: string;
    action: string;
  },
): Promise<StoredCamera> {
  const { cameraId, before, settings, note, action } = wish;
  const published = await applyThenStore({
    apply: () => context.cameraControl.apply(cameraId, settings),
    takeBack: () => context.cameraControl.apply(cameraId, before?.settings),
    store: () =>
      context.store.transaction(() => {
        const author = authorOf(request);
        const basedOn = before?.version ?? 0;
        const stored = context.store.cameraSettings.publish(cameraId, { settings, note, author, basedOn });
        const changes = diffCameraSettings(before?.settings, settings);
        const details = { version: stored.version, note, changes };
        audit(context, request, { action, objectType: 'camera', objectId: cameraId, details });
        return stored;
      }),
  });
  // Who looks at the old address sees the new one when he asks again.
  if (before?.settings !== undefined && before.settings.source !== settings?.source)
    context.live.endCamera(cameraId);
  return published;
}

/**
 * What will be stored: the redacted source of the present version stands for the stored one.
 * @throws FieldError for anything that the configuration file would refuse too.
 */
function checkedSettings(
  context: ApiContext,
  cameraId: string,
  sent: CameraSettings,
  before: CameraSettings | undefined,
): CameraSettings {
  const kept = before !== undefined && sent.source === redactSource(before.source);
  if (!kept && isRedacted(sent.source)) {
    // Otherwise a stored password could be sent to an address of somebody's choice.
    throw new FieldError([
      { path: 'settings.source', message: 'a new address needs its user and password again, not ***' },
    ]);
  }
  const settings = kept ? { ...sent, source: before.source } : sent;
  const result = context.cameraControl.check(cameraId, settings, before);
  if ('problems' in result) throw new FieldError(result.problems);
  return result.settings;
}

function isCovered(context: ApiContext, request: FastifyRequest, cameraId: string): boolean {
  const districtId = context.cameras.get(cameraId)?.districtId ?? context.cameraControl.district.id;
  return covers(callerOf(request).user.access, { cameraId, districtId });
}

/** @throws StreetwatchError `api.not-found` for unknown cameras and for those of others alike. */
function currentOf(context: ApiContext, request: FastifyRequest, cameraId: string): StoredCamera {
  const current = context.store.cameraSettings.current(cameraId);
  if (!current || !isCovered(context, request, cameraId)) {
    throw new StreetwatchError('api.not-found', 'there is no such camera');
  }
  return current;
}

function versionOf(
  context: ApiContext,
  request: FastifyRequest,
  cameraId: string,
  version: number,
): StoredCamera {
  currentOf(context, request, cameraId);
  const found = context.store.cameraSettings.version(cameraId, version);
  if (!found) throw new StreetwatchError('api.not-found', 'there is no such version');
  return found;
}

function assertThere(camera: StoredCamera): StoredCamera {
  if (camera.removed) {
    throw new StreetwatchError('api.conflict', 'this camera was removed; a roll-back brings it back');
  }
  return camera;
}

function toVersion(stored: StoredCamera): Omit<Version, 'settings'> {
  const { settings: _settings, ...version } = stored;
  return version;
}

function toAnswer(stored: StoredCamera): Version {
  const { settings } = stored;
  return {
    ...toVersion(stored),
    ...(settings === undefined ? {} : { settings: { ...settings, source: redactSource(settings.source) } }),
  };
}
