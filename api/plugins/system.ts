/** Health of the program: one anonymous line for probes, the rest for administrators. */

import { Type } from 'typebox';
import type { ApiApp, ApiContext } from '../context.ts';
import { SystemState } from '../contract/index.ts';

/** Routes `/healthz`, `/api/system` and `/api/openapi.json`. */
export function systemRoutes(app: ApiApp, context: ApiContext): void {
  app.get(
    '/healthz',
    {
      config: { access: 'anonymous' },
      schema: {
        summary: 'Whether the server answers',
        tags: ['system'],
        response: { 200: Type.Object({ status: Type.String() }) },
      },
    },
    () => ({ status: 'ok' }),
  );

  app.get(
    '/api/system',
    {
      config: { access: 'system.read' },
      schema: { summary: 'State of the program', tags: ['system'], response: { 200: SystemState } },
    },
    () => {
      const cameras = context.cameras.list();
      const head = context.store.audit.head();
      return {
        version: context.version,
        startedAtMs: context.startedAtMs,
        nowMs: context.clock.nowMs(),
        cameras: {
          total: cameras.length,
          online: cameras.filter((camera) => camera.state === 'online').length,
          withFaults: cameras.filter((camera) => camera.faults.length > 0).length,
        },
        incidents: {
          pending: context.incidents.count({ reviewStates: ['pending'] }),
          open: context.incidents.count({ status: 'open' }),
        },
        feed: { clients: context.feed.clients, newestSeq: context.feed.newest() },
        live: context.live.state(),
        audit: { entries: head.seq, headHash: head.hash },
        memoryBytes: process.memoryUsage.rss(),
        figures: { ...context.system.figures() },
      };
    },
  );

  app.get(
    '/api/openapi.json',
    { config: { access: 'signed-in' }, schema: { summary: 'This contract', tags: ['system'] } },
    (_request, reply) => reply.type('application/json').send(JSON.stringify(app.swagger())),
  );
}
