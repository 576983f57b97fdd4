/** Renders a scenario to a clip with its truth: NAME.mp4, NAME.truth.jsonl.gz and NAME.incidents.json. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { Scenario } from '../scenario/schema.ts';
import { expectedTruth } from '../timeline/expected.ts';
import { openSceneBrowser } from './browser.ts';
import { encodeTo } from './encode.ts';

export interface RenderOptions {
  readonly outDir: string;
  /** Called after every frame with the number of frames done and their total. */
  readonly onFrame?: (done: number, total: number) => void;
  /** Only the picture of this moment, as NAME-SECONDS.jpg, instead of a clip. */
  readonly stillsAtS?: readonly number[];
}

export interface RenderedScenario {
  readonly files: readonly string[];
  readonly frames: number;
}

/** @throws StreetwatchError `street.no-renderer`, `clip.invalid`. */
export async function renderScenario(scenario: Scenario, options: RenderOptions): Promise<RenderedScenario> {
  mkdirSync(options.outDir, { recursive: true });
  const browser = await openSceneBrowser();
  try {
    await browser.open(scenario);
    if (options.stillsAtS !== undefined)
      return await renderStills(scenario, options.outDir, options.stillsAtS, browser);
    const clip = join(options.outDir, `${scenario.name}.mp4`);
    const encoder = encodeTo(clip, scenario.camera);
    const total = Math.round(scenario.durationS * scenario.camera.fps);
    const truth: string[] = [];
    try {
      for (let index = 0; index < total; index++) {
        const frame = await browser.frame(index);
        truth.push(JSON.stringify(frame.truth));
        await encoder.write(Buffer.from(frame.jpegBase64, 'base64'));
        options.onFrame?.(index + 1, total);
      }
      await encoder.end();
    } catch (error) {
      await encoder.abort(); // Else ffmpeg would wait for the next picture for ever.
      throw error;
    }
    const truthPath = join(options.outDir, `${scenario.name}.truth.jsonl.gz`);
    const incidentsPath = join(options.outDir, `${scenario.name}.incidents.json`);
    writeFileSync(truthPath, gzipSync(`${truth.join('\n')}\n`, { level: 9 }));
    writeFileSync(incidentsPath, `${JSON.stringify(expectedTruth(scenario), undefined, 2)}\n`);
    return { files: [clip, truthPath, incidentsPath], frames: total };
  } finally {
    await browser.close();
  }
}

async function renderStills(
  scenario: Scenario,
  outDir: string,
  moments: readonly number[],
  browser: Awaited<ReturnType<typeof openSceneBrowser>>,
): Promise<RenderedScenario> {
  const files: string[] = [];
  for (const atS of moments.toSorted((a, b) => a - b)) {
    const { jpegBase64, truth } = await browser.frame(Math.round(atS * scenario.camera.fps));
    const path = join(outDir, `${scenario.name}-${atS}.jpg`);
    writeFileSync(path, Buffer.from(jpegBase64, 'base64'));
    writeFileSync(path.replace(/jpg$/, 'json'), `${JSON.stringify(truth)}\n`);
    files.push(path);
  }
  return { files, frames: files.length };
}
