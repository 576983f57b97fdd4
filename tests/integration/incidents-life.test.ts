/** Incidents with evidence on a real store: candidates, review, approval, restarts, lists, and the check of it all. */

import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, StreetwatchError, silentLog } from '../../core/index.ts';
import {
  IncidentStore,
  pruneIncidents,
  type EvidenceItem,
  type Incident,
  type IncidentEvent,
} from '../../incidents/index.ts';
import { install, signal, systemClock, type Installation } from '../support/incidents.ts';

const AT = signal().atMs;
let here: Installation;

beforeEach(() => {
  here = install();
});
afterEach(() => here.close());

function opened(over: Parameters<typeof signal>[0] = {}): Incident {
  const incident = here.service.apply(signal(over));
  if (incident === undefined) throw new Error('no incident');
  return incident;
}
const filesOf = (incident: Incident): EvidenceItem[] => here.store.evidence(incident.incidentId);
const pathOf = (item: EvidenceItem | undefined): string => join(here.evidenceDir, item?.path ?? 'none');
const lastEvent = (incident: Incident): IncidentEvent =>
  here.store.revisions(incident.incidentId).at(-1)?.data as IncidentEvent;

describe('candidates', () => {
  it('hold footage and keep their arrival, unpublished; the event goes on with both', async () => {
    const candidate = opened({
      phase: 'warned',
      atMs: AT - 30_000,
      firstSeenMs: AT - 65_000,
      sinceMs: AT - 60_000,
    });
    expect(candidate).toMatchObject({ status: 'candidate', revision: 0 });
    expect(here.footage.held.get(candidate.incidentId)).toBe(AT - 71_000);
    await here.service.settle();
    expect(filesOf(candidate).map((f) => f.role)).toEqual(['arrival', 'arrival']);
    expect(here.store.outbox.depth()).toBe(0);
    expect(here.store.list().incidents).toEqual([]);
    expect(here.footage.held.size).toBe(1);
    const incident = opened();
    expect(incident.incidentId).toBe(candidate.incidentId);
    await here.service.settle();
    const roles = filesOf(incident).map((f) => `${f.role}${f.overlay ? '+' : ''}`);
    expect(roles.filter((role) => role.startsWith('arrival'))).toEqual(['arrival', 'arrival+']);
    expect(here.footage.held.size).toBe(0);
  });

  it('that come to nothing leave nothing', async () => {
    const candidate = opened({ phase: 'warned' });
    await here.service.settle();
    const folder = join(pathOf(filesOf(candidate)[0]), '..');
    expect(existsSync(folder)).toBe(true);
    expect(here.service.apply(signal({ phase: 'dropped' }))).toBeUndefined();
    expect(existsSync(folder)).toBe(false);
    expect(here.footage.held.size).toBe(0);
    expect(here.store.byEpisode(candidate.episodeId)).toBeUndefined();
    expect(await here.store.check({ evidenceDir: here.evidenceDir })).toEqual([]);
  });
});

