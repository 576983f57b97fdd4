/** `streetwatch evaluate`: how good the parts are, on labelled data. */

import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { addEvaluateDetector } from './evaluate-detector.ts';
import { addEvaluateParking } from './evaluate-parking.ts';

export function addEvaluate(program: Command, context: CommandContext): void {
  const evaluate = program.command('evaluate').description('measure accuracy on labelled data');
  addEvaluateDetector(evaluate, context);
  addEvaluateParking(evaluate, context);
}
