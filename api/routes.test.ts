/** Every route against every role, against strangers, and against ids of other people's cameras. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { openCity } from './testing/city.ts';
import type { City } from './testing/city.ts';

type Least = 'anonymous' | 'signed-in' | 'viewer' | 'operator' | 'author' | 'administrator';
const ROLES = ['viewer', 'operator', 'author', 'administrator'] as const;

/** Written down a second time on purpose: a route that asks for less than this fails here. */
const EXPECTED: Record<string, Least> = {
  'GET /healthz': 'anonymous',
  'POST /api/session': 'anonymous',
  'POST /api/set-up': 'anonymous',
  'GET /api/session': 'signed-in',
  'DELETE /api/session': 'signed-in',
  'PUT /api/session/password': 'signed-in',
  'GET /api/tokens': 'signed-in',
  'POST /api/tokens': 'signed-in',
  'DELETE /api/tokens/:tokenId': 'signed-in',
  'GET /api/openapi.json': 'signed-in',
  'GET /api/users': 'administrator',
  'POST /api/users': 'administrator',
  'GET /api/users/:userId': 'administrator',
  'PATCH /api/users/:userId': 'administrator',
  'POST /api/users/:userId/invitation': 'administrator',
  'GET /api/incidents': 'viewer',
  'GET /api/incidents/:incidentId': 'viewer',
  'PUT /api/incidents/:incidentId/claim': 'operator',
  'DELETE /api/incidents/:incidentId/claim': 'operator',
  'POST /api/incidents/:incidentId/review': 'operator',
  'POST /api/reviews': 'operator',
  'GET /api/incidents/:incidentId/evidence/:evidenceId': 'viewer',
  'GET /api/incidents/:incidentId/cover': 'viewer',
  'GET /api/incidents/:incidentId/bundle.zip': 'viewer',
  'GET /api/feed': 'viewer',
  'GET /api/cameras': 'viewer',
  'GET /api/cameras/:cameraId': 'viewer',
  'GET /api/cameras/:cameraId/snapshot.jpg': 'viewer',
  'GET /api/cameras/:cameraId/tracks': 'viewer',
  'GET /api/cameras/:cameraId/live': 'viewer',
  'GET /api/cameras/:cameraId/rules': 'viewer',
  'GET /api/cameras/:cameraId/rules/versions': 'viewer',
  'GET /api/cameras/:cameraId/rules/versions/:version': 'viewer',
  'GET /api/cameras/:cameraId/rules/diff': 'viewer',
  'GET /api/cameras/:cameraId/rules/draft': 'author',
  'PUT /api/cameras/:cameraId/rules/draft': 'author',
  'DELETE /api/cameras/:cameraId/rules/draft': 'author',
  'PUT /api/cameras/:cameraId/rules': 'author',
  'POST /api/cameras/:cameraId/rules/roll-back': 'author',
  'POST /api/cameras/:cameraId/rules/replay': 'author',
  'GET /api/cameras/:cameraId/footage.jpg': 'author',
  'GET /api/rule-kinds': 'viewer',
  'GET /api/camera-settings': 'administrator',
  'POST /api/camera-settings': 'administrator',
  'GET /api/camera-settings/:cameraId': 'administrator',
  'PUT /api/camera-settings/:cameraId': 'administrator',
  'POST /api/camera-settings/:cameraId/remove': 'administrator',
  'POST /api/camera-settings/:cameraId/roll-back': 'administrator',
  'GET /api/camera-settings/:cameraId/versions': 'administrator',
  'GET /api/camera-settings/:cameraId/versions/:version': 'administrator',
  'GET /api/camera-settings/:cameraId/diff': 'administrator',
  'GET /api/statistics': 'viewer',
  'GET /api/audit': 'administrator',
  'POST /api/audit/check': 'administrator',
  'GET /api/system': 'administrator',
};
/** Not answered by inject(): the feed never ends, the live view is a WebSocket; each has its own test. */
const STREAMS = new Set(['GET /api/feed', 'GET /api/cameras/:cameraId/live']);

let city: City;
let ids: {
  incidentId: string;
  evidenceId: number;
  userId: string;
  cameraId: string;
  foreignIncident: string;
};
const sessions = new Map<string, { userId: string; cookie: string; csrf: string }>();

beforeAll(async () => {
  city = await openCity();
  for (const role of ROLES) sessions.set(role, await city.user(`the.${role}`, role));
  const incident = await city.incident('cam-01');
  const foreign = await city.incident('cam-02');
  const target = await city.user('somebody', 'viewer');
  ids = {
    incidentId: incident.incidentId,
    evidenceId: city.incidentStore.evidence(incident.incidentId)[0]!.evidenceId,
    userId: target.userId,
    cameraId: 'cam-01',
    foreignIncident: foreign.incidentId,
  };
});
afterAll(async () => {
  await city.close();
});

