/** `/healthz`, `/readyz` and `/metrics` for the machine that runs us: no evidence, no addresses of cameras. */

import { createHash, timingSafeEqual } from 'node:crypto';
import Fastify from 'fastify';
import type { Metrics } from './metrics.ts';

export interface TelemetryServer {
  /** `http://host:port` that it listens on. */
  readonly url: string;
  close(): Promise<void>;
}

export interface TelemetryOptions {
  readonly host: string;
  readonly port: number;
  /** Asked of whoever reads more than `/healthz`; without it nobody is asked. */
  readonly token?: string | undefined;
  readonly metrics: Metrics;
  /** Reasons why no camera can be watched now; empty when ready. */
  unreadyBecause(): readonly string[];
}

/** Starts listening. `/healthz` says that the process answers, `/readyz` that it does its work. */
export async function startTelemetry(options: TelemetryOptions): Promise<TelemetryServer> {
  const server = Fastify({ logger: false });
  const { token } = options;
  server.addHook('onRequest', async (request, reply) => {
    if (token === undefined || request.routeOptions.url === '/healthz') return;
    if (sameText(request.headers.authorization ?? '', `Bearer ${token}`)) return;
    return reply.code(401).header('www-authenticate', 'Bearer').send({ status: 'unauthorized' });
  });
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', (_request, reply) => {
    const reasons = options.unreadyBecause();
    return reply
      .code(reasons.length === 0 ? 200 : 503)
      .send({ status: reasons.length === 0 ? 'ready' : 'not ready', reasons });
  });
  server.get('/metrics', async (_request, reply) => {
    const text = await options.metrics.registry.metrics();
    return reply.type(options.metrics.registry.contentType).send(text);
  });
  const url = await server.listen({ host: options.host, port: options.port });
  return { url, close: () => server.close() };
}

/** Equal in constant time, whatever the lengths. */
function sameText(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(x!, y!);
}
