/** What a schema cannot say: names that must be unique or exist, polygons that must be simple, kinds and their parameters. */

import { accessSync, constants } from 'node:fs';
import { IANAZone } from 'luxon';
import { Value } from 'typebox/value';
import { polygonProblem } from '../../core/index.ts';
import { ruleKinds } from '../../rules/index.ts';
import type { LoadedConfig } from './loaded-config.ts';
import type { Locator, Path, Problem } from './problems.ts';
import type { CameraConfig, Config } from './schema.ts';
import { schemaProblems } from './validate.ts';

/** Problems beyond the schema. Reads only what the schema found to have the right form. */
export function semanticProblems(loaded: LoadedConfig, locate: Locator): Problem[] {
  const config = loaded.config as DeepPartial<Config>;
  const problems: Problem[] = [];
  const timeZone = config.district?.timeZone;
  if (typeof timeZone === 'string' && !IANAZone.isValidZone(timeZone)) {
    problems.push(
      locate.problem(
        ['district', 'timeZone'],
        `there is no time zone "${timeZone}"; IANA names look like Asia/Shanghai`,
      ),
    );
  }
  problems.push(...missingFiles(loaded, locate), ...listenProblems(config, locate));
  const cameras = Array.isArray(config.cameras) ? config.cameras : [];
  problems.push(...duplicates(cameras, ['cameras'], 'camera', locate));
  for (const [i, camera] of cameras.entries()) {
    if (typeof camera === 'object' && camera !== null)
      problems.push(...cameraProblems(camera, ['cameras', i], locate));
  }
  return problems;
}

type DeepPartial<T> = T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T;

/** Problems of one camera beyond the schema. */
export function cameraProblems(camera: DeepPartial<CameraConfig>, base: Path, locate: Locator): Problem[] {
  const problems: Problem[] = [];
  if (
    typeof camera.source === 'string' &&
    /^[a-z][a-z0-9+.-]*:/i.test(camera.source) &&
    !/^(rtsps?|https?):\/\//.test(camera.source)
  ) {
    problems.push(
      locate.problem(
        [...base, 'source'],
        'must begin with rtsp://, rtsps://, http:// or https://, or be the path of a video file',
      ),
    );
  }
  const zones = Array.isArray(camera.zones) ? camera.zones : [];
  problems.push(...duplicates(zones, [...base, 'zones'], 'zone', locate));
  for (const [i, zone] of zones.entries()) {
    if (!Array.isArray(zone?.polygon)) continue;
    const points = zone.polygon.map((point) => ({ x: Number(point?.[0]), y: Number(point?.[1]) }));
    const why = polygonProblem(points);
    if (why !== undefined) problems.push(locate.problem([...base, 'zones', i, 'polygon'], why));
  }
  const rules = Array.isArray(camera.rules) ? camera.rules : [];
  problems.push(...duplicates(rules, [...base, 'rules'], 'rule', locate));
  for (const [i, rule] of rules.entries()) {
    const path = [...base, 'rules', i];
    if (typeof rule?.zone === 'string' && !zones.some((zone) => zone?.id === rule.zone)) {
      const known = zones.map((zone) => zone?.id).join(', ') || 'none';
      problems.push(
        locate.problem([...path, 'zone'], `this camera has no zone "${rule.zone}"; its zones: ${known}`),
      );
    }
    if (typeof rule?.kind !== 'string') continue;
    const kind = ruleKinds.get(rule.kind);
    if (kind === undefined) {
      problems.push(
        locate.problem(
          [...path, 'kind'],
          `there is no rule kind "${rule.kind}"; kinds: ${[...ruleKinds.keys()].join(', ')}`,
        ),
      );
    } else if (rule.params !== undefined) {
      const params = Value.Default(kind.params, structuredClone(rule.params));
      problems.push(...schemaProblems(kind.params, params, locate, [...path, 'params']));
    }
  }
  return problems;
}

function duplicates(
  items: readonly ({ id?: string } | undefined)[],
  base: Path,
  what: string,
  locate: Locator,
): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const [i, item] of items.entries()) {
    const id = item?.id;
    if (typeof id !== 'string') continue;
    if (seen.has(id))
      problems.push(
        locate.problem([...base, i, 'id'], `there is another ${what} "${id}"; each needs a name of its own`),
      );
    seen.add(id);
  }
  return problems;
}

/** Files that the configuration names must be readable when it is checked, not when they are first needed. */
function missingFiles(loaded: LoadedConfig, locate: Locator): Problem[] {
  const { district, broker, api } = loaded.config as DeepPartial<Config>;
  const named: (readonly [Path, string | undefined])[] = [
    [['district', 'codes'], district?.codes],
    [['broker', 'credentials'], broker?.credentials],
    [['broker', 'tlsCa'], broker?.tlsCa],
    [['api', 'tlsCert'], api?.tlsCert],
    [['api', 'tlsKey'], api?.tlsKey],
  ];
  const problems: Problem[] = [];
  for (const [path, file] of named) {
    if (typeof file !== 'string') continue;
    try {
      accessSync(loaded.resolve(file), constants.R_OK);
    } catch {
      problems.push(locate.problem(path, `there is no readable file ${loaded.resolve(file)}`));
    }
  }
  if (api !== undefined && (api.tlsCert === undefined) !== (api.tlsKey === undefined)) {
    problems.push(locate.problem(['api'], 'tlsCert and tlsKey go together'));
  }
  return problems;
}

function listenProblems(config: DeepPartial<Config>, locate: Locator): Problem[] {
  const problems: Problem[] = [];
  const telemetry = parseListen(config.telemetry?.listen ?? '');
  if (telemetry !== undefined && !isLoopback(telemetry.host) && config.telemetry?.token === undefined) {
    problems.push(
      locate.problem(['telemetry', 'listen'], 'other machines can reach this address: set telemetry.token'),
    );
  }
  for (const section of ['telemetry', 'api'] as const) {
    const listen = config[section]?.listen;
    if (typeof listen === 'string' && parseListen(listen) === undefined) {
      problems.push(
        locate.problem([section, 'listen'], 'must be host:port, e.g. 127.0.0.1:9464 or [::1]:9464'),
      );
    }
  }
  return problems;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** `host:port` in parts, or `undefined` when the text is not of that form. */
export function parseListen(listen: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]+)):(\d{1,5})$/.exec(listen);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  return { host: match[1] ?? match[2]!, port };
}

/** Whether a source is an address and not the path of a file. */
export function isUrl(source: string): boolean {
  return /^[a-z]+:\/\//.test(source);
}
