/** Replay over the API: the difference that a draft makes, recorded pictures, limits, audit. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StreetwatchError } from '../core/index.ts';
import { replayChange } from '../rules/index.ts';
import type { ReplayResult, RuleSetDocument } from './contract/index.ts';
import { openCity } from './testing/city.ts';
import type { City } from './testing/city.ts';
import { keptTracks } from './testing/kept-tracks.ts';

let city: City;
let author: Awaited<ReturnType<City['user']>>;
/** Replays wait for it. */
let gate: Promise<void> = Promise.resolve();
beforeAll(async () => {
  city = await openCity({
    deps: {
      replay: {
        run: async (wish) => {
          await gate;
          return replayChange(wish, keptTracks(wish.cameraId, wish.toMs));
        },
      },
    },
  });
  author = await city.user('author', 'author', { cameras: ['cam-01'] });
});
afterAll(async () => {
  await city.close();
});

const call = (method: 'GET' | 'POST', url: string, payload?: object) =>
  city.api.app.inject({
    method,
    url,
    headers: { cookie: author.cookie, 'x-csrf-token': author.csrf },
    ...(payload === undefined ? {} : { payload }),
  });
const REPLAY = '/api/cameras/cam-01/rules/replay';
const publishedDocument = async (): Promise<RuleSetDocument> =>
  (await call('GET', '/api/cameras/cam-01/rules')).json<{ document: RuleSetDocument }>().document;
/** The published document with another dwell. */
async function withDwell(dwellS: number): Promise<RuleSetDocument> {
  const document = await publishedDocument();
  document.rules[0]!.params = { dwellS };
  return document;
}

describe('a replay', () => {
  it('tells what a change adds, loses and keeps, and changes nothing', async () => {
    const replay = async (dwellS: number) =>
      (await call('POST', REPLAY, { document: await withDwell(dwellS), hours: 2 })).json<ReplayResult>();
    // Of cars that stood for 90, 240 and 600 s, the published rule (180 s) raises two.
    expect(await replay(180)).toMatchObject({ version: 1, kept: 2, lost: 0, added: 0, frames: 3600 });
    expect(await replay(60)).toMatchObject({ kept: 2, lost: 0, added: 1 });
    const longer = await replay(300);
    expect(longer).toMatchObject({ kept: 1, lost: 1, added: 0 });
    expect(
      longer.items.map(({ outcome, before, after }) => [outcome, before?.ruleId, after?.ruleId]),
    ).toEqual([
      ['before', 'no-parking', undefined],
      ['both', 'no-parking', 'no-parking'],
    ]);
    expect(longer.coveredMs).toBe(3_599_000);
    expect(city.applied).toEqual([]);
    expect(city.store.ruleSets.draft('cam-01')).toBeUndefined();
    expect(city.store.audit.list({ limit: 1, action: 'rules.replay' })[0]!.details).toEqual({
      version: 1,
      hours: 2,
    });
  });

  it('names the incident that was raised then', async () => {
    const document = await publishedDocument();
    const before = (await call('POST', REPLAY, { document, hours: 1 })).json<ReplayResult>();
    const event = before.items.at(-1)!.before!;
    const wish = { cameraId: 'cam-01', phase: 'raised', episodeId: 'kept', atMs: event.raisedAtMs } as const;
    const signal = city.signal({ ...wish, firstSeenMs: event.sinceMs })!;
    const after = (await call('POST', REPLAY, { document, hours: 1 })).json<ReplayResult>();
    expect(after.items.map(({ incidentId }) => incidentId)).toEqual([undefined, signal.incidentId]);
  });

  it.each<[string, { dwellS?: unknown; hours?: number }, number, string]>([
    ['a rule that cannot be', { dwellS: 'soon' }, 422, 'rule.invalid'],
    ['no hours', { hours: 0 }, 400, 'api.invalid'],
    ['too many hours', { hours: 169 }, 400, 'api.invalid'],
  ])('refuses %s', async (_name, { dwellS = 60, hours = 1 }, status, code) => {
    const document = await publishedDocument();
    document.rules[0]!.params = { dwellS };
    const reply = await call('POST', REPLAY, { document, hours });
    expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([status, code]);
  });

  it('lets only so many wait, and goes on after a failure', async () => {
    let fail: (error: Error) => void = () => undefined;
    gate = new Promise((_resolve, reject) => {
      fail = reject;
    });
    const document = await publishedDocument();
    const all = Array.from({ length: 5 }, () => call('POST', REPLAY, { document, hours: 1 }));
    const refused = await Promise.race(all);
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    fail(new StreetwatchError('store.failed', 'kept tracks cannot be read'));
    gate.catch(() => undefined);
    expect((await Promise.all(all)).map((reply) => reply.statusCode).toSorted((a, b) => a - b)).toEqual([
      429, 500, 500, 500, 500,
    ]);
    gate = Promise.resolve();
    expect((await call('POST', REPLAY, { document, hours: 1 })).statusCode).toBe(200);
  });

  it('is of the own cameras only', async () => {
    const document = await publishedDocument();
    const other = await call('POST', '/api/cameras/cam-02/rules/replay', { document, hours: 1 });
    expect(other.statusCode).toBe(404);
  });
});

describe('a recorded picture', () => {
  it('is given to authors of the camera, and the look is in the audit log', async () => {
    const reply = await call('GET', '/api/cameras/cam-01/footage.jpg?atMs=1790000000000&width=320');
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('image/jpeg');
    expect(city.store.audit.list({ limit: 1 })[0]).toMatchObject({
      action: 'footage.view',
      objectId: 'cam-01',
      details: { atMs: 1_790_000_000_000 },
    });
    const later = await call('GET', '/api/cameras/cam-01/footage.jpg?atMs=8000000000000');
    expect(later.statusCode).toBe(404);
    expect(later.json()).toMatchObject({ code: 'footage.missing' });
    const other = await call('GET', '/api/cameras/cam-02/footage.jpg?atMs=1790000000000');
    expect(other.statusCode).toBe(404);
  });
});
