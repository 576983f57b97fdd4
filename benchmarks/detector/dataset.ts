/** A detector data set on disk: pictures, YOLO label files, and which source labels which classes. */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { BoxNorm } from '../../core/index.ts';
import { StreetwatchError, messageOf } from '../../core/index.ts';

/** Class numbers of the label files, in order. */
export const DATASET_CLASSES = [
  'person',
  'bicycle',
  'car',
  'motorcycle',
  'bus',
  'truck',
  'tricycle',
  'garbage',
  'bin',
  'overflow',
  'fire',
  'smoke',
] as const;

/** What is known of the pictures of one source. */
export interface SourceFacts {
  /** Classes that carry boxes wherever they are seen; on others the source says nothing. */
  readonly labels: readonly string[];
  /** Classes that its pictures cannot show: each detection of one is a false alarm. */
  readonly free: readonly string[];
}

const NO_FIRE = ['fire', 'smoke'] as const;

/** The sources that the shipped weights were trained with; `sources.json` in the data folder adds to them. */
export const KNOWN_SOURCES: Readonly<Record<string, SourceFacts>> = {
  fire_smoke_abonia: { labels: ['fire', 'smoke'], free: [] },
  fire_smoke_sathurshan: { labels: ['fire', 'smoke'], free: [] },
  garbage_atanu: { labels: ['garbage', 'bin', 'overflow'], free: NO_FIRE },
  traffic_manaus_v4: { labels: ['person', 'bicycle', 'car', 'motorcycle', 'truck'], free: NO_FIRE },
  vehicles_dhaka_subset: {
    labels: ['bicycle', 'car', 'motorcycle', 'bus', 'truck', 'tricycle'],
    free: NO_FIRE,
  },
  vehicles_highway_v40: { labels: ['person', 'car', 'motorcycle', 'bus', 'truck'], free: NO_FIRE },
};

export interface LabelledPicture {
  readonly path: string;
  readonly source: string;
  readonly truth: readonly { readonly label: string; readonly box: BoxNorm }[];
}

export interface Dataset {
  readonly pictures: readonly LabelledPicture[];
  readonly sources: ReadonlyMap<string, SourceFacts>;
  /** Sources without an entry: what their label files name is taken for what they label. */
  readonly guessed: readonly string[];
  /** Label files whose picture is not there: their objects are not scored. */
  readonly withoutPicture: readonly string[];
}

const SourcesSchema = Type.Record(
  Type.String(),
  Type.Object(
    { labels: Type.Array(Type.String()), free: Type.Optional(Type.Array(Type.String())) },
    { additionalProperties: false },
  ),
);

/**
 * Reads `images/SPLIT/SOURCE-NUMBER.*` with `labels/SPLIT/SOURCE-NUMBER.txt` (lines `class cx cy w h`, 0–1); a picture
 * without a label file has no objects. `sources.json` (`{ SOURCE: { labels, free } }`) and `classes.txt` (one a line)
 * are optional, and name only classes that exist.
 *
 * @throws StreetwatchError `dataset.invalid` that names the file and, where there is one, the line.
 */
export function readDataset(dataDir: string, split: string): Dataset {
  const images = join(dataDir, 'images', split);
  const labels = join(dataDir, 'labels', split);
  for (const dir of [images, labels]) {
    if (!existsSync(dir)) throw new StreetwatchError('dataset.invalid', `the folder ${dir} does not exist`);
  }
  const classes = readClasses(dataDir);
  const pictures = readdirSync(images)
    .filter((name) => !name.startsWith('.'))
    .toSorted()
    .map((name): LabelledPicture => {
      const stem = name.replace(/\.[^.]*$/, '');
      const labelPath = join(labels, `${stem}.txt`);
      return {
        path: join(images, name),
        source: stem.replace(/-[^-]*$/, ''),
        truth: existsSync(labelPath) ? readLabels(labelPath, classes) : [],
      };
    });
  if (pictures.length === 0) throw new StreetwatchError('dataset.invalid', `${images} holds no pictures`);
  const stems = new Set(pictures.map(({ path }) => basename(path, extname(path))));
  const withoutPicture = readdirSync(labels)
    .filter((name) => name.endsWith('.txt') && !name.startsWith('.') && !stems.has(basename(name, '.txt')))
    .toSorted()
    .map((name) => join(labels, name));
  return { pictures, withoutPicture, ...factsOf(dataDir, pictures, classes) };
}

