/** `streetwatch evaluate detector`: how good a model is on labelled pictures. */

import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { evaluateDetector, reportLines } from '../../benchmarks/detector/index.ts';
import { findModel } from '../../models/index.ts';
import { modelFolders } from '../assembly.ts';
import { createLog } from '../log.ts';
import type { CommandContext } from './context.ts';
import { PICTURE_MODEL, storeOption } from './models.ts';

export function addEvaluateDetector(evaluate: Command, context: CommandContext): void {
  evaluate
    .command('detector')
    .description(
      'average precision per source and class, precision and recall at the shipped thresholds, false alarms',
    )
    .requiredOption(
      '--data <dir>',
      'folder with images/SPLIT/SOURCE-NUMBER.jpg and labels/SPLIT/SOURCE-NUMBER.txt',
    )
    .option('--split <name>', 'sub-folder of images and labels', 'val')
    .option('--model <id>', 'as `streetwatch models list` prints it', PICTURE_MODEL)
    .option('--json <file>', 'also write all figures here')
    .addOption(storeOption())
    .addHelpText(
      'after',
      `
Label lines are "class cx cy w h", 0–1. Each class is scored only on the sources that label it; sources.json in the data
folder, { SOURCE: { "labels": [...], "free": [...] } }, says which (free: cannot be in the picture). classes.txt replaces
the class list. A picture that cannot be read is named at the end, the others are scored, and the exit code is 1; a
missed target is no error.`,
    )
    .action(async (flags: { data: string; split: string; model: string; json?: string; store: string }) => {
      const report = await evaluateDetector({
        dataDir: flags.data,
        split: flags.split,
        model: findModel(flags.model, modelFolders(flags.store)),
        log: createLog('warn'),
        signal: context.signal,
        progress: (done, total) => {
          if (done % 100 === 0 || done === total) context.note(`${done} of ${total} pictures`);
        },
      });
      for (const line of reportLines(report)) context.print(line);
      if (report.unreadable.length > 0) context.fail();
      if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`);
    });
}
