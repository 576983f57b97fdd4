/** What a model is: the manifest beside its weights, read strictly. */

import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { StreetwatchError, messageOf } from '../core/index.ts';

const triple = (description: string) => Type.Array(Type.Number(), { minItems: 3, maxItems: 3, description });

const ModelInputSchema = Type.Object(
  {
    width: Type.Integer({
      minimum: 32,
      maximum: 4096,
      description: 'Pixels; the canvas that frames are letterboxed to.',
    }),
    height: Type.Integer({ minimum: 32, maximum: 4096 }),
    layout: Type.Union([Type.Literal('nchw'), Type.Literal('nhwc')]),
    dtype: Type.Union([Type.Literal('float32'), Type.Literal('uint8')], {
      description: '`uint8`: the graph normalises by itself and takes pixels as they are.',
    }),
    colour: Type.Union([Type.Literal('rgb'), Type.Literal('bgr')]),
    scale: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'Multiplies 0–255 values before mean and std; 1 when absent.',
      }),
    ),
    mean: Type.Optional(triple('Subtracted after `scale`, in the order of `colour`; 0 when absent.')),
    std: Type.Optional(triple('Divides after `mean`; 1 when absent.')),
    resize: Type.Union([Type.Literal('letterbox'), Type.Literal('stretch')], {
      description:
        'How the training scaled its pictures; told for the record, frames are always letterboxed.',
    }),
    padValue: Type.Integer({ minimum: 0, maximum: 255 }),
  },
  { additionalProperties: false },
);

const ModelManifestSchema = Type.Object(
  {
    id: Type.String({
      pattern: '^[a-z0-9][a-z0-9._-]{0,63}$',
      description: 'Stable name in configuration and evidence.',
    }),
    name: Type.String({ minLength: 1 }),
    file: Type.String({ minLength: 1, description: 'Weights, relative to the manifest.' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    licence: Type.String({ minLength: 1, description: 'SPDX identifier.' }),
    decoder: Type.Union([Type.Literal('picodet'), Type.Literal('yolox'), Type.Literal('boxes-scores')], {
      description: 'How raw outputs become boxes; `boxes-scores` for prepared graphs that decode inside.',
    }),
    classes: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      uniqueItems: true,
      description: 'Label of each score column, in order.',
    }),
    input: ModelInputSchema,
    scoreThresholds: Type.Record(Type.String(), Type.Number({ minimum: 0, maximum: 1 }), {
      description:
        'Score from which a detection of a class counts. Raising it costs small and dark objects, lowering it costs false alarms.',
    }),
    nmsIou: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description:
        'Overlap from which the weaker of two boxes of one class goes. Raising it keeps more doubles.',
    }),
    rivals: Type.Optional(
      Type.Array(Type.Array(Type.String(), { minItems: 2 }), {
        description:
          'Groups of classes that are taken for one another (a van as car and truck): one object, one label.',
      }),
    ),
    source: Type.Optional(
      Type.Object(
        {
          project: Type.String(),
          url: Type.Optional(Type.String({ pattern: '^https://' })),
          sha256: Type.Optional(
            Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Of the file at `url`.' }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
    trainedFrom: Type.Optional(
      Type.Object(
        {
          weights: Type.Optional(Type.String()),
          commit: Type.Optional(Type.String()),
          data: Type.Optional(Type.Array(Type.String())),
        },
        { additionalProperties: true },
      ),
    ),
    card: Type.Optional(Type.String({ description: 'The model card, relative to the manifest.' })),
  },
  { additionalProperties: false },
);

/** Size, layout and normalisation of the picture that a graph takes. */
export type ModelInput = Type.Static<typeof ModelInputSchema>;

/** Everything that inference must know of a model, and where it comes from. */
export type ModelManifest = Type.Static<typeof ModelManifestSchema>;

const validator = Compile(ModelManifestSchema);

/**
 * Checks a parsed manifest.
 *
 * @param where file name for messages.
 * @throws StreetwatchError `manifest.invalid` that lists every problem.
 */
export function parseManifest(value: unknown, where: string): ModelManifest {
  const problems: string[] = [];
  if (!validator.Check(value)) {
    for (const error of validator.Errors(value)) {
      if (error.keyword === 'boolean') continue; // `additionalProperties` says the same with the key's name
      const extra =
        error.keyword === 'additionalProperties' ? `: ${error.params.additionalProperties.join(', ')}` : '';
      problems.push(`${error.instancePath || '/'} ${error.message}${extra}`);
    }
    throw manifestError(where, problems);
  }
  const manifest: ModelManifest = value;
  for (const label of Object.keys(manifest.scoreThresholds)) {
    if (!manifest.classes.includes(label))
      problems.push(`/scoreThresholds names ${label}, which is not among classes`);
  }
  for (const label of manifest.classes) {
    if (manifest.scoreThresholds[label] === undefined) problems.push(`/scoreThresholds lacks ${label}`);
  }
  for (const label of manifest.rivals?.flat() ?? []) {
    if (!manifest.classes.includes(label))
      problems.push(`/rivals names ${label}, which is not among classes`);
  }
  const { input } = manifest;
  if (input.dtype === 'uint8' && (input.mean ?? input.std ?? input.scale) !== undefined) {
    problems.push(
      '/input mean, std and scale have no meaning with dtype uint8: the graph normalises by itself',
    );
  }
  if (input.std?.some((v) => v <= 0)) problems.push('/input/std must be above 0');
  if (problems.length > 0) throw manifestError(where, problems);
  return manifest;
}

function manifestError(where: string, problems: readonly string[]): StreetwatchError {
  return new StreetwatchError('manifest.invalid', `${where}: ${problems.join('; ')}`, {
    context: { file: where },
  });
}

/**
 * Reads one manifest file.
 *
 * @throws StreetwatchError `model.missing` when there is no such file, `manifest.invalid` when it is not a manifest.
 */
export function loadManifest(path: string): ModelManifest {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new StreetwatchError('model.missing', `the manifest ${path} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StreetwatchError('manifest.invalid', `${path} is not JSON: ${messageOf(cause)}`, { cause });
  }
  return parseManifest(value, path);
}
