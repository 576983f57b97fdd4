/** The list of what a camera's folder holds, read from the folder itself. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { readRunFile } from './finish.ts';
import { cameraDir, isUnfinished, parseSegmentName, type RunFile } from './layout.ts';

/** One recorded file. */
export interface Segment {
  readonly cameraId: string;
  readonly runId: string;
  readonly path: string;
  readonly run: RunFile;
  readonly startMs: number;
  /** End of its last picture; of the segment being written, not known: infinity. */
  readonly endMs: number;
  /** 0 for the segment being written. */
  readonly sizeBytes: number;
}

interface KnownRun {
  run: RunFile | undefined;
  readonly sizes: Map<string, number>;
}

/** Reads folders and remembers what does not change: the anchor of a run and the size of a finished segment. */
export class Recordings {
  private readonly dir: string;
  private readonly known = new Map<string, KnownRun>();

  constructor(dir: string) {
    this.dir = dir;
  }

  async cameraDirs(): Promise<string[]> {
    return await namesIn(this.dir);
  }

  /** Segments of one camera in order of time, the one being written last of its run. */
  async of(cameraId: string): Promise<Segment[]> {
    const folder = cameraDir(this.dir, cameraId);
    const runIds = await namesIn(folder);
    const segments: Segment[] = [];
    for (const runId of runIds) segments.push(...(await this.ofRun(cameraId, runId, join(folder, runId))));
    for (const key of this.known.keys()) {
      if (key.startsWith(`${cameraId}\n`) && !runIds.includes(key.slice(cameraId.length + 1)))
        this.known.delete(key);
    }
    return segments.sort((a, b) => a.startMs - b.startMs);
  }

  private async ofRun(cameraId: string, runId: string, runDir: string): Promise<Segment[]> {
    const key = `${cameraId}\n${runId}`;
    const known = this.known.get(key) ?? { run: undefined, sizes: new Map<string, number>() };
    known.run ??= await readRunFile(runDir);
    const run = known.run;
    if (run === undefined) return [];
    this.known.set(key, known);
    const names = await namesIn(runDir);
    const segments: Segment[] = [];
    for (const name of names) {
      const times = parseSegmentName(name);
      if (times === undefined) continue;
      const sizeBytes = known.sizes.get(name) ?? (await sizeOf(join(runDir, name)));
      if (sizeBytes === undefined) continue;
      known.sizes.set(name, sizeBytes);
      segments.push({ cameraId, runId, path: join(runDir, name), run, ...times, sizeBytes });
    }
    for (const name of known.sizes.keys()) if (!names.includes(name)) known.sizes.delete(name);
    const open = names.filter(isUnfinished).sort().at(-1);
    if (open !== undefined) {
      const startMs = segments.reduce((latest, segment) => Math.max(latest, segment.endMs), run.anchorMs);
      segments.push({
        cameraId,
        runId,
        path: join(runDir, open),
        run,
        startMs,
        endMs: Infinity,
        sizeBytes: 0,
      });
    }
    return segments;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}
