/** Models that a user brings or fetches: into their own folder, never among the shipped ones. */

import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StreetwatchError, messageOf } from '../core/index.ts';
import type { ModelManifest } from './manifest.ts';
import { parseManifest } from './manifest.ts';
import { GraphEditor, readOnnx } from './onnx/index.ts';
import { pictureShape } from './prepare/input-size.ts';
import type { ModelFamily } from './prepare/prepare-model.ts';
import { FAMILY_NORMALISATION, namingFile, prepareModel } from './prepare/prepare-model.ts';
import type { Normalisation } from './prepare/picture-stage.ts';
import type { ModelEntry } from './registry.ts';
import { sha256File } from './registry.ts';

export interface AddModelOptions {
  /** ONNX file as exported: PicoDet without post-processing, YOLOX without decoding. */
  readonly file: string;
  readonly family: ModelFamily;
  /** Folder of the user's models; made when it is not there. */
  readonly dir: string;
  readonly id: string;
  readonly name?: string;
  /** SPDX identifier, or `unknown`. */
  readonly licence?: string;
  /** Labels of the score columns, in order. */
  readonly classes: readonly string[];
  /** Labels to keep; all when absent. */
  readonly keep?: readonly string[];
  /** Canvas, multiples of 32; the graph's own when absent. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly normalisation?: Normalisation;
  /** Score threshold of all classes, 0.4 when absent: to be tuned on the user's own pictures. */
  readonly threshold?: number;
  /** Opens the prepared model and throws when it does not run. */
  readonly check: (entry: Pick<ModelEntry, 'manifest' | 'modelPath'>) => Promise<void>;
}

/**
 * Prepares a model for speed, proves that it runs, and writes it with its manifest into the user's folder. Nothing is
 * left behind when it fails.
 *
 * @throws StreetwatchError `model.missing`, `model.invalid`, `model.unsupported`, `model.shape-mismatch`,
 *   `manifest.invalid`.
 */
export async function addModel(options: AddModelOptions): Promise<ModelEntry> {
  const { dir, id, family, classes, keep = classes, threshold = 0.4 } = options;
  const file = `${id}.onnx`;
  const [modelPath, manifestPath] = [join(dir, file), join(dir, `${id}.json`)];
  if (existsSync(manifestPath)) {
    throw new StreetwatchError('manifest.invalid', `there is already a model ${id} in ${dir}`);
  }
  const graph = readOnnx(options.file).graph;
  const own = namingFile(options.file, () => sizeOf(graph));
  const { width, height } = options.size ?? own;
  // Checked before anything is written: the id becomes a file name.
  const draft = manifestOf({ ...options, keep, threshold }, { file, sha256: '0'.repeat(64), width, height });
  mkdirSync(dir, { recursive: true });
  const partPath = join(dir, `.${id}.part`);
  try {
    await prepareModel(options.file, partPath, {
      family,
      classes,
      keep,
      size: { width, height },
      normalisation: options.normalisation ?? FAMILY_NORMALISATION[family],
      metadata: { id, licence: draft.licence },
    });
    const manifest = { ...draft, sha256: await sha256File(partPath) };
    await options.check({ manifest, modelPath: partPath });
    renameSync(partPath, modelPath);
    writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
    return { manifest, manifestPath, modelPath, present: true };
  } finally {
    rmSync(partPath, { force: true });
  }
}

function sizeOf(graph: ReturnType<typeof readOnnx>['graph']): { width: number; height: number } {
  const weights = new Set(graph.initializer.map((tensor) => tensor.name));
  const input = graph.input.filter((value) => !weights.has(value.name));
  const [, , height, width] = pictureShape(new GraphEditor({ ...graph, input }));
  return { width, height };
}

function manifestOf(
  options: AddModelOptions & { keep: readonly string[]; threshold: number },
  file: { file: string; sha256: string; width: number; height: number },
): ModelManifest {
  const { id, name = id, licence = 'unknown', keep, threshold } = options;
  const value = {
    id,
    name,
    file: file.file,
    sha256: file.sha256,
    licence,
    decoder: 'boxes-scores',
    classes: [...keep],
    input: {
      width: file.width,
      height: file.height,
      layout: 'nhwc',
      dtype: 'uint8',
      colour: 'rgb',
      resize: 'letterbox',
      padValue: 114,
    },
    scoreThresholds: Object.fromEntries(keep.map((label) => [label, threshold])),
    nmsIou: options.family === 'picodet' ? 0.6 : 0.65,
  };
  return parseManifest(value, `model ${id}`);
}

export interface PullOptions {
  readonly entry: Pick<ModelEntry, 'manifest'>;
  /** Folder of the user's models. */
  readonly dir: string;
  /** `totalBytes` is absent when the server does not say. */
  readonly progress?: (doneBytes: number, totalBytes: number | undefined) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fetches the weights of a public model from its official address and proves their hash before they are put in place.
 *
 * @returns path of the weights.
 * @throws StreetwatchError `model.download-failed`, `model.hash-mismatch`.
 */
export async function pullModel(options: PullOptions): Promise<string> {
  const { manifest } = options.entry;
  const url = manifest.source?.url;
  if (url === undefined) {
    throw new StreetwatchError(
      'model.download-failed',
      `model ${manifest.id} names no address to fetch it from`,
    );
  }
  mkdirSync(options.dir, { recursive: true });
  const path = join(options.dir, basename(manifest.file));
  const partPath = `${path}.part`;
  try {
    await download(url, partPath, path, options);
    const expected = manifest.source?.sha256 ?? manifest.sha256;
    const actual = await sha256File(partPath);
    if (actual !== expected) {
      throw new StreetwatchError(
        'model.hash-mismatch',
        `${url} gave a file with SHA-256 ${actual}, the manifest names ${expected}; it was not kept`,
        { context: { id: manifest.id, actual, expected } },
      );
    }
    renameSync(partPath, path);
    return path;
  } finally {
    rmSync(partPath, { force: true });
  }
}

/** @param target where the file belongs in the end, to tell whoever has to bring it. */
async function download(
  url: string,
  path: string,
  target: string,
  { progress, signal, entry }: PullOptions,
): Promise<void> {
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok || !response.body)
      throw new Error(`the server answered ${response.status} ${response.statusText}`);
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    const total = Number.isFinite(length) ? length : undefined;
    let done = 0;
    const count = new Transform({
      transform(chunk: Buffer, _, next) {
        done += chunk.length;
        progress?.(done, total);
        next(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(path));
  } catch (cause) {
    const reason =
      cause instanceof Error && cause.cause !== undefined ? messageOf(cause.cause) : messageOf(cause);
    throw new StreetwatchError(
      'model.download-failed',
      `model ${entry.manifest.id} could not be fetched from ${url}: ${reason}; where there is no network, fetch that file elsewhere and put it at ${target}`,
      { cause, context: { id: entry.manifest.id, url } },
    );
  }
}
