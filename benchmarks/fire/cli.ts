/** Command of the fire benchmark: which clips raise a fire alarm, how soon, how often wrongly, and what delays it. */

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { packagePath } from '../../core/index.ts';
import { listModels } from '../../models/index.ts';
import { LOWEST_BOX_SCORE, splitDelay, splitTable, type DelaySplit } from './delay-split.ts';
import { clipsOf, detectClips, runFire, type FireResult } from './run.ts';

const { values } = parseArgs({
  options: {
    video: { type: 'string', default: packagePath('..', 'shared', 'data', 'video') },
    model: { type: 'string', default: 'streetwatch-fast' },
    fps: { type: 'string', default: '5' },
    only: { type: 'string' },
    /** A folder that `streetwatch-street render` wrote to: its clips are replayed too. */
    rendered: { type: 'string' },
    /** Print what the delay of each fire consists of, in place of the figures. */
    split: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
  },
});

/** By how much the slowest fire may come later: a few pictures, which another decoder can make. */
const SLOWER_S = 1;

const model = listModels().find((entry) => entry.manifest.id === values.model);
if (model === undefined || !model.present) throw new Error(`the weights of ${values.model} are not here`);
const hasVideo = existsSync(values.video);
if (!hasVideo) console.log(`${values.video} is not there: only the made clips are replayed`);
const run = {
  ...(hasVideo ? { videoDir: values.video } : {}),
  ...(values.only === undefined ? {} : { only: values.only }),
  ...(values.rendered === undefined ? {} : { renderedDir: values.rendered }),
  model,
  fps: Number(values.fps),
  onResult: print,
};
if (values.split) {
  const fires = clipsOf(run).filter(({ burnsFromS }) => burnsFromS !== null);
  const splits: DelaySplit[] = [];
  const lowest = { fire: LOWEST_BOX_SCORE, smoke: LOWEST_BOX_SCORE };
  for await (const { clip, frames } of detectClips(fires, run, lowest)) splits.push(splitDelay(clip, frames));
  console.log(splitTable(splits));
} else await judge(await runFire(run));

/** Sums up, and compares with the golden figures when all clips were replayed at the usual rate. */
async function judge(results: readonly FireResult[]): Promise<void> {
  const fires = results.filter((r) => r.clip.burnsFromS !== null);
  const others = results.filter((r) => r.clip.burnsFromS === null);
  const quietS = others.reduce((sum, r) => sum + r.lengthS, 0);
  const figures = {
    found: fires.filter((r) => r.afterS !== null).length,
    fires: fires.length,
    foundWithin3S: fires.filter((r) => r.afterS !== null && r.afterS <= 3).length,
    slowestS: Math.max(0, ...fires.map((r) => r.afterS ?? 0)),
    falseAlarms: others.reduce((sum, r) => sum + r.alarms.length, 0),
    // One fire burns in each clip: what is raised besides is its glow, its smoke or a lit face.
    needless: fires.reduce((sum, r) => sum + Math.max(0, r.alarms.length - 1), 0),
  };
  console.log(
    `fires found: ${figures.found} of ${figures.fires}, ${figures.foundWithin3S} within 3 s, the slowest after ${figures.slowestS.toFixed(1)} s`,
  );
  console.log(
    `false alarms on ${Math.round(quietS)} s without fire: ${figures.falseAlarms}, second incidents of one fire: ${figures.needless}`,
  );

  const golden = packagePath('benchmarks', 'golden', `fire-${values.model}.json`);
  const whole = hasVideo && values.only === undefined && values.rendered === undefined;
  if (!whole) console.log('a part of the clips: not compared with the golden figures');
  else if (values.update) await writeFile(golden, `${JSON.stringify(figures, null, 2)}\n`);
  else {
    // Every fire that was found must be found again as soon, and nothing else may alarm that did not.
    const before = JSON.parse(await readFile(golden, 'utf8')) as typeof figures;
    const worse =
      figures.found < before.found ||
      figures.foundWithin3S < before.foundWithin3S ||
      figures.slowestS > before.slowestS + SLOWER_S ||
      figures.falseAlarms > before.falseAlarms ||
      figures.needless > before.needless;
    console.log(worse ? 'worse than the golden figures' : 'as good as the golden figures');
    if (worse) process.exitCode = 1;
  }
}

function print({ clip, alarms, afterS, frames, framesWithFire, lengthS, bestScore }: FireResult): void {
  const what = alarms
    .map((s) => `${s.eventType} at ${((s.atMs - 1_700_000_000_000) / 1000).toFixed(1)} s`)
    .join(', ');
  const verdict =
    clip.burnsFromS === null
      ? alarms.length === 0
        ? 'quiet'
        : 'FALSE'
      : afterS === null
        ? 'MISSED'
        : `after ${afterS.toFixed(1)} s`;
  console.log(
    `${clip.name.padEnd(18)} ${lengthS.toFixed(0).padStart(4)} s  seen in ${framesWithFire}/${frames} pictures, best score ${bestScore.toFixed(2)}  ${verdict}  ${what}`.trimEnd(),
  );
}
