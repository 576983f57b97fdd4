/** Reviewing, claims, evidence with ranges, the case bundle, the audit trail. */

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FeedbackEvent } from '../incidents/index.ts';
import { openCity } from './testing/city.ts';
import type { City } from './testing/city.ts';

let city: City;
let op: Awaited<ReturnType<City['user']>>;
let other: Awaited<ReturnType<City['user']>>;
beforeAll(async () => {
  city = await openCity();
  op = await city.user('op', 'operator');
  other = await city.user('other', 'operator');
});
afterAll(async () => {
  await city.close();
});

const call = (
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  url: string,
  options: { as?: typeof op; payload?: object; headers?: Record<string, string> } = {},
) => {
  const who = options.as ?? op;
  return city.api.app.inject({
    method,
    url,
    headers: { cookie: who.cookie, 'x-csrf-token': who.csrf, ...options.headers },
    ...(options.payload === undefined ? {} : { payload: options.payload }),
  });
};

describe('a decision', () => {
  it('is a new revision with who and when, needs the revision that was seen, and can be taken back', async () => {
    const { incidentId } = await city.incident('cam-01');
    const url = `/api/incidents/${incidentId}`;
    const seen = await call('GET', url);
    const etag = String(seen.headers.etag);
    expect((await call('POST', `${url}/review`, { payload: { state: 'confirmed' } })).statusCode).toBe(428);
    const headers = { 'if-match': etag };
    expect(
      (await call('POST', `${url}/review`, { headers, payload: { state: 'dismissed' } })).json(),
    ).toMatchObject({
      code: 'api.invalid',
    });
    const done = await call('POST', `${url}/review`, {
      headers,
      payload: { state: 'dismissed', reason: 'allowed', note: '装卸' },
    });
    expect(done.json()).toMatchObject({ review: { state: 'dismissed', by: 'op', reason: 'allowed: 装卸' } });
    const late = await call('POST', `${url}/review`, { as: other, headers, payload: { state: 'confirmed' } });
    expect(late.json()).toMatchObject({ status: 409, code: 'incident.conflict' });
    const undone = await call('POST', `${url}/review`, {
      headers: { 'if-match': String(done.headers.etag) },
      payload: { state: 'pending' },
    });
    expect(undone.json()).toMatchObject({ review: { state: 'pending' } });
    const detail = (await call('GET', url)).json<{ revisions: { phase: string; by?: string }[] }>();
    expect(detail.revisions.slice(-2)).toMatchObject([
      { phase: 'withdrawn', by: 'op' },
      { phase: 'updated', by: 'op' },
    ]);
    const trail = city.store.audit.list({ limit: 10, objectId: incidentId, action: 'incident.review' });
    expect(trail.map((entry) => entry.details['state'])).toEqual(['pending', 'dismissed']);
  });

  it('many at once: each is decided or refused by itself', async () => {
    const a = await city.incident('cam-01');
    const b = await city.incident('cam-01');
    const reply = await call('POST', '/api/reviews', {
      payload: {
        incidentIds: [a.incidentId, '01ARZ3NDEKTSV4RRFFQ69G5FAV', b.incidentId],
        decision: { state: 'dismissed', reason: 'zone_wrong' },
      },
    });
    expect(reply.json<{ items: object[] }>().items).toMatchObject([
      { incidentId: a.incidentId, revision: a.revision + 1 },
      { code: 'api.not-found' },
      { incidentId: b.incidentId },
    ]);
  });

  it('many at once leave alone what somebody else has decided, and take back only what is their own', async () => {
    const a = await city.incident('cam-05');
    const headers = { 'if-match': `"${a.revision}"` };
    const url = `/api/incidents/${a.incidentId}/review`;
    await call('POST', url, { as: other, headers, payload: { state: 'confirmed' } });
    const many = async (as: typeof op, state: string): Promise<unknown> => {
      const payload = { incidentIds: [a.incidentId], decision: { state, reason: 'other' } };
      return (await call('POST', '/api/reviews', { as, payload })).json<{ items: unknown[] }>().items[0];
    };
    const { incidentId } = a;
    expect(await many(op, 'dismissed')).toEqual({ incidentId, code: 'incident.conflict' });
    expect(await many(op, 'pending')).toEqual({ incidentId, code: 'incident.conflict' });
    expect(await many(other, 'pending')).toMatchObject({ incidentId, revision: a.revision + 2 });
  });

  it('names the incident that it repeats, which must be one that the person may see', async () => {
    const first = await city.incident('cam-06');
    const again = await city.incident('cam-06');
    const url = `/api/incidents/${again.incidentId}/review`;
    const headers = { 'if-match': `"${again.revision}"` };
    const decide = (duplicateOf?: string) =>
      call('POST', url, {
        headers,
        payload: { state: 'duplicate', ...(duplicateOf ? { duplicateOf } : {}) },
      });
    expect((await decide()).json()).toMatchObject({ code: 'api.invalid' });
    expect((await decide('01ARZ3NDEKTSV4RRFFQ69G5FAV')).json()).toMatchObject({ code: 'api.not-found' });
    expect((await decide(again.incidentId)).json()).toMatchObject({ code: 'incident.invalid' });
    expect((await decide(first.incidentId)).json()).toMatchObject({
      review: { state: 'duplicate', duplicateOf: first.incidentId },
    });
  });
});

