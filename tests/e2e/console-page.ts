/** What the tests of the console ask of a page. */

import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page, Route } from 'playwright-core';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const shots = process.env['STREETWATCH_SCREENSHOTS'];

/** Conditions in the page, as text: the tests have no types of the browser. */
export const PLAYS = `(() => {
  const video = document.querySelector('video');
  return video !== null && video.currentTime > 0.2 && video.videoWidth > 0;
})()`;
export const SHOWS_LIVE = `(() => {
  const video = document.querySelector('.live video');
  if (video) return video.currentTime > 0.3 && video.videoWidth === 640;
  const canvas = document.querySelector('.live canvas');
  return canvas !== null && canvas.width > 300 && document.querySelector('.live-problem') === null;
})()`;

/** Keeps a screenshot where `STREETWATCH_SCREENSHOTS` says. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  await mkdir(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** Keeps the answer to the next such request from the page, once the server has done it; returns what lets the answer go. */
export async function holdAnswer(page: Page, url: RegExp): Promise<() => void> {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const answer = async (route: Route): Promise<void> => {
    const response = await route.fetch();
    await held;
    await route.fulfill({ response });
  };
  // Once only: a request on its way while a route is taken off would be sent a second time.
  await page.route(url, answer, { times: 1 });
  return letGo;
}

/** Violations of axe-core's rules, one line each. */
export async function violations(page: Page): Promise<string[]> {
  // Through the debugger, because the content security policy lets no foreign script in.
  const found: unknown = await page.evaluate(
    `${await readFile(axePath, 'utf8')};axe.run(document).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')))`,
  );
  return found as string[];
}
