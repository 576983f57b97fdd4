/** Whether the disk has room to record; a full disk must not end the analysis of what the camera shows. */

import { mkdir, statfs } from 'node:fs/promises';

import type { SegmentOptions } from '../source.ts';

const DEFAULT_MIN_FREE_BYTES = 64 * 1024 * 1024;

export class DiskRoom {
  readonly freeBytes: number;
  private readonly dir: string;
  private readonly minFreeBytes: number;

  private constructor(dir: string, minFreeBytes: number, freeBytes: number) {
    this.dir = dir;
    this.minFreeBytes = minFreeBytes;
    this.freeBytes = freeBytes;
  }

  static async of({ dir, minFreeBytes = DEFAULT_MIN_FREE_BYTES }: SegmentOptions): Promise<DiskRoom> {
    return new DiskRoom(dir, minFreeBytes, await freeBytesOf(dir));
  }

  get enough(): boolean {
    return this.freeBytes >= this.minFreeBytes;
  }

  /** With something to spare, so that recording does not begin and end in turns. */
  async isBack(): Promise<boolean> {
    return (await freeBytesOf(this.dir)) >= this.minFreeBytes * 1.5;
  }
}

/** Free space of the disk under a folder, which is made if need be; infinite where the system cannot tell. */
export async function freeBytesOf(dir: string): Promise<number> {
  try {
    await mkdir(dir, { recursive: true });
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}
