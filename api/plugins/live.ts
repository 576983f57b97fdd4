/** Live view over an authenticated WebSocket. */

import { Type } from 'typebox';
import { StreetwatchError } from '../../core/index.ts';
import { callerOf } from '../auth/guard.ts';
import { audit, cameraFor } from '../context.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { oneOf } from '../contract/index.ts';
import { LIVE_FORMATS } from '../live/live-stream.ts';
import type { LiveChunk } from '../live/live-stream.ts';
import { CameraParams } from './cameras.ts';

const LiveQuery = Type.Object({ format: oneOf(LIVE_FORMATS) }, { additionalProperties: false });
/** Private close codes (RFC 6455 7.4.2): signed out; bound reached; no stream. */
export const LIVE_CLOSE = { signedOut: 4401, busy: 4503, unavailable: 4404, ended: 4410 } as const;
const CHECK_MS = 15_000;

/** Route `/api/cameras/:cameraId/live`. */
export function liveRoutes(app: ApiApp, context: ApiContext): void {
  app.get(
    '/api/cameras/:cameraId/live',
    {
      websocket: true,
      config: { access: 'live.view' },
      schema: {
        summary:
          'WebSocket: `fmp4` sends {"mime"} and fragmented MP4, `mpeg1` sends an MPEG transport stream',
        tags: ['cameras'],
        params: CameraParams,
        querystring: LiveQuery,
      },
      preValidation: (request, _reply, done) => {
        // Refused as HTTP, before the upgrade: an id tells nothing to those who may not see the camera.
        try {
          cameraFor(context, request, request.params.cameraId);
          done();
        } catch (error) {
          done(error as Error);
        }
      },
    },
    (socket, request) => {
      const { cameraId } = request.params;
      const { format } = request.query;
      const caller = callerOf(request);
      let leave = (): void => undefined;
      const check = setInterval(() => {
        const standing =
          caller.sessionHash === undefined
            ? context.store.tokens.alive(caller.tokenId ?? '')
            : context.store.sessions.alive(caller.sessionHash);
        if (!standing) socket.close(LIVE_CLOSE.signedOut, 'signed out');
      }, CHECK_MS);
      socket.on('close', () => {
        clearInterval(check);
        leave();
      });
      socket.on('error', () => socket.terminate());
      try {
        leave = context.live.join(cameraId, format, {
          send: (chunk: LiveChunk) => socket.send(chunk),
          lagBytes: () => socket.bufferedAmount,
          // Not the words of ffmpeg: they name the address of the camera.
          ended: () => socket.close(LIVE_CLOSE.ended, 'the stream ended'),
        });
        audit(context, request, {
          action: 'live.view',
          objectType: 'camera',
          objectId: cameraId,
          details: { format },
        });
      } catch (error) {
        const known = error instanceof StreetwatchError ? error : undefined;
        const code = known?.code === 'live.busy' ? LIVE_CLOSE.busy : LIVE_CLOSE.unavailable;
        socket.close(code, known?.code ?? 'api.internal');
        if (!known) request.log.error({ err: error }, 'live view failed');
      }
    },
  );
}
