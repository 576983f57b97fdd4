/** Days of the district, also those on which clocks are changed. */

import { expect, it } from 'vitest';
import { dayBorders } from './day-borders.ts';

it.each([
  ['Asia/Shanghai', '2026-05-05', '2026-05-04T16:00:00.000Z', '2026-05-05T15:59:59.999Z'],
  ['UTC', '2026-02-28', '2026-02-28T00:00:00.000Z', '2026-02-28T23:59:59.999Z'],
  ['Europe/London', '2026-03-29', '2026-03-29T00:00:00.000Z', '2026-03-29T22:59:59.999Z'],
  ['Europe/London', '2026-10-25', '2026-10-24T23:00:00.000Z', '2026-10-25T23:59:59.999Z'],
  ['America/New_York', '2026-12-31', '2026-12-31T05:00:00.000Z', '2027-01-01T04:59:59.999Z'],
])('%s, %s', (timeZone, day, from, to) => {
  const { fromMs, toMs } = dayBorders(day, timeZone);
  expect([new Date(fromMs).toISOString(), new Date(toMs).toISOString()]).toEqual([from, to]);
});
