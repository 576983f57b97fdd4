/** The committed `docs/reference/openapi.json` is what the server says; `UPDATE_OPENAPI=1` writes it anew. */

import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packagePath } from '../core/index.ts';
import { openCity } from './testing/city.ts';
import type { City } from './testing/city.ts';

const PATH = packagePath('docs', 'reference', 'openapi.json');
let city: City;
beforeAll(async () => {
  city = await openCity();
});
afterAll(async () => {
  await city.close();
});

it('docs/reference/openapi.json describes this server', async () => {
  const { userId, cookie } = await city.user('admin', 'administrator');
  expect(userId).toBeTruthy();
  const reply = await city.api.app.inject({ url: '/api/openapi.json', headers: { cookie } });
  const document = reply.json<{
    openapi: string;
    info: { version: string };
    paths: Record<string, object>;
  }>();
  document.info.version = '0';
  const text = `${JSON.stringify(document, undefined, 1)}\n`;
  if (process.env['UPDATE_OPENAPI'] === '1') await writeFile(PATH, text);
  expect(document.openapi).toBe('3.1.0');
  expect(JSON.parse(await readFile(PATH, 'utf8'))).toEqual(document);
  const listed = new Set(Object.keys(document.paths));
  // OpenAPI has no words for a WebSocket: the live view is described in its route.
  const http = city.api.routes.filter((route) => !route.url.endsWith('/live'));
  for (const { url } of http) expect(listed).toContain(url.replaceAll(/:(\w+)/g, '{$1}'));
});
