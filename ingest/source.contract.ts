/** What every kind of source owes its consumer; `tests/integration/ingest-contract.test.ts` runs it against real streams. */

import { expect, it } from 'vitest';

import { silentLog, type Clock, type Frame, type FrameRef } from '../core/index.ts';
import { createSource, type RunStarted, type SourceEvents, type SourceOptions } from './index.ts';

/** A stream of 192×144 at 25 pictures a second whose frames show their own number. */
export interface SourceCase {
  readonly options: () => Pick<SourceOptions, 'url' | 'transport' | 'pacing'> & Partial<SourceOptions>;
  readonly codec: string;
  /** Reads the number that a frame shows. */
  readonly readNumber: (frame: Frame) => number;
  readonly clock: Clock;
}

interface Seen extends FrameRef {
  readonly number: number;
}

const FRAME_MS = 40;

/** The tests of the contract; to be called inside `describe`. */
export function sourceContract(stream: SourceCase): void {
  const create = (more: Partial<SourceOptions> = {}) =>
    createSource({
      cameraId: 'contract',
      decode: { policy: 'fps', fps: 5 },
      canvas: { width: 96, height: 96 },
      stallAfterMs: 10_000,
      clock: stream.clock,
      log: silentLog,
      ...stream.options(),
      ...more,
    });

  /** Runs until so many frames have come. */
  async function take(count: number, more?: Partial<SourceOptions>) {
    const stop = new AbortController();
    const seen: Seen[] = [];
    const starts: { run: RunStarted; framesBefore: number }[] = [];
    const paddings = new Set<number>();
    const events: SourceEvents = {
      started: (run) => starts.push({ run, framesBefore: seen.length }),
      frame: (frame) => {
        seen.push({ ...frame.ref, number: stream.readNumber(frame) });
        paddings.add(frame.pixels.at(-1)!);
        frame.release();
        if (seen.length >= count) stop.abort();
      },
    };
    await create(more).run(stop.signal, events);
    return { seen, starts, paddings };
  }

  it.concurrent('starts once, then gives frames whose own times agree with what they show', async () => {
    const { seen, starts, paddings } = await take(10);
    expect(starts).toHaveLength(1);
    const { run, framesBefore } = starts[0]!;
    expect(framesBefore).toBe(0);
    expect(run).toMatchObject({ codec: stream.codec, sourceWidth: 192, sourceHeight: 144, recorded: false });
    expect(seen.map((frame) => frame.seq)).toEqual(seen.map((_, index) => index));
    const first = seen[0]!;
    for (const frame of seen) {
      expect(frame).toMatchObject({ cameraId: 'contract', runId: run.runId, width: 96, height: 72 });
      expect(frame.capturedAtMs).toBe(run.anchorMs + frame.ptsMs);
      const shownMs = (frame.number - first.number) * FRAME_MS;
      expect(Math.abs(frame.ptsMs - first.ptsMs - shownMs)).toBeLessThanOrEqual(FRAME_MS);
    }
    const steps = seen.slice(1).map((frame, index) => frame.ptsMs - seen[index]!.ptsMs);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(200 - FRAME_MS);
    // Rows below the picture are filled with the detectors' padding value.
    expect([...paddings]).toEqual([114]);
  });

  it.concurrent('gives key frames only when asked to', async () => {
    const { seen } = await take(3, { decode: { policy: 'keyframes' } });
    // A key frame each second in all clips of the contract; MJPEG has nothing else and is held to five a second.
    const steps = seen.slice(1).map((frame, index) => frame.ptsMs - seen[index]!.ptsMs);
    for (const step of steps) expect([200, 1_000]).toContain(Math.round(step / 40) * 40);
  });

  const never = (): void => expect.fail('nothing may be handed on');

  it.concurrent('is a new run each time, and ends at once when told to before it began', async () => {
    const [one, two] = [await take(1), await take(1)];
    expect(one.seen[0]!.runId).not.toBe(two.seen[0]!.runId);
    const stopped = create().run(AbortSignal.abort(), { started: never, frame: never });
    await expect(stopped).resolves.toBeUndefined();
  });

  it.concurrent(
    'goes on when the consumer keeps its frames, and gives them again once they are released',
    async () => {
      const stop = new AbortController();
      const kept: Frame[] = [];
      let [dropped, after] = [0, 0];
      const lossless = stream.options().pacing === 'asap';
      const release = (): void => {
        for (const frame of kept.splice(0)) frame.release();
      };
      const done = create({ decode: { policy: 'fps', fps: 25 } }).run(stop.signal, {
        started: () => undefined,
        frame: (frame) => {
          kept.push(frame);
          if (kept.length > 4) expect.fail('more frames than the pool may lend');
          if (dropped > 3) after++;
          if (after > 0 || (lossless && kept.length === 4)) setImmediate(release);
          if (after >= 5) stop.abort();
        },
        dropped: (_reason, count) => {
          dropped += count;
          if (dropped > 3 && kept.length === 4) setImmediate(release);
        },
      });
      await done;
      expect(dropped > 3).toBe(!lossless);
    },
  );
}
