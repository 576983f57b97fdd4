/** Cameras: state, figures, newest picture, tracks of the last minutes. */

import { Type } from 'typebox';
import { audit, cameraFor, visibleCameras } from '../context.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { callerOf } from '../auth/guard.ts';
import { Camera, CameraQuery, Id, RecentTrack } from '../contract/index.ts';

export const CameraParams = Type.Object({ cameraId: Id });
const SnapshotQuery = Type.Object(
  {
    width: Type.Optional(Type.Integer({ minimum: 64, maximum: 3840, default: 640 })),
    t: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Any number: a new address for a new picture.' }),
    ),
  },
  { additionalProperties: false },
);
const TracksQuery = Type.Object(
  { minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 60, default: 10 })) },
  { additionalProperties: false },
);

/** Routes under `/api/cameras`. */
export function cameraRoutes(app: ApiApp, context: ApiContext): void {
  app.get(
    '/api/cameras',
    {
      config: { access: 'cameras.read' },
      schema: {
        summary: 'Cameras that the caller may see',
        tags: ['cameras'],
        querystring: CameraQuery,
        response: { 200: Type.Object({ items: Type.Array(Camera) }) },
      },
    },
    (request) => {
      const { q, state, district } = request.query;
      const text = q?.toLowerCase();
      const items = visibleCameras(context, callerOf(request)).filter(
        (camera) =>
          (state === undefined || camera.state === state) &&
          (district === undefined || camera.districtId === district) &&
          (text === undefined ||
            `${camera.cameraId} ${camera.name} ${camera.districtName}`.toLowerCase().includes(text)),
      );
      return { items };
    },
  );

  app.get(
    '/api/cameras/:cameraId',
    {
      config: { access: 'cameras.read' },
      schema: { summary: 'One camera', tags: ['cameras'], params: CameraParams, response: { 200: Camera } },
    },
    (request) => cameraFor(context, request, request.params.cameraId),
  );

  app.get(
    '/api/cameras/:cameraId/snapshot.jpg',
    {
      config: { access: 'live.view' },
      schema: {
        summary: 'The newest picture',
        tags: ['cameras'],
        params: CameraParams,
        querystring: SnapshotQuery,
      },
    },
    async (request, reply) => {
      const camera = cameraFor(context, request, request.params.cameraId);
      const jpeg = await context.cameras.snapshot(camera.cameraId, request.query.width ?? 640);
      return reply.header('cache-control', 'no-store').type('image/jpeg').send(Buffer.from(jpeg));
    },
  );

  app.get(
    '/api/cameras/:cameraId/tracks',
    {
      config: { access: 'live.view' },
      schema: {
        summary: 'Tracks of the last minutes with their longest stay, to judge a threshold by eye',
        tags: ['cameras'],
        params: CameraParams,
        querystring: TracksQuery,
        response: { 200: Type.Object({ items: Type.Array(RecentTrack) }) },
      },
    },
    (request) => {
      const camera = cameraFor(context, request, request.params.cameraId);
      audit(context, request, { action: 'camera.tracks', objectType: 'camera', objectId: camera.cameraId });
      return { items: [...context.cameras.recentTracks(camera.cameraId, request.query.minutes ?? 10)] };
    },
  );
}