describe('evidence', () => {
  it('is complete, hashed, signed, and looks as recorded', async () => {
    const incident = opened({ moments: [{ name: 'before', atMs: AT - 62_000 }] });
    await here.service.settle();
    opened({ phase: 'cleared', atMs: AT + 20_000 });
    await here.service.settle();
    const names = filesOf(incident).map((f) => f.path.slice(f.path.lastIndexOf('/') + 1));
    expect(names.toSorted()).toEqual([
      'arrival.overlay.jpg',
      'arrival.png',
      'clearing-r3.overlay.jpg',
      'clearing-r3.png',
      'clip.mp4',
      'confirmation-close-up.jpg',
      'confirmation-close-up.overlay.jpg',
      'confirmation.overlay.jpg',
      'confirmation.png',
      'manifest-r2.json',
      'manifest-r2.json.sig',
      'manifest-r4.json',
      'manifest-r4.json.sig',
      'moment-1-before.overlay.jpg',
      'moment-1-before.png',
    ]);
    expect(here.footage.asked).toEqual([{ cameraId: 'east-1', fromMs: AT - 71_000, toMs: AT + 1_000 }]);
    for (const still of lastEvent(incident).evidence) {
      const { width, height } = await sharp(join(here.evidenceDir, still.uri)).metadata();
      expect([still.width, still.height]).toEqual([width, height]);
    }
    const [arrival, confirmation] = ['arrival', 'confirmation'].map((role) =>
      filesOf(incident).find((f) => f.role === role && !f.overlay),
    );
    expect((confirmation?.capturedAtMs ?? 0) - (arrival?.capturedAtMs ?? 0)).toBeGreaterThanOrEqual(10_000);
    const options = { evidenceDir: here.evidenceDir, publicKey: here.signer.publicKey };
    expect(await here.store.check(options)).toEqual([]);
    expect(readdirSync(join(pathOf(arrival), '..')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('draws on the copy alone: the original has the bytes of the recording', async () => {
    const incident = opened();
    await here.service.settle();
    const [original, copy] = filesOf(incident).filter((f) => f.role === 'confirmation');
    const recorded = await here.footage.still('east-1', AT);
    expect(readFileSync(pathOf(original)).equals(Buffer.from(recorded.image))).toBe(true);
    // Of a crop as a file of its own: sharp's statistics are those of the input, before any crop.
    const channel = async (
      path: string,
      area: { left: number; top: number; width: number; height: number },
    ) => (await sharp(await sharp(path).extract(area).png().toBuffer()).stats()).channels[0];
    const corner = { left: 252, top: 176, width: 8, height: 8 };
    const [before, after] = [await channel(pathOf(original), corner), await channel(pathOf(copy), corner)];
    expect(after?.mean).toBeGreaterThan((before?.mean ?? 255) + 20);
    const band = await channel(pathOf(copy), { left: 0, top: 362, width: 640, height: 40 });
    expect(band?.max).toBeGreaterThan(200);
  });

  it('says what the recording does not hold, and publishes the rest', async () => {
    here.footage.recordedFromMs = AT - 5_000;
    const incident = opened();
    await here.service.settle();
    const event = lastEvent(incident);
    expect(event.missing).toEqual([{ role: 'arrival', reason: 'footage.missing' }]);
    expect(event.evidence.map((e) => e.role)).toEqual([
      'confirmation',
      'confirmation',
      'close_up',
      'close_up',
    ]);
    expect(event.clips).toHaveLength(1);
  });

  it('that failed once is taken again', { timeout: 30_000 }, async () => {
    here.footage.failures.push(new StreetwatchError('footage.failed', 'ffmpeg ended with 1'));
    const incident = opened();
    await here.service.settle();
    expect(lastEvent(incident)).toMatchObject({ revision: 2, missing: [] });
  });

  it('that was due when the process ended is taken by the next one', async () => {
    here.footage.failures.push(new StreetwatchError('footage.failed', 'killed'));
    const incident = opened();
    await here.service.close();
    here.store.close();
    here = here.reopen();
    expect(here.footage.held.has(incident.incidentId)).toBe(true);
    await here.service.settle();
    expect(lastEvent(incident)).toMatchObject({ revision: 2, reason: 'evidence', missing: [] });
    expect(here.footage.held.size).toBe(0);
  });
});

describe('restart', () => {
  it('a second raised goes on as the same incident, without a revision', () => {
    const first = opened();
    const again = opened({ atMs: AT + 60_000, runId: 'run-2', trackIds: ['run-2:1'] });
    expect(again).toMatchObject({ incidentId: first.incidentId, revision: 1, trackIds: ['run-2:1'] });
    expect(here.store.count()).toBe(1);
  });

  it('saved states come back', () => {
    here.store.saveStates([
      ['rule:a', '{"n":1}'],
      ['rule:b', '{"n":2}'],
    ]);
    here.store.saveState('rule:a', '{"n":3}');
    here.store.close();
    const store = IncidentStore.open(here.store.path, { clock: systemClock, log: silentLog });
    expect([store.loadState('rule:a'), store.loadState('rule:b'), store.loadState('rule:c')]).toEqual([
      '{"n":3}',
      '{"n":2}',
      undefined,
    ]);
    store.removeState('rule:a');
    expect(store.loadState('rule:a')).toBeUndefined();
    store.close();
    here = here.reopen();
  });
});

describe('what nobody watches any more', () => {
  it('is forgotten or cleared, and told', async () => {
    const candidate = opened({ phase: 'warned', episodeId: 'c' });
    const orphan = opened({ episodeId: 'a' });
    const watched = opened({ episodeId: 'b', ruleId: 'fire-lane' });
    await here.service.settle();
    expect(here.service.retire((incident) => incident.place.ruleId === 'fire-lane')).toBe(2);
    expect(here.store.byEpisode(candidate.episodeId)).toBeUndefined();
    expect(lastEvent(orphan)).toMatchObject({ phase: 'cleared', reason: 'retired', status: 'cleared' });
    expect(here.store.get(watched.incidentId)?.status).toBe('open');
    expect(here.footage.held.size).toBe(0);
  });
});

describe('retention', () => {
  const prune = (beforeMs: number, keep?: (incident: Incident) => boolean): Promise<number> =>
    pruneIncidents({
      store: here.store,
      evidenceDir: here.evidenceDir,
      beforeMs,
      log: silentLog,
      ...(keep === undefined ? {} : { keep }),
    });
  const sendAll = (): void => {
    const [head] = here.store.outbox.heads(1);
    if (head === undefined) return;
    here.store.outbox.markDone(head, head.id, AT);
    sendAll();
  };

  it('deletes what is old, over and told, with its files, and nothing else', async () => {
    const old = opened({ episodeId: 'old' });
    const open = opened({ episodeId: 'open' });
    const kept = opened({ episodeId: 'kept' });
    const young = opened({ episodeId: 'young', atMs: AT + 60_000 });
    for (const { episodeId } of [old, kept, young])
      opened({ episodeId, phase: 'cleared', atMs: AT + 70_000 });
    await here.service.settle();
    expect(await prune(AT + 1)).toBe(0);
    sendAll();
    const folder = join(pathOf(filesOf(old)[0]), '..');
    expect(await prune(AT + 1, (incident) => incident.incidentId === kept.incidentId)).toBe(1);
    expect(existsSync(folder)).toBe(false);
    expect(
      here.store
        .list()
        .incidents.map((i) => i.episodeId)
        .toSorted(),
    ).toEqual(['kept', 'open', 'young']);
    expect(existsSync(pathOf(filesOf(open)[0]))).toBe(true);
    expect(await here.store.check({ evidenceDir: here.evidenceDir })).toEqual([]);
  });
});

describe('review', () => {
  it('is a revision with who, when and why', () => {
    const { incidentId } = opened();
    const confirmed = here.service.review(incidentId, {
      verb: 'confirm',
      by: 'li',
      reason: 'clearly parked',
    });
    expect(confirmed).toMatchObject({ revision: 2, review: { state: 'confirmed', by: 'li' } });
    const withdrawn = here.service.review(incidentId, { verb: 'dismiss', by: 'wang', reason: 'a delivery' });
    expect(withdrawn.review).toMatchObject({ state: 'dismissed', by: 'wang', reason: 'a delivery' });
    here.service.review(incidentId, { verb: 'reset', by: 'wang' });
    expect(here.store.revisions(incidentId).map((r) => [r.phase, r.reason, r.by])).toEqual([
      ['opened', 'rule', undefined],
      ['confirmed', 'review', 'li'],
      ['withdrawn', 'review', 'wang'],
      ['updated', 'review', 'wang'],
    ]);
  });

  it('refuses a decision on what somebody else has decided meanwhile, but not on late evidence', async () => {
    const { incidentId } = opened();
    await here.service.settle();
    here.service.review(incidentId, { verb: 'confirm', by: 'li', expectedRevision: 1 });
    expect(() =>
      here.service.review(incidentId, { verb: 'dismiss', by: 'wang', expectedRevision: 2 }),
    ).toThrow(expect.objectContaining({ code: 'incident.conflict' }));
    expect(here.store.get(incidentId)?.review.state).toBe('confirmed');
  });

  it.each([
    { name: 'an unknown incident', id: '01M826EDX3B8F4722A34VFXV25', over: {}, code: 'incident.not-found' },
    { name: 'an id that is a path', id: '../x', over: {}, code: 'incident.not-found' },
    { name: 'a decision of nobody', over: { by: ' ' }, code: 'incident.invalid' },
    {
      name: 'a duplicate of itself',
      over: { verb: 'duplicate', duplicateOf: 'self' },
      code: 'incident.invalid',
    },
    {
      name: 'a duplicate of nothing',
      over: { verb: 'duplicate', duplicateOf: '01M826EDX3B8F4722A34VFXV25' },
      code: 'incident.invalid',
    },
  ] as const)('refuses $name', (row) => {
    const { incidentId } = opened();
    const id = 'id' in row ? row.id : incidentId;
    const over =
      'duplicateOf' in row.over && row.over.duplicateOf === 'self' ? { duplicateOf: incidentId } : {};
    expect(() => here.service.review(id, { verb: 'confirm', by: 'li', ...row.over, ...over })).toThrow(
      expect.objectContaining({ code: row.code }),
    );
    expect(here.store.revisions(incidentId)).toHaveLength(1);
  });

  it('a duplicate names its parent in the event', () => {
    const parent = opened();
    const { incidentId } = opened({ episodeId: 'other' });
    const done = here.service.review(incidentId, {
      verb: 'duplicate',
      by: 'li',
      duplicateOf: parent.incidentId,
    });
    expect(lastEvent(done)).toMatchObject({
      phase: 'withdrawn',
      dedup: { parentIncident: parent.incidentId },
    });
  });
});

describe('approval before publishing', () => {
  beforeEach(async () => {
    await here.close();
    here = install({ requiresApproval: (_cameraId, ruleId) => ruleId === 'no-parking' });
  });

  it('publishes nothing until a person confirms, then everything in order', async () => {
    const incident = opened();
    const free = opened({ episodeId: 'other', ruleId: 'fire-lane' });
    await here.service.settle();
    expect(here.store.outbox.next(incident.subject)).toBeUndefined();
    expect(here.store.outbox.next(free.subject)?.revision).toBe(1);
    expect(here.store.list({ filters: { held: true } }).incidents.map((i) => i.incidentId)).toEqual([
      incident.incidentId,
    ]);
    here.service.review(incident.incidentId, { verb: 'confirm', by: 'li' });
    const sent: (number | undefined)[] = [];
    for (let m = here.store.outbox.next(incident.subject); m; m = here.store.outbox.next(incident.subject)) {
      sent.push(m.revision);
      here.store.outbox.markDone(m, sent.length, AT);
    }
    expect(sent).toEqual([1, 2, 3]);
  });

  it('publishes nothing of what a person dismissed, unless it is confirmed after all', async () => {
    const { incidentId, subject } = opened();
    here.service.review(incidentId, { verb: 'dismiss', by: 'li' });
    opened({ phase: 'cleared', atMs: AT + 1_000 });
    await here.service.settle();
    expect(here.store.outbox.depth()).toBe(0);
    expect(await here.store.check({ evidenceDir: here.evidenceDir })).toEqual([]);
    here.service.review(incidentId, { verb: 'confirm', by: 'wang' });
    expect(here.store.outbox.next(subject)?.revision).toBe(1);
    expect(here.store.outbox.depth()).toBe(here.store.get(incidentId)?.revision);
  });
});

describe('lists', () => {
  it('page through everything once, newest first, also when times are equal', () => {
    for (let i = 0; i < 7; i++) opened({ episodeId: `e${i}`, atMs: AT + (i % 3) * 1_000 });
    const seen: Incident[] = [];
    let cursor: string | undefined;
    do {
      const page = here.store.list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.incidents);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(new Set(seen.map((i) => i.incidentId)).size).toBe(7);
    const times = seen.map((i) => i.openedAtMs ?? 0);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  it.each([
    { name: 'time', filters: { fromMs: AT + 1_000, toMs: AT + 2_000 }, expected: ['b'] },
    { name: 'type', filters: { eventTypes: ['fire.smoke'] as const }, expected: ['b'] },
    { name: 'camera', filters: { cameraIds: ['west-9'] }, expected: ['c'] },
    { name: 'zone', filters: { zoneId: 'fire-lane' }, expected: ['c', 'b', 'a'] },
    { name: 'district', filters: { districts: ['黄浦区'] }, expected: [] },
    { name: 'status', filters: { status: 'cleared' as const }, expected: ['a'] },
    { name: 'review', filters: { reviewStates: ['confirmed'] as const }, expected: ['c'] },
  ])('by $name', ({ filters, expected }) => {
    opened({ episodeId: 'a' });
    opened({ episodeId: 'b', atMs: AT + 1_000, eventType: 'fire.smoke' });
    const { incidentId } = opened({ episodeId: 'c', atMs: AT + 2_000, cameraId: 'west-9' });
    opened({ episodeId: 'a', phase: 'cleared', atMs: AT + 3_000 });
    opened({ episodeId: 'd', phase: 'warned' });
    here.service.review(incidentId, { verb: 'confirm', by: 'li' });
    expect(here.store.list({ filters }).incidents.map((i) => i.episodeId)).toEqual(expected);
    expect(here.store.count(filters)).toBe(expected.length);
  });

  it('refuse a cursor that is none', () => {
    expect(() => here.store.list({ cursor: 'x' })).toThrow(
      expect.objectContaining({ code: 'incident.invalid' }),
    );
  });
});

describe('check', () => {
  const check = async (): Promise<string[]> =>
    (await here.store.check({ evidenceDir: here.evidenceDir, publicKey: here.signer.publicKey })).map(
      (p) => p.kind,
    );

  it.each([
    { name: 'a file with other bytes', kinds: ['file-altered'], role: 'clip', spoil: (p: string) => flip(p) },
    {
      name: 'a longer file',
      kinds: ['file-altered'],
      role: 'arrival',
      spoil: (p: string) => appendFileSync(p, 'x'),
    },
    { name: 'a missing file', kinds: ['file-missing'], role: 'close_up', spoil: (p: string) => rmSync(p) },
    {
      name: 'a manifest that was written again',
      kinds: ['file-altered', 'signature'],
      role: 'manifest',
      spoil: (p: string) => writeFileSync(p, readFileSync(p, 'utf8').replace('"east-1"', '"west-1"')),
    },
    {
      name: 'a signature of somebody else',
      kinds: ['file-altered', 'signature'],
      role: 'signature',
      spoil: (p: string) => flip(p),
    },
  ] as const)('finds $name', async ({ kinds, role, spoil }) => {
    const incident = opened();
    await here.service.settle();
    expect(await check()).toEqual([]);
    spoil(pathOf(filesOf(incident).find((f) => f.role === role)));
    expect(await check()).toEqual(kinds);
  });

  it('finds a revision that is neither sent nor waiting', async () => {
    const { subject } = opened();
    const row = here.store.outbox.next(subject);
    if (row === undefined) throw new Error('the outbox is empty');
    here.store.outbox.markDone({ ...row, incidentId: undefined }, 1, AT);
    await here.service.settle();
    expect(await check()).toEqual(['outbox']);
  });

  function flip(path: string): void {
    const bytes = readFileSync(path);
    const middle = Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 0xff, middle);
    writeFileSync(path, bytes);
  }
});

describe('the file', () => {
  it('of a newer program is refused', async () => {
    const clock = new ManualClock();
    const path = join(here.dir, 'newer.db');
    IncidentStore.open(path, { clock, log: silentLog }).close();
    const bytes = readFileSync(path);
    bytes.writeUInt32BE(999, 60); // user_version in the file header, sqlite.org/fileformat2.html 1.3
    writeFileSync(path, bytes);
    expect(() => IncidentStore.open(path, { clock, log: silentLog })).toThrow(
      expect.objectContaining({
        code: 'store.failed',
        message: expect.stringContaining('newer program') as string,
      }),
    );
  });

  it('that is no database is refused by name', () => {
    const path = join(here.dir, 'text.db');
    writeFileSync(path, 'this is no database, however long it may be and whatever it may say about itself');
    expect(() => IncidentStore.open(path, { clock: systemClock, log: silentLog })).toThrow(
      expect.objectContaining({ code: 'store.corrupt', message: expect.stringContaining(path) as string }),
    );
  });
});
