/** `streetwatch check-store`: proves that a store is sound, from the database to the hash of each evidence file. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ApiStore } from '../../api/index.ts';
import { StreetwatchError } from '../../core/index.ts';
import { IncidentStore } from '../../incidents/index.ts';
import { systemClock } from '../clock.ts';
import { createLog } from '../log.ts';
import type { CommandContext } from './context.ts';

export function addCheckStore(program: Command, context: CommandContext): void {
  program
    .command('check-store')
    .description(
      'check a store: database, revisions, outbox, every evidence file against its hash and signature, and the hash chain of the audit log',
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
        const audit = checkConsole(join(dir, 'console.db'));
        for (const problem of problems) context.print(`${problem.kind}: ${problem.text}`);
        for (const problem of audit.problems) context.print(`console: ${problem}`);
        if (problems.length + audit.problems.length > 0) context.fail();
        else context.print(`${dir}: sound, ${store.count()} incidents${audit.summary}`);
      } finally {
        store.close();
      }
    });
}

/** The console's own database; a program without an `api` section has none. */
function checkConsole(file: string): { problems: readonly string[]; summary: string } {
  if (!existsSync(file)) return { problems: [], summary: '' };
  const store = ApiStore.open(file, systemClock);
  try {
    const { seq, hash } = store.audit.head();
    // Whoever keeps this hash elsewhere can prove later that the end of the log was not cut off.
    return { problems: store.check(), summary: `, ${seq} audit entries up to ${hash}` };
  } finally {
    store.close();
  }
}
