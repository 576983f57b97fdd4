/** Command of the camera-health benchmark: prints what was found and how often it was wrong. */

import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { packagePath } from '../../core/index.ts';
import { runCameraHealth, streetHealthClips, type HealthScore } from './run.ts';

const { values } = parseArgs({
  options: {
    video: { type: 'string', default: packagePath('..', 'shared', 'data', 'video') },
    clip: { type: 'string' },
    fault: { type: 'string' },
    street: { type: 'boolean', default: false },
    writing: { type: 'boolean', default: false },
    golden: { type: 'string', default: packagePath('benchmarks', 'golden', 'camera-health.json') },
    update: { type: 'boolean', default: false },
  },
});

const part = values.clip !== undefined || values.fault !== undefined || values.street;
const score = await runCameraHealth({
  videoDir: values.video,
  ...(values.clip === undefined ? {} : { clip: values.clip }),
  ...(values.fault === undefined ? {} : { fault: values.fault }),
  ...(values.street ? { clips: streetHealthClips() } : {}),
  writing: values.writing,
  onResult: (line) => console.log(line),
});
print(score);
if (!part) {
  const golden = JSON.parse(await readFile(values.golden, 'utf8')) as Golden & { readonly writing: Golden };
  const updated = values.writing
    ? { ...golden, writing: goldenOf(score) }
    : { ...goldenOf(score), writing: golden.writing };
  if (values.update) await writeFile(values.golden, `${JSON.stringify(updated, null, 2)}\n`);
  else compare(score, values.writing ? golden.writing : golden);
}

function print(score: HealthScore): void {
  console.log(
    `found within 10 s: ${score.found} of ${score.made} (${(100 * score.detectionRate).toFixed(1)} %), after ${score.meanFindS.toFixed(1)} s on average`,
  );
  console.log(
    `false alarms on ${Math.round(score.cleanS)} s of footage without a fault: ${score.falseAlarms.length} (${score.falseAlarmsPerHour.toFixed(1)} an hour)`,
  );
  const early = score.results.filter((r) => r.early.length > 0).length;
  const besides = score.results.filter((r) => r.besides.length > 0).length;
  console.log(`alarms before the fault: ${early} runs; a second, wrong fault besides: ${besides} runs`);
}

/** Figures to keep, for the footage as it is; those of the footage with writing on it stand under `writing`. */
interface Golden {
  readonly found: number;
  readonly made: number;
  readonly detectionRate: number;
  readonly meanFindS: number;
  readonly falseAlarms: number;
}

function goldenOf(score: HealthScore): Golden {
  const { found, made, detectionRate, falseAlarms, meanFindS } = score;
  return { found, made, detectionRate, meanFindS, falseAlarms: falseAlarms.length };
}

/** A worse monitor fails: less found by more than a hundredth, slower by more than a second, or any new false alarm. */
function compare(score: HealthScore, golden: Golden): void {
  const worse = [
    ...(score.detectionRate < golden.detectionRate - 0.01 ? ['detection rate'] : []),
    ...(score.meanFindS > golden.meanFindS + 1 ? ['time to find'] : []),
    ...(score.falseAlarms.length > golden.falseAlarms ? ['false alarms'] : []),
  ];
  console.log(
    worse.length === 0
      ? 'as good as the golden figures'
      : `worse than the golden figures: ${worse.join(', ')}`,
  );
  if (worse.length > 0) process.exitCode = 1;
}
