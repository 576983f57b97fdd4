/** The console in a browser: size of the bundle, time from sign-in to the first picture, scrolling of a long list. */

import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { openCity, TEST_PASSWORD } from '../../api/testing/index.ts';
import type { City } from '../../api/testing/index.ts';
import { packagePath } from '../../core/index.ts';
import { chromiumPath } from '../street/index.ts';

/** Sizes in bytes after gzip. */
export interface ConsoleFigures {
  readonly bundleBytes: number;
  readonly playerBytes: number;
  readonly firstPictureMs: { readonly median: number; readonly most: number };
  readonly scroll: ScrollFigures;
}

export interface ScrollFigures {
  readonly incidents: number;
  readonly mostRows: number;
  readonly frames: number;
  readonly seconds: number;
  /** Frames that came more than 33 ms after the one before: one or more of 60 a second were dropped. */
  readonly late: number;
  readonly longestFrameMs: number;
  /** Tasks of the page over 50 ms (Long Tasks API), while it scrolled. */
  readonly longTasks: number;
  readonly longestTaskMs: number;
  /** Processor time of the page's main thread for one frame; 16.7 ms are there at 60 a second. */
  readonly mainThreadMsPerFrame: number;
}

type InPage = Omit<ScrollFigures, 'incidents' | 'mainThreadMsPerFrame'>;

const ROUNDS = 7;
const SCROLL_S = 10;
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
/** The first picture: the clip has a frame to show, or the still has come. */
const SEES_PICTURE = `(() => {
  const video = document.querySelector('.review-main video');
  if (video) return video.readyState >= 2;
  const still = document.querySelector('.review-main img');
  return still !== null && still.complete && still.naturalWidth > 0;
})()`;

