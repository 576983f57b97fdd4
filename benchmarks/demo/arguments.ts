/** What one can say to the demo on its command line. */

import { Command, InvalidArgumentError } from 'commander';

export interface DemoArguments {
  /** Seconds after which the demo ends by itself; until Ctrl-C without it. */
  readonly forS: number | undefined;
  /** One JSON line per published revision and nothing else on standard output. */
  readonly json: boolean;
  /** Folder of the store; a new temporary one, removed at the end, without it. */
  readonly dir: string | undefined;
}

export function parseDemoArguments(argv: readonly string[]): DemoArguments {
  const options = new Command('npm run demo --')
    .description(
      'live cameras, a broker and streetwatch on this machine; prints each incident as it is published',
    )
    .option('--for <seconds>', 'end after so many seconds', positive)
    .option('--json', 'one JSON line per published revision, nothing else on standard output')
    .option('--dir <folder>', 'keep database, segments and evidence in this folder')
    .parse([...argv], { from: 'user' })
    .opts<{ for?: number; json?: true; dir?: string }>();
  return { forS: options.for, json: options.json ?? false, dir: options.dir };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number of seconds above 0');
  return value;
}
