/** Gives the segments that ffmpeg writes their names on the wall clock, as soon as each is closed. */

import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { messageOf, StreetwatchError, type Log } from '../../core/index.ts';
import { isDiskFull } from './disk-full.ts';
import { finishSegments } from './finish.ts';
import { cameraDir, RUN_FILE, segmentName, type RunFile } from './layout.ts';

export interface SegmentRecorderOptions {
  readonly dir: string;
  readonly cameraId: string;
  readonly runId: string;
  readonly log: Log;
}

/** One per run. ffmpeg writes into {@link SegmentRecorder.runDir} by itself; this follows its list of segments. */
export class SegmentRecorder {
  readonly runDir: string;
  private readonly options: SegmentRecorderOptions;
  private run: RunFile | undefined;
  private readonly beforeAnchor: string[] = [];
  private work: Promise<void> = Promise.resolve();

  private constructor(options: SegmentRecorderOptions) {
    this.options = options;
    this.runDir = join(cameraDir(options.dir, options.cameraId), options.runId);
  }

  /** @throws StreetwatchError `disk.full`, `store.failed` */
  static async open(options: SegmentRecorderOptions): Promise<SegmentRecorder> {
    const recorder = new SegmentRecorder(options);
    try {
      await mkdir(recorder.runDir, { recursive: true });
    } catch (cause) {
      throw new StreetwatchError(
        isDiskFull(cause) ? 'disk.full' : 'store.failed',
        `Camera ${options.cameraId} cannot be recorded: ${messageOf(cause)}.`,
        { cause },
      );
    }
    recorder.enqueue(() => recorder.repair());
    return recorder;
  }

  /** Files what earlier runs of this camera left when their program was killed. */
  private async repair(): Promise<void> {
    const folder = dirname(this.runDir);
    for (const runId of await readdir(folder)) {
      if (runId === this.options.runId) continue;
      await finishSegments(join(folder, runId), this.options.log).catch(() => undefined);
    }
  }

  /** The run's clock is known: from here on segments can be named. */
  anchor(anchorMs: number, track: Omit<RunFile, 'anchorMs'>): void {
    const run: RunFile = { anchorMs, ...track };
    this.run = run;
    this.enqueue(() => writeFile(join(this.runDir, RUN_FILE), `${JSON.stringify(run)}\n`));
    for (const line of this.beforeAnchor.splice(0)) this.closed(line);
  }

  /** A line of ffmpeg's segment list, `name,startS,endS`: the segment is complete. */
  closed(line: string): void {
    const run = this.run;
    if (run === undefined) {
      this.beforeAnchor.push(line);
      return;
    }
    const [name = '', start, end] = line.split(',');
    const startMs = run.anchorMs + Math.round(Number(start) * 1_000);
    const endMs = run.anchorMs + Math.round(Number(end) * 1_000);
    if (!/^\d+\.mkv$/.test(name) || !(endMs > startMs)) return;
    this.enqueue(() => rename(join(this.runDir, name), join(this.runDir, segmentName(startMs, endMs))));
  }

  /** ffmpeg is gone: what it had no time to close is closed here, and a run that recorded nothing leaves nothing. */
  async close(): Promise<void> {
    this.enqueue(() => finishSegments(this.runDir, this.options.log));
    this.enqueue(async () => {
      const left = await readdir(this.runDir);
      if (left.every((name) => name === RUN_FILE)) await rm(this.runDir, { recursive: true, force: true });
    });
    await this.work;
  }

  private enqueue(step: () => Promise<unknown>): void {
    this.work = this.work.then(step).then(
      () => undefined,
      (error: unknown) => {
        const fields = { cameraId: this.options.cameraId, error: messageOf(error) };
        this.options.log.error(fields, 'segment could not be filed');
      },
    );
  }
}
