/** `streetwatch detect`: look at pictures with a model. */

import type { Command } from 'commander';
import { detectImages } from '../../inference/index.ts';
import { findModel } from '../../models/index.ts';
import { modelFolders } from '../assembly.ts';
import { createLog } from '../log.ts';
import type { CommandContext } from './context.ts';
import { PICTURE_MODEL, parseScore, storeOption } from './models.ts';

interface DetectFlags {
  model: string;
  minScore?: number;
  out: string;
  draw?: true;
  store: string;
}

export function addDetect(program: Command, context: CommandContext): void {
  program
    .command('detect')
    .description('detect in pictures and write one text file of boxes for each')
    .argument('<path...>', 'picture files, links to them, and folders, searched to the bottom')
    .requiredOption('--out <dir>', 'gets NAME.txt for each picture; made when it is not there')
    .option('--model <id>', 'as `streetwatch models list` prints it', PICTURE_MODEL)
    .option(
      '--min-score <score>',
      'lowest score of any class, 0 to 1; by default the thresholds of the model',
      parseScore,
    )
    .option('--draw', 'also write NAME.boxes.jpg with the boxes drawn in')
    .addOption(storeOption())
    .addHelpText(
      'after',
      `
Lines are "label score x y w h", best score first: x and y of the top-left corner, all in 0–1 of the upright picture.
A file that is no picture is named on standard error, the others go on, and the exit code is 1.`,
    )
    .action(async (paths: string[], flags: DetectFlags) => {
      const summary = await detectImages({
        paths,
        model: findModel(flags.model, modelFolders(flags.store)),
        outDir: flags.out,
        log: createLog('warn'),
        signal: context.signal,
        ...(flags.minScore === undefined ? {} : { minScore: flags.minScore }),
        drawBoxes: flags.draw === true,
        failed: (_, error) => context.note(`${error.code}: ${error.message}`),
        progress: (done, total) => {
          if (done % 100 === 0 || done === total) context.note(`${done} of ${total} pictures`);
        },
      });
      context.print(`${summary.pictures} pictures, ${summary.boxes} boxes, ${summary.failed} unreadable`);
      if (summary.failed > 0) context.fail();
    });
}
