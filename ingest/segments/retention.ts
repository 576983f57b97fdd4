/** Which segments go: the ring's limits by size, by age and by free disk space, and what is held against them. */

import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { messageOf, type Log } from '../../core/index.ts';
import { RUN_FILE } from './layout.ts';
import type { Segment } from './recordings.ts';

export interface RetentionLimits {
  /** All cameras together. Raising it makes footage reach further back. */
  readonly maxBytes: number;
  /** Footage older than this goes even when there is room. */
  readonly maxAgeMs: number;
  /** Free disk space that is kept for everybody else; below it the oldest footage goes first. */
  readonly minFreeBytes: number;
}

interface Hold {
  readonly cameraId: string;
  readonly fromMs: number;
}

/** Holds and limits; holds live as long as the program, their owners renew them when it starts. */
export class Retention {
  private readonly limits: RetentionLimits;
  private readonly log: Log;
  private readonly holds = new Map<string, Hold[]>();

  constructor(limits: RetentionLimits, log: Log) {
    this.limits = limits;
    this.log = log;
  }

  hold(cameraId: string, fromMs: number, holder: string): void {
    const holds = this.holds.get(holder) ?? [];
    holds.push({ cameraId, fromMs });
    this.holds.set(holder, holds);
  }

  release(holder: string): void {
    this.holds.delete(holder);
  }

  isHeld(segment: Segment): boolean {
    for (const holds of this.holds.values()) {
      if (holds.some((hold) => hold.cameraId === segment.cameraId && segment.endMs > hold.fromMs))
        return true;
    }
    return false;
  }

  /** Segments to delete, oldest first. The one being written is never among them. */
  choose(
    segments: readonly Segment[],
    now: { readonly nowMs: number; readonly freeBytes: number },
  ): Segment[] {
    const finished = segments
      .filter((segment) => segment.endMs !== Infinity)
      .sort((a, b) => a.endMs - b.endMs);
    let surplus = finished.reduce((bytes, segment) => bytes + segment.sizeBytes, 0) - this.limits.maxBytes;
    let lack = this.limits.minFreeBytes - now.freeBytes;
    const pressed = lack > 0;
    const doomed: Segment[] = [];
    let early = 0;
    for (const segment of finished) {
      const old = segment.endMs < now.nowMs - this.limits.maxAgeMs;
      if (!old && surplus <= 0 && lack <= 0) break;
      if (this.isHeld(segment)) continue;
      doomed.push(segment);
      if (!old && surplus <= 0) early++;
      surplus -= segment.sizeBytes;
      lack -= segment.sizeBytes;
    }
    if (pressed) {
      const fields = { freeBytes: now.freeBytes, minFreeBytes: this.limits.minFreeBytes, deleted: early };
      this.log.warn(fields, 'disk nearly full, oldest footage deleted early');
      if (lack > 0)
        this.log.error({ ...fields, lackingBytes: lack }, 'disk nearly full and nothing left to delete');
    }
    return doomed;
  }
}

/** Deletes files, and the folders of runs that have become empty. */
export async function deleteSegments(
  segments: readonly Segment[],
  log: Log,
): Promise<{ deletedBytes: number; deletedSegments: number }> {
  let [deletedBytes, deletedSegments] = [0, 0];
  for (const segment of segments) {
    try {
      await rm(segment.path, { force: true });
      deletedBytes += segment.sizeBytes;
      deletedSegments++;
    } catch (error) {
      log.error({ path: segment.path, error: messageOf(error) }, 'segment could not be deleted');
    }
  }
  for (const runDir of new Set(segments.map((segment) => dirname(segment.path))))
    await removeEmptyRun(runDir);
  return { deletedBytes, deletedSegments };
}

/** Removes the folder of a run that holds nothing but its anchor; one that is being recorded holds more. */
async function removeEmptyRun(runDir: string): Promise<void> {
  const left = await readdir(runDir).catch(() => ['?']);
  if (left.some((name) => name !== RUN_FILE)) return;
  await rm(join(runDir, RUN_FILE), { force: true });
  await rmdir(runDir).catch(() => undefined);
  await rmdir(dirname(runDir)).catch(() => undefined);
}
