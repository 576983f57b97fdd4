/** Prints the speed of the tracker: `node dist/benchmarks/tracking/cli.js`. */

import { measureTracking, trackingReport } from './run.ts';

/** Processor time of this process: other programs on the machine do not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

for (const line of trackingReport(measureTracking(processorMs))) console.log(line);