describe('a claim', () => {
  it('keeps others from judging, is let go by the next one, and ends by itself', async () => {
    const a = await city.incident('cam-01');
    const b = await city.incident('cam-01');
    const claim = (id: string, as?: typeof op) => call('PUT', `/api/incidents/${id}/claim`, as ? { as } : {});
    const decide = (id: string, as: typeof op) =>
      call('POST', `/api/incidents/${id}/review`, {
        as,
        headers: { 'if-match': '"9"' },
        payload: { state: 'confirmed' },
      });
    expect((await claim(a.incidentId)).json()).toMatchObject({ userName: 'op' });
    expect((await claim(a.incidentId, other)).json()).toMatchObject({ status: 409, code: 'api.claimed' });
    expect((await decide(a.incidentId, other)).json()).toMatchObject({ code: 'api.claimed' });
    expect((await claim(b.incidentId)).statusCode).toBe(200);
    expect((await claim(a.incidentId, other)).statusCode).toBe(200);
    (city.clock as unknown as { advance(ms: number): void }).advance(91_000);
    expect((await claim(a.incidentId)).statusCode).toBe(200);
    const list = await call('GET', '/api/incidents?limit=50');
    expect(list.json<{ items: object[] }>().items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          incidentId: a.incidentId,
          claim: expect.objectContaining({ userName: 'op' }),
        }),
      ]),
    );
    expect((await decide(a.incidentId, op)).statusCode).toBe(200);
    expect(city.store.claims.of(a.incidentId)).toBeUndefined();
  });
});

