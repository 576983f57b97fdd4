/** Zones and rules: drafts, publication with live effect, versions, differences, roll-back, refusals. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StreetwatchError } from '../core/index.ts';
import type { RuleSetDocument } from './contract/index.ts';
import { openCity } from './testing/city.ts';
import type { City } from './testing/city.ts';

let city: City;
let author: Awaited<ReturnType<City['user']>>;
let refuse = false;
beforeAll(async () => {
  city = await openCity({
    deps: {
      rules: {
        apply: (cameraId, rules) => {
          if (refuse) throw new StreetwatchError('rule.invalid', 'refused by the pipeline');
          city.applied.push({ cameraId, rules });
        },
      },
    },
  });
  author = await city.user('author', 'author');
});
afterAll(async () => {
  await city.close();
});

const RULES = '/api/cameras/cam-01/rules';
const call = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: object, etag?: string) =>
  city.api.app.inject({
    method,
    url,
    headers: {
      cookie: author.cookie,
      'x-csrf-token': author.csrf,
      ...(etag === undefined ? {} : { 'if-match': etag }),
    },
    ...(payload === undefined ? {} : { payload }),
  });
const published = async () => {
  const reply = await call('GET', RULES);
  return {
    etag: String(reply.headers.etag),
    ...reply.json<{ version: number; document: RuleSetDocument }>(),
  };
};

describe('publication', () => {
  it('works at once on that camera, is a version with author and note, and rolls back as a new version', async () => {
    const before = await published();
    const document = structuredClone(before.document);
    document.zones[0]!.polygon[0] = { x: 0.2, y: 0.6 };
    document.rules[0]!.enabled = false;
    const reply = await call('PUT', RULES, { document, note: '缩小禁停区' }, before.etag);
    expect(reply.json()).toMatchObject({
      version: 2,
      authorName: 'author',
      note: '缩小禁停区',
      zoneVersions: { kerb: 2 },
      ruleVersions: { 'no-parking': 2 },
    });
    expect(city.applied.at(-1)).toMatchObject({
      cameraId: 'cam-01',
      rules: [
        {
          ruleId: 'no-parking',
          ruleVersion: 2,
          enabled: false,
          zone: { version: 2, polygon: document.zones[0]!.polygon },
        },
      ],
    });
    const diff = (await call('GET', `${RULES}/diff?from=1&to=2`)).json<{ changes: object[] }>();
    expect(diff.changes).toMatchObject([
      { subject: 'zone', id: 'kerb', change: 'changed', fields: [{ name: 'polygon' }] },
      {
        subject: 'rule',
        id: 'no-parking',
        change: 'changed',
        fields: [{ name: 'enabled', before: true, after: false }],
      },
    ]);
    expect((await call('PUT', RULES, { document, note: 'x' }, before.etag)).json()).toMatchObject({
      code: 'api.if-match-failed',
    });
    const back = await call('POST', `${RULES}/roll-back`, { version: 1, note: '撤回' }, '"2"');
    // A version number names one form of a zone for ever: the old form comes back under a new number.
    expect(back.json()).toMatchObject({ version: 3, document: before.document, zoneVersions: { kerb: 3 } });
    const versions = (await call('GET', `${RULES}/versions`)).json<{ items: { version: number }[] }>();
    expect(versions.items.map((one) => one.version)).toEqual([3, 2, 1]);
    expect(city.store.audit.list({ limit: 9, objectId: 'cam-01' }).map((e) => e.action)).toEqual([
      'rules.roll-back',
      'rules.publish',
    ]);
  });

  it('what the rules refuse is refused before anything changes', async () => {
    const before = await published();
    const applied = city.applied.length;
    const broken = [
      (d: RuleSetDocument) =>
        (d.zones[0]!.polygon = [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
          { x: 1, y: 0 },
          { x: 0, y: 1 },
        ]),
      (d: RuleSetDocument) => (d.rules[0]!.zoneId = 'nowhere'),
      (d: RuleSetDocument) => (d.rules[0]!.kind = 'astrology'),
      (d: RuleSetDocument) => (d.rules[0]!.params = { noSuchParameter: 1 }),
      (d: RuleSetDocument) => d.zones.push(d.zones[0]!),
      (d: RuleSetDocument) => d.rules.push(d.rules[0]!),
    ];
    for (const change of broken) {
      const document = structuredClone(before.document);
      change(document);
      const reply = await call('PUT', RULES, { document, note: 'x' }, before.etag);
      expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([422, 'rule.invalid']);
    }
    expect(city.applied.length).toBe(applied);
    expect((await published()).version).toBe(before.version);
  });

  it('what the pipeline refuses is not kept', async () => {
    const before = await published();
    refuse = true;
    const reply = await call('PUT', RULES, { document: { zones: [], rules: [] }, note: 'x' }, before.etag);
    refuse = false;
    expect(reply.statusCode).toBe(422);
    expect((await published()).version).toBe(before.version);
  });
});

describe('a draft', () => {
  it('is saved with its problems, one at a time, and is gone after publication', async () => {
    const before = await published();
    const url = `${RULES}/draft`;
    expect((await call('GET', url)).statusCode).toBe(404);
    const saved = await call(
      'PUT',
      url,
      { document: { ...before.document, rules: [{ ...before.document.rules[0]!, zoneId: 'x' }] } },
      '"0"',
    );
    expect(saved.json()).toMatchObject({
      revision: 1,
      basedOn: before.version,
      problems: [expect.stringContaining('zone x')],
    });
    expect((await call('PUT', url, { document: before.document }, '"0"')).statusCode).toBe(412);
    expect((await call('PUT', url, { document: before.document }, '"1"')).json()).toMatchObject({
      problems: [],
    });
    expect((await call('DELETE', url)).statusCode).toBe(428);
    expect((await call('DELETE', url, undefined, '"1"')).statusCode).toBe(412);
    expect((await call('DELETE', url, undefined, '"2"')).statusCode).toBe(204);
    await call('PUT', url, { document: before.document }, '"0"');
    expect(
      (await call('PUT', RULES, { document: before.document, note: 'same' }, before.etag)).statusCode,
    ).toBe(200);
    expect((await call('GET', url)).statusCode).toBe(404);
  });
});

describe('approval before publication', () => {
  const setApproval = async (approval: boolean): Promise<void> => {
    const { etag, document } = await published();
    const rules = document.rules.map((rule) => ({ ...rule, enabled: true, approval }));
    const reply = await call('PUT', RULES, { document: { ...document, rules }, note: 'approval' }, etag);
    expect(reply.statusCode).toBe(200);
  };
  const waiting = (): number => city.incidentStore.outbox.depth();
  const review = async (incidentId: string, state: string): Promise<{ held: boolean }> => {
    const { revision } = city.incidentStore.get(incidentId)!;
    const url = `/api/incidents/${incidentId}/review`;
    return (await call('POST', url, { state, reason: 'other' }, `"${revision}"`)).json();
  };

  it('holds everything of an incident back until a person has confirmed it, then lets all of it go', async () => {
    await setApproval(true);
    expect(city.applied.at(-1)!.rules[0]).toMatchObject({ ruleId: 'no-parking', approval: true });
    const before = waiting();
    const incident = await city.incident('cam-01');
    expect(incident.publication).toBe('held');
    expect(waiting()).toBe(before);
    const list = (await call('GET', '/api/incidents?held=true')).json<{ items: { incidentId: string }[] }>();
    expect(list.items.map((one) => one.incidentId)).toEqual([incident.incidentId]);
    expect(await review(incident.incidentId, 'confirmed')).toMatchObject({ held: false });
    expect(waiting()).toBe(before + incident.revision + 1);
    // Once told, it stays told: taking the decision back is one more revision.
    expect(await review(incident.incidentId, 'pending')).toMatchObject({ held: false });
    expect(waiting()).toBe(before + incident.revision + 2);
  });

  it('never tells anybody of what was dismissed, and ends for incidents that come after it was switched off', async () => {
    const before = waiting();
    const dismissed = await city.incident('cam-01');
    expect(await review(dismissed.incidentId, 'dismissed')).toMatchObject({ held: true });
    const held = await city.incident('cam-01');
    await setApproval(false);
    expect(city.incidentStore.get(held.incidentId)!.publication).toBe('held');
    expect(waiting()).toBe(before);
    const next = await city.incident('cam-01');
    expect(next.publication).toBe('open');
    expect(waiting()).toBe(before + next.revision);
  });
});
