/** Deletes incidents whose time of keeping has passed, with their evidence (Decree 799 art. 17: at least 30 days, then delete). */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, type Log } from '../core/index.ts';
import { evidenceFolder } from './evidence/collector.ts';
import type { Incident } from './incident.ts';
import type { IncidentStore } from './store/incident-store.ts';

export interface PruneOptions {
  readonly store: IncidentStore;
  readonly evidenceDir: string;
  /** Incidents that opened before this go. */
  readonly beforeMs: number;
  /** Those that must stay all the same, e.g. under legal hold. */
  readonly keep?: (incident: Incident) => boolean;
  /** Most to delete in one call; default 200. */
  readonly limit?: number;
  readonly log: Log;
}

/**
 * Deletes what is old, over and told: an incident that is open, or has a message or evidence still to come, stays.
 * The row goes first: a file that a kill leaves behind is harmless, a row without its files would be a lie.
 * @returns how many were deleted.
 */
export async function pruneIncidents(options: PruneOptions): Promise<number> {
  const { store, evidenceDir, log } = options;
  let deleted = 0;
  for (const incident of store.prunable(options.beforeMs, options.limit ?? 200)) {
    if (options.keep?.(incident) === true) continue;
    store.transaction(() => {
      store.remove(incident.incidentId);
      store.outbox.forget(incident.subject);
    });
    const folder = join(evidenceDir, evidenceFolder(incident));
    try {
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      log.error({ folder, error: messageOf(error) }, 'evidence of a deleted incident not removed');
    }
    deleted++;
  }
  if (deleted > 0)
    log.info({ deleted, before: new Date(options.beforeMs).toISOString() }, 'old incidents deleted');
  return deleted;
}