/** Needs `dist/console` and Chromium. */
export async function measureConsole(incidents: number): Promise<ConsoleFigures> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('Chromium is not installed');
  const consoleDir = packagePath('dist', 'console');
  const city = await openCity({ clock, consoleDir });
  await city.api.app.listen({ host: '127.0.0.1', port: 0 });
  const baseURL = `http://127.0.0.1:${(city.api.app.server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
  });
  try {
    await city.user('li.na', 'operator');
    await city.incident('cam-01');
    const firstPictureMs = await measureFirstPicture(browser, baseURL);
    await multiply(city, incidents);
    const scroll = await measureScroll(browser, baseURL, incidents);
    return { ...bundleSizes(consoleDir), firstPictureMs, scroll };
  } finally {
    await browser.close();
    await city.close();
  }
}

function bundleSizes(dir: string): { bundleBytes: number; playerBytes: number } {
  const sizeOf = (path: string): number => gzipSync(readFileSync(path), { level: 9 }).length;
  const assets = readdirSync(join(dir, 'assets'));
  const sum = (names: readonly string[]): number =>
    names.reduce((bytes, name) => bytes + sizeOf(join(dir, 'assets', name)), 0);
  const isPlayer = (name: string): boolean => name.startsWith('mpeg1-player');
  return {
    bundleBytes: sum(assets.filter((name) => !isPlayer(name))) + sizeOf(join(dir, 'index.html')),
    playerBytes: sum(assets.filter(isPlayer)),
  };
}

/** Each round is a browser profile of its own, with nothing in its cache but the page of the sign-in. */
async function measureFirstPicture(
  browser: Browser,
  baseURL: string,
): Promise<ConsoleFigures['firstPictureMs']> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const context = await browser.newContext({ baseURL, viewport: { width: 1366, height: 768 } });
    const page = await context.newPage();
    await signIn(page);
    const startedMs = performance.now();
    await page.getByRole('button', { name: '登录' }).click();
    await page.evaluate(untilTrue(SEES_PICTURE));
    times.push(Math.round(performance.now() - startedMs));
    await context.close();
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)]!, most: times.at(-1)! };
}

/** Fills the form; the button is left to the caller. */
async function signIn(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByLabel('用户名').fill('li.na');
  await page.getByLabel('密码').fill(TEST_PASSWORD);
}

/** More of the incident that is there, each a minute older. */
async function multiply(city: City, wanted: number): Promise<void> {
  const [model] = city.incidentStore.list({ limit: 1 }).incidents;
  if (!model) throw new Error('there is no incident to multiply');
  const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  city.incidentStore.transaction(() => {
    for (let i = 1; i < wanted; i++) {
      const tail = [2, 1, 0].map((power) => letters[Math.floor(i / 32 ** power) % 32]).join('');
      const atMs = (model.openedAtMs ?? 0) - i * 60_000;
      city.incidentStore.put({
        ...model,
        incidentId: `${model.incidentId.slice(0, 22)}Z${tail}`,
        episodeId: `many-${i}`,
        openedAtMs: atMs,
        updatedAtMs: atMs,
      });
    }
  });
}

async function measureScroll(browser: Browser, baseURL: string, incidents: number): Promise<ScrollFigures> {
  const context = await browser.newContext({ baseURL, viewport: { width: 1366, height: 768 } });
  const page = await context.newPage();
  await signIn(page);
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByRole('link', { name: '事件', exact: true }).click();
  await page.locator('.incident-row').nth(5).waitFor();
  // The list reads on as its end comes near: read all of it first.
  for (;;) {
    const read = Number(await page.locator('.rows-row').first().getAttribute('aria-setsize'));
    if (read >= incidents) break;
    await page.evaluate(scrollTo('rows.scrollHeight'));
    await page.evaluate(
      untilTrue(`Number(document.querySelector('.rows-row')?.getAttribute('aria-setsize')) > ${read}`),
    );
  }
  await page.evaluate(scrollTo('0'));
  const debug = await context.newCDPSession(page);
  // Processor time, not wall time: what the page costs, whatever else the machine does.
  await debug.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taskS = async (): Promise<number> => {
    const { metrics } = await debug.send('Performance.getMetrics');
    return metrics.find((one) => one.name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const beforeS = await taskS();
  const figures = (await page.evaluate(scrollThrough(SCROLL_S))) as InPage;
  const mainThreadMs = ((await taskS()) - beforeS) * 1000;
  await context.close();
  return { ...figures, incidents, mainThreadMsPerFrame: mainThreadMs / figures.frames };
}

const scrollTo = (top: string): string =>
  `(() => { const rows = document.querySelector('.rows'); rows.scrollTop = ${top}; })()`;

/** A promise in the page: its content security policy lets no condition be made of text there, the debugger may. */
const untilTrue = (condition: string): string => `new Promise((resolve) => {
  const look = () => ((${condition}) ? resolve() : requestAnimationFrame(look));
  look();
})`;

/** Runs in the page. */
const scrollThrough = (seconds: number): string => `new Promise((resolve) => {
  const rows = document.querySelector('.rows');
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration)));
  observer.observe({ type: 'longtask' });
  const frames = [];
  let mostRows = 0;
  let first, last;
  const step = (now) => {
    first ??= now;
    if (last !== undefined) frames.push(now - last);
    last = now;
    const share = Math.min(1, (now - first) / ${seconds * 1000});
    rows.scrollTop = share * (rows.scrollHeight - rows.clientHeight);
    mostRows = Math.max(mostRows, rows.querySelectorAll('.rows-row').length);
    if (share < 1) return requestAnimationFrame(step);
    setTimeout(() => {
      observer.disconnect();
      resolve({
        mostRows,
        frames: frames.length,
        seconds: (last - first) / 1000,
        late: frames.filter((ms) => ms > 33.4).length,
        longestFrameMs: Math.max(...frames),
        longTasks: tasks.length,
        longestTaskMs: Math.max(0, ...tasks),
      });
    }, 200);
  };
  requestAnimationFrame(step);
})`;
