/** `streetwatch check-config`: everything that is wrong with a configuration, at once. */

import type { Command } from 'commander';
import { formatProblem, readConfig } from '../config/index.ts';
import type { CommandContext } from './context.ts';

export function addCheckConfig(program: Command, context: CommandContext): void {
  program
    .command('check-config')
    .description(
      'check configuration files and print every problem with file, line, column and what would be right',
    )
    .argument('<config...>', 'YAML files')
    .addHelpText(
      'after',
      '\nExits with 0 when all files can be used, else with 1. Starts nothing and opens no camera.',
    )
    .action((files: string[]) => {
      for (const file of files) {
        const result = readConfig(file, context.environment);
        if ('problems' in result) {
          for (const problem of result.problems) context.print(formatProblem(problem));
          context.fail();
        } else {
          const { cameras } = result.loaded.config;
          const rules = cameras.reduce((sum, camera) => sum + camera.rules.length, 0);
          context.print(`${file}: ${cameras.length} cameras, ${rules} rules, no problems`);
        }
      }
    });
}
