/** Pictures and their times stay together, whatever the chunks, the order of the pipes and the pace of the consumer. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FrameReader, type TimedPicture } from './frame-reader.ts';
import type { DropReason } from './source.ts';

const FRAME_BYTES = 12;

function open(options: { lossless?: boolean; buffers?: number } = {}) {
  const got: TimedPicture[] = [];
  const drops: DropReason[] = [];
  const state = { paused: false, changed: false };
  const reader = new FrameReader({
    frameBytes: FRAME_BYTES,
    buffers: options.buffers ?? 4,
    lossless: options.lossless ?? false,
    onPicture: (picture) => got.push(picture),
    onTime: () => undefined,
    onFormatChange: () => (state.changed = true),
    onDrop: (reason) => drops.push(reason),
    onPause: (paused) => (state.paused = paused),
  });
  return { reader, got, drops, state };
}

const picture = (number: number): Uint8Array => new Uint8Array(FRAME_BYTES).fill(number);
const line = (number: number): string =>
  `frame:${number}    pts:${number * 40}     pts_time:${number * 0.04}`;

/** Every picture must show the number that its time stands for. */
function expectTrue(pictures: readonly TimedPicture[]): void {
  for (const { pixels, ptsMs } of pictures) expect([...pixels]).toEqual([...picture(ptsMs / 40)]);
}

describe('FrameReader', () => {
  it('keeps pictures and times together in any cut and order, with a consumer that lags', () => {
    const step = fc.record({
      bytes: fc.integer({ min: 1, max: 3 * FRAME_BYTES }),
      lines: fc.integer({ min: 0, max: 3 }),
      release: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { reader, got, drops } = open();
        reader.start();
        const stream = Uint8Array.from({ length: 200 * FRAME_BYTES }, (_, i) => Math.floor(i / FRAME_BYTES));
        let [sent, lines, released] = [0, 0, 0];
        for (const { bytes, lines: more, release } of steps) {
          reader.chunk(stream.subarray(sent, sent + bytes));
          sent += bytes;
          for (let i = 0; i < more; i++) reader.timeLine(line(lines++));
          if (release && released < got.length) {
            expectTrue([got[released]!]);
            got[released++]!.release();
          }
        }
        expectTrue(got.slice(released));
        expect(got.length - released).toBeLessThanOrEqual(2);
        expect(got.length + drops.length).toBeLessThanOrEqual(Math.floor(sent / FRAME_BYTES));
      }),
    );
  });

  it('loses nothing when lossless, however slowly frames are released', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 20 }), (cuts) => {
        const { reader, got, drops, state } = open({ lossless: true });
        reader.start();
        for (let number = 0; number < 50; number++) reader.timeLine(line(number));
        const stream = Uint8Array.from({ length: 50 * FRAME_BYTES }, (_, i) => Math.floor(i / FRAME_BYTES));
        let [sent, released, turn] = [0, 0, 0];
        while (released < 50) {
          if (!state.paused && sent < stream.length) {
            const bytes = cuts[turn++ % cuts.length]!;
            reader.chunk(stream.subarray(sent, sent + bytes));
            sent += bytes;
          } else {
            expectTrue([got[released]!]);
            got[released++]!.release();
          }
        }
        expect(got.map(({ ptsMs }) => ptsMs / 40)).toEqual(Array.from({ length: 50 }, (_, i) => i));
        expect(drops).toEqual([]);
      }),
    );
  });

  it('keeps the newest for a slow consumer, and counts the others', () => {
    const { reader, got, drops } = open();
    reader.start();
    for (let number = 0; number < 8; number++) {
      reader.timeLine(line(number));
      reader.chunk(picture(number));
    }
    expect(got.map(({ ptsMs }) => ptsMs / 40)).toEqual([0, 1]);
    expect(drops).toEqual(Array.from({ length: 5 }, () => 'consumer-slow'));
    got[0]!.release();
    got[0]!.release();
    expect(got.map(({ ptsMs }) => ptsMs / 40)).toEqual([0, 1, 7]);
    expectTrue(got.slice(1));
  });

  it('hands nothing on before the start, then the newest', () => {
    const { reader, got, drops } = open();
    for (let number = 0; number < 6; number++) {
      reader.timeLine(line(number));
      reader.chunk(picture(number));
    }
    expect(got).toEqual([]);
    reader.start();
    expect(drops).toEqual(Array.from({ length: 3 }, () => 'starting'));
    expect(got.map(({ ptsMs }) => ptsMs / 40)).toEqual([3, 4]);
  });

  it('leaves out pictures without a time and those that go back, and sees the filters begin anew', () => {
    const { reader, got, drops, state } = open();
    reader.start();
    for (const [index, time] of ['NOPTS', '0', '80', '40', '120'].entries()) {
      reader.timeLine(`frame:${index}    pts:${time}`);
      reader.timeLine('s=1');
      reader.chunk(picture(index));
      got.forEach((one) => one.release());
    }
    expect(got.map(({ ptsMs }) => ptsMs)).toEqual([0, 80, 120]);
    expect(drops).toEqual(['out-of-order']);
    expect(state.changed).toBe(false);
    reader.timeLine('frame:0    pts:160');
    expect(state.changed).toBe(true);
  });
});
