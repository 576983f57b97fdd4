/** Users and their invitations. */

import { StreetwatchError } from '../../core/index.ts';
import type { Clock } from '../../core/index.ts';
import { hashSecret, newId, newSecret } from '../auth/secret.ts';
import type { Access, Invitation, NewUser, Role, User, UserChange } from '../contract/index.ts';
import { inTransaction } from './database.ts';
import type { Db } from './database.ts';

const INVITATION_MS = 7 * 24 * 60 * 60_000;

interface UserRow {
  user_id: string;
  name: string;
  display_name: string;
  role: string;
  access: string;
  password: string | null;
  disabled: number;
  version: number;
  created_at_ms: number;
}

/** Reads and changes users. Password hashes leave it only through {@link UserStore.passwordOf}. */
export class UserStore {
  private readonly db: Db;
  private readonly clock: Clock;

  constructor(db: Db, clock: Clock) {
    this.db = db;
    this.clock = clock;
  }

  count(): number {
    return (this.db.prepare('SELECT count(*) AS n FROM users').get() as { n: number }).n;
  }

  list(): User[] {
    return (this.db.prepare('SELECT * FROM users ORDER BY name').all() as UserRow[]).map(toUser);
  }

  byId(userId: string): User | undefined {
    const row = this.db.prepare('SELECT * FROM users WHERE user_id = ?').get(userId) as UserRow | undefined;
    return row && toUser(row);
  }

  byName(name: string): User | undefined {
    const row = this.db.prepare('SELECT * FROM users WHERE name = ?').get(name) as UserRow | undefined;
    return row && toUser(row);
  }

  /** The stored hash, or `undefined` for unknown, invited and disabled users: none of them can sign in. */
  passwordOf(userId: string): string | undefined {
    const row = this.db
      .prepare('SELECT password FROM users WHERE user_id = ? AND disabled = 0')
      .get(userId) as { password: string | null } | undefined;
    return row?.password ?? undefined;
  }

  /** @throws StreetwatchError `api.conflict` when the name is taken. */
  create(user: NewUser): User {
    const userId = newId('u');
    return inTransaction(this.db, () => {
      if (this.byName(user.name)) {
        throw new StreetwatchError('api.conflict', `there is a user named ${user.name} already`);
      }
      this.db
        .prepare(
          'INSERT INTO users (user_id, name, display_name, role, access, created_at_ms) VALUES (?, ?, ?, ?, ?, ?)',
        )
        .run(userId, user.name, user.displayName, user.role, JSON.stringify(user.access), this.clock.nowMs());
      return this.byId(userId)!;
    });
  }

  /**
   * Changes a user that still has the version that was read.
   * @throws StreetwatchError `api.if-match-failed`; `api.conflict` when no unrestricted administrator would be left.
   */
  change(userId: string, version: number, change: UserChange): User {
    return inTransaction(this.db, () => {
      const before = this.byId(userId);
      if (!before || before.version !== version) {
        throw new StreetwatchError('api.if-match-failed', 'the user was changed since it was read');
      }
      const after = { ...before, ...change };
      this.db
        .prepare(
          `UPDATE users SET display_name = ?, role = ?, access = ?, disabled = ?, version = version + 1 WHERE user_id = ?`,
        )
        .run(after.displayName, after.role, JSON.stringify(after.access), after.disabled ? 1 : 0, userId);
      const keeper = this.list().some(
        (user) => user.role === 'administrator' && user.access.all && !user.disabled && !user.invited,
      );
      if (!keeper) {
        throw new StreetwatchError('api.conflict', 'one administrator with access to everything must remain');
      }
      return this.byId(userId)!;
    });
  }

  setPassword(userId: string, hash: string): void {
    this.db
      .prepare('UPDATE users SET password = ?, version = version + 1 WHERE user_id = ?')
      .run(hash, userId);
  }

  /** Makes a new link for the user; the one before is void. */
  invite(userId: string): Invitation {
    const token = newSecret();
    const expiresAtMs = this.clock.nowMs() + INVITATION_MS;
    this.db
      .prepare('INSERT OR REPLACE INTO invitations (token_hash, user_id, expires_at_ms) VALUES (?, ?, ?)')
      .run(hashSecret(token), userId, expiresAtMs);
    return { token, expiresAtMs };
  }

  /** Takes an invitation: it is void afterwards. */
  takeInvitation(token: string): User | undefined {
    return inTransaction(this.db, () => {
      const hash = hashSecret(token);
      const row = this.db
        .prepare('SELECT user_id FROM invitations WHERE token_hash = ? AND expires_at_ms > ?')
        .get(hash, this.clock.nowMs()) as { user_id: string } | undefined;
      if (!row) return undefined;
      this.db.prepare('DELETE FROM invitations WHERE token_hash = ?').run(hash);
      return this.byId(row.user_id);
    });
  }
}

function toUser(row: UserRow): User {
  return {
    userId: row.user_id,
    name: row.name,
    displayName: row.display_name,
    role: row.role as Role,
    access: JSON.parse(row.access) as Access,
    disabled: row.disabled !== 0,
    invited: row.password === null,
    version: row.version,
    createdAtMs: row.created_at_ms,
  };
}
