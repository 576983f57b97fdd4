/** The cameras of the demo and the configuration that the program is started with: an ordinary file, left to be read. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { committedClip } from '../street/index.ts';

/** One camera of the demo: a rendered clip and what is watched for on it. */
export interface DemoCamera {
  readonly id: string;
  readonly name: string;
  /** Path of the clip. */
  readonly clip: string;
  readonly zones: readonly ZoneOfFile[];
  readonly rule: {
    readonly id: string;
    readonly kind: string;
    readonly params: Readonly<Record<string, unknown>>;
  };
}

interface ZoneOfFile {
  readonly id: string;
  readonly name: string;
  readonly polygon: readonly (readonly [number, number])[];
}

/** Dwell times are short so that a minute shows everything; a real street uses the presets of docs/guide/rules.md. */
export const demoCameras: readonly DemoCamera[] = [
  demoCamera('parking', '人民路-03', '路缘禁停区', {
    id: 'no-parking',
    kind: 'illegal_parking',
    params: { dwellS: 10 },
  }),
  demoCamera('littering', '新华巷口-01', '人行道', {
    id: 'garbage',
    kind: 'littering',
    // Later than the act, which asks that the dropper has been gone for 8 s: else it would be garbage that lies there.
    params: { labels: ['garbage'], exposedAfterS: 20 },
  }),
  demoCamera('fire', '工农路-11', '人行道', { id: 'fire', kind: 'fire_smoke', params: {} }),
];

/** The zones are those that the clip's scenario draws. */
function demoCamera(id: string, name: string, zoneName: string, rule: DemoCamera['rule']): DemoCamera {
  const { path, truth } = committedClip(id);
  const zones = truth.zones.map((zone) => ({ id: zone.id, name: zoneName, polygon: zone.points }));
  return { id, name, clip: path, zones, rule };
}

export interface DemoConfigOptions {
  readonly dir: string;
  readonly broker: string;
  /** Address of each camera. */
  readonly urls: Readonly<Record<string, string>>;
  readonly telemetryPort: number;
  readonly consolePort: number;
  /** The cameras to watch; all of {@link demoCameras} without it. */
  readonly cameras?: readonly DemoCamera[];
}

/** Writes `demo.yaml` into the folder. */
export function writeDemoConfig(options: DemoConfigOptions): {
  file: string;
  evidenceDir: string;
  telemetryUrl: string;
} {
  const file = join(options.dir, 'demo.yaml');
  const config = {
    district: { adcode: '310104', name: '徐汇区', timeZone: 'Asia/Shanghai' },
    store: { dir: 'data', maxGiB: 1, minFreeGiB: 0 },
    broker: { servers: [options.broker] },
    inference: { model: 'streetwatch-fast' },
    api: { listen: `127.0.0.1:${options.consolePort}` },
    telemetry: { listen: `127.0.0.1:${options.telemetryPort}`, log: 'info' },
    cameras: (options.cameras ?? demoCameras).map(({ id, name, zones, rule }) => ({
      id,
      name,
      source: options.urls[id],
      zones,
      rules: [{ ...rule, zone: zones[0]?.id }],
    })),
  };
  writeFileSync(file, stringify(config));
  return {
    file,
    evidenceDir: join(options.dir, 'data', 'evidence'),
    telemetryUrl: `http://127.0.0.1:${options.telemetryPort}`,
  };
}
