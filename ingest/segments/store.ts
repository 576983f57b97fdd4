/** Recorded footage of all cameras: stills and clips out of it, and a ring that forgets the oldest. */

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  StreetwatchError,
  type Clock,
  type Footage,
  type FootageClip,
  type FootageStill,
  type Log,
} from '../../core/index.ts';
import { cutClip } from './clip.ts';
import { freeBytesOf } from './disk-room.ts';
import { finishSegments } from './finish.ts';
import { cameraDir, cameraOfDir } from './layout.ts';
import { readPackets } from './packets.ts';
import { Recordings, type Segment } from './recordings.ts';
import { deleteSegments, Retention, type RetentionLimits } from './retention.ts';
import { takeStill } from './still.ts';

export interface SegmentStoreOptions extends RetentionLimits {
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a still or clip waits for the recording to reach it; longer than a segment with its last group of pictures. */
  readonly patienceMs?: number;
}

export interface StoreUsage {
  readonly bytes: number;
  readonly segments: number;
  /** Part of `bytes` that holds keep from being deleted. */
  readonly heldBytes: number;
  /** Free space of the disk for us. */
  readonly freeBytes: number;
}

/** A stretch of time without gaps. */
export interface Coverage {
  readonly fromMs: number;
  /** `Infinity` while it is being recorded. */
  readonly toMs: number;
  readonly runId: string;
}

const DEFAULT_PATIENCE_MS = 20_000;
const POLL_MS = 150;
/** A picture is in its segment about this long after it was taken: asking sooner costs a look at the file for nothing. */
const WRITE_DELAY_MS = 350;

/** A picture this old does not stand for the moment asked for: there was a gap. */
const STILL_MAX_AGE_MS = 5_000;

export class SegmentStore implements Footage {
  private readonly options: SegmentStoreOptions;
  private readonly recordings: Recordings;
  private readonly retention: Retention;
  private readonly patienceMs: number;

  constructor(options: SegmentStoreOptions) {
    this.options = options;
    this.recordings = new Recordings(options.dir);
    this.retention = new Retention(options, options.log);
    this.patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
  }

  /** Files what an interrupted program left. To be called before sources record into the store. */
  async scan(): Promise<void> {
    for (const name of await this.recordings.cameraDirs()) {
      const cameraId = cameraOfDir(name);
      if (cameraId === undefined) continue;
      const folder = cameraDir(this.options.dir, cameraId);
      for (const runId of await readdir(folder).catch(() => [])) {
        await finishSegments(join(folder, runId), this.options.log).catch(() => undefined);
      }
    }
  }

  async still(cameraId: string, atMs: number): Promise<FootageStill> {
    const earlyMs = atMs + WRITE_DELAY_MS - this.options.clock.nowMs();
    if (earlyMs > 0) await sleep(Math.min(earlyMs, WRITE_DELAY_MS));
    for (;;) {
      const found = await this.waitFor(async () => await this.pictureAt(cameraId, atMs));
      if (found === undefined) throw missing(cameraId, `the picture of ${new Date(atMs).toISOString()}`);
      try {
        return await takeStill(found.segment, found.ptsMs);
      } catch (error) {
        // A segment that was being written is named anew when it is whole; it may be so between our look and ffmpeg's.
        if (found.segment.endMs !== Infinity || existsSync(found.segment.path)) throw error;
      }
    }
  }

  async clip(cameraId: string, range: { fromMs: number; toMs: number }, path: string): Promise<FootageClip> {
    const overlapping = async (): Promise<Segment[]> =>
      (await this.recordings.of(cameraId)).filter((s) => s.endMs > range.fromMs && s.startMs <= range.toMs);
    await this.waitFor(async () => {
      const segments = await overlapping();
      return segments.some((segment) => segment.endMs === Infinity) ? 'later' : segments;
    });
    const segments = await overlapping();
    if (segments.length === 0) {
      const [from, to] = [range.fromMs, range.toMs].map((ms) => new Date(ms).toISOString());
      throw missing(cameraId, `the time from ${from} to ${to}`);
    }
    return await cutClip(segments, range, path);
  }

  hold(cameraId: string, fromMs: number, holder: string): void {
    this.retention.hold(cameraId, fromMs, holder);
  }

  release(holder: string): void {
    this.retention.release(holder);
  }

  /** Deletes what is beyond the limits, oldest first; held footage stays. To be called every few seconds. */
  async prune(): Promise<{ readonly deletedBytes: number; readonly deletedSegments: number }> {
    const all = await this.all();
    const freeBytes = await freeBytesOf(this.options.dir);
    const doomed = this.retention.choose(all, { nowMs: this.options.clock.nowMs(), freeBytes });
    return await deleteSegments(doomed, this.options.log);
  }

  async usage(): Promise<StoreUsage> {
    const all = await this.all();
    const sum = (segments: readonly Segment[]): number =>
      segments.reduce((bytes, s) => bytes + s.sizeBytes, 0);
    return {
      bytes: sum(all),
      segments: all.length,
      heldBytes: sum(all.filter((segment) => this.retention.isHeld(segment))),
      freeBytes: await freeBytesOf(this.options.dir),
    };
  }

  /** What is recorded of a camera, in order of time. */
  async coverage(cameraId: string): Promise<Coverage[]> {
    const stretches: { fromMs: number; toMs: number; runId: string }[] = [];
    for (const { startMs, endMs, runId } of await this.recordings.of(cameraId)) {
      const last = stretches.at(-1);
      // Names are rounded to milliseconds, and a last picture's length is an estimate.
      if (last?.runId === runId && startMs - last.toMs < 100) last.toMs = endMs;
      else stretches.push({ fromMs: startMs, toMs: endMs, runId });
    }
    return stretches;
  }

  private async pictureAt(
    cameraId: string,
    atMs: number,
  ): Promise<{ segment: Segment; ptsMs: number } | 'later' | undefined> {
    const segments = await this.recordings.of(cameraId);
    const candidates = segments.filter((s) => s.startMs <= atMs + 1 && s.endMs > atMs - STILL_MAX_AGE_MS);
    // In a reconnect two runs may overlap in wall time by some frames: the later one is asked first.
    for (const segment of candidates.reverse()) {
      const packets = await readPackets(segment.path);
      const wanted = atMs - segment.run.anchorMs + 1;
      const picture = packets.findLast((packet) => packet.ptsMs <= wanted);
      const reached = (packets.at(-1)?.ptsMs ?? -Infinity) >= wanted - 2;
      if (segment.endMs === Infinity && !reached) return 'later';
      if (picture !== undefined && wanted - picture.ptsMs <= STILL_MAX_AGE_MS)
        return { segment, ptsMs: picture.ptsMs };
    }
    return undefined;
  }

  /** Asks again while the answer is `later`, until patience ends. */
  private async waitFor<T>(ask: () => Promise<T | 'later'>): Promise<T | undefined> {
    const { clock } = this.options;
    const deadline = clock.monotonicMs() + this.patienceMs;
    for (;;) {
      const answer = await ask();
      if (answer !== 'later') return answer;
      if (clock.monotonicMs() > deadline) return undefined;
      await sleep(POLL_MS);
    }
  }

  private async all(): Promise<Segment[]> {
    const cameras = (await this.recordings.cameraDirs()).map(cameraOfDir).filter((id) => id !== undefined);
    const lists: Segment[][] = [];
    for (const cameraId of cameras) lists.push(await this.recordings.of(cameraId));
    return lists.flat();
  }
}

function missing(cameraId: string, what: string): StreetwatchError {
  return new StreetwatchError('footage.missing', `The recording of ${cameraId} does not hold ${what}.`);
}
