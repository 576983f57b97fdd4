/** Differences between two versions of the settings of a camera, fit to be shown and kept. */

import { isDeepStrictEqual } from 'node:util';
import type { CameraSettings, CameraSettingsChange } from './contract/index.ts';
import { redactSource } from './redact-source.ts';

/** Fields that differ. A source whose password alone changed is named too, with the same redacted text on both sides. */
export function diffCameraSettings(
  before: CameraSettings | undefined,
  after: CameraSettings | undefined,
): CameraSettingsChange[] {
  const old = new Map<string, unknown>(Object.entries(before ?? {}));
  const now = new Map<string, unknown>(Object.entries(after ?? {}));
  const shown = (name: string, value: unknown): unknown =>
    name === 'source' && typeof value === 'string' ? redactSource(value) : (value ?? null);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((name) => !isDeepStrictEqual(old.get(name), now.get(name)))
    .map((name) => ({ name, before: shown(name, old.get(name)), after: shown(name, now.get(name)) }));
}
