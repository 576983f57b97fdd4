/** Vehicles beside vehicles: doubt about a box between them, and queues that hold together when one is missed. */

import { describe, expect, it } from 'vitest';
import type { BoxNorm } from '../../core/index.ts';
import { doubtMsOf, isAmongOthers } from './crowd.ts';
import { placeAt } from './parking-place.fixture.ts';
import type { ParkingPlace } from './parking-place.ts';
import { isQueued, markQueues } from './queue.ts';
import { Witnesses } from './witnesses.ts';
import type { Witness } from './witnesses.ts';

const place = (n: number, box: BoxNorm, seenAt = 10_000): ParkingPlace =>
  placeAt(box, { n, seenAt, seenMs: 10_000, trackId: `t${n}`, trackIds: [] });
const at = (x: number): BoxNorm => ({ x1: x, y1: 0.5, x2: x + 0.05, y2: 0.55 });

describe('vehicles among vehicles', () => {
  const own = place(1, at(0.2));
  it.each([
    ['nobody else', [], false],
    ['one beside it', [place(2, at(0.3))], true],
    ['one far away', [place(2, at(0.7))], false],
    ['one that left a while ago', [place(2, at(0.3), 4000)], false],
    ['one of another kind', [{ ...place(2, at(0.3)), group: 'nonmotor' }], false],
  ])('%s', (_, others, expected) => {
    expect(isAmongOthers(own, [own, ...others], 10_000)).toBe(expected);
  });

  it.each([
    ['alone, even of low score', 0.4, false, 0],
    ['certain', 0.8, true, 0],
    ['half certain', 0.575, true, 6000],
    ['as doubtful as may be', 0.4, true, 12_000],
    ['below the least score', 0.1, true, 12_000],
  ])('%s', (_, score, amongOthers, expected) => {
    expect(doubtMsOf(score, 0.4, amongOthers)).toBeCloseTo(expected, 6);
  });

  it('stays within its bounds when every score is asked for', () => {
    expect(doubtMsOf(0.9, 1, true)).toBe(0);
    expect(doubtMsOf(0.5, 1, true)).toBe(12_000);
  });
});

describe('a queue of three', () => {
  const row = (second: Partial<ParkingPlace>): ParkingPlace[] => [
    place(1, at(0.2)),
    { ...place(2, at(0.26)), ...second },
    place(3, at(0.32)),
  ];
  it.each([
    ['all seen', {}, true],
    ['one missed by two key frames', { seenAt: 6000, absentMs: 4000 }, true],
    ['one hidden by a bus for long', { seenAt: 1000, coveredMs: 9000, hiddenMs: 9000 }, true],
    ['one in whose spot another one stood a minute before', { stoppedAt: -60_000 }, true],
    ['one gone', { seenAt: 4000, absentMs: 6000 }, false],
    ['one that was there before the camera looked', { presentAtStart: true }, false],
  ])('%s', (_, second, expected) => {
    const places = row(second);
    markQueues(places, [], { nowMs: 10_000, vehicles: 3, holdMs: 180_000 });
    expect(places.map((one) => isQueued(one, 10_000))).toEqual([expected, expected, expected]);
  });

  it.each([
    ['two arrivals at few pictures', 1, true, true],
    ['two arrivals at many', 1, false, false],
    ['one arrival at few', 2, true, false],
  ])('behind vehicles that were there at the start: %s', (_, present, hasFewPictures, expected) => {
    const places = row({}).map((one, n) => ({ ...one, presentAtStart: n < present }));
    markQueues(places, [], { nowMs: 10_000, vehicles: 3, holdMs: 180_000, hasFewPictures });
    expect(places.some((one) => isQueued(one, 10_000))).toBe(expected);
  });

  const witness = (of: Partial<Witness>): Witness => ({
    ...{
      n: 1,
      group: 'motor',
      label: 'car',
      box: at(0.26),
      origin: at(0.26),
      seenAt: 10_000,
      since: 0,
      sureAt: 10_000,
    },
    ...{ presentAtStart: false, seenMs: 10_000, hiddenMs: 0, absentMs: 0, coveredMs: 0 },
    ...of,
  });
  it.each([
    ['sure', {}, true],
    ['only suspected', { sureAt: null }, true],
    ['of another kind', { group: 'nonmotor' }, false],
    ['far from them', { box: at(0.8) }, false],
    ['stopped much later', { since: 25_000 }, false],
    ['there now and then', { seenMs: 4000 }, false],
    ['there now and then, hidden in between', { seenMs: 4000, hiddenMs: 5000 }, true],
    ['gone', { absentMs: 6000 }, false],
  ])('with a witness in the middle that is %s', (_, of, expected) => {
    const places = [place(1, at(0.2)), place(3, at(0.32))];
    markQueues(places, [witness(of)], { nowMs: 10_000, vehicles: 3, holdMs: 180_000 });
    expect(places.map((one) => isQueued(one, 10_000))).toEqual([expected, expected]);
  });

  it('believes one suspicion for two vehicles, not two for one', () => {
    const places = [place(1, at(0.2))];
    const suspected = [witness({ sureAt: null }), witness({ sureAt: null, box: at(0.32) })];
    markQueues(places, suspected, { nowMs: 10_000, vehicles: 3, holdMs: 180_000 });
    expect(isQueued(places[0]!, 10_000)).toBe(false);
  });

  it.each([
    ['a place and the witness', 200_000, 201_000, true],
    ['a place alone', 200_000, undefined, false],
    ['the two a minute apart', 200_000, 260_000, false],
  ])('has moved up when others stand in half of its spots: %s', (_, retakenAt, byWitness, expected) => {
    const nowMs = 262_000;
    const seen = { seenAt: nowMs, seenMs: nowMs };
    const places = [
      { ...place(1, at(0.2)), ...seen, retakenAt },
      { ...place(3, at(0.32)), ...seen },
    ];
    const stands = witness({ ...seen, ...(byWitness === undefined ? {} : { retakenAt: byWitness }) });
    markQueues(places, [stands], { nowMs, vehicles: 3, holdMs: 180_000 });
    expect(places.every((one) => isQueued(one, nowMs))).toBe(expected);
  });

  it('knows of a witness that another one took its spot after it was seen to be gone', () => {
    const whole = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
    ];
    const witnesses = new Witnesses(whole, { by: 'bottom_centre' });
    const show = (nowMs: number, fromMs?: number): void => {
      const motion = { drift: 0, spanMs: 4000, fromMs: fromMs ?? 0 };
      const sight = { group: 'motor', label: 'car', box: at(0.26), motion, isFaint: false, isStill: true };
      const frame = { nowMs, stepMs: 2000, known: [], covers: [], isAtStart: () => false };
      witnesses.update(fromMs === undefined ? [] : [sight], frame);
    };
    show(4000, 0);
    show(6000);
    show(8000, 0);
    expect([...witnesses].map((one) => one.retakenAt)).toEqual([undefined]);
    show(10_000);
    show(12_000, 11_000);
    expect([...witnesses].map((one) => one.retakenAt)).toEqual([11_000]);
  });
});
