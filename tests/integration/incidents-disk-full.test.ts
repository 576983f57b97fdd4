/** A full disk loses no incident and no evidence: both wait until there is room. */

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog, type Log } from '../../core/index.ts';
import { install, signal, type Installation } from '../support/incidents.ts';
import { mountSmallDisk, whyNoSmallDisk, type SmallDisk } from '../support/small-disk.ts';

const refusal = whyNoSmallDisk();
const why = refusal === undefined ? '' : ` (SKIPPED: ${refusal})`;

describe.skipIf(refusal !== undefined)(`disk full${why}`, () => {
  let disk: SmallDisk;
  let here: Installation | undefined;
  beforeEach(() => {
    disk = mountSmallDisk(6);
  });
  afterEach(async () => {
    disk.free();
    await here?.close();
    disk.close();
  });

  it('signals wait in order and are stored when there is room again', async () => {
    const error = vi.fn<Log['error']>();
    here = install({ dir: join(disk.dir, 'a'), log: { ...silentLog, error } });
    const before = here.service.apply(signal());
    await here.service.settle();
    disk.fill();
    // The log file has some room of its own: signals are taken in until it has to grow.
    for (let i = 0; here.service.pending().signals === 0 && i < 1_000; i++) {
      here.service.apply(signal({ episodeId: `e${i}` }));
    }
    expect(here.service.pending().signals).toBe(1);
    expect(error).toHaveBeenCalledWith(
      expect.objectContaining({ code: 'disk.full' }),
      'signal not stored yet',
    );
    expect(here.service.apply(signal({ phase: 'cleared', atMs: signal().atMs + 1_000 }))).toBeUndefined();
    expect(here.service.pending().signals).toBe(2);
    disk.free();
    await vi.waitFor(() => expect(here?.service.pending().signals).toBe(0), {
      timeout: 30_000,
      interval: 100,
    });
    expect(here.store.get(before?.incidentId ?? '')?.status).toBe('cleared');
  });

  it('evidence is taken when there is room again, and the event has gone out before', async () => {
    const warn = vi.fn<Log['warn']>();
    const evidenceDir = join(disk.dir, 'evidence');
    here = install({ evidenceDir, log: { ...silentLog, warn } });
    disk.fill();
    const incident = here.service.apply(signal());
    expect(here.store.outbox.next(incident?.subject ?? '')?.revision).toBe(1);
    const refused = [expect.objectContaining({ code: 'disk.full' }), 'evidence not taken yet'];
    await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(...refused), { timeout: 30_000, interval: 50 });
    disk.free();
    await here.service.settle();
    expect(here.store.missingEvidence(incident?.incidentId ?? '')).toEqual([]);
    expect(here.store.evidence(incident?.incidentId ?? '').length).toBeGreaterThan(8);
    expect(await here.store.check({ evidenceDir })).toEqual([]);
  });
});
