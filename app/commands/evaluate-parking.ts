/** `streetwatch evaluate parking`: does the parking rule fire, on time, and only then. */

import type { Command } from 'commander';
import {
  DEGRADATIONS,
  evaluateParking,
  parkingReport,
  robustnessReport,
} from '../../benchmarks/parking/index.ts';
import { StreetwatchError } from '../../core/index.ts';
import type { CommandContext } from './context.ts';

export function addEvaluateParking(evaluate: Command, context: CommandContext): void {
  evaluate
    .command('parking')
    .description('runs tracker and parking rule over clips of detections and scores the alarms')
    .requiredOption('--clips <dir>', 'folder with clips: every folder below that holds a det.txt is one')
    .option('--out <dir>', 'write CLIP/alarms.txt here: frame,track_id,x,y,w,h,score,class per alarmed frame')
    .option('--dwell-s <seconds>', 'dwell of the rule; all else is as in the product', '3')
    .option('--robust', 'also with lost detections, trembling boxes and fewer pictures a second')
    .addHelpText(
      'after',
      `
A clip holds det.txt, "frame,id,x,y,w,h,score,class" (pixels, top-left, frames from 1, 10 a second, classes as in COCO: 0 person,
1 bicycle, 2 car, 3 motorcycle, 5 bus, 7 truck; others are left out; a row of -1 behind the frame says that it is empty), and,
where a vehicle stops, gt.txt of the same form. An event is found when alarmed tracks cover 20 % of its frames with IoU 0.5;
an alarmed track is false when less than 90 % of its frames match an event; latency runs from the event's first frame.`,
    )
    .action((flags: { clips: string; out?: string; dwellS: string; robust?: true }) => {
      const dwellS = Number(flags.dwellS);
      if (!(dwellS >= 1)) {
        throw new StreetwatchError(
          'rule.invalid',
          `--dwell-s is a number of seconds from 1, not ${flags.dwellS}`,
        );
      }
      const evaluation = evaluateParking({
        clipsDir: flags.clips,
        dwellS,
        ...(flags.out === undefined ? {} : { outDir: flags.out }),
      });
      for (const line of parkingReport(evaluation)) context.print(line);
      if (flags.robust !== true) return;
      const worse = DEGRADATIONS.map((degradation) => {
        const options = { clipsDir: flags.clips, dwellS, degradation };
        return [degradation.name, evaluateParking(options)] as const;
      });
      for (const line of robustnessReport(worse)) context.print(line);
    });
}
