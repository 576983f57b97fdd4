/** The headless browser in which scenarios are drawn, with software GL, so that every machine draws the same. */

import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';

import { packagePath, StreetwatchError } from '../../../core/index.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { RenderedFrame, StreetPage } from '../timeline/page-contract.ts';

const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of the browser, or undefined where none is installed. `STREETWATCH_CHROMIUM` names another. */
export function chromiumPath(): string | undefined {
  return [process.env['STREETWATCH_CHROMIUM'], ...CHROMIUM_PATHS].find((path) => path !== undefined && existsSync(path));
}

export interface SceneBrowser {
  open(scenario: Scenario): Promise<void>;
  /** Frames must be asked for in order: the picture is drawn over the one before. */
  frame(index: number): Promise<RenderedFrame>;
  close(): Promise<void>;
}

/** @throws StreetwatchError `street.no-renderer` when no browser is installed or it cannot start. */
export async function openSceneBrowser(): Promise<SceneBrowser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) {
    throw new StreetwatchError('street.no-renderer', 'Chromium was not found: install it, or set STREETWATCH_CHROMIUM.');
  }
  let browser: Browser;
  try {
    browser = await chromium.launch({
      executablePath,
      args: [
        ...['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
      ],
    });
  } catch (cause) {
    throw new StreetwatchError('street.no-renderer', `Chromium at ${executablePath} does not start.`, { cause });
  }
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.setContent('<!doctype html><meta charset="utf-8"><body></body>');
  await page.addScriptTag({ content: await bundleScene() });
  return {
    open: async (scenario) => {
      await call(page, faults, (given) => (globalThis as unknown as { street: StreetPage }).street.open(given), scenario);
    },
    frame: async (index) =>
      await call(page, faults, (given) => (globalThis as unknown as { street: StreetPage }).street.frame(given), index),
    close: async () => {
      await browser.close();
    },
  };
}

async function call<T, R>(page: Page, faults: readonly string[], work: (given: T) => R, given: T): Promise<Awaited<R>> {
  try {
    // The page takes plain JSON, which scenarios, numbers and frames are.
    return (await page.evaluate(work as (given: unknown) => R, given)) as Awaited<R>;
  } catch (cause) {
    throw new StreetwatchError('street.no-renderer', `The scene could not be drawn: ${faults.join('; ') || String(cause)}`, { cause });
  }
}

async function bundleScene(): Promise<string> {
  const entry = packagePath('benchmarks', 'street', 'scene', 'main.ts');
  const result = await build({ entryPoints: [entry], bundle: true, format: 'iife', write: false, target: 'es2023', logLevel: 'silent' });
  return result.outputFiles[0]!.text;
}
