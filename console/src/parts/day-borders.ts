/** When a day begins and ends in the zone of the district, whatever the zone of the browser. */

/** Beginning and last millisecond of a day (`2026-05-01`) in an IANA time zone, milliseconds since the epoch; days of 23 and 25 hours too. */
export function dayBorders(day: string, timeZone: string): { fromMs: number; toMs: number } {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return {
    fromMs: midnightMs(Date.UTC(year, month - 1, date), timeZone),
    toMs: midnightMs(Date.UTC(year, month - 1, date + 1), timeZone) - 1,
  };
}

/** The moment at which clocks of the zone show what clocks of UTC show at `utcMs`. */
function midnightMs(utcMs: number, timeZone: string): number {
  const guess = utcMs - offsetMs(utcMs, timeZone);
  // The offset may have changed between the two moments.
  return utcMs - offsetMs(guess, timeZone);
}

/** How far the clocks of the zone are before UTC. */
function offsetMs(atMs: number, timeZone: string): number {
  const digits = 'numeric';
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: digits,
    month: digits,
    day: digits,
    hour: digits,
    minute: digits,
    second: digits,
  }).formatToParts(atMs);
  const of = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown - Math.floor(atMs / 1000) * 1000;
}
