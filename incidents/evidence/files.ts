/** Files that are either whole or absent: temporary name, fsync, rename, fsync of the folder. */

import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StreetwatchError, messageOf } from '../../core/index.ts';

/** Begins the name of a file that is not whole. */
export const PARTIAL_PREFIX = '.partial-';

/** Hash and size of a file as written. */
export interface WrittenFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Writes a file durably; an older one of the same name is replaced. Pictures are megabytes, and a disk may take a tenth
 * of a second for one: frames and messages do not wait for it.
 * @throws StreetwatchError `disk.full`, `store.failed`.
 */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<WrittenFile> {
  const temporary = temporaryPath(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w', 0o640);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
  } catch (cause) {
    await rm(temporary, { force: true });
    throw fileError(path, cause);
  }
  await commitFile(temporary, path);
  return written(bytes);
}

/** {@link writeDurably} for small files that are written within a transaction, or before the program runs. */
export function writeDurablySync(path: string, bytes: Uint8Array, mode = 0o640): WrittenFile {
  const temporary = temporaryPath(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporary, 'w', mode);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    const folder = openSync(dirname(path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw fileError(path, cause);
  }
  return written(bytes);
}

/** A name beside `path` that nothing else uses, with the same extension (ffmpeg chooses the container by it). */
export function temporaryPath(path: string): string {
  return join(dirname(path), `${PARTIAL_PREFIX}${randomBytes(4).toString('hex')}-${basename(path)}`);
}

/** Makes a finished temporary file the one at `path`. */
export async function commitFile(temporary: string, path: string): Promise<void> {
  try {
    await syncFile(temporary, 'r+');
    await rename(temporary, path);
    await syncFile(dirname(path), 'r');
  } catch (cause) {
    await rm(temporary, { force: true });
    throw fileError(path, cause);
  }
}

function written(bytes: Uint8Array): WrittenFile {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length };
}

async function syncFile(path: string, flags: 'r' | 'r+'): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** SHA-256 and size of a file on disk. */
export async function hashFile(path: string): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

function fileError(path: string, cause: unknown): StreetwatchError {
  if (cause instanceof StreetwatchError) return cause;
  const full =
    cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
  return new StreetwatchError(
    full ? 'disk.full' : 'store.failed',
    full ? `no space left to write ${path}` : `${path} cannot be written: ${messageOf(cause)}`,
    { cause, context: { file: path } },
  );
}
