/** Files segments that nobody closed: their ffmpeg or this program was killed. What is in them is kept. */

import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { messageOf, type Log } from '../../core/index.ts';
import { isRunFile, isUnfinished, RUN_FILE, segmentName, type RunFile } from './layout.ts';
import { readPackets } from './packets.ts';

/** The anchor of a run, or `undefined` when it never got one. */
export async function readRunFile(runDir: string): Promise<RunFile | undefined> {
  try {
    const run: unknown = JSON.parse(await readFile(join(runDir, RUN_FILE), 'utf8'));
    return isRunFile(run) ? run : undefined;
  } catch {
    return undefined;
  }
}

/** Gives every unfinished segment of a run that is over its name; without a picture or an anchor it is removed. */
export async function finishSegments(runDir: string, log: Log): Promise<void> {
  const unfinished = (await readdir(runDir)).filter(isUnfinished);
  if (unfinished.length === 0) return;
  const run = await readRunFile(runDir);
  for (const name of unfinished) {
    const path = join(runDir, name);
    try {
      const packets = run === undefined ? [] : await readPackets(path);
      const [first, last] = [packets[0], packets.at(-1)];
      if (run === undefined || first === undefined || last === undefined) {
        await rm(path, { force: true });
        continue;
      }
      // The last picture stands for as long as the one before it did.
      const stands = Math.max(1, last.ptsMs - (packets.at(-2)?.ptsMs ?? last.ptsMs - 40));
      const [startMs, endMs] = [run.anchorMs + first.ptsMs, run.anchorMs + last.ptsMs + stands];
      await rename(path, join(runDir, segmentName(startMs, endMs)));
    } catch (error) {
      log.warn({ path, error: messageOf(error) }, 'segment left by an interrupted run could not be filed');
    }
  }
}
