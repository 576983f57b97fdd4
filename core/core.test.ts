import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BoundedQueue, ManualClock, packagePath, redactUrls } from './index.ts';

describe('redactUrls', () => {
  const rows: [name: string, text: string, redacted: string][] = [
    ['user and password', 'rtsp://admin:s3cret@10.0.0.1:554/live', 'rtsp://***@10.0.0.1:554/live'],
    ['an @ in the password', 'rtsp://admin:p@ss@cam/live', 'rtsp://***@cam/live'],
    ['several addresses in a text', 'a rtsp://u:p@h b nats://x:y@z c', 'a rtsp://***@h b nats://***@z c'],
    [
      'a secret in the query',
      'http://cam/x.m3u8?user=a&password=b&n=1',
      'http://cam/x.m3u8?user=a&password=***&n=1',
    ],
    ['nothing to hide', 'rtsp://cam:554/live?x=1', 'rtsp://cam:554/live?x=1'],
  ];
  test.each(rows)('%s', (_name, text, redacted) => {
    expect(redactUrls(text)).toBe(redacted);
  });

  test('no password of whatever form survives', () => {
    const password = fc
      .string({ minLength: 6 })
      .filter((text) => !/[\s/?#]/.test(text) && text.trim() === text);
    fc.assert(
      fc.property(password, (secret) => {
        expect(redactUrls(`open rtsp://admin:${secret}@cam/live failed`)).toBe(
          'open rtsp://***@cam/live failed',
        );
      }),
    );
  });
});

describe('BoundedQueue', () => {
  test('is a window of the newest items, in order, and loses none without saying so', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.option(fc.nat())), (capacity, steps) => {
        const dropped: number[] = [];
        const queue = new BoundedQueue<number>(capacity, (item) => dropped.push(item));
        const model: number[] = [];
        const modelDropped: number[] = [];
        for (const item of steps) {
          if (item === null) {
            expect(queue.shift()).toBe(model.shift());
            continue;
          }
          queue.push(item);
          model.push(item);
          if (model.length > capacity) modelDropped.push(model.shift()!);
          expect(queue.size).toBe(model.length);
        }
        queue.clear();
        expect(dropped).toEqual([...modelDropped, ...model]);
      }),
    );
  });

  test('a capacity that makes no sense is refused', () => {
    for (const capacity of [0, -1, 1.5, Number.NaN])
      expect(() => new BoundedQueue(capacity, () => {})).toThrow(RangeError);
  });
});

test('the manual clock moves both clocks, jumps only one, and never goes back by itself', () => {
  const clock = new ManualClock(1_000);
  clock.advance(5);
  clock.setWall(50);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([50, 5]);
  expect(() => clock.advance(-1)).toThrow(RangeError);
});

test('packagePath finds files of the package', () => {
  expect(existsSync(packagePath('package.json'))).toBe(true);
});
