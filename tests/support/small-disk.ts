/** A file system of a few megabytes that a test can fill. */

import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly dir: string;
  /** Takes all room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  close(): void;
}

/** Why none can be mounted here; nothing when one can. */
export function whyNoSmallDisk(): string | undefined {
  if (process.platform !== 'linux') return 'tmpfs needs Linux';
  try {
    mountSmallDisk(1).close();
    return undefined;
  } catch {
    return 'mounting a tmpfs needs root';
  }
}

/**
 * Mounts one. Each test needs its own: a database that a test before has closed and deleted holds its room until
 * libsql's statements are collected, and gives it back at a moment when the next test believes the disk full.
 */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), 'streetwatch-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir], { stdio: 'pipe' });
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
  const filler = join(dir, 'filler');
  return {
    dir,
    fill() {
      const file = openSync(filler, 'a');
      // Ever smaller pieces, down to single pages: the last free one has to go as well.
      for (const size of [1_048_576, 65_536, 4_096]) {
        try {
          for (;;) if (writeSync(file, Buffer.alloc(size)) < size) break;
        } catch {
          continue;
        }
      }
      closeSync(file);
    },
    free: () => rmSync(filler, { force: true }),
    close() {
      execFileSync('umount', ['-l', dir]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
