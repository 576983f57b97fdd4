/** The console's files: every page is the document, what is not there is told to people and programs in their own way. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCity } from './testing/city.ts';
import type { City } from './testing/city.ts';

let city: City;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streetwatch-files-'));
  await mkdir(join(dir, 'assets'));
  await writeFile(join(dir, 'index.html'), '<title>console</title>');
  await writeFile(join(dir, 'assets', 'a-1.js'), 'void 0;');
  city = await openCity({ consoleDir: dir });
});
afterAll(async () => {
  await city.close();
  await rm(dir, { recursive: true, force: true });
});

it.each([
  ['/', 'text/html', 200, 'text/html'],
  ['/cameras/cam-01/rules', 'text/html', 200, 'text/html'],
  ['/assets/a-1.js', '*/*', 200, 'application/javascript'],
  ['/nowhere', 'text/html,*/*', 404, 'text/html'],
  ['/nowhere/at/all', 'application/json', 404, 'application/problem+json'],
  ['/api/nowhere', 'text/html', 404, 'application/problem+json'],
  ['/assets/none.js', '*/*', 404, 'application/problem+json'],
  ['/assets/..%2findex.html', '*/*', 403, 'application/problem+json'],
])('%s for %s', async (url, accept, status, type) => {
  const reply = await city.api.app.inject({ url, headers: { accept } });
  expect(reply.statusCode).toBe(status);
  expect(reply.headers['content-type']).toContain(type);
  expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
});
