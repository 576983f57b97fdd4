/** A process that lives through a script of signals and publishes them: tests kill it at any moment and start it again. */

import { silentLog } from '../../core/index.ts';
import { Publisher, loadCodeTable } from '../../incidents/index.ts';
import { ADCODE, install, signal, systemClock } from './incidents.ts';

const [dir = '', server = '', codes = '', count = '0'] = process.argv.slice(2);
const episodes = Number(count);
const here = install({ dir, codes: loadCodeTable(codes) });
const publisher = new Publisher({
  store: here.store,
  broker: { servers: [server] },
  adcode: ADCODE,
  clock: systemClock,
  log: silentLog,
  backoffMs: [50, 100, 200],
  ackTimeoutMs: 1_000,
});
publisher.start();
process.stdout.write('started\n');

// Like a rule, it saves where it is after the signal was taken in: a kill in between makes it say the signal again.
const STEPS = ['warned', 'raised', 'sustained', 'cleared'] as const;
const startMs = signal().atMs;
let step = Number(here.store.loadState('script') ?? '0');
for (; step < episodes * STEPS.length; step++) {
  const [episode, phase] = [step % episodes, STEPS[Math.floor(step / episodes)]];
  if (phase === undefined) break;
  here.service.apply(
    signal({
      phase,
      episodeId: `episode-${episode}`,
      atMs: startMs + step * 1_000,
      firstSeenMs: startMs,
      sinceMs: startMs,
    }),
  );
  here.store.saveState('script', String(step + 1));
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await here.service.settle();
const sent = await publisher.drain(60_000);
await publisher.close();
await here.service.close();
here.store.close();
process.stdout.write(sent ? 'finished\n' : 'not sent\n');
process.exit(sent ? 0 : 1);
