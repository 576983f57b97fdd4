/** `streetwatch run`: watch the cameras of a configuration until told to stop. */

import type { Command } from 'commander';
import { loadConfig } from '../config/index.ts';
import { systemClock } from '../clock.ts';
import { createLog } from '../log.ts';
import { startProgram } from '../program.ts';
import type { CommandContext } from './context.ts';

export function addRun(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('watch the cameras of a configuration')
    .argument('<config>', 'YAML file; config/example.yaml explains every key')
    .option('--until-ended', 'stop by itself when every camera has ended, as video files do')
    .addHelpText(
      'after',
      `
Logs are JSON lines on standard error. SIGTERM and SIGINT end it in order: open segments are closed, evidence under way
is finished, the outbox is flushed or kept, exit code 0.`,
    )
    .action(async (file: string, flags: { untilEnded?: true }) => {
      const loaded = loadConfig(file, context.environment);
      const log = createLog(loaded.config.telemetry.log);
      const running = await startProgram({ loaded, clock: systemClock, log });
      if (running.console?.setUpUrl !== undefined)
        context.note(`first administrator: ${running.console.setUpUrl}`);
      const stopAsked = new Promise<void>((resolve) => {
        if (context.signal.aborted) resolve();
        context.signal.addEventListener('abort', () => resolve());
      });
      await (flags.untilEnded ? Promise.race([stopAsked, running.whenEnded()]) : stopAsked);
      await running.stop();
    });
}
