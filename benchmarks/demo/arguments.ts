/** What one can say to the demo on its command line. */

import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';

export interface DemoArguments {
  /** Seconds after which the demo ends by itself; until Ctrl-C without it. */
  readonly forS: number | undefined;
  /** One JSON line per published revision and nothing else on standard output. */
  readonly json: boolean;
  /** Folder of database, segments and evidence, an absolute path; `data/demo` without it. Made anew by each run. */
  readonly dir: string | undefined;
}

export function parseDemoArguments(argv: readonly string[]): DemoArguments {
  const options = new Command('npm run demo --')
    .description(
      'live cameras, a broker and streetwatch on this machine; prints each incident as it is published',
    )
    .option('--for <seconds>', 'end after so many seconds', positive)
    .option('--json', 'one JSON line per published revision, nothing else on standard output')
    .option('--dir <folder>', 'for database, segments and evidence, made anew by each run', newFolder)
    .parse([...argv], { from: 'user' })
    .opts<{ for?: number; json?: true; dir?: string }>();
  return { forS: options.for, json: options.json ?? false, dir: options.dir };
}

/** Only a folder that is empty, or that an earlier demo made, may be emptied. */
function newFolder(text: string): string {
  const dir = resolve(text);
  if (existsSync(dir) && readdirSync(dir).length > 0 && !existsSync(join(dir, 'demo.yaml'))) {
    throw new InvalidArgumentError('a new folder, an empty one, or that of an earlier demo');
  }
  return dir;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number of seconds above 0');
  return value;
}
