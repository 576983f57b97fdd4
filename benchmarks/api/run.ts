/**
 * `npm run bench:api -- [feed|console|replay]`: consoles on the live feed while incidents come in, how fast the console itself
 * is in a browser, and how fast a changed rule is replayed over a day of tracks. Exits with 1 when a console missed an event.
 */

import { parseArgs } from 'node:util';
import { cpus, loadavg } from 'node:os';
import { measureConsole } from './console.ts';
import { measureFeed } from './feed.ts';
import { measureReplay } from './replay.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    consoles: { type: 'string', default: '50' },
    'per-minute': { type: 'string', default: '100' },
    minutes: { type: 'string', default: '2' },
    incidents: { type: 'string', default: '10000' },
    hours: { type: 'string', default: '24' },
  },
});
const [only] = positionals;
const load = (): string => loadavg()[0]!.toFixed(1);
const print = (rows: readonly (readonly [string, string])[]): void =>
  console.log(rows.map(([name, value]) => `${name.padEnd(34)}${value}`).join('\n'));

print([['machine', `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load ${load()}`]]);
if (only === undefined || only === 'feed') {
  const wish = {
    consoles: Number(values.consoles),
    perMinute: Number(values['per-minute']),
    minutes: Number(values.minutes),
  };
  const feed = await measureFeed(wish);
  const rate = (feed.incidents / feed.seconds) * 60;
  print([
    [
      'consoles',
      `${wish.consoles}, every third breaks off each 15 s and resumes; ${feed.connections} connections in all`,
    ],
    [
      'incidents',
      `${feed.incidents} in ${feed.seconds.toFixed(1)} s (${rate.toFixed(0)} a minute), with evidence`,
    ],
    ['revisions committed', String(feed.committed)],
    ['events received', `${feed.received} of ${feed.committed * wish.consoles}`],
    ['missed, received twice', `${feed.missed}, ${feed.repeated}`],
    [
      'commit to console, p50, p95, p99',
      `${feed.delayMs(0.5)}, ${feed.delayMs(0.95)}, ${feed.delayMs(0.99)} ms, breaks of 0.2 s in it`,
    ],
    [
      'CPU of server and clients',
      `${(feed.cpuShare * 100).toFixed(0)} % of one core, evidence drawn and written in it`,
    ],
    ['load at the end', load()],
  ]);
  process.exitCode = feed.missed === 0 ? 0 : 1;
}
if (only === undefined || only === 'console') {
  const page = await measureConsole(Number(values.incidents));
  print([
    ['bundle, gzipped', `${(page.bundleBytes / 1024).toFixed(1)} KiB without the players (aim 300 kB)`],
    ['player of MPEG-1, when needed', `${(page.playerBytes / 1024).toFixed(1)} KiB`],
    [
      'sign-in to first picture',
      `median ${page.firstPictureMs.median}, most ${page.firstPictureMs.most} ms (aim 2000)`,
    ],
    ['incidents in the list', `${page.scroll.incidents}, rows in the page at most ${page.scroll.mostRows}`],
    [
      'scrolled from top to end',
      `${page.scroll.frames} frames in ${page.scroll.seconds.toFixed(1)} s, ${page.scroll.late} later than 33 ms, longest ${page.scroll.longestFrameMs.toFixed(0)} ms`,
    ],
    ['tasks over 50 ms, longest', `${page.scroll.longTasks}, ${page.scroll.longestTaskMs.toFixed(0)} ms`],
    [
      'main thread for a frame',
      `${page.scroll.mainThreadMsPerFrame.toFixed(1)} ms of processor time (16.7 at 60 a second)`,
    ],
    ['load at the end', load()],
  ]);
}
if (only === undefined || only === 'replay') {
  const replay = measureReplay(Number(values.hours));
  print([
    [
      'tracks kept',
      `${replay.hours} h at 5 a second, ${replay.frames} frames of ${replay.tracksPerFrame.toFixed(1)} tracks: ${replay.megabytes.toFixed(1)} MB`,
    ],
    ['keeping a frame', `${(replay.keepMsPerFrame * 1000).toFixed(0)} µs`],
    [
      'replay of two rules over it',
      `${replay.seconds.toFixed(1)} s: ${((replay.hours * 3600) / replay.seconds).toFixed(0)} times as fast as it happened`,
    ],
    ['events', `${replay.kept} raised by both, ${replay.differing} by one`],
    ['load at the end', load()],
  ]);
}
