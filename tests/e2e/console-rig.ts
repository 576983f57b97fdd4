/** A running console for end-to-end tests: built from the sources, served by the API, published to a real broker, opened in headless Chromium. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openCity } from '../../api/testing/index.ts';
import type { City } from '../../api/testing/index.ts';
import { packagePath, silentLog } from '../../core/index.ts';
import { Publisher } from '../../incidents/index.ts';
import { openHttpCamera } from '../support/http-camera.ts';
import { findNatsServer, startBroker } from '../support/nats.ts';
import type { TestBroker } from '../support/nats.ts';

const run = promisify(execFile);
export const CHROMIUM = '/usr/bin/chromium';
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/** What this machine lacks for {@link openConsole}; tests that need it are skipped aloud. */
export const CONSOLE_LACKS: readonly string[] = [
  ...(existsSync(CHROMIUM) ? [] : [`${CHROMIUM} is not installed`]),
  ...(findNatsServer() === undefined ? ['nats-server is not installed'] : []),
];

export interface ConsoleRig {
  readonly city: City;
  readonly browser: Browser;
  readonly url: string;
  /** The broker that the incidents of the city are published to. */
  readonly broker: TestBroker;
  /** What a page said that no page should say: console errors, failed requests, exceptions. */
  readonly complaints: string[];
  page(options?: Parameters<Browser['newContext']>[0]): Promise<Page>;
  close(): Promise<void>;
}

/** Answers that belong to a test: signing in is asked before there is a session, pictures of dead cameras are not there. */
const EXPECTED = [
  /401 \(Unauthorized\).*\/api\/session$/,
  /404 .*\/rules\/draft$/,
  /404 .*\/cover/,
  // A form with a mistake in it.
  /400 .*\/api\/camera-settings/,
  // The MPEG-1 player brings styles for controls that are not used; the policy rightly refuses them.
  /Applying inline style .*mpeg1-player/,
  // Software WebGL in a machine without a GPU.
  /GPU stall due to ReadPixels/,
];

/** Collects everything that a page should not say: errors and warnings, exceptions, requests that leave this machine. */
export function listenForComplaints(page: Page, url: string, complaints: string[]): void {
  const complain = (text: string): void => {
    if (!EXPECTED.some((pattern) => pattern.test(text))) complaints.push(`${text} (on ${page.url()})`);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complain(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complain(`exception: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url()))
      complain(`outside request: ${request.url()}`);
  });
}

/** Builds the console into a temporary folder and starts everything on a free port. */
export async function openConsole(): Promise<ConsoleRig> {
  const dir = await mkdtemp(join(tmpdir(), 'streetwatch-console-'));
  const root = packagePath();
  await run(process.execPath, [
    join(root, 'node_modules/vite/bin/vite.js'),
    'build',
    '--logLevel',
    'error',
    '--emptyOutDir',
    '--outDir',
    dir,
    join(root, 'console'),
  ]);
  const camera = await openHttpCamera();
  const city = await openCity({ clock, consoleDir: dir, live: { address: () => ({ url: camera.url }) } });
  const broker = await startBroker();
  const publisher = new Publisher({
    store: city.incidentStore,
    broker: { servers: [`nats://${broker.server}`] },
    adcode: '330106',
    clock,
    log: silentLog,
  });
  publisher.start();
  await city.api.app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(city.api.app.server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
  });
  const complaints: string[] = [];
  const contexts: BrowserContext[] = [];
  return {
    city,
    browser,
    url,
    broker,
    complaints,
    page: async (options = {}) => {
      const context = await browser.newContext({
        viewport: { width: 1366, height: 768 },
        baseURL: url,
        ...options,
      });
      contexts.push(context);
      const page = await context.newPage();
      listenForComplaints(page, url, complaints);
      return page;
    },
    close: async () => {
      for (const context of contexts) await context.close();
      await browser.close();
      await publisher.close();
      await broker.close();
      await city.close();
      await camera.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
