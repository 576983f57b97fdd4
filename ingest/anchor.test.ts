/** The wall clock is anchored to the first frame that comes on time. */

import { expect, it } from 'vitest';

import { Anchor } from './anchor.ts';

it('takes the first frame of a file', () => {
  const anchor = new Anchor({ paced: false });
  anchor.offer(50_000, 1_400);
  expect(anchor.anchorMs).toBe(48_600);
});

it('waits until the backlog of opening is used up', () => {
  const anchor = new Anchor({ paced: true });
  // Taken at 10 000 + pts; ffmpeg hands the first three on when it has opened the stream, at 11 000.
  anchor.offer(11_000, 0);
  anchor.offer(11_010, 200);
  anchor.offer(11_020, 400);
  anchor.offer(11_030, 600);
  anchor.offer(11_040, 800);
  anchor.offer(11_050, 1_000);
  anchor.offer(11_255, 1_200);
  expect(anchor.anchorMs).toBeUndefined();
  anchor.offer(11_455, 1_400);
  expect(anchor.anchorMs).toBe(10_050);
});

it('is not misled by a frame of the backlog that a busy machine delays', () => {
  const anchor = new Anchor({ paced: true });
  anchor.offer(13_000, 0);
  anchor.offer(13_150, 200);
  anchor.offer(13_400, 400);
  anchor.offer(13_450, 600);
  anchor.offer(13_500, 2_800);
  anchor.offer(13_700, 3_600);
  anchor.offer(13_900, 3_800);
  anchor.offer(14_100, 4_000);
  expect(anchor.anchorMs).toBe(10_100);
});

it('is decided once: later frames, late or early, change nothing', () => {
  const anchor = new Anchor({ paced: true });
  anchor.offer(1_000, 0);
  anchor.offer(1_400, 400);
  anchor.offer(1_100, 600);
  expect(anchor.anchorMs).toBe(1_000);
});

it('decides at the second frame of a camera that sends few', () => {
  const anchor = new Anchor({ paced: true });
  anchor.offer(1_000, 0);
  expect(anchor.isFalling(1_100)).toBe(true);
  anchor.offer(2_000, 1_000);
  expect(anchor.anchorMs).toBe(1_000);
});

it('takes what is known when it may not wait longer', () => {
  const anchor = new Anchor({ paced: true });
  anchor.settle();
  expect(anchor.anchorMs).toBeUndefined();
  anchor.offer(7_000, 2_000);
  anchor.settle();
  expect(anchor.anchorMs).toBe(5_000);
});
