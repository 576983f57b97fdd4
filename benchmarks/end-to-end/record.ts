/** Puts what a run printed into its section of `docs/reference/accuracy.md`, so that no table is copied by hand. */

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { format, resolveConfig } from 'prettier';
import { packagePath, StreetwatchError } from '../../core/index.ts';
import { findModel } from '../../models/index.ts';
import type { Judged } from './figures.ts';
import { samplingName } from './types.ts';

const PAGE = ['docs', 'reference', 'accuracy.md'] as const;

/** @throws StreetwatchError `config.invalid` when the page has no such section. */
export async function recordSection(name: string, body: string): Promise<void> {
  const path = packagePath(...PAGE);
  const page = putSection(readFileSync(path, 'utf8'), name, body);
  writeFileSync(path, await format(page, { ...(await resolveConfig(path)), filepath: path }));
}

/** The page with other text between the marks of a section. @throws StreetwatchError `config.invalid`. */
export function putSection(page: string, name: string, body: string): string {
  const [begin, end] = marksOf(name);
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) {
    throw new StreetwatchError('config.invalid', `${PAGE.join('/')} has no section "${begin}" … "${end}".`);
  }
  return `${page.slice(0, from + begin.length)}\n\n${body.trim()}\n\n${page.slice(to)}`;
}

function marksOf(name: string): readonly [string, string] {
  return [`<!-- end-to-end ${name} -->`, `<!-- /end-to-end ${name} -->`];
}

/** On what the figures were taken: processor, load at the beginning, weights, and how many frames were really analysed. */
export class Conditions {
  readonly #load = loadavg()[0] ?? 0;
  readonly #model: string;

  constructor(model: string) {
    this.#model = model;
  }

  describe(judged: readonly Judged[]): string {
    const weights = findModel(this.#model).manifest.sha256.slice(0, 12);
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, load ${this.#load.toFixed(1)} when the run began`;
    return `${machine}. \`${this.#model}\`, weights \`${weights}\`. ${framesOf(judged)}`;
  }
}

/** `Frames analysed a second: 9.6 at 10 fps, 4.9 at 5 fps.` */
function framesOf(judged: readonly Judged[]): string {
  const samplings = [...new Set(judged.map(({ result }) => samplingName(result.camera.sampling)))];
  const rates = samplings.map((name) => {
    const own = judged.filter(({ result }) => samplingName(result.camera.sampling) === name);
    const frames = own.reduce((sum, { result }) => sum + result.framesAnalysed, 0);
    const seconds = own.reduce((sum, { result }) => sum + result.camera.clip.truth.durationS, 0);
    return `${(frames / seconds).toFixed(1)} at ${name}`;
  });
  return `Frames analysed a second: ${rates.join(', ')}.`;
}
