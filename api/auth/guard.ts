/** The one door: who calls, may he call this route, and does a changing request really come from our own page. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { StreetwatchError } from '../../core/index.ts';
import type { Capability } from '../contract/index.ts';
import type { SessionStore, TokenStore } from '../store/sessions.ts';
import type { AuditActor } from '../store/audit-log.ts';
import type { Principal } from './access.ts';
import { sameText } from './secret.ts';

/** What a route asks for: nobody, anybody who is signed in, or a capability. */
export type RouteAccess = 'anonymous' | 'signed-in' | Capability;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says who may call it; one that does not cannot be registered. */
    access?: RouteAccess;
  }
  interface FastifyRequest {
    principal: Principal | null;
  }
}

/** Name of the session cookie; the `__Host-` prefix needs `Secure`, so plain HTTP on loopback goes without. */
export const cookieName = (secure: boolean): string => (secure ? '__Host-streetwatch' : 'streetwatch');

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Stores that the guard asks, and whether the server speaks TLS. */
export interface GuardParts {
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  readonly secure: boolean;
}

/** A route and who may call it. */
export interface GuardedRoute {
  readonly method: string;
  readonly url: string;
  readonly access: RouteAccess;
}

/** Installs the guard before any route is registered; returns the list that grows with each of them. */
export function installGuard(app: FastifyInstance, parts: GuardParts): readonly GuardedRoute[] {
  const routes: GuardedRoute[] = [];
  app.decorateRequest('principal', null);
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) {
      throw new Error(`route ${String(route.method)} ${route.url} does not say who may call it`);
    }
    for (const method of [route.method].flat()) {
      if (method !== 'HEAD') routes.push({ method, url: route.url, access: route.config.access });
    }
  });
  // Before parsing: a stranger cannot make the server read a body.
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const access = request.routeOptions.config.access;
    if (access === undefined) return; // unknown address: the not-found handler answers
    if (access === 'anonymous') {
      if (!SAFE_METHODS.has(request.method)) assertSameSite(request);
      return;
    }
    const principal = identify(request, parts);
    if (!principal) {
      reply.header('www-authenticate', 'Bearer');
      throw new StreetwatchError('api.unauthenticated', 'sign in first');
    }
    request.principal = principal;
    if (principal.kind === 'user') checkCsrf(request, principal);
    if (access !== 'signed-in' && !principal.capabilities.has(access)) {
      throw new StreetwatchError('api.forbidden', `this needs the capability ${access}`);
    }
  });
  return routes;
}

function identify(request: FastifyRequest, parts: GuardParts): Principal | undefined {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) {
    const bearer = /^Bearer ([\w.-]{1,200})$/.exec(authorization)?.[1];
    return bearer === undefined ? undefined : parts.tokens.find(bearer);
  }
  const cookie = request.cookies[cookieName(parts.secure)];
  return cookie === undefined ? undefined : parts.sessions.find(cookie);
}

/** A browser says where a request comes from (Fetch Metadata, Origin); a program says nothing. */
function assertSameSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  const origin = request.headers.origin;
  const foreign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && originHost(origin) !== request.headers.host);
  if (foreign) throw new StreetwatchError('api.cross-site', 'the request comes from another site');
}

function originHost(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}

function checkCsrf(request: FastifyRequest, principal: Principal): void {
  if (request.headers.upgrade !== undefined) {
    // A WebSocket handshake is a GET that other pages may make with our cookie.
    assertSameSite(request);
    return;
  }
  if (SAFE_METHODS.has(request.method)) return;
  assertSameSite(request);
  const sent = request.headers['x-csrf-token'];
  if (typeof sent !== 'string' || !sameText(sent, principal.csrf ?? '')) {
    throw new StreetwatchError('api.cross-site', 'the X-CSRF-Token header is missing or wrong');
  }
}

/** The caller of a route that needs one. */
export function callerOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new StreetwatchError('api.unauthenticated', 'sign in first');
  return request.principal;
}

/** The caller as the audit log names him. */
export function actorOf(principal: Principal): AuditActor {
  return {
    kind: principal.kind,
    id: principal.kind === 'token' ? principal.tokenId! : principal.user.userId,
    name: principal.user.name,
  };
}
