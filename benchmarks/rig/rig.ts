/** What every run of the whole program needs: a broker, a folder, and the program as a child process. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { packagePath } from '../../core/index.ts';
import type { Child } from './child.ts';
import { freePort, startChild } from './child.ts';

const END_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Whether a broker can be started here. For tests that must skip aloud. */
export function brokerAvailable(): boolean {
  return spawnSync('nats-server', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** A temporary folder with everything in it, and the processes that were started in it. */
export class Rig {
  readonly dir = mkdtempSync(join(tmpdir(), 'streetwatch-bench-'));
  private readonly children: Child[] = [];
  private readonly onLine: (line: string) => void;
  /** Children have process groups of their own: whoever interrupts the benchmark would leave them behind. */
  private readonly onSignal = (name: NodeJS.Signals): void => {
    void this.close().finally(() => process.exit(128 + constants.signals[name]));
  };

  /** @param onLine what the program and other children say; to standard error, shortened, without it. */
  constructor(onLine = (line: string): void => void process.stderr.write(`${line.slice(0, 300)}\n`)) {
    this.onLine = onLine;
    for (const name of END_SIGNALS) process.once(name, this.onSignal);
  }

  /** Starts a JetStream broker. @returns its address. */
  async broker(): Promise<string> {
    const port = await freePort();
    const started = new Promise<void>((resolve) => {
      const args = ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', join(this.dir, 'broker')];
      this.children.push(
        startChild('nats-server', args, (line) => line.includes('Server is ready') && resolve()),
      );
    });
    await started;
    return `nats://127.0.0.1:${port}`;
  }

  /**
   * Starts the program with a configuration; `cameras` are as in the file.
   * @param sections further sections of the file, e.g. `inference`.
   */
  async program(
    cameras: readonly object[],
    broker?: string,
    sections: Readonly<Record<string, object>> = {},
  ): Promise<{ child: Child; metricsUrl: string }> {
    const port = await freePort();
    const file = join(this.dir, 'bench.yaml');
    const config = {
      district: { adcode: '000000' },
      store: { dir: 'data', minFreeGiB: 0, maxGiB: 2 },
      ...(broker === undefined ? {} : { broker: { servers: [broker] } }),
      telemetry: { listen: `127.0.0.1:${port}`, log: 'warn' },
      ...sections,
      cameras,
    };
    writeFileSync(file, stringify(config));
    const child = this.start(process.execPath, [packagePath('dist', 'app', 'cli.js'), 'run', file]);
    return { child, metricsUrl: `http://127.0.0.1:${port}/metrics` };
  }

  start(command: string, args: readonly string[]): Child {
    const child = startChild(command, args, this.onLine);
    this.children.push(child);
    return child;
  }

  async close(): Promise<void> {
    for (const name of END_SIGNALS) process.off(name, this.onSignal);
    for (const child of this.children.toReversed()) await child.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/**
 * Sum of all series of a metric, 0 while there are none.
 * @param labels only series that have all of these.
 */
export async function metric(
  url: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  try {
    const text = await (await fetch(url)).text();
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return [...text.matchAll(new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)$`, 'gm'))]
      .filter(([, given = '']) => wanted.every((one) => given.includes(one)))
      .reduce((sum, row) => sum + Number(row[2]), 0);
  } catch {
    return 0;
  }
}

/** Waits until `condition` holds. @throws Error after `timeoutS`. */
export async function until(
  what: string,
  timeoutS: number,
  condition: () => Promise<boolean>,
): Promise<void> {
  for (let waited = 0; !(await condition()); waited += 0.25) {
    if (waited > timeoutS) throw new Error(`${what}: not within ${timeoutS} s`);
    await sleep(250);
  }
}

/** A clip of moving patterns with noise, as hard to decode as a street: 1080p25, H.264, key frame every 2 s. */
export function makeStreetLikeClip(path: string, seconds: number): void {
  const args = ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=s=1920x1080:r=25:d=${seconds}`];
  args.push(
    '-vf',
    'noise=alls=6:allf=t',
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-b:v',
    '4M',
    '-g',
    '50',
    '-bf',
    '0',
  );
  execFileSync('ffmpeg', [...args, '-pix_fmt', 'yuv420p', '-y', path]);
}
