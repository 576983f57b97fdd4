/** First run, invitations, sign-in, throttling, CSRF, tokens, the end of sessions. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../core/index.ts';
import { openCity, START_MS, TEST_PASSWORD } from './testing/city.ts';
import type { City } from './testing/city.ts';

let clock: ManualClock;
let city: City;
beforeEach(async () => {
  clock = new ManualClock(START_MS);
  city = await openCity({ clock });
});
afterEach(async () => {
  await city.close();
});

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  city.api.app.inject({ method: 'POST', url, payload, headers });
const signIn = (name: string, password: string) => post('/api/session', { name, password });

describe('first run', () => {
  it('the set-up link makes one administrator, once', async () => {
    const token = city.api.setUpSecret()!;
    expect(token).toHaveLength(43);
    const wrong = await post('/api/set-up', { token: 'x'.repeat(43), name: 'wang', password: TEST_PASSWORD });
    expect(wrong.json()).toMatchObject({ code: 'api.set-up-link' });
    const made = await post('/api/set-up', { token, name: 'wang', password: TEST_PASSWORD });
    expect(made.statusCode).toBe(200);
    expect(made.json()).toMatchObject({
      user: { name: 'wang', role: 'administrator', access: { all: true } },
    });
    const cookie = made.cookies[0]!;
    expect(cookie).toMatchObject({ name: 'streetwatch', httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(city.api.setUpSecret()).toBeUndefined();
    expect((await post('/api/set-up', { token, name: 'li', password: TEST_PASSWORD })).statusCode).toBe(403);
    expect((await signIn('WANG', TEST_PASSWORD)).statusCode).toBe(200);
  });

  it('refuses a short password', async () => {
    const token = city.api.setUpSecret()!;
    const reply = await post('/api/set-up', { token, name: 'wang', password: 'short' });
    expect(reply.json()).toMatchObject({
      status: 400,
      code: 'api.invalid',
      errors: [{ path: 'body/password' }],
    });
  });

  it('an invitation sets a password once, and ends after a week', async () => {
    const admin = await city.user('admin', 'administrator');
    const headers = { cookie: admin.cookie, 'x-csrf-token': admin.csrf };
    const wish = {
      name: 'zhao',
      displayName: '赵',
      role: 'operator',
      access: { all: false, districts: ['east'], cameras: [] },
    };
    const { invitation, user } = (await post('/api/users', wish, headers)).json();
    expect((await signIn('zhao', TEST_PASSWORD)).statusCode).toBe(401);
    expect((await post('/api/set-up', { token: invitation.token, password: TEST_PASSWORD })).statusCode).toBe(
      200,
    );
    expect((await post('/api/set-up', { token: invitation.token, password: TEST_PASSWORD })).statusCode).toBe(
      403,
    );
    expect((await signIn('zhao', TEST_PASSWORD)).statusCode).toBe(200);
    const again = (await post(`/api/users/${user.userId}/invitation`, {}, headers)).json();
    clock.advance(8 * 24 * 3_600_000);
    expect(
      (await post('/api/set-up', { token: again.invitation.token, password: TEST_PASSWORD })).statusCode,
    ).toBe(403);
  });
});

describe('guessing', () => {
  it('must wait after five failures, longer each time, and an unknown name is answered alike', async () => {
    await city.user('li', 'viewer');
    for (let i = 0; i < 5; i++) {
      const known = await signIn('li', 'wrong wrong wrong');
      expect(known.json()).toMatchObject({ code: 'api.credentials' });
    }
    const refused = await signIn('li', TEST_PASSWORD);
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBe(2);
    clock.advance(2001);
    expect((await signIn('li', TEST_PASSWORD)).statusCode).toBe(200);
    const stranger = await signIn('nobody', 'wrong wrong wrong');
    expect(stranger.json()).toMatchObject({
      code: 'api.credentials',
      detail: 'the user name or the password is wrong',
    });
  });
});

describe('requests of other pages', () => {
  it('are refused: no CSRF token, a wrong one, a foreign origin, a foreign site', async () => {
    const li = await city.user('li', 'operator');
    const incident = await city.incident('cam-01');
    const url = `/api/incidents/${incident.incidentId}/review`;
    const review = (headers: Record<string, string>) =>
      post(
        url,
        { state: 'confirmed' },
        { cookie: li.cookie, 'if-match': `"${incident.revision}"`, ...headers },
      );
    for (const headers of [
      {},
      { 'x-csrf-token': 'x' },
      { 'x-csrf-token': li.csrf, origin: 'https://evil.example' },
      { 'x-csrf-token': li.csrf, 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[]) {
      expect((await review(headers)).json()).toMatchObject({ status: 403, code: 'api.cross-site' });
    }
    expect((await review({ 'x-csrf-token': li.csrf })).statusCode).toBe(200);
    const login = await post(
      '/api/session',
      { name: 'li', password: TEST_PASSWORD },
      { origin: 'https://evil.example' },
    );
    expect(login.json()).toMatchObject({ code: 'api.cross-site' });
  });
});

describe('the end of a session', () => {
  it('comes after two idle hours, at twelve hours, at sign-out, and when the user is disabled', async () => {
    const li = await city.user('li', 'viewer');
    const get = (cookie: string) => city.api.app.inject({ url: '/api/session', headers: { cookie } });
    for (let i = 0; i < 11; i++) {
      clock.advance(3_599_000);
      expect((await get(li.cookie)).statusCode).toBe(200);
    }
    clock.advance(3_700_000);
    expect((await get(li.cookie)).statusCode).toBe(401);
    const next = (await signIn('li', TEST_PASSWORD)).cookies[0]!;
    clock.advance(2 * 3_600_000 + 61_000);
    expect((await get(`streetwatch=${next.value}`)).statusCode).toBe(401);
    const admin = await city.user('admin', 'administrator');
    const last = (await signIn('li', TEST_PASSWORD)).cookies[0]!;
    const user = await city.api.app.inject({
      url: `/api/users/${li.userId}`,
      headers: { cookie: admin.cookie },
    });
    const change = (etag: string) =>
      city.api.app.inject({
        method: 'PATCH',
        url: `/api/users/${li.userId}`,
        headers: { cookie: admin.cookie, 'x-csrf-token': admin.csrf, 'if-match': etag },
        payload: { disabled: true },
      });
    expect((await change('"99"')).statusCode).toBe(412);
    expect((await change(String(user.headers.etag))).statusCode).toBe(200);
    expect((await get(`streetwatch=${last.value}`)).statusCode).toBe(401);
    expect((await signIn('li', TEST_PASSWORD)).statusCode).toBe(401);
  });

  it('a token does what its scopes say, until it ends or is revoked; it manages nobody', async () => {
    const op = await city.user('op', 'operator');
    const headers = { cookie: op.cookie, 'x-csrf-token': op.csrf };
    const issue = (scopes: string[]) => post('/api/tokens', { name: 'wall', scopes, days: 30 }, headers);
    expect((await issue(['rules.write'])).statusCode).toBe(403);
    const { secret, token } = (await issue(['incidents.read'])).json();
    const bearer = (url: string) =>
      city.api.app.inject({ url, headers: { authorization: `Bearer ${secret}` } });
    expect((await bearer('/api/incidents')).statusCode).toBe(200);
    expect((await bearer('/api/cameras')).statusCode).toBe(403);
    const more = await post(
      '/api/tokens',
      { name: 'x', scopes: ['incidents.read'], days: 1 },
      { authorization: `Bearer ${secret}` },
    );
    expect(more.statusCode).toBe(403);
    clock.advance(31 * 24 * 3_600_000);
    expect((await bearer('/api/incidents')).statusCode).toBe(401);
    expect(token.secret).toBeUndefined();
  });
});

describe('secrets', () => {
  it('of no kind stand in the store as they were given out', async () => {
    const li = await city.user('li', 'administrator');
    const { secret } = (
      await post(
        '/api/tokens',
        { name: 'n', scopes: ['incidents.read'], days: 1 },
        { cookie: li.cookie, 'x-csrf-token': li.csrf },
      )
    ).json();
    const dump = JSON.stringify([
      city.store.users.list(),
      city.store.tokens.list(),
      city.store.audit.list({ limit: 100 }),
    ]);
    for (const text of [secret.split('.')[2], li.cookie.split('=')[1], TEST_PASSWORD])
      expect(dump).not.toContain(text);
    expect(city.store.users.passwordOf(li.userId)).toMatch(/^scrypt\$1024\$8\$1\$/);
  });
});
