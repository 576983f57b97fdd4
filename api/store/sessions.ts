/** Sessions of the console and tokens of programs. */

import type { Clock } from '../../core/index.ts';
import { capabilitiesOf } from '../auth/access.ts';
import type { Principal } from '../auth/access.ts';
import { hashSecret, newId, newSecret, sameText } from '../auth/secret.ts';
import type { Capability, NewToken, Token, User } from '../contract/index.ts';
import type { Db } from './database.ts';
import type { UserStore } from './users.ts';

/** A session ends after one long shift, or two hours without a request. */
export const SESSION_LIMITS = { longestMs: 12 * 60 * 60_000, idleMs: 2 * 60 * 60_000 } as const;
const DAY_MS = 24 * 60 * 60_000;
/** Writing the last use on every request would make every read a write. */
const SEEN_EVERY_MS = 60_000;

/** Signed-in browsers. The cookie holds the secret, the store only its hash. */
export class SessionStore {
  private readonly db: Db;
  private readonly clock: Clock;
  private readonly users: UserStore;

  constructor(db: Db, clock: Clock, users: UserStore) {
    this.db = db;
    this.clock = clock;
    this.users = users;
  }

  /** Starts a session and returns the secret of its cookie. */
  start(userId: string): string {
    const secret = newSecret();
    const nowMs = this.clock.nowMs();
    this.db
      .prepare('DELETE FROM sessions WHERE created_at_ms < ? OR seen_at_ms < ?')
      .run(nowMs - SESSION_LIMITS.longestMs, nowMs - SESSION_LIMITS.idleMs);
    this.db
      .prepare(
        'INSERT INTO sessions (session_hash, user_id, csrf, created_at_ms, seen_at_ms) VALUES (?, ?, ?, ?, ?)',
      )
      .run(hashSecret(secret), userId, newSecret(), nowMs, nowMs);
    return secret;
  }

  /** The caller behind a cookie, or `undefined` when the session has ended or the user was disabled. */
  find(secret: string): Principal | undefined {
    return this.byHash(hashSecret(secret), true);
  }

  /** Whether a session that a stream was opened with still stands, without prolonging it. */
  alive(sessionHash: string): Principal | undefined {
    return this.byHash(sessionHash, false);
  }

  private byHash(sessionHash: string, touch: boolean): Principal | undefined {
    const row = this.db.prepare('SELECT * FROM sessions WHERE session_hash = ?').get(sessionHash) as
      { user_id: string; csrf: string; created_at_ms: number; seen_at_ms: number } | undefined;
    if (!row) return undefined;
    const nowMs = this.clock.nowMs();
    const expiresAtMs = Math.min(
      row.created_at_ms + SESSION_LIMITS.longestMs,
      row.seen_at_ms + SESSION_LIMITS.idleMs,
    );
    const user = this.users.byId(row.user_id);
    if (nowMs >= expiresAtMs || !user || user.disabled) {
      this.end(sessionHash);
      return undefined;
    }
    if (touch && nowMs - row.seen_at_ms > SEEN_EVERY_MS) {
      this.db.prepare('UPDATE sessions SET seen_at_ms = ? WHERE session_hash = ?').run(nowMs, sessionHash);
    }
    return {
      kind: 'user',
      user,
      capabilities: new Set(capabilitiesOf(user.role)),
      csrf: row.csrf,
      sessionHash,
      expiresAtMs,
    };
  }

  end(sessionHash: string): void {
    this.db.prepare('DELETE FROM sessions WHERE session_hash = ?').run(sessionHash);
  }

  /** Ends all sessions of a user but one: after a change of password, role or access. */
  endAll(userId: string, exceptHash = ''): void {
    this.db.prepare('DELETE FROM sessions WHERE user_id = ? AND session_hash <> ?').run(userId, exceptHash);
  }
}

interface TokenRow {
  token_id: string;
  user_id: string;
  user_name: string;
  name: string;
  secret_hash: string;
  scopes: string;
  created_at_ms: number;
  expires_at_ms: number;
  used_at_ms: number | null;
  revoked_at_ms: number | null;
}

