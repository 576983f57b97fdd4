/** `npm run demo`: a broker, live RTSP cameras and streetwatch on this machine; prints each incident that is published. */

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../core/index.ts';
import { serveStreet } from '../street/index.ts';
import { parseDemoArguments } from './arguments.ts';
import type { Child } from '../rig/index.ts';
import { freePort, startChild } from '../rig/index.ts';
import { demoCameras, writeDemoConfig } from './config.ts';
import { EventPrinter, formatEventJson } from './print-event.ts';
import { watchIncidents } from './watch-incidents.ts';

const options = parseDemoArguments(process.argv.slice(2));
const note = (line: string): void => void process.stderr.write(`${line}\n`);

/** Ends what was started, last first, also when something in between fails. */
const endings: (() => Promise<void> | void)[] = [];
let failed = false;

const stopAsked = new Promise<void>((resolveStop) => {
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => resolveStop());
});

try {
  await demo();
} catch (error) {
  failed = true;
  note(error instanceof Error ? error.message : String(error));
} finally {
  for (const end of endings.reverse()) await end();
}
process.exit(failed ? 1 : 0);

async function demo(): Promise<void> {
  const dir = options.dir ?? packagePath('data', 'demo');
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });

  const broker = await startBroker(join(dir, 'broker'));
  const street = await serveStreet({ clips: demoCameras.map(({ id, clip }) => ({ name: id, path: clip })) });
  endings.push(() => street.stop());

  const config = writeDemoConfig({
    dir,
    broker: broker.url,
    urls: street.urls,
    telemetryPort: await freePort(),
    consolePort: await freePort(),
  });
  const program = startChild(
    process.execPath,
    [packagePath('dist', 'app', 'cli.js'), 'run', config.file],
    programLine,
  );
  endings.push(() => program.stop());

  const printer = new EventPrinter(config.evidenceDir);
  const watching = watchIncidents(broker.url, ({ data }) => {
    const text = options.json ? formatEventJson(data, config.evidenceDir) : printer.format(data);
    process.stdout.write(`${text}\n`);
  });
  const watch = await Promise.race([watching, programFailed(program)]);
  endings.push(() => watch.close());

  note(`cameras: ${Object.values(street.urls).join('  ')}`);
  note(`broker: ${broker.url}   metrics: ${config.telemetryUrl}/metrics   files: ${dir}`);
  note('console: the link after "first administrator" makes the first account, once');
  note('the first incidents come within a minute; Ctrl-C ends everything');
  await Promise.race([
    stopAsked,
    programFailed(program),
    ...(options.forS === undefined ? [] : [after(options.forS)]),
  ]);
}

async function startBroker(storeDir: string): Promise<{ url: string }> {
  const port = await freePort();
  let ready!: () => void;
  const listening = new Promise<void>((resolveReady) => {
    ready = resolveReady;
  });
  const args = ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', storeDir];
  const broker = startChild('nats-server', args, (line) => {
    if (line.includes('Server is ready')) ready();
  });
  endings.push(() => broker.stop());
  await Promise.race([
    listening,
    broker.exited.then((code) => Promise.reject(new Error(`nats-server ended with ${code}`))),
  ]);
  return { url: `nats://127.0.0.1:${port}` };
}

/** Warnings and errors of the program are shown; its other lines are for machines. */
function programLine(line: string): void {
  if (/"level":"(warn|error|fatal)"/.test(line) || !line.startsWith('{')) note(line);
}

async function programFailed(program: Child): Promise<never> {
  const code = await program.exited;
  throw new Error(`streetwatch ended by itself with code ${code}`);
}

function after(seconds: number): Promise<void> {
  return new Promise((resolveTimer) => {
    setTimeout(resolveTimer, seconds * 1000).unref();
  });
}