function fill(url: string, cameraId = ids.cameraId, incidentId = ids.incidentId): string {
  const query = url.endsWith('/diff')
    ? '?from=1&to=1'
    : url === '/api/statistics'
      ? '?fromMs=0&toMs=1000&by=type'
      : url.endsWith('/footage.jpg')
        ? '?atMs=1'
        : '';
  return (
    url
      .replace(':incidentId', incidentId)
      .replace(':evidenceId', String(ids.evidenceId))
      .replace(':cameraId', cameraId)
      .replace(':userId', ids.userId)
      .replace(':version', '1')
      .replace(':tokenId', 't_0') + query
  );
}

function send(route: string, role?: string, url?: string): Promise<LightMyRequestResponse> {
  const [method, path] = route.split(' ') as [NonNullable<InjectOptions['method']>, string];
  const session = role === undefined ? undefined : sessions.get(role);
  return city.api.app.inject({
    method,
    url: url ?? fill(path),
    headers: session ? { cookie: session.cookie, 'x-csrf-token': session.csrf } : {},
  });
}

describe('every route says who may call it', () => {
  it('the list of routes is the one that was decided', () => {
    const real = city.api.routes.map((route) => `${route.method} ${route.url}`).sort();
    expect(real).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(Object.entries(EXPECTED).filter(([, least]) => least !== 'anonymous'))(
    '%s refuses a stranger',
    async (route) => {
      const reply = await send(route);
      expect(reply.statusCode).toBe(401);
      expect(reply.headers['content-type']).toContain('application/problem+json');
      expect(reply.json()).toMatchObject({ code: 'api.unauthenticated', status: 401 });
    },
  );

  const rows = Object.entries(EXPECTED)
    .filter(
      ([route, least]) => !STREAMS.has(route) && route !== 'DELETE /api/session' && least !== 'anonymous',
    )
    .flatMap(([route, least]) => ROLES.map((role) => [route, role, least] as const));
  it.each(rows)('%s as %s (least: %s)', async (route, role, least) => {
    const reply = await send(route, role);
    const allowed =
      least === 'signed-in' || ROLES.indexOf(role) >= ROLES.indexOf(least as (typeof ROLES)[number]);
    if (allowed) {
      expect(reply.statusCode).not.toBe(401);
      if (reply.statusCode === 403) expect(reply.json()).not.toMatchObject({ code: 'api.forbidden' });
      expect(reply.statusCode).toBeLessThan(500);
    } else {
      expect(reply.statusCode).toBe(403);
      expect(reply.json()).toMatchObject({ code: 'api.forbidden' });
    }
  });
});

describe("other people's ids", () => {
  const scoped = Object.keys(EXPECTED).filter(
    (route) => (route.includes(':incidentId') || route.includes(':cameraId')) && !STREAMS.has(route),
  );
  it.each(scoped)('%s does not open what lies outside the districts of the caller', async (route) => {
    const role = EXPECTED[route] === 'administrator' ? 'administrator' : 'author';
    const who = role === 'author' ? 'east' : 'east.administrator';
    if (!sessions.has(who))
      sessions.set(who, await city.user(`${who}.${role}`, role, { districts: ['east'] }));
    const path = route.split(' ')[1]!;
    const foreign = await send(route, who, fill(path, 'cam-02', ids.foreignIncident));
    const unknown = await send(route, who, fill(path, 'cam-99', '01ARZ3NDEKTSV4RRFFQ69G5FAV'));
    // A body that is missing is told first; then both are one answer, so that an id tells nothing.
    expect([400, 404]).toContain(foreign.statusCode);
    expect(foreign.statusCode).toBe(unknown.statusCode);
    if (foreign.statusCode === 404) {
      expect(foreign.json()).toMatchObject({ code: 'api.not-found' });
      expect(foreign.json<{ detail: string }>().detail).toBe(unknown.json<{ detail: string }>().detail);
    }
  });

  it('a decision, a publication and a roll-back on a foreign object are not found, with a body that is right', async () => {
    const east = sessions.get('east')!;
    const headers = { cookie: east.cookie, 'x-csrf-token': east.csrf, 'if-match': '"1"' };
    const document = { zones: [], rules: [] };
    const tries = [
      {
        method: 'POST',
        url: `/api/incidents/${ids.foreignIncident}/review`,
        payload: { state: 'confirmed' },
      },
      { method: 'PUT', url: '/api/cameras/cam-02/rules', payload: { document, note: 'x' } },
      { method: 'PUT', url: '/api/cameras/cam-02/rules/draft', payload: { document } },
      { method: 'POST', url: '/api/cameras/cam-02/rules/roll-back', payload: { version: 1, note: 'x' } },
    ] as const;
    for (const one of tries) expect((await city.api.app.inject({ ...one, headers })).statusCode).toBe(404);
    const bulk = await city.api.app.inject({
      method: 'POST',
      url: '/api/reviews',
      headers,
      payload: { incidentIds: [ids.foreignIncident], decision: { state: 'confirmed' } },
    });
    expect(bulk.json()).toEqual({ items: [{ incidentId: ids.foreignIncident, code: 'api.not-found' }] });
    expect(city.incidentStore.get(ids.foreignIncident)?.review.state).toBe('pending');
  });

  it('settings of a foreign camera are neither listed, read, changed nor removed, with a body that is right', async () => {
    const east = sessions.get('east.administrator')!;
    const headers = { cookie: east.cookie, 'x-csrf-token': east.csrf, 'if-match': '"1"' };
    const base = '/api/camera-settings';
    const settings = { source: 'rtsp://10.0.0.9/x' };
    const tries = [
      { method: 'GET', url: `${base}/cam-02` },
      { method: 'GET', url: `${base}/cam-02/versions/1` },
      { method: 'PUT', url: `${base}/cam-02`, payload: { settings, note: 'x' } },
      { method: 'POST', url: `${base}/cam-02/remove`, payload: { note: 'x' } },
      { method: 'POST', url: `${base}/cam-02/roll-back`, payload: { version: 1, note: 'x' } },
    ] as const;
    for (const one of tries) expect((await city.api.app.inject({ ...one, headers })).statusCode).toBe(404);
    const list = (await city.api.app.inject({ url: base, headers })).json<{
      items: { cameraId: string }[];
    }>();
    expect(list.items.map((one) => one.cameraId)).toEqual(['cam-01', 'cam-03', 'cam-05']);
    const west = await city.user('west.admin', 'administrator', { districts: ['west'] });
    const added = await city.api.app.inject({
      method: 'POST',
      url: base,
      headers: { cookie: west.cookie, 'x-csrf-token': west.csrf },
      payload: { cameraId: 'new-1', settings, note: 'x' },
    });
    expect(added.json()).toMatchObject({ status: 403, code: 'api.forbidden' });
    expect(city.appliedCameras).toEqual([]);
  });

  it('lists, statistics and cameras hold only what the caller may see', async () => {
    const list = (await send('GET /api/incidents', 'east')).json<{
      items: { camera: { cameraId: string } }[];
    }>();
    expect(list.items.map((one) => one.camera.cameraId)).toEqual(['cam-01']);
    const asked = await send('GET /api/incidents', 'east', '/api/incidents?camera=cam-02');
    expect(asked.json<{ items: unknown[] }>().items).toEqual([]);
    const cameras = (await send('GET /api/cameras', 'east')).json<{ items: { districtId: string }[] }>();
    expect(new Set(cameras.items.map((one) => one.districtId))).toEqual(new Set(['east']));
    const statistics = await send(
      'GET /api/statistics',
      'east',
      `/api/statistics?fromMs=0&toMs=30000000000&by=district`,
    );
    expect(statistics.statusCode).toBe(200);
    const now = city.clock.nowMs();
    const counted = await send(
      'GET /api/statistics',
      'east',
      `/api/statistics?fromMs=${now - 1e9}&toMs=${now + 1e6}&by=district`,
    );
    expect(counted.json<{ rows: { group: string }[] }>().rows.map((row) => row.group)).toEqual(['east']);
  });

  it('an administrator of one district cannot make, change or see somebody beyond it', async () => {
    const admin = await city.user('east.admin', 'administrator', { districts: ['east'] });
    const headers = { cookie: admin.cookie, 'x-csrf-token': admin.csrf, 'if-match': '"2"' };
    const make = (access: object) =>
      city.api.app.inject({
        method: 'POST',
        url: '/api/users',
        headers,
        payload: {
          name: `n${Math.random().toString(36).slice(2)}`,
          displayName: 'x',
          role: 'viewer',
          access,
        },
      });
    expect((await make({ all: true, districts: [], cameras: [] })).statusCode).toBe(403);
    expect((await make({ all: false, districts: ['west'], cameras: [] })).statusCode).toBe(403);
    expect((await make({ all: false, districts: [], cameras: ['cam-02'] })).statusCode).toBe(403);
    expect((await make({ all: false, districts: ['east'], cameras: ['cam-01'] })).statusCode).toBe(201);
    const change = await city.api.app.inject({
      method: 'PATCH',
      url: `/api/users/${ids.userId}`,
      headers,
      payload: { disabled: true },
    });
    expect(change.statusCode).toBe(404);
    expect((await city.api.app.inject({ url: '/api/audit', headers })).statusCode).toBe(403);
  });
});