/** API tokens: `swt.<id>.<secret>`, never more than their owner may, and always with an end. */
export class TokenStore {
  private readonly db: Db;
  private readonly clock: Clock;
  private readonly users: UserStore;

  constructor(db: Db, clock: Clock, users: UserStore) {
    this.db = db;
    this.clock = clock;
    this.users = users;
  }

  issue(owner: User, wish: NewToken): { token: Token; secret: string } {
    const tokenId = newId('t');
    const secret = newSecret();
    const nowMs = this.clock.nowMs();
    this.db
      .prepare(
        `INSERT INTO tokens (token_id, user_id, name, secret_hash, scopes, created_at_ms, expires_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        tokenId,
        owner.userId,
        wish.name,
        hashSecret(secret),
        JSON.stringify(wish.scopes),
        nowMs,
        nowMs + wish.days * DAY_MS,
      );
    return { token: this.byId(tokenId)!, secret: `swt.${tokenId}.${secret}` };
  }

  list(userId?: string): Token[] {
    const rows = (
      userId === undefined
        ? this.db.prepare(`${SELECT_TOKEN} ORDER BY t.created_at_ms DESC`).all()
        : this.db.prepare(`${SELECT_TOKEN} WHERE t.user_id = ? ORDER BY t.created_at_ms DESC`).all(userId)
    ) as TokenRow[];
    return rows.map(toToken);
  }

  byId(tokenId: string): Token | undefined {
    const row = this.db.prepare(`${SELECT_TOKEN} WHERE t.token_id = ?`).get(tokenId) as TokenRow | undefined;
    return row && toToken(row);
  }

  revoke(tokenId: string): void {
    this.db
      .prepare('UPDATE tokens SET revoked_at_ms = ? WHERE token_id = ? AND revoked_at_ms IS NULL')
      .run(this.clock.nowMs(), tokenId);
  }

  /** The caller behind `Authorization: Bearer`. */
  find(bearer: string): Principal | undefined {
    const [kind, tokenId, secret] = bearer.split('.');
    if (kind !== 'swt' || tokenId === undefined || secret === undefined) return undefined;
    const row = this.db.prepare(`${SELECT_TOKEN} WHERE t.token_id = ?`).get(tokenId) as TokenRow | undefined;
    if (!row || !sameText(row.secret_hash, hashSecret(secret))) return undefined;
    return this.principal(row, true);
  }

  /** Whether a token that a stream was opened with still stands. */
  alive(tokenId: string): Principal | undefined {
    const row = this.db.prepare(`${SELECT_TOKEN} WHERE t.token_id = ?`).get(tokenId) as TokenRow | undefined;
    return row && this.principal(row, false);
  }

  private principal(row: TokenRow, touch: boolean): Principal | undefined {
    const nowMs = this.clock.nowMs();
    const user = this.users.byId(row.user_id);
    if (row.revoked_at_ms !== null || nowMs >= row.expires_at_ms || !user || user.disabled) return undefined;
    if (touch && nowMs - (row.used_at_ms ?? 0) > SEEN_EVERY_MS) {
      this.db.prepare('UPDATE tokens SET used_at_ms = ? WHERE token_id = ?').run(nowMs, row.token_id);
    }
    const scopes = JSON.parse(row.scopes) as Capability[];
    const allowed = new Set(capabilitiesOf(user.role));
    return {
      kind: 'token',
      user,
      capabilities: new Set(scopes.filter((scope) => allowed.has(scope))),
      tokenId: row.token_id,
      expiresAtMs: row.expires_at_ms,
    };
  }
}

const SELECT_TOKEN = 'SELECT t.*, u.name AS user_name FROM tokens t JOIN users u ON u.user_id = t.user_id';

function toToken(row: TokenRow): Token {
  return {
    tokenId: row.token_id,
    userId: row.user_id,
    userName: row.user_name,
    name: row.name,
    scopes: JSON.parse(row.scopes) as Capability[],
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    ...(row.used_at_ms === null ? {} : { usedAtMs: row.used_at_ms }),
    ...(row.revoked_at_ms === null ? {} : { revokedAtMs: row.revoked_at_ms }),
  };
}
