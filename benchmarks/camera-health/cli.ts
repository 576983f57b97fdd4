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
  onResult: (line) => console.log(line),
});
print(score);
if (values.update && !part) await writeFile(values.golden, `${JSON.stringify(goldenOf(score), null, 2)}\n`);
else if (!part) await compare(score, values.golden);

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

function goldenOf(score: HealthScore): Record<string, number> {
  const { found, made, detectionRate, falseAlarms, meanFindS } = score;
  return { found, made, detectionRate, meanFindS, falseAlarms: falseAlarms.length };
}

/** A worse monitor fails: less found by more than a hundredth, slower by more than a second, or any new false alarm. */
async function compare(score: HealthScore, path: string): Promise<void> {
  const golden = JSON.parse(await readFile(path, 'utf8')) as ReturnType<typeof goldenOf>;
  const worse = [
    ...(score.detectionRate < (golden['detectionRate'] ?? 0) - 0.01 ? ['detection rate'] : []),
    ...(score.meanFindS > (golden['meanFindS'] ?? 0) + 1 ? ['time to find'] : []),
    ...(score.falseAlarms.length > (golden['falseAlarms'] ?? 0) ? ['false alarms'] : []),
  ];
  console.log(
    worse.length === 0
      ? 'as good as the golden figures'
      : `worse than the golden figures: ${worse.join(', ')}`,
  );
  if (worse.length > 0) process.exitCode = 1;
}
