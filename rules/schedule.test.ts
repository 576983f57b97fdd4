/** Tests of weekly schedules: days, midnight, daylight saving time. */

import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { Schedule, scheduleProblem } from './schedule.ts';
import type { ScheduleConfig } from './schedule.ts';

const at = (local: string, zone: string): number => DateTime.fromISO(local, { zone }).toMillis();
const SHANGHAI = 'Asia/Shanghai';
const BERLIN = 'Europe/Berlin';

describe('schedule', () => {
  // 2026-11-23 is a Monday.
  it.each([
    ['2026-11-23T07:29:59', false],
    ['2026-11-23T07:30:00', true],
    ['2026-11-23T18:59:59', true],
    ['2026-11-23T19:00:00', false],
    ['2026-11-28T12:00:00', false],
  ])('working days 07:30 to 19:00: %s is %s', (local, holds) => {
    const schedule = new Schedule({
      timeZone: SHANGHAI,
      windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '07:30', to: '19:00' }],
    });
    expect(schedule.holds(at(local, SHANGHAI))).toBe(holds);
  });

  it.each([
    ['2026-11-27T21:59', false],
    ['2026-11-27T22:00', true],
    ['2026-11-28T05:59', true],
    ['2026-11-28T06:00', false],
    ['2026-11-28T22:30', false],
    ['2026-11-27T05:00', false],
  ])('Friday 22:00 over midnight to 06:00: %s is %s', (local, holds) => {
    const schedule = new Schedule({
      timeZone: SHANGHAI,
      windows: [{ days: ['fri'], from: '22:00', to: '06:00' }],
    });
    expect(schedule.holds(at(local, SHANGHAI))).toBe(holds);
  });

  it('lasts until midnight with 24:00, and all day from 00:00 to 00:00', () => {
    const late = new Schedule({
      timeZone: SHANGHAI,
      windows: [{ days: ['mon'], from: '20:00', to: '24:00' }],
    });
    expect(late.holds(at('2026-11-23T23:59:59', SHANGHAI))).toBe(true);
    expect(late.holds(at('2026-11-24T00:00:00', SHANGHAI))).toBe(false);
    const day = new Schedule({
      timeZone: SHANGHAI,
      windows: [{ days: ['mon'], from: '00:00', to: '00:00' }],
    });
    expect(day.holds(at('2026-11-23T12:00', SHANGHAI))).toBe(true);
    expect(day.holds(at('2026-11-24T12:00', SHANGHAI))).toBe(false);
  });

  it('stands at the written times when clocks change', () => {
    const windows = [{ days: ['sun' as const], from: '01:30', to: '04:00' }];
    const schedule = new Schedule({ timeZone: BERLIN, windows });
    const minutes = (fromIso: string, hours: number): number => {
      const start = Date.parse(fromIso);
      let held = 0;
      for (let minute = 0; minute < hours * 60; minute++) if (schedule.holds(start + minute * 60_000)) held++;
      return held;
    };
    // 2026-03-29 loses the hour from 02:00, 2026-10-25 has it twice.
    expect(minutes('2026-03-28T22:00:00Z', 10)).toBe(90);
    expect(minutes('2026-10-24T22:00:00Z', 10)).toBe(210);
  });

  it.each<[string, ScheduleConfig, RegExp]>([
    ['zone', { timeZone: 'Asia/Nowhere', windows: [] }, /time zone called Asia\/Nowhere/],
    ['no window', { timeZone: SHANGHAI, windows: [] }, /at least one window/],
    ['no day', { timeZone: SHANGHAI, windows: [{ days: [], from: '08:00', to: '09:00' }] }, /names no day/],
    ['time', { timeZone: SHANGHAI, windows: [{ days: ['mon'], from: '8:00', to: '09:00' }] }, /HH:MM/],
    ['late', { timeZone: SHANGHAI, windows: [{ days: ['mon'], from: '08:00', to: '24:01' }] }, /HH:MM/],
    [
      'day',
      { timeZone: SHANGHAI, windows: [{ days: ['day' as 'mon'], from: '08:00', to: '09:00' }] },
      /day is not/,
    ],
  ])('names what is wrong with the %s', (_, config, problem) => {
    expect(scheduleProblem(config)).toMatch(problem);
  });
});
