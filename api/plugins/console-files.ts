/** The console's own files: the same for everybody, so they need no session; every figure in them comes from the API. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyReply } from 'fastify';
import type { ApiApp } from '../context.ts';

/** Pages of the console; each is the same document, which reads its address. */
const PAGES = [
  '/',
  '/set-up',
  '/review',
  '/incidents',
  '/incidents/:id',
  '/cameras',
  '/cameras/:id',
  '/cameras/:id/rules',
  '/cameras/:id/settings',
  '/new-camera',
  '/supervision',
  '/admin',
  '/admin/:tab',
];

/** Serves the built console from `dir`; without a build only the API is there. */
export function consoleRoutes(app: ApiApp, dir: string): void {
  if (!existsSync(join(dir, 'index.html'))) return;
  const document = (reply: FastifyReply): FastifyReply =>
    reply.header('cache-control', 'no-cache').sendFile('index.html', dir, { cacheControl: false });
  for (const page of PAGES) {
    app.get(page, { config: { access: 'anonymous' }, schema: { hide: true } }, (_request, reply) =>
      document(reply),
    );
  }
  // Whoever mistypes an address in the browser is told so by the console, a program by a problem document.
  app.get('/*', { config: { access: 'anonymous' }, schema: { hide: true } }, (request, reply) => {
    const wantsPage = request.headers.accept?.includes('text/html') === true;
    if (!wantsPage || request.url.startsWith('/api/')) {
      reply.callNotFound();
      return reply;
    }
    return document(reply.code(404));
  });
  app.get<{ Params: { '*': string } }>(
    '/assets/*',
    { config: { access: 'anonymous' }, schema: { hide: true } },
    // Their names carry a hash of their content.
    (request, reply) =>
      reply
        .header('cache-control', 'public, max-age=31536000, immutable')
        .sendFile(request.params['*'], join(dir, 'assets'), { cacheControl: false }),
  );
}
