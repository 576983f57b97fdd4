/** The live feed as server-sent events, resumed by `Last-Event-ID`. */

import { Type } from 'typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StreetwatchError } from '../../core/index.ts';
import type { Principal } from '../auth/access.ts';
import { callerOf } from '../auth/guard.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import type { FeedEvent } from '../contract/index.ts';
import type { FeedMessage, FeedReader } from '../feed/feed-hub.ts';
import { incidentView } from '../incident-view.ts';
import { maySee } from './incidents.ts';

const FeedQuery = Type.Object(
  {
    /** Where to begin when there is no `Last-Event-ID`; without both, with what comes next. */
    after: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);

/** How long a browser waits before it connects again. */
const RETRY_MS = 2000;
const MOST_READERS = 500;

/** Route `/api/feed`. */
export function feedRoutes(app: ApiApp, context: ApiContext): void {
  app.get(
    '/api/feed',
    {
      config: { access: 'incidents.read' },
      schema: {
        summary:
          'Server-sent events: `revision` (id: place in the sequence; data: FeedEvent), `claim`, `time`',
        tags: ['feed'],
        querystring: FeedQuery,
      },
    },
    (request, reply) => {
      if (context.feed.clients >= MOST_READERS)
        throw new StreetwatchError('live.busy', 'too many consoles follow the feed');
      const position = startOf(request, context);
      reply.hijack();
      openReader(context, request, reply, position);
    },
  );
}

function startOf(request: FastifyRequest<{ Querystring: { after?: number } }>, context: ApiContext): number {
  const last = request.headers['last-event-id'];
  if (last === undefined || last === '') return request.query.after ?? context.feed.newest();
  if (typeof last !== 'string' || !/^\d{1,15}$/.test(last)) {
    throw new StreetwatchError('api.invalid', 'Last-Event-ID is none of ours');
  }
  return Number(last);
}

function openReader(
  context: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  position: number,
): void {
  const { raw } = reply;
  const caller = callerOf(request);
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would collect the stream before passing it on.
    'x-accel-buffering': 'no',
  });
  raw.write(`retry: ${RETRY_MS}\nid: ${position}\nevent: hello\ndata: {}\n\n`);
  const reader: FeedReader = {
    position,
    principal: () => standing(context, caller),
    render: (row) => {
      const incident = context.incidents.find(row.incidentId);
      const principal = standing(context, caller);
      if (!incident || !principal || !maySee(context, principal, incident)) return undefined;
      const event: FeedEvent = {
        incident: incidentView(incident, context.store.claims.of(row.incidentId)),
        revision: row.revision,
        phase: row.phase,
        reason: row.reason,
      };
      return { id: row.seq, event: 'revision', data: JSON.stringify(event) };
    },
    write: (message) => raw.write(frame(message)),
    close: () => raw.end(),
  };
  raw.on('drain', () => context.feed.drained(reader));
  raw.on('close', () => context.feed.remove(reader));
  raw.on('error', () => context.feed.remove(reader));
  context.feed.add(reader);
}

/** The caller as he stands now: sign-out, a changed role or a revoked token end a stream that is open. */
function standing(context: ApiContext, caller: Principal): Principal | undefined {
  if (caller.sessionHash !== undefined) return context.store.sessions.alive(caller.sessionHash);
  if (caller.tokenId !== undefined) return context.store.tokens.alive(caller.tokenId);
  return undefined;
}

function frame(message: FeedMessage): string {
  const id = message.id === undefined ? '' : `id: ${message.id}\n`;
  return `${id}event: ${message.event}\ndata: ${message.data}\n\n`;
}
