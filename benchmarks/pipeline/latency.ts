/** From the capture of the deciding frame to the acknowledgement by the broker, without the dwell time. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock, silentLog } from '../../core/index.ts';
import { IncidentStore } from '../../incidents/index.ts';
import { committedClip, serveStreet } from '../street/index.ts';
import { Rig } from '../rig/index.ts';

const CAMERAS = 4;
const RUN_S = 120;

/** Latencies of all incidents that opened, milliseconds, sorted. Every stop of a car counts: the dwell is two seconds. */
export async function measureLatency(): Promise<number[]> {
  const rig = new Rig();
  const { path } = committedClip('parking');
  const names = Array.from({ length: CAMERAS }, (_, i) => `cam-${i}`);
  const street = await serveStreet({ clips: names.map((name) => ({ name, path })) });
  try {
    const broker = await rig.broker();
    const polygon = [
      [0.01, 0.01],
      [0.99, 0.01],
      [0.99, 0.99],
      [0.01, 0.99],
    ];
    const cameras = names.map((id) => ({
      id,
      source: street.urls[id],
      zones: [{ id: 'all', polygon }],
      rules: [{ id: 'stop', kind: 'illegal_parking', zone: 'all', params: { dwellS: 2 } }],
    }));
    const { child } = await rig.program(cameras, broker);
    await sleep(RUN_S * 1000);
    await child.stop(30_000);
    return latencies(join(rig.dir, 'data', 'streetwatch.db'));
  } finally {
    await street.stop();
    await rig.close();
  }
}

function latencies(database: string): number[] {
  const store = IncidentStore.open(database, { clock: new ManualClock(), log: silentLog });
  const found: number[] = [];
  for (let cursor: string | undefined; ;) {
    const page = store.list({ limit: 100, ...(cursor === undefined ? {} : { cursor }) });
    for (const { incidentId, openedAtMs } of page.incidents) {
      const opened = store.revisions(incidentId).find((revision) => revision.phase === 'opened');
      if (opened?.ackedAtMs !== undefined && openedAtMs !== undefined)
        found.push(opened.ackedAtMs - openedAtMs);
    }
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  store.close();
  return found.sort((a, b) => a - b);
}

/** The value below which a share of a sorted list lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
