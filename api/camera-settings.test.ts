/** Cameras added, changed, removed and rolled back; passwords stay where they are; mistakes name their field. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StreetwatchError } from '../core/index.ts';
import type { CameraSettings } from './contract/index.ts';
import { redactSource } from './redact-source.ts';
import { openCity } from './testing/city.ts';
import type { City } from './testing/city.ts';

let city: City;
let admin: Awaited<ReturnType<City['user']>>;
beforeAll(async () => {
  city = await openCity();
  admin = await city.user('admin', 'administrator');
});
afterAll(async () => {
  await city.close();
});

const BASE = '/api/camera-settings';
const SECRETS = /s3cret|t0p|n3w|geheim/;
const replies: string[] = [];
const call = async (method: 'GET' | 'PUT' | 'POST', url: string, payload?: object, etag?: string) => {
  const reply = await city.api.app.inject({
    method,
    url: `${BASE}${url}`,
    headers: {
      cookie: admin.cookie,
      'x-csrf-token': admin.csrf,
      ...(etag === undefined ? {} : { 'if-match': etag }),
    },
    ...(payload === undefined ? {} : { payload }),
  });
  replies.push(reply.body);
  return reply;
};
const read = async (cameraId: string) => {
  const reply = await call('GET', `/${cameraId}`);
  return {
    etag: String(reply.headers.etag),
    ...reply.json<{ version: number; removed: boolean; settings: CameraSettings }>(),
  };
};

describe('a change', () => {
  it('works at once, is a version with author and note, keeps the password of a source that was not touched', async () => {
    const before = await read('cam-01');
    expect(before.settings.source).toBe('rtsp://***@10.0.0.7/cam-01?token=***');
    const wish = { settings: { ...before.settings, fps: 8 }, note: '提高帧率' };
    expect((await call('PUT', '/cam-01', wish)).json()).toMatchObject({ code: 'api.if-match-missing' });
    const reply = await call('PUT', '/cam-01', wish, before.etag);
    expect([reply.headers.etag, reply.json()]).toMatchObject([
      '"2"',
      { version: 2, authorName: 'admin', note: '提高帧率', settings: { fps: 8 } },
    ]);
    expect(city.appliedCameras.at(-1)).toMatchObject({
      cameraId: 'cam-01',
      settings: { fps: 8, source: 'rtsp://admin:s3cret@10.0.0.7/cam-01?token=t0p' },
    });
    expect((await call('PUT', '/cam-01', wish, before.etag)).json()).toMatchObject({
      code: 'api.if-match-failed',
    });
    expect((await call('GET', '/cam-01/diff?from=1&to=2')).json()).toEqual({
      from: 1,
      to: 2,
      changes: [{ name: 'fps', before: 5, after: 8 }],
    });
  });

  it('of the password alone is named, without either password', async () => {
    const before = await read('cam-01');
    const settings = { ...before.settings, source: 'rtsp://admin:n3w@10.0.0.7/cam-01?token=t0p' };
    expect((await call('PUT', '/cam-01', { settings, note: 'x' }, before.etag)).statusCode).toBe(200);
    const diff = (await call('GET', '/cam-01/diff?from=2&to=3')).json<{ changes: object[] }>();
    const redacted = 'rtsp://***@10.0.0.7/cam-01?token=***';
    expect(diff.changes).toEqual([{ name: 'source', before: redacted, after: redacted }]);
    expect(city.store.cameraSettings.current('cam-01')!.settings!.source).toContain('n3w');
  });

  it('cannot send the stored password to another address', async () => {
    const before = await read('cam-01');
    const settings = { ...before.settings, source: 'rtsp://***@evil.example/x' };
    const reply = await call('PUT', '/cam-01', { settings, note: 'x' }, before.etag);
    expect(reply.json()).toMatchObject({
      status: 400,
      code: 'api.invalid',
      errors: [{ path: 'body/settings/source' }],
    });
  });

  it('that the schema or the check refuses names the field and changes nothing', async () => {
    const before = await read('cam-01');
    const applied = city.appliedCameras.length;
    for (const [field, value] of [
      ['fps', 31],
      ['fps', '5'],
      ['transport', 'sctp'],
      ['lon', 'east'],
    ] as const) {
      const settings = { ...before.settings, [field]: value };
      const reply = await call('PUT', '/cam-01', { settings, note: 'x' }, before.etag);
      expect(reply.json()).toMatchObject({ status: 400, errors: [{ path: `body/settings/${field}` }] });
    }
    expect(city.appliedCameras.length).toBe(applied);
    expect((await read('cam-01')).version).toBe(before.version);
  });

  it('that cannot be stored is taken back', async () => {
    const before = await read('cam-03');
    const real = city.store.cameraSettings.publish.bind(city.store.cameraSettings);
    city.store.cameraSettings.publish = () => {
      throw new StreetwatchError('disk.full', 'the disk is full');
    };
    const settings = { ...before.settings, fps: 9 };
    const reply = await call('PUT', '/cam-03', { settings, note: 'x' }, before.etag);
    city.store.cameraSettings.publish = real;
    expect(reply.statusCode).toBe(507);
    expect(city.appliedCameras.slice(-2).map((one) => one.settings?.fps)).toEqual([9, 5]);
  });
});

describe('a camera', () => {
  it('is added, removed, and comes back by a roll-back with its password', async () => {
    const settings = { source: 'rtsp://u:geheim@10.0.0.8/1', name: '新路口' };
    const added = await call('POST', '', { cameraId: 'new-1', settings, note: '新增' });
    expect([added.statusCode, added.json()]).toMatchObject([
      201,
      { version: 1, removed: false, settings: { fps: 5, source: 'rtsp://***@10.0.0.8/1' } },
    ]);
    const again = await call('POST', '', { cameraId: 'new-1', settings, note: 'x' });
    expect(again.json()).toMatchObject({ status: 409, code: 'api.conflict' });
    const removed = await call('POST', '/new-1/remove', { note: '拆除' }, '"1"');
    expect(removed.json()).toMatchObject({ version: 2, removed: true });
    expect(removed.json()).not.toHaveProperty('settings');
    const gone = await city.api.app.inject({ url: '/api/cameras/new-1', headers: { cookie: admin.cookie } });
    expect(gone.statusCode).toBe(404);
    expect((await call('PUT', '/new-1', { settings, note: 'x' }, '"2"')).json()).toMatchObject({
      code: 'api.conflict',
    });
    const back = await call('POST', '/new-1/roll-back', { version: 1, note: '恢复' }, '"2"');
    expect(back.json()).toMatchObject({ version: 3, removed: false, settings: { name: '新路口' } });
    expect(city.appliedCameras.at(-1)!.settings!.source).toBe(settings.source);
    const versions = (await call('GET', '/new-1/versions')).json<{ items: { note: string }[] }>();
    expect(versions.items.map((one) => one.note)).toEqual(['恢复', '拆除', '新增']);
    const trail = city.store.audit.list({ limit: 3, objectId: 'new-1' }).map((entry) => entry.action);
    expect(trail).toEqual(['camera.roll-back', 'camera.remove', 'camera.add']);
  });

  it('with an id that is no name is refused at its field', async () => {
    const settings = { source: 'rtsp://10.0.0.8/1' };
    const reply = await call('POST', '', { cameraId: '../etc', settings, note: 'x' });
    expect(reply.json()).toMatchObject({ status: 400, errors: [{ path: 'body/cameraId' }] });
  });
});

describe('no password', () => {
  it('is in any answer or in the audit log', async () => {
    await call('GET', '');
    await call('GET', '/cam-01/versions/1');
    expect(replies.length).toBeGreaterThan(10);
    for (const body of replies) expect(body).not.toMatch(SECRETS);
    expect(JSON.stringify(city.store.audit.list({ limit: 200 }))).not.toMatch(SECRETS);
  });

  it.each([
    ['rtsp://admin:pa/ss@w@10.0.0.1:554/h264?channel=1', 'rtsp://***@10.0.0.1:554/h264?channel=1'],
    ['rtsp://10.0.0.1/user=admin_password=tlJw_x_channel=1.sdp', 'rtsp://10.0.0.1/user=admin_password=***'],
    ['http://10.0.0.1/live?loginuse=a&loginpas=b&n=1', 'http://10.0.0.1/live?loginuse=a&loginpas=***&n=1'],
    ['rtsp://10.0.0.1/a', 'rtsp://10.0.0.1/a'],
    ['clips/a@b.mp4', 'clips/a@b.mp4'],
  ])('%s is shown as %s', (source, shown) => {
    expect(redactSource(source)).toBe(shown);
  });
});
