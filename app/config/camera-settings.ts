/** Settings of one camera that come from the console: held against the same schema and rules as the file. */

import { relative, isAbsolute } from 'node:path';
import { Value } from 'typebox/value';
import { LineCounter, parseDocument } from 'yaml';
import type { CameraSettings, FieldProblem } from '../../api/index.ts';
import type { LoadedConfig } from './loaded-config.ts';
import { Locator } from './problems.ts';
import type { CameraConfig } from './schema.ts';
import { CameraSchema } from './schema.ts';
import { cameraProblems, isUrl } from './semantics.ts';
import { schemaProblems } from './validate.ts';

/** JSON Schema of the settings, with help texts, ranges and defaults. */
export function cameraSettingsSchema(): Record<string, unknown> {
  const { id: _id, zones: _zones, rules: _rules, ...properties } = CameraSchema.properties;
  const schema = { type: 'object', additionalProperties: false, required: ['source'], properties };
  return JSON.parse(JSON.stringify(schema)) as Record<string, unknown>;
}

/** What the console may set of a camera of the file. */
export function settingsOf(camera: CameraConfig): CameraSettings {
  const { id: _id, zones: _zones, rules: _rules, ...settings } = camera;
  return settings;
}

/** A camera as the file would have it; zones and rules are published on their own. */
export function cameraOf(cameraId: string, settings: CameraSettings): CameraConfig {
  return Value.Default(CameraSchema, { ...structuredClone(settings), id: cameraId }) as CameraConfig;
}

/**
 * The settings with defaults filled in, or what is wrong with them, each with the name of its field.
 *
 * Environment variables are not put in: they would be sent to whatever address is asked for.
 *
 * @param before the present settings, whose source may stay whatever it is.
 */
export function checkCameraSettings(
  loaded: LoadedConfig,
  cameraId: string,
  settings: CameraSettings,
  before: CameraSettings | undefined,
): { settings: CameraSettings } | { problems: FieldProblem[] } {
  const camera = cameraOf(cameraId, settings);
  const lines = new LineCounter();
  const locate = new Locator('', parseDocument('{}', { lineCounter: lines }), lines);
  const found = [...schemaProblems(CameraSchema, camera, locate), ...cameraProblems(camera, [], locate)];
  const problems = found.map(({ path, message }) => ({
    path: path === 'id' ? 'cameraId' : path === '' ? 'settings' : `settings.${path}`,
    message,
  }));
  const why = settings.source === before?.source ? undefined : sourceProblem(loaded, settings.source);
  if (why !== undefined) problems.push({ path: 'settings.source', message: why });
  return problems.length > 0 ? { problems } : { settings: settingsOf(camera) };
}

/** Whoever edits the file may read every file of the machine; whoever edits a camera at the console may not. */
function sourceProblem(loaded: LoadedConfig, source: string): string | undefined {
  if (isUrl(source)) {
    return URL.canParse(source)
      ? undefined
      : 'is no address; write special characters of a password as %2F, %40, …';
  }
  if (/\$\{/.test(source)) return 'environment variables are put in in the configuration file only';
  const inside = relative(loaded.resolve('.'), loaded.resolve(source));
  return inside === '' || inside.startsWith('..') || isAbsolute(inside)
    ? 'a video file must lie in the folder of the configuration file'
    : undefined;
}
