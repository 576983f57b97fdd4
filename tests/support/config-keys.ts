/** Runs the real program on a short clip with a changed configuration, to see what each key of the file does. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createLog } from '../../app/log.ts';
import { loadConfig } from '../../app/config/index.ts';
import { startProgram } from '../../app/program.ts';
import type { RunningProgram } from '../../app/program.ts';
import { committedClip } from '../../benchmarks/street/index.ts';
import type { Clock } from '../../core/index.ts';

/** Monday 2026-03-02, 08:00 in Shanghai, midnight in London: the clock of every run. */
export const MONDAY_8_SHANGHAI_MS = Date.UTC(2026, 2, 2, 0, 0, 0);

/**
 * Title of the test that shows what a key does. `tests/consistency/config-keys.test.ts` compares the paths named in these
 * calls with the leaves of the schema.
 */
export function key(...paths: readonly string[]): string {
  return paths.join(', ');
}

/** A wall clock that begins at a given moment, goes on with the system's, and can be moved. */
export class ShiftedClock implements Clock {
  private offsetMs: number;

  constructor(startMs: number) {
    this.offsetMs = startMs - Date.now();
  }

  nowMs(): number {
    return Date.now() + this.offsetMs;
  }

  monotonicMs(): number {
    return performance.now();
  }

  advance(deltaMs: number): void {
    this.offsetMs += deltaMs;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** What differs from the plain configuration; `rule` and `zone` are merged into the only rule and zone. */
export interface Changes {
  readonly district?: Fields;
  readonly store?: Fields;
  readonly broker?: Fields;
  readonly inference?: Fields;
  readonly telemetry?: Fields;
  readonly api?: Fields;
  readonly camera?: Fields;
  readonly zone?: Fields;
  readonly rule?: Fields;
}

/** A program that was started on a changed configuration. */
export interface ConfigRun {
  readonly dir: string;
  readonly program: RunningProgram;
  readonly clock: ShiftedClock;
  /** Log lines so far, parsed. */
  readonly logs: readonly Fields[];
}

/** A folder with the clip in which a car stops in the zone: 14 s, the car stands from second 6.4 on. */
export class ConfigRig {
  readonly dir = mkdtempSync(join(tmpdir(), 'streetwatch-config-'));
  readonly clip = join(this.dir, 'parking.mp4');
  private readonly polygon: readonly (readonly [number, number])[];
  private runs = 0;

  constructor() {
    const { path, truth } = committedClip('parking');
    this.polygon = truth.zones[0]!.points;
    const cut = ['-v', 'error', '-ss', '8', '-i', path, '-t', '14', '-c', 'copy', this.clip];
    execFileSync('ffmpeg', cut);
  }

  /** Starts the program; end it with `program.stop()`. */
  async start(changes: Changes = {}): Promise<ConfigRun> {
    const dir = join(this.dir, `run-${this.runs++}`);
    execFileSync('mkdir', ['-p', dir]);
    const file = join(dir, 'config.yaml');
    writeFileSync(file, stringify(this.config(changes)));
    const logs: Fields[] = [];
    const loaded = loadConfig(file, { SECRET: 'p4ss' });
    const clock = new ShiftedClock(MONDAY_8_SHANGHAI_MS);
    const log = createLog(loaded.config.telemetry.log, {
      write: (line) => logs.push(JSON.parse(line) as Fields),
    });
    const program = await startProgram({ loaded, clock, log });
    return { dir, program, clock, logs };
  }

  /** Runs the clip to its end, gives what `look` finds in the still open store, and stops. */
  async toEnd<T>(changes: Changes, look: (run: ConfigRun) => T | Promise<T>): Promise<T> {
    const run = await this.start(changes);
    try {
      await run.program.whenEnded();
      return await look(run);
    } finally {
      await run.program.stop();
    }
  }

  /** How many incidents the clip raises under these changes. */
  async incidents(changes: Changes): Promise<number> {
    return this.toEnd(changes, ({ program }) => program.store.list({ limit: 100 }).incidents.length);
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  private config(changes: Changes): object {
    const zone = { id: 'kerb', polygon: this.polygon, ...changes.zone };
    const rule = {
      id: 'no-parking',
      kind: 'illegal_parking',
      zone: zone.id,
      params: { dwellS: 3 },
      ...changes.rule,
    };
    return {
      district: { adcode: '310104', ...changes.district },
      store: { minFreeGiB: 0, ...changes.store },
      ...(changes.broker === undefined ? {} : { broker: changes.broker }),
      inference: { ...changes.inference },
      telemetry: { listen: '127.0.0.1:0', ...changes.telemetry },
      ...(changes.api === undefined ? {} : { api: { listen: '127.0.0.1:0', ...changes.api } }),
      cameras: [
        { id: 'gate', source: this.clip, pacing: 'asap', zones: [zone], rules: [rule], ...changes.camera },
      ],
    };
  }
}
