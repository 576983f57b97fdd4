/** Prints speed and identity switches of the tracker: `node dist/benchmarks/tracking/cli.js`. */

import { measureIdentity, measureTracking, trackingReport } from './run.ts';

/** Processor time of this process: other programs on the machine do not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

for (const line of trackingReport(measureTracking(processorMs))) console.log(line);
for (const objects of [10, 20, 50]) {
  const { idSwitches, coverage } = measureIdentity(objects);
  console.log(
    `${objects} objects, 60 s: ${idSwitches} id switches, ${(coverage * 100).toFixed(1)} % of detections tracked`,
  );
}
