/** The cameras of the demo and the configuration that the program is started with: an ordinary file, left to be read. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { packagePath } from '../../core/index.ts';

type Polygon = readonly (readonly [number, number])[];

/** One camera of the demo: a rendered clip and what is watched for on it. */
export interface DemoCamera {
  readonly id: string;
  readonly name: string;
  /** Path of the clip. */
  readonly clip: string;
  readonly zone: { readonly id: string; readonly name: string; readonly polygon: Polygon };
  readonly rule: {
    readonly id: string;
    readonly kind: string;
    readonly params: Readonly<Record<string, unknown>>;
  };
}

const clip = (name: string): string => packagePath('benchmarks', 'street', 'clips', `${name}.mp4`);

/** Dwell times are short so that a minute shows everything; a real street uses the presets of docs/guide/rules.md. */
export const demoCameras: readonly DemoCamera[] = [
  {
    id: 'parking',
    name: '天钥桥路东侧',
    clip: clip('parking'),
    zone: {
      id: 'kerb',
      name: '禁停区',
      polygon: [
        [0.02, 0.4],
        [0.98, 0.4],
        [0.98, 0.98],
        [0.02, 0.98],
      ],
    },
    rule: { id: 'no-parking', kind: 'illegal_parking', params: { dwellS: 10 } },
  },
  {
    id: 'littering',
    name: '天钥桥路人行道',
    clip: clip('littering'),
    zone: {
      id: 'pavement',
      name: '人行道',
      polygon: [
        [0.02, 0.4],
        [0.98, 0.4],
        [0.98, 0.98],
        [0.02, 0.98],
      ],
    },
    rule: { id: 'garbage', kind: 'littering', params: {} },
  },
  {
    id: 'fire',
    name: '天钥桥路路口',
    clip: clip('fire'),
    zone: {
      id: 'street',
      name: '整个路面',
      polygon: [
        [0.01, 0.05],
        [0.99, 0.05],
        [0.99, 0.99],
        [0.01, 0.99],
      ],
    },
    rule: { id: 'fire', kind: 'fire_smoke', params: {} },
  },
];

export interface DemoConfigOptions {
  readonly dir: string;
  readonly broker: string;
  /** Address of each camera. */
  readonly urls: Readonly<Record<string, string>>;
  readonly telemetryPort: number;
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
    telemetry: { listen: `127.0.0.1:${options.telemetryPort}`, log: 'info' },
    cameras: (options.cameras ?? demoCameras).map(({ id, name, zone, rule }) => ({
      id,
      name,
      source: options.urls[id],
      zones: [zone],
      rules: [{ ...rule, zone: zone.id }],
    })),
  };
  writeFileSync(file, stringify(config));
  return {
    file,
    evidenceDir: join(options.dir, 'data', 'evidence'),
    telemetryUrl: `http://127.0.0.1:${options.telemetryPort}`,
  };
}
