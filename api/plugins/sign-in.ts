/** Set-up of the first administrator, invitations, sign-in, sign-out, change of the own password. */

import type { FastifyReply } from 'fastify';
import { StreetwatchError } from '../../core/index.ts';
import { capabilitiesOf } from '../auth/access.ts';
import { callerOf, cookieName } from '../auth/guard.ts';
import { hashPassword, verifyPassword } from '../auth/password.ts';
import { sameText } from '../auth/secret.ts';
import { SIGN_IN_LIMITS, Throttle } from '../auth/throttle.ts';
import { audit } from '../context.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { NoContent, PasswordChange, Session, SetUp, SignIn } from '../contract/index.ts';
import type { Session as SessionView, User } from '../contract/index.ts';
import { SESSION_LIMITS } from '../store/sessions.ts';

/** Routes under `/api/session` and `/api/set-up`. */
export function signInRoutes(app: ApiApp, context: ApiContext): void {
  const throttle = new Throttle(context.clock, SIGN_IN_LIMITS);
  setUpRoute(app, context, throttle);
  signInRoute(app, context, throttle);

  app.get(
    '/api/session',
    {
      config: { access: 'signed-in' },
      schema: { summary: 'Who is signed in', tags: ['session'], response: { 200: Session } },
    },
    (request) => {
      const caller = callerOf(request);
      return {
        user: caller.user,
        capabilities: [...caller.capabilities],
        timeZone: context.timeZone,
        ...(caller.csrf === undefined ? {} : { csrf: caller.csrf }),
        expiresAtMs: caller.expiresAtMs,
      };
    },
  );

  app.delete(
    '/api/session',
    {
      config: { access: 'signed-in' },
      schema: { summary: 'Sign out', tags: ['session'], response: { 204: NoContent } },
    },
    (request, reply) => {
      const caller = callerOf(request);
      if (caller.sessionHash !== undefined) {
        context.store.sessions.end(caller.sessionHash);
        audit(context, request, { action: 'session.end', objectType: 'user', objectId: caller.user.userId });
      }
      void reply.clearCookie(cookieName(context.secure), { path: '/' }).code(204);
      return null;
    },
  );

  app.put(
    '/api/session/password',
    {
      config: { access: 'signed-in' },
      schema: {
        summary: 'Change the own password',
        tags: ['session'],
        body: PasswordChange,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      if (caller.kind !== 'user')
        throw new StreetwatchError('api.forbidden', 'a token cannot change a password');
      const key = `password ${caller.user.userId}`;
      refuseWhenThrottled(throttle, [key]);
      throttle.failed(key);
      const stored = context.store.users.passwordOf(caller.user.userId);
      if (!(await verifyPassword(request.body.current, stored, context.passwordCost))) {
        throw new StreetwatchError('api.credentials', 'the current password is wrong');
      }
      throttle.succeeded(key);
      const hash = await hashPassword(request.body.password, context.passwordCost);
      context.store.transaction(() => {
        context.store.users.setPassword(caller.user.userId, hash);
        context.store.sessions.endAll(caller.user.userId, caller.sessionHash);
        audit(context, request, {
          action: 'user.password',
          objectType: 'user',
          objectId: caller.user.userId,
        });
      });
      void reply.code(204);
      return null;
    },
  );
}

function signInRoute(app: ApiApp, context: ApiContext, throttle: Throttle): void {
  app.post(
    '/api/session',
    {
      config: { access: 'anonymous' },
      schema: { summary: 'Sign in', tags: ['session'], body: SignIn, response: { 200: Session } },
    },
    async (request, reply) => {
      const { name, password } = request.body;
      const keys = [`name ${name.toLowerCase()}`, `address ${request.ip}`];
      refuseWhenThrottled(throttle, keys);
      // Counted before the slow comparison, so that many at once are not all free.
      for (const key of keys) throttle.failed(key);
      const user = context.store.users.byName(name);
      const stored = user && context.store.users.passwordOf(user.userId);
      if (!(await verifyPassword(password, stored, context.passwordCost)) || !user) {
        context.store.audit.append({
          // An unknown name is not kept: people type passwords into the wrong field.
          actor: { kind: 'anonymous', id: '', name: user?.name ?? '' },
          action: 'session.refused',
          objectType: 'user',
          objectId: user?.userId ?? '',
          address: request.ip,
        });
        throw new StreetwatchError('api.credentials', 'the user name or the password is wrong');
      }
      for (const key of keys) throttle.succeeded(key);
      return startSession(context, user, request.ip, reply);
    },
  );
}

function setUpRoute(app: ApiApp, context: ApiContext, throttle: Throttle): void {
  app.post(
    '/api/set-up',
    {
      config: { access: 'anonymous' },
      schema: {
        summary: 'Take a one-time link: the first administrator, or an invited user, sets a password',
        tags: ['session'],
        body: SetUp,
        response: { 200: Session },
      },
    },
    async (request, reply) => {
      const key = `set-up ${request.ip}`;
      refuseWhenThrottled(throttle, [key]);
      throttle.failed(key);
      const { token, name, displayName, password } = request.body;
      const hash = await hashPassword(password, context.passwordCost);
      const user = context.store.transaction(() => {
        const taken =
          takeFirstRun(context, token, name, displayName) ?? context.store.users.takeInvitation(token);
        if (!taken || taken.disabled) {
          throw new StreetwatchError('api.set-up-link', 'this link is not valid any more; ask for a new one');
        }
        context.store.users.setPassword(taken.userId, hash);
        context.store.sessions.endAll(taken.userId);
        context.store.audit.append({
          actor: { kind: 'user', id: taken.userId, name: taken.name },
          action: 'user.set-up',
          objectType: 'user',
          objectId: taken.userId,
          address: request.ip,
        });
        return context.store.users.byId(taken.userId)!;
      });
      context.setUpToken = undefined;
      throttle.succeeded(key);
      return startSession(context, user, request.ip, reply);
    },
  );
}

function takeFirstRun(
  context: ApiContext,
  token: string,
  name: string | undefined,
  displayName: string | undefined,
): User | undefined {
  if (context.setUpToken === undefined || context.store.users.count() > 0) return undefined;
  if (!sameText(token, context.setUpToken)) return undefined;
  if (name === undefined)
    throw new StreetwatchError('api.invalid', 'the first administrator needs a user name');
  return context.store.users.create({
    name,
    displayName: displayName ?? name,
    role: 'administrator',
    access: { all: true, districts: [], cameras: [] },
  });
}

function startSession(context: ApiContext, user: User, address: string, reply: FastifyReply): SessionView {
  const secret = context.store.transaction(() => {
    context.store.audit.append({
      actor: { kind: 'user', id: user.userId, name: user.name },
      action: 'session.start',
      objectType: 'user',
      objectId: user.userId,
      address,
    });
    return context.store.sessions.start(user.userId);
  });
  const principal = context.store.sessions.find(secret)!;
  reply.setCookie(cookieName(context.secure), secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: context.secure,
    maxAge: SESSION_LIMITS.longestMs / 1000,
  });
  return {
    user,
    capabilities: capabilitiesOf(user.role),
    timeZone: context.timeZone,
    csrf: principal.csrf!,
    expiresAtMs: principal.expiresAtMs,
  };
}

function refuseWhenThrottled(throttle: Throttle, keys: readonly string[]): void {
  const retryAfterMs = Math.max(...keys.map((key) => throttle.waitMs(key)));
  if (retryAfterMs > 0) {
    throw new StreetwatchError('api.too-many-requests', 'too many attempts; wait a little', {
      context: { retryAfterMs },
    });
  }
}
