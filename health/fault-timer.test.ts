import { describe, expect, it } from 'vitest';
import { look, newFaultTimer } from './fault-timer.ts';

const timing = { onsetMs: 5000, clearMs: 3000 };

/** One character per look, half a second apart: `x` fault, `.` none, `?` cannot tell. Gives `time phase since`. */
function run(looks: string, stepMs = 500): string[] {
  const timer = newFaultTimer();
  const out: string[] = [];
  for (const [i, c] of [...looks].entries()) {
    const verdict = c === '?' ? undefined : c === 'x';
    const turned = look(timer, verdict, { atMs: i * stepMs, stepMs, timing });
    if (turned !== undefined) out.push(`${i * stepMs} ${turned} since ${timer.sinceMs}`);
  }
  return out;
}

describe('fault timer', () => {
  it.each([
    { name: 'nothing', looks: '.'.repeat(40), expected: [] },
    {
      name: 'raised after the onset time, cleared after the clearing time',
      looks: 'x'.repeat(20) + '.'.repeat(20),
      expected: ['5000 raised since 0', '13000 cleared since 10000'],
    },
    {
      name: 'one doubtful look delays, it does not begin anew',
      looks: 'xxxx.' + 'x'.repeat(12),
      expected: ['6500 raised since 0'],
    },
    { name: 'every other look is not enough', looks: 'x.'.repeat(40), expected: [] },
    {
      name: 'what cannot be told lets the timer stand',
      looks: 'xxxxx' + '?'.repeat(20) + 'xxxxxx',
      expected: ['15000 raised since 0'],
    },
    {
      name: 'one good look does not clear',
      looks: 'x'.repeat(12) + '.' + 'x'.repeat(20),
      expected: ['5000 raised since 0'],
    },
  ])('$name', ({ looks, expected }) => {
    expect(run(looks)).toEqual(expected);
  });

  it('needs three looks however far apart they are', () => {
    expect(run('xxxx', 60_000)).toEqual(['120000 raised since 0']);
  });
});