function readClasses(dataDir: string): readonly string[] {
  const path = join(dataDir, 'classes.txt');
  if (!existsSync(path)) return DATASET_CLASSES;
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Boxes of one label file. */
export function readLabels(path: string, classes: readonly string[]): LabelledPicture['truth'] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, i) => {
    const fields = line.trim().split(/\s+/);
    if (fields[0] === '') return [];
    const refuse = (why: string): never => {
      throw new StreetwatchError('dataset.invalid', `${path}:${i + 1}: ${why}`, {
        context: { file: path, line: i + 1 },
      });
    };
    const numbers = fields.map(Number);
    if (fields.length !== 5 || numbers.some((n) => !Number.isFinite(n))) {
      refuse(`expected "class cx cy w h", found "${line.trim()}"`);
    }
    const [index = -1, cx = 0, cy = 0, w = 0, h = 0] = numbers;
    const label = classes[index];
    if (label === undefined)
      return refuse(`class ${fields[0]} does not exist; classes go from 0 to ${classes.length - 1}`);
    if ([cx, cy, w, h].some((v) => v < -0.001 || v > 1.001))
      refuse(`numbers must lie in 0 to 1, found "${line.trim()}"`);
    return [{ label, box: { x1: cx - w / 2, y1: cy - h / 2, x2: cx + w / 2, y2: cy + h / 2 } }];
  });
}

function factsOf(
  dataDir: string,
  pictures: readonly LabelledPicture[],
  classes: readonly string[],
): Pick<Dataset, 'sources' | 'guessed'> {
  const own = readSources(dataDir, classes);
  const sources = new Map<string, SourceFacts>();
  const guessed: string[] = [];
  for (const source of new Set(pictures.map((picture) => picture.source))) {
    const known = own[source] ?? KNOWN_SOURCES[source];
    if (known) {
      sources.set(source, known);
      continue;
    }
    const seen = new Set(
      pictures.filter((p) => p.source === source).flatMap((p) => p.truth.map((t) => t.label)),
    );
    sources.set(source, { labels: [...seen], free: [] });
    guessed.push(source);
  }
  return { sources, guessed };
}

function readSources(dataDir: string, classes: readonly string[]): Record<string, SourceFacts> {
  const path = join(dataDir, 'sources.json');
  if (!existsSync(path)) return {};
  let sources: [string, SourceFacts][];
  try {
    const parsed = Value.Parse(SourcesSchema, JSON.parse(readFileSync(path, 'utf8')));
    sources = Object.entries(parsed).map(([name, { labels, free = [] }]) => [name, { labels, free }]);
  } catch (cause) {
    throw new StreetwatchError(
      'dataset.invalid',
      `${path} must be { SOURCE: { "labels": [...], "free": [...] } }: ${messageOf(cause)}`,
      { cause, context: { file: path } },
    );
  }
  // A name with a slip would be scored nowhere, and a false alarm of it never be counted.
  const known = new Set<string>([...classes, ...DATASET_CLASSES]);
  for (const [name, { labels, free }] of sources) {
    const strange = [...labels, ...free].find((label) => !known.has(label));
    if (strange === undefined) continue;
    throw new StreetwatchError(
      'dataset.invalid',
      `${path}: ${name} names the class ${strange}, which does not exist; classes are ${classes.join(', ')}`,
      { context: { file: path } },
    );
  }
  return Object.fromEntries(sources);
}
