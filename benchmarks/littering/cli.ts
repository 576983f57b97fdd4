/** Command of the benchmark of left objects: what the static-foreground detector costs in false alarms on real clips. */

import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { packagePath } from '../../core/index.ts';
import { listModels } from '../../models/index.ts';
import { figuresOf, runLittering, worseFigures } from './run.ts';
import type { LitteringClip } from './run.ts';

const FPS = '2';
const EXPOSED_AFTER_S = '10';
const { values } = parseArgs({
  options: {
    video: { type: 'string', default: packagePath('..', 'shared', 'data', 'video') },
    model: { type: 'string', default: 'streetwatch-fast' },
    fps: { type: 'string', default: FPS },
    exposedAfterS: { type: 'string', default: EXPOSED_AFTER_S },
    update: { type: 'boolean', default: false },
  },
});
const model = listModels().find((entry) => entry.manifest.id === values.model);
if (model === undefined || !model.present) throw new Error(`the weights of ${values.model} are not here`);
const clips = await runLittering({
  videoDir: values.video,
  model,
  fps: Number(values.fps),
  exposedAfterS: Number(values.exposedAfterS),
  onClip: print,
});
const seconds = clips.reduce((sum, { lengthS }) => sum + lengthS, 0);
const figures = figuresOf(clips);
const hourly = (count: number): string => ((count * 3600) / Math.max(1, seconds)).toFixed(0);
console.log(
  `${Math.round(seconds)} s without litter: ${hourly(figures.falseAlarms)} false alarms an hour without, ${hourly(figures.falseAlarmsWithObjects)} with object (exposedAfterS ${values.exposedAfterS})`,
);

const golden = packagePath('benchmarks', 'golden', `littering-${values.model}.json`);
if (values.fps !== FPS || values.exposedAfterS !== EXPOSED_AFTER_S)
  console.log('other settings than those of the golden figures: not compared');
else if (values.update) {
  // An alarm more or less on six minutes is a matter of single pictures.
  const tolerance = { falseAlarms: 1, falseAlarmsWithObjects: 1, clipsWithProposals: 1 };
  await writeFile(golden, `${JSON.stringify({ ...figures, tolerance }, null, 2)}\n`);
} else {
  const before = JSON.parse(await readFile(golden, 'utf8')) as Parameters<typeof worseFigures>[1];
  const worse = worseFigures(figures, before);
  console.log(
    worse.length === 0
      ? 'as good as the golden figures'
      : `worse than the golden figures: ${worse.join(', ')}`,
  );
  if (worse.length > 0) process.exitCode = 1;
}

function print({ name, lengthS, proposals, without, withObjects }: LitteringClip): void {
  const places = withObjects.map(({ atS, box }) => `${atS} s at ${box.x1.toFixed(2)},${box.y1.toFixed(2)}`);
  console.log(
    `${name.padEnd(18)} ${lengthS.toFixed(0).padStart(4)} s  proposals ${proposals}, alarms ${without.length} without, ${withObjects.length} with object  ${places.join('; ')}`.trimEnd(),
  );
}
