/** The live feed over a real connection: order, resumption, nothing missed, nothing foreign, sign-out. */

import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openCity } from './testing/city.ts';
import type { City } from './testing/city.ts';

interface Message {
  id?: number;
  event: string;
  data: string;
}

let city: City;
let port: number;
beforeAll(async () => {
  city = await openCity();
  await city.api.app.listen({ host: '127.0.0.1', port: 0 });
  port = (city.api.app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await city.close();
});

/** Opens the feed as a browser does, and collects what comes. */
async function follow(cookie: string, lastEventId?: number) {
  const messages: Message[] = [];
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = {
      cookie,
      ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
    };
    get({ port, host: '127.0.0.1', path: '/api/feed', headers }, resolve).on('error', reject);
  });
  let text = '';
  let ended = false;
  reply.setEncoding('utf8');
  reply.on('data', (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      text = text.slice(end + 2);
      const id = fields.get('id');
      messages.push({
        ...(id === undefined ? {} : { id: Number(id) }),
        event: fields.get('event') ?? '',
        data: fields.get('data') ?? '',
      });
    }
  });
  reply.on('end', () => (ended = true));
  reply.on('error', () => (ended = true));
  await vi.waitFor(() => expect(messages[0]?.event).toBe('hello'));
  return {
    messages,
    revisions: () =>
      messages
        .filter((one) => one.event === 'revision')
        .map(
          (one) =>
            JSON.parse(one.data) as { incident: { incidentId: string }; revision: number; phase: string },
        ),
    close: () => reply.destroy(),
    ended: () => ended,
    status: reply.statusCode,
  };
}

describe('the feed', () => {
  it('tells every revision in order, and after a lost connection goes on exactly where it was', async () => {
    const viewer = await city.user('viewer', 'viewer');
    const first = await follow(viewer.cookie);
    const a = await city.incident('cam-01');
    await vi.waitFor(() => expect(first.revisions().length).toBe(a.revision));
    expect(first.revisions().map((one) => [one.incident.incidentId, one.revision])).toEqual(
      Array.from({ length: a.revision }, (_, i) => [a.incidentId, i + 1]),
    );
    const last = first.messages.at(-1)!.id!;
    first.close();
    const b = await city.incident('cam-02');
    const c = await city.incident('cam-03');
    const second = await follow(viewer.cookie, last);
    await vi.waitFor(() => expect(second.revisions().length).toBe(b.revision + c.revision));
    const seen = second.messages.filter((one) => one.event === 'revision').map((one) => one.id!);
    expect(seen).toEqual(seen.map((_, i) => last + 1 + i));
    second.close();
  });

  it('keeps what lies outside the districts of the reader away, revisions and claims', async () => {
    const west = await city.user('west', 'operator', { districts: ['west'] });
    const all = await city.user('all', 'operator');
    const reader = await follow(west.cookie);
    const foreign = await city.incident('cam-01');
    await city.api.app.inject({
      method: 'PUT',
      url: `/api/incidents/${foreign.incidentId}/claim`,
      headers: { cookie: all.cookie, 'x-csrf-token': all.csrf },
    });
    const own = await city.incident('cam-02');
    await vi.waitFor(() => expect(reader.revisions().length).toBe(own.revision));
    expect(JSON.stringify(reader.messages)).not.toContain(foreign.incidentId);
    reader.close();
  });

  it('ends when the session ends', async () => {
    const li = await city.user('li', 'viewer');
    const reader = await follow(li.cookie);
    await city.api.app.inject({
      method: 'DELETE',
      url: '/api/session',
      headers: { cookie: li.cookie, 'x-csrf-token': li.csrf },
    });
    await city.incident('cam-01');
    await vi.waitFor(() => expect(reader.ended()).toBe(true));
    expect(reader.revisions()).toEqual([]);
  });

  it('refuses a place that is none of ours', async () => {
    const li = await city.user('li2', 'viewer');
    const reply = await city.api.app.inject({
      url: '/api/feed',
      headers: { cookie: li.cookie, 'last-event-id': '-1 OR 1=1' },
    });
    expect(reply.json()).toMatchObject({ status: 400, code: 'api.invalid' });
  });
});
