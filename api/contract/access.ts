/** Users, roles, sessions, tokens and the audit log. */

import { Type } from 'typebox';
import type { Static } from 'typebox';
import { Id, oneOf, text, TimeMs } from './basics.ts';

/** From least to most: each role may all that the one before may. */
export const ROLES = ['viewer', 'operator', 'author', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** What a route asks for, and what a token may be limited to. */
export const CAPABILITIES = [
  'incidents.read',
  'evidence.read',
  'incidents.review',
  'cameras.read',
  'cameras.write',
  'live.view',
  'rules.read',
  'rules.write',
  'statistics.read',
  'users.manage',
  'audit.read',
  'system.read',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Districts and cameras that somebody may see: `all`, or the union of both lists. */
export const Access = Type.Object(
  {
    all: Type.Boolean(),
    districts: Type.Array(Id, { maxItems: 1000 }),
    cameras: Type.Array(Id, { maxItems: 10_000 }),
  },
  { additionalProperties: false },
);
export type Access = Static<typeof Access>;

export const UserName = Type.String({
  minLength: 2,
  maxLength: 64,
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}._@-]*$',
});
/** NIST SP 800-63B: length decides, no composition rules. */
export const Password = Type.String({ minLength: 12, maxLength: 256 });

export const User = Type.Object({
  userId: Id,
  name: Type.String(),
  displayName: Type.String(),
  role: oneOf(ROLES),
  access: Access,
  disabled: Type.Boolean(),
  /** No password was set yet: the invitation is still open. */
  invited: Type.Boolean(),
  version: Type.Integer(),
  createdAtMs: TimeMs,
});
export type User = Static<typeof User>;

export const NewUser = Type.Object(
  { name: UserName, displayName: text(80, 1), role: oneOf(ROLES), access: Access },
  { additionalProperties: false },
);
export type NewUser = Static<typeof NewUser>;

export const UserChange = Type.Object(
  {
    displayName: Type.Optional(text(80, 1)),
    role: Type.Optional(oneOf(ROLES)),
    access: Type.Optional(Access),
    disabled: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type UserChange = Static<typeof UserChange>;

/** The secret of a link `/set-up#<token>` with which a person sets a password; shown once. */
export const Invitation = Type.Object({ token: Type.String(), expiresAtMs: TimeMs });
export type Invitation = Static<typeof Invitation>;

export const InvitedUser = Type.Object({ user: User, invitation: Invitation });

export const SignIn = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    password: Type.String({ minLength: 1, maxLength: 256 }),
  },
  { additionalProperties: false },
);

export const SetUp = Type.Object(
  {
    token: Type.String({ minLength: 20, maxLength: 100 }),
    name: Type.Optional(UserName),
    displayName: Type.Optional(text(80, 1)),
    password: Password,
  },
  { additionalProperties: false },
);

export const PasswordChange = Type.Object(
  { current: Type.String({ minLength: 1, maxLength: 256 }), password: Password },
  { additionalProperties: false },
);

/** Who is signed in, what he may do, and the CSRF token that changing requests carry. */
export const Session = Type.Object({
  user: User,
  capabilities: Type.Array(oneOf(CAPABILITIES)),
  timeZone: Type.String({ description: 'IANA zone of the district: in it the console writes times.' }),
  csrf: Type.Optional(Type.String()),
  expiresAtMs: Type.Optional(TimeMs),
});
export type Session = Static<typeof Session>;

export const Token = Type.Object({
  tokenId: Id,
  userId: Id,
  userName: Type.String(),
  name: Type.String(),
  scopes: Type.Array(oneOf(CAPABILITIES)),
  createdAtMs: TimeMs,
  expiresAtMs: TimeMs,
  usedAtMs: Type.Optional(TimeMs),
  revokedAtMs: Type.Optional(TimeMs),
});
export type Token = Static<typeof Token>;

export const NewToken = Type.Object(
  {
    name: text(80, 1),
    scopes: Type.Array(oneOf(CAPABILITIES), {
      minItems: 1,
      maxItems: CAPABILITIES.length,
      uniqueItems: true,
    }),
    days: Type.Integer({ minimum: 1, maximum: 366, description: 'Days until it expires.' }),
  },
  { additionalProperties: false },
);
export type NewToken = Static<typeof NewToken>;

/** `secret` is shown this once: `Authorization: Bearer <secret>`. */
export const IssuedToken = Type.Object({ token: Token, secret: Type.String() });

export const AuditEntry = Type.Object({
  seq: Type.Integer(),
  atMs: TimeMs,
  actorKind: oneOf(['user', 'token', 'system', 'anonymous']),
  actorId: Type.String(),
  actorName: Type.String(),
  action: Type.String(),
  objectType: Type.String(),
  objectId: Type.String(),
  address: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
  hash: Type.String(),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditState = Type.Object({
  entries: Type.Integer(),
  headHash: Type.String(),
  sound: Type.Boolean(),
  problem: Type.Optional(Type.String()),
});
export type AuditState = Static<typeof AuditState>;
