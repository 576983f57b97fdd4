/** Which models there are, and whether their weights are the ones that the manifests name. */

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StreetwatchError, messageOf, packagePath } from '../core/index.ts';
import { loadManifest } from './manifest.ts';
import type { ModelManifest } from './manifest.ts';
import { EXTERNAL_DATA, describeOnnx } from './onnx/index.ts';

/** A manifest and where it and its weights lie. */
export interface ModelEntry {
  readonly manifest: ModelManifest;
  readonly manifestPath: string;
  /** Absolute path of the weights; the file may be absent (a public model that was not pulled yet). */
  readonly modelPath: string;
  readonly present: boolean;
}

/** Manifests that ship with the program. */
export function shippedModelsDir(): string {
  return packagePath('models', 'manifests');
}

/**
 * The entry of one manifest file.
 *
 * @param searchDirs where the weights may lie when they are not beside the manifest: a shipped manifest of a public
 *   model has its weights in the user's folder.
 */
export function modelEntry(manifestPath: string, searchDirs: readonly string[] = []): ModelEntry {
  const manifest = loadManifest(manifestPath);
  const beside = resolve(dirname(manifestPath), manifest.file);
  const elsewhere = searchDirs.map((dir) => resolve(dir, basename(manifest.file)));
  const modelPath = [beside, ...elsewhere].find((path) => existsSync(path)) ?? beside;
  return { manifest, manifestPath, modelPath, present: existsSync(modelPath) };
}

/**
 * Every model of some folders of manifests, sorted by id. A folder that does not exist holds none; of two models with
 * one id the one of the later folder counts, so that a user's model can replace a shipped one.
 *
 * @param dirs folders of manifests; weights are looked for beside their manifest, then in each of these.
 * @param broken called for each manifest that cannot be read, which is then left out; thrown when absent.
 * @throws StreetwatchError `manifest.invalid`.
 */
export function listModels(
  dirs: readonly string[] = [shippedModelsDir()],
  broken?: (manifestPath: string, error: StreetwatchError) => void,
): ModelEntry[] {
  const byId = new Map<string, ModelEntry>();
  for (const dir of dirs) {
    if (!existsSync(dir)) continue;
    for (const name of readdirSync(dir)
      .filter((n) => n.endsWith('.json'))
      .toSorted()) {
      try {
        const entry = modelEntry(join(dir, name), dirs);
        byId.set(entry.manifest.id, entry);
      } catch (error) {
        if (!broken || !(error instanceof StreetwatchError)) throw error;
        broken(join(dir, name), error);
      }
    }
  }
  return [...byId.values()].toSorted((a, b) => a.manifest.id.localeCompare(b.manifest.id));
}

/**
 * The model with an id. A broken manifest of another model does no harm.
 *
 * @throws StreetwatchError `model.missing` that names the models there are; `manifest.invalid` when the manifest `ID.json`
 *   of a folder is broken: the model of an earlier folder must not silently stand in for it.
 */
export function findModel(id: string, dirs: readonly string[] = [shippedModelsDir()]): ModelEntry {
  const errors: StreetwatchError[] = [];
  const models = listModels(dirs, (path, error) => {
    if (basename(path) === `${id}.json`) throw error;
    errors.push(error);
  });
  const found = models.find((entry) => entry.manifest.id === id);
  if (found) return found;
  const known = models.map((entry) => entry.manifest.id).join(', ') || 'none';
  const unread = errors.map((error) => `; ${error.message}`).join('');
  throw new StreetwatchError('model.missing', `there is no model ${id}; known models: ${known}${unread}`, {
    context: { id },
  });
}

/** SHA-256 of a file, hexadecimal, read as a stream. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/**
 * Proves that the weights of a model are there and are the ones that its manifest names, all of them: a graph that takes
 * weights from a second file is refused, because no hash covers that.
 *
 * @throws StreetwatchError `model.missing`, `model.hash-mismatch`, `model.invalid`, `model.unsupported`.
 */
export async function verifyModel(entry: Pick<ModelEntry, 'manifest' | 'modelPath'>): Promise<void> {
  const { manifest, modelPath } = entry;
  let actual: string;
  try {
    actual = await sha256File(modelPath);
  } catch (cause) {
    const hint =
      manifest.source?.url === undefined ? '' : `; fetch it with: streetwatch models pull ${manifest.id}`;
    throw new StreetwatchError(
      'model.missing',
      `model ${manifest.id}: the weights ${modelPath} cannot be read: ${messageOf(cause)}${hint}`,
      { cause, context: { id: manifest.id, file: modelPath } },
    );
  }
  if (actual !== manifest.sha256) {
    throw new StreetwatchError(
      'model.hash-mismatch',
      `model ${manifest.id}: ${modelPath} has SHA-256 ${actual}, the manifest names ${manifest.sha256}`,
      { context: { id: manifest.id, file: modelPath, actual, expected: manifest.sha256 } },
    );
  }
  if (describeOnnx(modelPath).externalData) {
    throw new StreetwatchError('model.unsupported', `model ${manifest.id}: ${modelPath}: ${EXTERNAL_DATA}`, {
      context: { id: manifest.id, file: modelPath },
    });
  }
}
