/** The hash chain: what was changed, removed or inserted is found. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../core/index.ts';
import { ApiStore } from './api-store.ts';

let dir: string;
let store: ApiStore;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'streetwatch-audit-'));
  store = ApiStore.open(join(dir, 'api.db'), new ManualClock(1000));
  for (let i = 1; i <= 5; i++) {
    store.audit.append({
      actor: { kind: 'user', id: 'u_1', name: 'li' },
      action: 'evidence.view',
      objectType: 'incident',
      objectId: `i${i}`,
      address: '127.0.0.1',
    });
  }
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true });
});

/** As somebody with the file in his hands would do it: without our triggers. */
function tamper(sql: string): void {
  const db = new Database(join(dir, 'api.db'));
  db.exec('DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete');
  db.exec(sql);
  db.close();
}

describe('the audit log', () => {
  it('is sound as written, and SQL of the program itself cannot change it', () => {
    expect(store.audit.check()).toBe(5);
    expect(store.check()).toEqual([]);
    const db = new Database(join(dir, 'api.db'));
    expect(() => db.exec(`UPDATE audit SET object_id = 'x'`)).toThrow(/append-only/);
    expect(() => db.exec('DELETE FROM audit')).toThrow(/append-only/);
    db.close();
  });

  it.each([
    ['a changed entry', `UPDATE audit SET object_id = 'x' WHERE seq = 3`, /entry 3 .*was changed/],
    ['a changed time', `UPDATE audit SET at_ms = 5 WHERE seq = 2`, /entry 2 .*was changed/],
    ['a removed entry', 'DELETE FROM audit WHERE seq = 2', /entry 2 .*is missing/],
    ['a removed beginning', 'DELETE FROM audit WHERE seq = 1', /entry 1 .*is missing/],
    [
      'two that were swapped',
      'UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 99',
      /entry 2 /,
    ],
  ])('finds %s', (_name, sql, message) => {
    tamper(sql);
    expect(store.check()).toEqual([expect.stringMatching(message)]);
  });
});
