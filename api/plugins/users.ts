/** Users, their invitations and API tokens. */

import { Type } from 'typebox';
import { StreetwatchError } from '../../core/index.ts';
import { includes, notAbove, TOKEN_CAPABILITIES } from '../auth/access.ts';
import type { Principal } from '../auth/access.ts';
import { callerOf } from '../auth/guard.ts';
import { audit } from '../context.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import {
  Id,
  InvitedUser,
  IssuedToken,
  NewToken,
  NewUser,
  NoContent,
  Token,
  User,
  UserChange,
} from '../contract/index.ts';
import type { Access, Role } from '../contract/index.ts';
import { etagOf, versionFromIfMatch } from '../etag.ts';

const UserParams = Type.Object({ userId: Id });
const TokenParams = Type.Object({ tokenId: Id });

/** Routes under `/api/users` and `/api/tokens`. */
export function userRoutes(app: ApiApp, context: ApiContext): void {
  const { users, sessions } = context.store;

  app.get(
    '/api/users',
    {
      config: { access: 'users.manage' },
      schema: {
        summary: 'Users that the caller may manage',
        tags: ['users'],
        response: { 200: Type.Object({ items: Type.Array(User) }) },
      },
    },
    (request) => ({ items: users.list().filter((user) => mayManage(context, callerOf(request), user)) }),
  );

  app.post(
    '/api/users',
    {
      config: { access: 'users.manage' },
      schema: {
        summary: 'Invite a new user',
        tags: ['users'],
        body: NewUser,
        response: { 201: InvitedUser },
      },
    },
    (request, reply) => {
      assertMayGive(context, callerOf(request), request.body);
      const result = context.store.transaction(() => {
        const user = users.create(request.body);
        audit(context, request, {
          action: 'user.create',
          objectType: 'user',
          objectId: user.userId,
          details: { name: user.name, role: user.role, access: user.access },
        });
        return { user, invitation: users.invite(user.userId) };
      });
      void reply.code(201).header('etag', etagOf(result.user.version));
      return result;
    },
  );

  app.get(
    '/api/users/:userId',
    {
      config: { access: 'users.manage' },
      schema: { summary: 'One user', tags: ['users'], params: UserParams, response: { 200: User } },
    },
    (request, reply) => {
      const user = managedUser(context, callerOf(request), request.params.userId);
      void reply.header('etag', etagOf(user.version));
      return user;
    },
  );

  app.patch(
    '/api/users/:userId',
    {
      config: { access: 'users.manage' },
      schema: {
        summary: 'Change role, access or name, or disable; ends the sessions of the user',
        tags: ['users'],
        params: UserParams,
        body: UserChange,
        response: { 200: User },
      },
    },
    (request, reply) => {
      const before = managedUser(context, callerOf(request), request.params.userId);
      assertMayGive(context, callerOf(request), { ...before, ...request.body });
      const version = versionFromIfMatch(request);
      const user = context.store.transaction(() => {
        const changed = users.change(before.userId, version, request.body);
        sessions.endAll(before.userId, callerOf(request).sessionHash);
        audit(context, request, {
          action: 'user.change',
          objectType: 'user',
          objectId: before.userId,
          details: { ...request.body },
        });
        return changed;
      });
      void reply.header('etag', etagOf(user.version));
      return user;
    },
  );

  app.post(
    '/api/users/:userId/invitation',
    {
      config: { access: 'users.manage' },
      schema: {
        summary: 'A new one-time link with which the user sets a password',
        tags: ['users'],
        params: UserParams,
        response: { 201: InvitedUser },
      },
    },
    (request, reply) => {
      const user = managedUser(context, callerOf(request), request.params.userId);
      const invitation = context.store.transaction(() => {
        audit(context, request, { action: 'user.invite', objectType: 'user', objectId: user.userId });
        return users.invite(user.userId);
      });
      void reply.code(201);
      return { user, invitation };
    },
  );

  tokenRoutes(app, context);
}

function tokenRoutes(app: ApiApp, context: ApiContext): void {
  const { tokens, users } = context.store;

  app.get(
    '/api/tokens',
    {
      config: { access: 'signed-in' },
      schema: {
        summary: 'Own tokens; for administrators those of all users that they manage',
        tags: ['tokens'],
        response: { 200: Type.Object({ items: Type.Array(Token) }) },
      },
    },
    (request) => {
      const caller = callerOf(request);
      if (!caller.capabilities.has('users.manage')) return { items: tokens.list(caller.user.userId) };
      return { items: tokens.list().filter((token) => mayManage(context, caller, users.byId(token.userId))) };
    },
  );

  app.post(
    '/api/tokens',
    {
      config: { access: 'signed-in' },
      schema: {
        summary: 'Issue a token; its secret is shown this once',
        tags: ['tokens'],
        body: NewToken,
        response: { 201: IssuedToken },
      },
    },
    (request, reply) => {
      const caller = callerOf(request);
      if (caller.kind !== 'user') throw new StreetwatchError('api.forbidden', 'a token cannot issue tokens');
      const tooMuch = request.body.scopes.find(
        (s) => !caller.capabilities.has(s) || !TOKEN_CAPABILITIES.includes(s),
      );
      if (tooMuch !== undefined)
        throw new StreetwatchError('api.forbidden', `a token of yours cannot have ${tooMuch}`);
      const issued = context.store.transaction(() => {
        const result = tokens.issue(caller.user, request.body);
        audit(context, request, {
          action: 'token.issue',
          objectType: 'token',
          objectId: result.token.tokenId,
          details: {
            name: request.body.name,
            scopes: request.body.scopes,
            expiresAtMs: result.token.expiresAtMs,
          },
        });
        return result;
      });
      void reply.code(201);
      return issued;
    },
  );

  app.delete(
    '/api/tokens/:tokenId',
    {
      config: { access: 'signed-in' },
      schema: {
        summary: 'Revoke a token',
        tags: ['tokens'],
        params: TokenParams,
        response: { 204: NoContent },
      },
    },
    (request, reply) => {
      const caller = callerOf(request);
      const token = tokens.byId(request.params.tokenId);
      const own = token?.userId === caller.user.userId && caller.kind === 'user';
      const managed =
        token &&
        caller.capabilities.has('users.manage') &&
        mayManage(context, caller, users.byId(token.userId));
      if (!token || !(own || managed)) throw new StreetwatchError('api.not-found', 'there is no such token');
      context.store.transaction(() => {
        tokens.revoke(token.tokenId);
        audit(context, request, { action: 'token.revoke', objectType: 'token', objectId: token.tokenId });
      });
      void reply.code(204);
      return null;
    },
  );
}

function mayManage(
  context: ApiContext,
  caller: Principal,
  user: { role: Role; access: Access } | undefined,
): boolean {
  return (
    user !== undefined &&
    notAbove(user.role, caller.user.role) &&
    includes(caller.user.access, user.access, context.cameras.list())
  );
}

function managedUser(context: ApiContext, caller: Principal, userId: string) {
  const user = context.store.users.byId(userId);
  if (!user || !mayManage(context, caller, user))
    throw new StreetwatchError('api.not-found', 'there is no such user');
  return user;
}

/** Nobody gives more than he has. */
function assertMayGive(context: ApiContext, caller: Principal, wish: { role: Role; access: Access }): void {
  if (!mayManage(context, caller, wish)) {
    throw new StreetwatchError('api.forbidden', 'this role or access goes beyond your own');
  }
}
