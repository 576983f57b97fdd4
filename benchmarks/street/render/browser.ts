/** The headless browser in which scenarios are drawn, with software GL, so that every machine draws the same. */

import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';

import { messageOf, packagePath, StreetwatchError } from '../../../core/index.ts';
import type { CameraSpec, Scenario } from '../scenario/schema.ts';
import type { RenderedFrame } from '../timeline/page-contract.ts';

const FLAGS =
  '--no-sandbox --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader --ignore-gpu-blocklist --disable-background-networking --disable-component-update --disable-sync --no-first-run'.split(
    ' ',
  );

const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of the browser, or undefined where none is installed. `STREETWATCH_CHROMIUM` names another. */
export function chromiumPath(): string | undefined {
  return [process.env['STREETWATCH_CHROMIUM'], ...CHROMIUM_PATHS].find(
    (path) => path !== undefined && existsSync(path),
  );
}

export interface SceneBrowser {
  open(scenario: Scenario): Promise<void>;
  /** Moves the camera; the next frame is drawn whole. */
  look(camera: CameraSpec): Promise<void>;
  /** Frames must be asked for in order: the picture is drawn over the one before. */
  frame(index: number): Promise<RenderedFrame>;
  close(): Promise<void>;
}

/** @throws StreetwatchError `street.no-renderer` when no browser is installed or it cannot start. */
export async function openSceneBrowser(): Promise<SceneBrowser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) {
    throw new StreetwatchError(
      'street.no-renderer',
      'Chromium was not found: install it, or set STREETWATCH_CHROMIUM.',
    );
  }
  let browser: Browser;
  try {
    browser = await chromium.launch({
      executablePath,
      args: FLAGS,
    });
  } catch (cause) {
    throw new StreetwatchError('street.no-renderer', `Chromium at ${executablePath} does not start.`, {
      cause,
    });
  }
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.setContent('<!doctype html><meta charset="utf-8"><body></body>');
  await page.addScriptTag({ content: await bundleScene() });
  const call = async <R>(expression: string): Promise<R> => {
    try {
      return await page.evaluate<R>(expression);
    } catch (cause) {
      const reason = faults.join('; ') || messageOf(cause);
      throw new StreetwatchError('street.no-renderer', `The scene could not be drawn: ${reason}`, { cause });
    }
  };
  return {
    open: async (scenario) => await call<void>(`street.open(${JSON.stringify(scenario)})`),
    look: async (camera) => await call<void>(`street.look(${JSON.stringify(camera)})`),
    frame: async (index) => await call<RenderedFrame>(`street.frame(${index})`),
    close: async () => await browser.close(),
  };
}

async function bundleScene(): Promise<string> {
  const entry = packagePath('benchmarks', 'street', 'scene', 'main.ts');
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'iife',
    write: false,
    target: 'es2023',
    logLevel: 'silent',
  });
  return result.outputFiles[0]!.text;
}