describe('evidence', () => {
  it('has the bytes that the hash names, in ranges too, and one look is one audit entry', async () => {
    const { incidentId } = await city.incident('cam-03');
    const detail = (await call('GET', `/api/incidents/${incidentId}`)).json<{
      evidence: { url: string; role: string; sha256: string; sizeBytes: number; mediaType: string }[];
    }>();
    const clip = detail.evidence.find((one) => one.role === 'clip')!;
    const whole = await call('GET', clip.url);
    expect(createHash('sha256').update(whole.rawPayload).digest('hex')).toBe(clip.sha256);
    expect(whole.headers['content-type']).toBe('video/mp4');
    const part = await call('GET', clip.url, { headers: { range: 'bytes=10-19' } });
    expect(part.statusCode).toBe(206);
    expect(part.headers['content-range']).toBe(`bytes 10-19/${clip.sizeBytes}`);
    expect(part.rawPayload.equals(whole.rawPayload.subarray(10, 20))).toBe(true);
    const beyond = await call('GET', clip.url, { headers: { range: `bytes=${clip.sizeBytes + 5}-` } });
    expect(beyond.json()).toMatchObject({ status: 416, code: 'api.range' });
    expect(city.store.audit.list({ limit: 50, action: 'evidence.view', objectId: incidentId })).toHaveLength(
      1,
    );
    expect((await call('GET', `/api/incidents/${incidentId}/cover`)).headers['content-type']).toMatch(
      /^image\//,
    );
    const foreign = await city.incident('cam-01');
    const crossed = clip.url.replace(incidentId, foreign.incidentId);
    expect((await call('GET', crossed)).statusCode).toBe(404);
  });

  it('comes as a bundle whose SHA256SUMS names every file', async () => {
    const { incidentId } = await city.incident('cam-05');
    const reply = await call('GET', `/api/incidents/${incidentId}/bundle.zip`);
    expect(reply.statusCode).toBe(200);
    expect(reply.rawPayload.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
    const sums = reply.rawPayload.toString('latin1');
    for (const item of city.incidentStore.evidence(incidentId))
      expect(sums).toContain(String(item.evidenceId));
    expect(city.store.audit.list({ limit: 5, action: 'evidence.bundle', objectId: incidentId })).toHaveLength(
      1,
    );
  });
});

describe('lists', () => {
  it('go page by page without holes or repetitions', async () => {
    const seen: string[] = [];
    for (let next: string | undefined = ''; next !== undefined;) {
      const url: string = `/api/incidents?limit=2${next === '' ? '' : `&cursor=${next}`}`;
      const body: { items: { incidentId: string }[]; next?: string } = (await call('GET', url)).json();
      seen.push(...body.items.map((one) => one.incidentId));
      next = body.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(city.incidentStore.count());
  });
});

describe('supervision', () => {
  it('counts what was decided, and gives it as CSV', async () => {
    const now = city.clock.nowMs();
    const url = `/api/statistics?fromMs=${now - 1e9}&toMs=${now + 1e6}&by=camera&step=day`;
    const { rows, bulletin, repeatPlaces } = (await call('GET', url)).json();
    const cam1 = rows.find((row: { group: string }) => row.group === 'cam-01');
    expect(cam1).toMatchObject({
      incidents: 6,
      confirmed: 1,
      dismissed: 2,
      pending: 3,
      precision: 1 / 3,
      period: '2026-11-20',
    });
    expect(bulletin).toMatchObject({ reported: 11, accepted: 8, filed: 0, repeatRate: 1 / 11 });
    expect(repeatPlaces[0]).toMatchObject({ cameraId: 'cam-01', incidents: 4 });
    const csv = await call('GET', `${url}&format=csv&lang=en`);
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.body.split('\r\n')[0]).toBe(
      '\uFEFFperiod,id,name,incidents,confirmed,dismissed,duplicates,pending,open,precision,median_review_s',
    );
  });

  it('counts cases by the time limits that the platform gave: 按期结案率', async () => {
    const now = city.clock.nowMs();
    const iso = (ms: number): string => new Date(ms).toISOString();
    const HOUR = 3_600_000;
    const cases: [state: string, atMs: number, dueMs: number | undefined][][] = [
      [
        ['filed', now - 9 * HOUR, now - 2 * HOUR],
        ['closed', now - 3 * HOUR, undefined],
      ],
      [
        ['filed', now - 9 * HOUR, now - 5 * HOUR],
        ['closed', now - 3 * HOUR, undefined],
      ],
      [['dispatched', now - 9 * HOUR, now - HOUR]],
      [['filed', now - 9 * HOUR, now + HOUR]],
      [
        ['filed', now - 9 * HOUR, undefined],
        ['closed', now - 3 * HOUR, undefined],
      ],
    ];
    for (const events of cases) {
      const { incidentId } = await city.incident('cam-03');
      for (const [state, atMs, dueMs] of events) {
        const event = {
          incidentId,
          state,
          at: iso(atMs),
          ...(dueMs === undefined ? {} : { dueAt: iso(dueMs) }),
        };
        city.service.applyFeedback(`${incidentId} ${state}`, event as FeedbackEvent);
      }
    }
    const url = `/api/statistics?fromMs=${now - 1e9}&toMs=${now + 1e6}&by=camera`;
    expect((await call('GET', url)).json()).toMatchObject({
      bulletin: { filed: 5, closed: 3, closingRate: 3 / 5, due: 3, closedInTime: 1, inTimeRate: 1 / 3 },
    });
  });
});
