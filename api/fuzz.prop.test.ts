/** Malformed, oversized and wrongly typed requests on every route: 4xx with a code, never 5xx, never a stack trace. */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCity } from './testing/city.ts';
import type { City } from './testing/city.ts';

let city: City;
let admin: Awaited<ReturnType<City['user']>>;
let incidentId: string;
beforeAll(async () => {
  city = await openCity();
  admin = await city.user('admin', 'administrator');
  incidentId = (await city.incident('cam-01')).incidentId;
});
afterAll(async () => {
  await city.close();
});

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '..%2f..%2fetc%2fpasswd',
    '%00',
    "' OR 1=1 --",
    '{{7*7}}',
    '９',
    '-1',
    '1e309',
    'NaN',
    '__proto__',
    'constructor',
    'a'.repeat(300),
  ),
);
const body = fc.oneof(
  fc.json(),
  fc.anything({ withNullPrototype: false, maxDepth: 3 }).map((value) => JSON.stringify(value) ?? 'undefined'),
  fc
    .record(
      {
        name: fc.anything(),
        password: fc.oneof(fc.anything(), fc.constant('long enough password')),
        token: fc.anything(),
        state: fc.oneof(fc.constantFrom('confirmed', 'dismissed', 'duplicate', 'pending'), fc.anything()),
        reason: fc.anything(),
        duplicateOf: fc.oneof(nasty, fc.anything()),
        document: fc.oneof(
          fc.record({ zones: fc.array(fc.anything()), rules: fc.array(fc.anything()) }),
          fc.anything(),
        ),
        note: fc.oneof(fc.anything(), fc.constant('note')),
        cameraId: fc.oneof(nasty, fc.constantFrom('cam-01', 'new-1'), fc.anything()),
        settings: fc.oneof(
          fc.record(
            {
              source: fc.oneof(nasty, fc.constant('rtsp://***@10.0.0.7/cam-01?token=***')),
              name: nasty,
              fps: fc.anything(),
            },
            { requiredKeys: ['source'] },
          ),
          fc.anything(),
        ),
        version: fc.anything(),
        incidentIds: fc.oneof(fc.array(nasty), fc.anything()),
        decision: fc.anything(),
        scopes: fc.anything(),
        days: fc.anything(),
        hours: fc.oneof(fc.constant(1), fc.anything()),
        role: fc.anything(),
        access: fc.anything(),
        __proto__: fc.constant({}),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
  fc.string(),
);
/** Without lone surrogates, which no address can carry. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
const known = fc.constantFrom('cam-01', 'INCIDENT', '1');

describe('any request', () => {
  it('is answered with success or with a 4xx problem that has a code and tells nothing of the inside', async () => {
    const routes = city.api.routes.filter(
      (route) => route.url !== '/api/feed' && !(route.method === 'DELETE' && route.url === '/api/session'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        fc.array(fc.oneof(nasty, known), { minLength: 3, maxLength: 3 }),
        fc.dictionary(
          fc.oneof(
            fc.constantFrom(
              'limit',
              'cursor',
              'fromMs',
              'toMs',
              'atMs',
              'by',
              'step',
              'type',
              'review',
              'width',
              'from',
              'to',
              'after',
              'format',
            ),
            nasty,
          ),
          nasty,
          { maxKeys: 4 },
        ),
        fc.oneof(body, fc.constant(undefined)),
        fc.oneof(
          { weight: 4, arbitrary: fc.constant('application/json') },
          {
            weight: 1,
            arbitrary: fc.constantFrom(
              'text/xml',
              'application/x-www-form-urlencoded',
              'multipart/form-data',
            ),
          },
        ),
        fc.oneof(fc.constantFrom('"1"', '"3"', '*', 'W/"1"'), fc.stringMatching(/^[ -~]{0,20}$/)),
        async (route, ids, query, payload, contentType, ifMatch) => {
          let i = 0;
          const path = route.url
            .replaceAll(/:[a-zA-Z]+|\*/g, () => encodeURIComponent(wellFormed(ids[i++] ?? '1')))
            .replace('INCIDENT', incidentId);
          const search = new URLSearchParams(
            Object.entries(query).map(([k, v]): [string, string] => [wellFormed(k), wellFormed(v)]),
          ).toString();
          const reply = await city.api.app.inject({
            method: route.method as 'GET',
            url: `${path}?${search}`,
            headers: {
              cookie: admin.cookie,
              'x-csrf-token': admin.csrf,
              'if-match': ifMatch,
              ...(payload === undefined ? {} : { 'content-type': contentType }),
            },
            ...(payload === undefined ? {} : { payload }),
          });
          if (reply.statusCode >= 400) {
            expect(reply.statusCode, `${route.method} ${path} ${reply.body}`).toBeLessThan(500);
            expect(reply.headers['content-type']).toContain('application/problem+json');
            expect(reply.json<{ code: string }>().code).toMatch(/^[a-z-]+\.[a-z-]+$/);
            expect(reply.body).not.toMatch(/node_modules|\.ts:\d+|at \w+ \(|SQLITE/);
          }
        },
      ),
      { numRuns: 1500, seed: 20261122 },
    );
  }, 300_000);

  it('that is too large, or is no JSON at all, has its own code', async () => {
    const send = (payload: string, type = 'application/json') =>
      city.api.app.inject({
        method: 'POST',
        url: '/api/session',
        payload,
        headers: { 'content-type': type },
      });
    expect((await send('x'.repeat(1_100_000))).json()).toMatchObject({ status: 413, code: 'api.too-large' });
    expect((await send('{"name":')).json()).toMatchObject({ status: 400, code: 'api.invalid' });
    expect((await send('<a/>', 'text/xml')).json()).toMatchObject({ status: 415, code: 'api.media-type' });
    const url = `/api/incidents?cursor=${'a'.repeat(100)}`;
    expect((await city.api.app.inject({ url, headers: { cookie: admin.cookie } })).statusCode).toBe(400);
  });
});
