/** Weekly schedules in a named time zone: when a rule or an exemption holds. */

import { DateTime, IANAZone } from 'luxon';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A span of the day on some days of the week, in local wall time. */
export interface ScheduleWindow {
  readonly days: readonly Weekday[];
  /** `HH:MM`, included. */
  readonly from: string;
  /** `HH:MM` up to `24:00`, not included. At or before `from`: the window ends on the next day. */
  readonly to: string;
}

/** Holds while any window holds. */
export interface ScheduleConfig {
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  readonly windows: readonly ScheduleWindow[];
}

const MINUTES_PER_DAY = 1440;
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY;

/** Why a schedule is not allowed, or `undefined`. */
export function scheduleProblem(schedule: ScheduleConfig): string | undefined {
  if (!IANAZone.isValidZone(schedule.timeZone)) return `there is no time zone called ${schedule.timeZone}`;
  if (schedule.windows.length === 0)
    return 'a schedule needs at least one window; leave it out to watch always';
  for (const [i, window] of schedule.windows.entries()) {
    const where = `window ${i + 1}`;
    if (window.days.length === 0) return `${where} names no day`;
    const unknown = window.days.find((day) => !WEEKDAYS.includes(day));
    if (unknown !== undefined) return `${where}: ${unknown} is not one of ${WEEKDAYS.join(', ')}`;
    if (minuteOfDay(window.from) === undefined || window.from === '24:00') {
      return `${where}: from is a time HH:MM from 00:00 to 23:59, not ${window.from}`;
    }
    if (minuteOfDay(window.to) === undefined)
      return `${where}: to is a time HH:MM up to 24:00, not ${window.to}`;
  }
  return undefined;
}

/** `HH:MM` as minutes after midnight, or `undefined`. */
function minuteOfDay(text: string): number | undefined {
  const match = /^(\d{2}):(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minutes <= MINUTES_PER_DAY ? minutes : undefined;
}

/**
 * Answers whether a schedule holds at a moment. Windows are local wall time: in the night when clocks go forward a
 * window is shorter, when they go back longer, and its ends always stand at the written times.
 */
export class Schedule {
  private readonly timeZone: string;
  private readonly windows: readonly { days: ReadonlySet<number>; from: number; to: number }[];
  private cachedMinute = Number.NaN;
  private cachedAnswer = false;

  /** @param config one for which {@link scheduleProblem} has nothing to say. */
  constructor(config: ScheduleConfig) {
    this.timeZone = config.timeZone;
    this.windows = config.windows.map((window) => ({
      days: new Set(window.days.map((day) => WEEKDAYS.indexOf(day) + 1)),
      from: minuteOfDay(window.from) ?? 0,
      to: minuteOfDay(window.to) ?? MINUTES_PER_DAY,
    }));
  }

  /** @param atMs wall time, milliseconds since the epoch. */
  holds(atMs: number): boolean {
    // Offsets of all zones in use are whole minutes, so the answer cannot change within a minute.
    const minute = Math.floor(atMs / 60_000);
    if (minute !== this.cachedMinute) {
      this.cachedMinute = minute;
      this.cachedAnswer = this.holdsAt(atMs);
    }
    return this.cachedAnswer;
  }

  /** Whether it holds at each minute after one moment and up to another. Of more than a week the last one tells all. */
  holdsThroughout(fromMs: number, toMs: number): boolean {
    const last = Math.floor(toMs / 60_000);
    for (
      let minute = Math.max(Math.floor(fromMs / 60_000) + 1, last - MINUTES_PER_WEEK);
      minute <= last;
      minute++
    ) {
      if (!this.holdsAt(minute * 60_000)) return false;
    }
    return true;
  }

  private holdsAt(atMs: number): boolean {
    const local = DateTime.fromMillis(atMs, { zone: this.timeZone });
    const now = local.hour * 60 + local.minute;
    const today = local.weekday;
    const yesterday = today === 1 ? 7 : today - 1;
    return this.windows.some(({ days, from, to }) => {
      if (from < to) return days.has(today) && now >= from && now < to;
      return (days.has(today) && now >= from) || (days.has(yesterday) && now < to);
    });
  }
}
