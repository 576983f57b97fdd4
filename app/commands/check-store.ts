/** `streetwatch check-store`: proves that a store is sound, from the database to the hash of each evidence file. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { StreetwatchError } from '../../core/index.ts';
import { IncidentStore } from '../../incidents/index.ts';
import { systemClock } from '../clock.ts';
import { createLog } from '../log.ts';
import type { CommandContext } from './context.ts';

export function addCheckStore(program: Command, context: CommandContext): void {
  program
    .command('check-store')
    .description(
      'check a store: database, revisions, outbox, and every evidence file against its hash and signature',
    )
    .argument('<dir>', 'the folder that `store.dir` of the configuration names')
    .addHelpText(
      'after',
      '\nReads only, also while the program runs. Exits with 1 when anything is wrong, one line each.',
    )
    .action(async (dir: string) => {
      const file = join(dir, 'streetwatch.db');
      if (!existsSync(file)) throw new StreetwatchError('store.failed', `there is no store in ${dir}`);
      const store = IncidentStore.open(file, { clock: systemClock, log: createLog('error') });
      try {
        const keyFile = join(dir, 'evidence-key.pem.pub');
        const problems = await store.check({
          evidenceDir: join(dir, 'evidence'),
          ...(existsSync(keyFile) ? { publicKey: readFileSync(keyFile, 'utf8') } : {}),
        });
        for (const problem of problems) context.print(`${problem.kind}: ${problem.text}`);
        if (problems.length > 0) context.fail();
        else context.print(`${dir}: sound, ${store.count()} incidents`);
      } finally {
        store.close();
      }
    });
}
