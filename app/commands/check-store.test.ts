/** `check-store` proves the audit chain of the console as well as the incidents. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiStore } from '../../api/index.ts';
import { silentLog } from '../../core/index.ts';
import { IncidentStore } from '../../incidents/index.ts';
import { systemClock } from '../clock.ts';
import { addCheckStore } from './check-store.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'streetwatch-check-'));
  IncidentStore.open(join(dir, 'streetwatch.db'), { clock: systemClock, log: silentLog }).close();
});
afterEach(() => rmSync(dir, { recursive: true }));

async function checkStore(): Promise<{ lines: string[]; failed: boolean }> {
  const result = { lines: [] as string[], failed: false };
  const program = new Command();
  addCheckStore(program, {
    environment: {},
    print: (line) => result.lines.push(line),
    note: () => undefined,
    fail: () => {
      result.failed = true;
    },
    signal: new AbortController().signal,
  });
  await program.parseAsync(['check-store', dir], { from: 'user' });
  return result;
}

function writeAudit(): string {
  const store = ApiStore.open(join(dir, 'console.db'), systemClock);
  for (const objectId of ['a', 'b', 'c']) {
    const actor = { kind: 'user', id: 'u1', name: 'li.na' } as const;
    store.audit.append({ actor, action: 'incident.view', objectType: 'incident', objectId, address: '::1' });
  }
  const { hash } = store.audit.head();
  store.close();
  return hash;
}

test('a store without a console is sound', async () => {
  expect(await checkStore()).toEqual({ lines: [`${dir}: sound, 0 incidents`], failed: false });
});

test('says how many audit entries there are and the hash of the last, to be kept elsewhere', async () => {
  const hash = writeAudit();
  expect(await checkStore()).toEqual({
    lines: [`${dir}: sound, 0 incidents, 3 audit entries up to ${hash}`],
    failed: false,
  });
});

test.each([
  ['changed', "UPDATE audit SET object_id = 'x' WHERE seq = 2", 'entry 2 of the audit log was changed'],
  ['taken out', 'DELETE FROM audit WHERE seq = 2', 'entry 2 of the audit log is missing'],
])('fails and names the entry that was %s behind the back of the program', async (_what, sql, problem) => {
  writeAudit();
  const db = new Database(join(dir, 'console.db'));
  db.exec(`DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; ${sql}`);
  db.close();
  expect(await checkStore()).toEqual({ lines: [`console: ${problem}`], failed: true });
});
