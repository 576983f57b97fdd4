/** The cameras of the demo and the configuration that the program is started with: an ordinary file, left to be read. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { committedClip, WHOLE_PICTURE } from '../street/index.ts';

/** One camera of the demo: a rendered clip and what is watched for on it. */
export interface DemoCamera {
  readonly id: string;
  readonly name: string;
  /** Path of the clip. */
  readonly clip: string;
  readonly zones: readonly ZoneOfFile[];
  readonly rules: readonly RuleOfFile[];
}

interface ZoneOfFile {
  readonly id: string;
  readonly name: string;
  readonly polygon: readonly (readonly [number, number])[];
}

interface RuleOfFile {
  readonly id: string;
  readonly kind: string;
  readonly zone: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Fire is watched for in the whole picture of every camera, so that red cars and lit headlamps really are looked at. */
const EVERYWHERE: ZoneOfFile = {
  id: 'picture',
  name: '全画面',
  polygon: WHOLE_PICTURE,
};

/** Dwell times are short so that a minute shows everything; a real street uses the presets of docs/guide/rules.md. */
export const demoCameras: readonly DemoCamera[] = [
  demoCamera('parking', '人民路-03', {
    zones: [zoneOf('parking', 'kerb', '路缘禁停区'), zoneOf('parking', 'lane', '行车道')],
    rules: ['kerb', 'lane'].map((zone) => ({
      id: `no-parking-${zone}`,
      kind: 'illegal_parking',
      zone,
      params: { dwellS: 10 },
    })),
  }),
  demoCamera('littering', '新华巷口-01', {
    zones: [zoneOf('littering', 'pavement', '人行道')],
    rules: [
      {
        id: 'garbage',
        kind: 'littering',
        zone: 'pavement',
        // Later than the act, which asks that the dropper has been gone for 8 s: else it would be garbage that lies there.
        params: { exposedAfterS: 20, overflowAfterS: 20 },
      },
    ],
  }),
  demoCamera('fire', '工农路-11', { zones: [], rules: [] }),
];

function demoCamera(
  id: string,
  name: string,
  { zones, rules }: Pick<DemoCamera, 'zones' | 'rules'>,
): DemoCamera {
  return {
    id,
    name,
    clip: committedClip(id).path,
    zones: [...zones, EVERYWHERE],
    rules: [...rules, { id: 'fire', kind: 'fire_smoke', zone: EVERYWHERE.id, params: {} }],
  };
}

/** A zone as the clip's scenario draws it. */
function zoneOf(clip: string, id: string, name: string): ZoneOfFile {
  const zone = committedClip(clip).truth.zones.find((one) => one.id === id);
  if (zone === undefined) throw new TypeError(`the clip ${clip} has no zone ${id}`);
  return { id, name, polygon: zone.points };
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
    cameras: (options.cameras ?? demoCameras).map(({ id, name, zones, rules }) => ({
      id,
      name,
      source: options.urls[id],
      zones,
      rules,
    })),
  };
  writeFileSync(file, stringify(config));
  return {
    file,
    evidenceDir: join(options.dir, 'data', 'evidence'),
    telemetryUrl: `http://127.0.0.1:${options.telemetryPort}`,
  };
}
