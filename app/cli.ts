#!/usr/bin/env node
/** The command line: `streetwatch <command>`. */

import { constants } from 'node:os';
import { Command } from 'commander';
import { messageOf, redactUrls, StreetwatchError } from '../core/index.ts';
import { addCheckConfig } from './commands/check-config.ts';
import { addCheckStore } from './commands/check-store.ts';
import type { CommandContext } from './commands/context.ts';
import { addDetect } from './commands/detect.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addModels } from './commands/models.ts';
import { addRun } from './commands/run.ts';

const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort());

const context: CommandContext = {
  environment: process.env,
  print: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  fail: () => {
    process.exitCode = 1;
  },
  signal: abort.signal,
};

// Node ignores SIGPIPE, which ends other programs when the reader of their output has gone (`| head`): the same by hand.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(128 + constants.signals.SIGPIPE);
  context.note(`standard output: ${error.message}`);
  process.exit(1);
});
// There is nobody to be told of it; and `run` must watch on when the reader of its log has ended or the log's disk is full.
process.stderr.on('error', () => undefined);

const program = new Command('streetwatch')
  .description(
    'Watches street cameras for illegal parking, littering and fire, and publishes incidents with evidence to NATS JetStream.',
  )
  .addHelpText(
    'after',
    `
First steps:
  npm run demo                          see it work: live cameras, a broker, incidents with stills and clips
  streetwatch check-config city.yaml    say everything that is wrong with a configuration
  streetwatch run city.yaml             watch; SIGTERM ends it in order
config/example.yaml explains every key.`,
  )
  .showHelpAfterError('(streetwatch --help shows all commands)');

for (const add of [addRun, addCheckConfig, addCheckStore, addDetect, addModels, addEvaluate])
  add(program, context);

try {
  await program.parseAsync();
} catch (error) {
  const code = error instanceof StreetwatchError ? `${error.code}: ` : '';
  context.note(redactUrls(`${code}${messageOf(error)}`));
  // Whatever was started before the error ends with the process.
  process.exit(1);
}
