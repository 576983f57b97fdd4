/** `streetwatch models`: which models there are, whether they are sound, and how to bring one. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { StreetwatchError, silentLog } from '../../core/index.ts';
import { createDetector } from '../../inference/index.ts';
import type { ModelEntry, ModelFamily } from '../../models/index.ts';
import { COCO_CLASSES, addModel, findModel, listModels, pullModel, sha256File } from '../../models/index.ts';
import { modelFolders } from '../assembly.ts';
import type { CommandContext } from './context.ts';

/** Pictures wait, so the model that sees most is the default for them. */
export const PICTURE_MODEL = 'streetwatch-accurate';

/** The option that all commands about models share. */
export function storeOption(): Option {
  return new Option(
    '--store <dir>',
    'the folder that `store.dir` of the configuration names; own models lie in its models/',
  ).default('data');
}

export function addModels(program: Command, context: CommandContext): void {
  const models = program.command('models').description('list, verify, add and fetch detection models');
  addList(models, context);
  addVerify(models, context);
  addAdd(models, context);
  addPull(models, context);
}

function addList(models: Command, context: CommandContext): void {
  models
    .command('list')
    .description('all models: id, canvas, classes, licence, and whether the weights are here')
    .addOption(storeOption())
    .action((flags: { store: string }) => {
      const models = listModels(modelFolders(flags.store), (_, error) => tell(context, error));
      for (const { manifest, present } of models) {
        const { width, height } = manifest.input;
        const state = present
          ? 'here'
          : manifest.source?.url
            ? `absent, fetch with: streetwatch models pull ${manifest.id}`
            : 'absent';
        context.print(
          `${manifest.id.padEnd(26)} ${`${width}x${height}`.padEnd(9)} ${String(manifest.classes.length).padStart(2)} classes  ${manifest.licence.padEnd(12)} ${state}`,
        );
      }
    });
}

function addVerify(models: Command, context: CommandContext): void {
  models
    .command('verify')
    .description(
      'check SHA-256 of the weights and that each model runs; without ids, all whose weights are here',
    )
    .argument('[id...]', 'ids as `models list` prints them')
    .addOption(storeOption())
    .action(async (ids: string[], flags: { store: string }) => {
      const folders = modelFolders(flags.store);
      const here = ids.length > 0 ? [] : listModels(folders, (_, error) => tell(context, error));
      const wanted = ids.length > 0 ? ids : here.filter((e) => e.present).map((e) => e.manifest.id);
      for (const id of wanted) {
        try {
          // Opening a detector checks the hash before anything else.
          await tryModel(findModel(id, folders));
          context.print(`${id}: sound`);
        } catch (error) {
          if (!(error instanceof StreetwatchError)) throw error;
          context.print(`${id}: ${error.code}: ${error.message}`);
          context.fail();
        }
      }
    });
}

/** A manifest that cannot be read: the others go on. */
function tell(context: CommandContext, error: StreetwatchError): void {
  context.note(`${error.code}: ${error.message}`);
  context.fail();
}

interface AddFlags {
  store: string;
  family: ModelFamily;
  id: string;
  name?: string;
  licence?: string;
  classes?: string;
  keep?: string;
  size?: { width: number; height: number };
  threshold?: number;
  normalise?: 'none' | 'imagenet';
}

function addAdd(models: Command, context: CommandContext): void {
  models
    .command('add')
    .description('prepare an exported model for speed and put it among your own')
    .argument('<file>', 'ONNX, operator set 11 to 22, weights inside, one picture of fixed size in')
    .addOption(
      new Option('--family <name>', 'how the raw outputs are laid out')
        .choices(['picodet', 'yolox'])
        .makeOptionMandatory(),
    )
    .requiredOption('--id <id>', 'name in configuration and evidence: a-z, 0-9, dot, dash, underscore')
    .option('--name <text>', 'for people')
    .option('--licence <spdx>', 'SPDX identifier of the weights')
    .option(
      '--classes <file|a,b,c>',
      "labels of the score columns, in order: a file with one a line, or a list; COCO's 80 when absent",
    )
    .option('--keep <a,b,c>', 'only these classes')
    .option(
      '--size <WxH>',
      'another canvas, multiples of 32: larger sees smaller things and costs time',
      parseSize,
    )
    .option(
      '--threshold <score>',
      'score threshold of all classes, 0 to 1 (default 0.4); tune it in the manifest',
      parseScore,
    )
    .addOption(
      new Option(
        '--normalise <how>',
        "pixels as the training saw them: 0–255 BGR, or RGB with ImageNet mean and deviation; the family's own when absent",
      ).choices(['none', 'imagenet']),
    )
    .addOption(storeOption())
    .addHelpText(
      'after',
      `
The prepared graph takes bytes and gives boxes: weights as constants, fused operators, normalisation and decoding inside.
  streetwatch models add picodet_s_416.onnx --family picodet --id my-picodet --keep person,car --size 640x384`,
    )
    .action(async (file: string, flags: AddFlags) => {
      const { store, classes, keep, normalise, ...rest } = flags;
      const entry = await addModel({
        ...rest,
        file,
        dir: join(store, 'models'),
        classes: classes === undefined ? COCO_CLASSES : readClasses(classes),
        ...(keep === undefined ? {} : { keep: splitList(keep) }),
        ...(normalise === undefined ? {} : { normalisation: NORMALISATIONS[normalise] }),
        check: tryModel,
      });
      context.print(`${entry.manifest.id}: ${entry.modelPath}`);
    });
}

function addPull(models: Command, context: CommandContext): void {
  models
    .command('pull')
    .description('fetch the weights of a public model from its official address and check their SHA-256')
    .argument('<id>', 'as `models list` prints it')
    .addOption(storeOption())
    .action(async (id: string, flags: { store: string }) => {
      const entry = findModel(id, modelFolders(flags.store));
      if (entry.present && (await sha256File(entry.modelPath)) === entry.manifest.sha256) {
        context.print(`${id}: already here, ${entry.modelPath}`);
        return;
      }
      let shown = 0;
      const path = await pullModel({
        entry,
        dir: join(flags.store, 'models'),
        signal: context.signal,
        progress: (done, total) => {
          if (done - shown < 512 * 1024 && done !== total) return;
          shown = done;
          context.note(
            `${id}: ${(done / 1e6).toFixed(1)} MB${total === undefined ? '' : ` of ${(total / 1e6).toFixed(1)} MB`}`,
          );
        },
      });
      context.print(`${id}: ${path}`);
    });
}

const NORMALISATIONS = {
  none: { colour: 'bgr' as const },
  imagenet: { colour: 'rgb' as const, mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
};

/** Loads a model and runs it once. */
async function tryModel(entry: Pick<ModelEntry, 'manifest' | 'modelPath'>): Promise<void> {
  const detector = await createDetector({ ...entry, sessions: 1, log: silentLog });
  await detector.close();
}

function readClasses(value: string): string[] {
  return value.includes(',')
    ? splitList(value)
    : readFileSync(value, 'utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function parseSize(text: string): { width: number; height: number } {
  const match = /^(\d+)x(\d+)$/.exec(text);
  if (!match) throw new InvalidArgumentError('expected WIDTHxHEIGHT, e.g. 640x384');
  return { width: Number(match[1]), height: Number(match[2]) };
}

/** A number from 0 to 1. */
export function parseScore(text: string): number {
  const score = Number(text);
  if (text.trim() === '' || !(score >= 0 && score <= 1))
    throw new InvalidArgumentError('expected a number from 0 to 1');
  return score;
}
