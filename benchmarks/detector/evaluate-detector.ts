/** `streetwatch evaluate detector`: how good a model is, per source and class, on labelled pictures. */

import type { Box, Log } from '../../core/index.ts';
import { scaleBox } from '../../core/index.ts';
import type { Detector, PictureResult } from '../../inference/index.ts';
import { createDetector, detectPictures } from '../../inference/index.ts';
import type { ModelEntry } from '../../models/index.ts';
import type { AveragePrecision, PictureBoxes } from './coco-ap.ts';
import { averagePrecision, countMatches } from './coco-ap.ts';
import type { Dataset, LabelledPicture, SourceFacts } from './dataset.ts';
import { readDataset } from './dataset.ts';

/** Classes that sources disagree about, scored as one besides. */
const VEHICLES = ['car', 'bus', 'truck'] as const;
/** Pictures that may show a false alarm of one class: half of what fire and smoke may do together. */
export const FALSE_ALARM_SHARE = 0.0025;
/** Detections below this do not change average precision noticeably and cost time. */
const LOWEST_SCORE = 0.01;

export interface EvaluateOptions {
  /** Folder with `images/SPLIT` and `labels/SPLIT`. */
  readonly dataDir: string;
  /** `val` by default. */
  readonly split?: string;
  readonly model: Pick<ModelEntry, 'manifest' | 'modelPath'>;
  readonly sessions?: number;
  readonly log: Log;
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** One class at the threshold that the manifest ships. */
export interface AtThreshold {
  readonly threshold: number;
  /** Absent where nothing was found. */
  readonly precision?: number;
  readonly recall: number;
  readonly truthCount: number;
}

export interface SourceReport {
  readonly pictures: number;
  readonly classes: Readonly<Record<string, AveragePrecision>>;
  /** Car, bus and truck as one class, where the source labels any of them. */
  readonly vehicles?: AveragePrecision;
  /** For classes that its pictures cannot show: pictures with at least one detection at the shipped threshold. */
  readonly falseAlarmPictures: Readonly<Record<string, number>>;
  /** Pictures with a false alarm of any such class. */
  readonly anyFalseAlarmPictures: number;
}

export interface DetectorReport {
  readonly modelId: string;
  readonly sha256: string;
  readonly split: string;
  readonly pictures: number;
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  readonly guessedSources: readonly string[];
  /** Label files whose picture is not there. */
  readonly labelsWithoutPicture: readonly string[];
  /** Classes of the data that the model does not have: it is not judged by them, neither by misses nor by false alarms. */
  readonly foreignClasses: readonly string[];
  readonly sources: Readonly<Record<string, SourceReport>>;
  /**
   * For classes that some sources cannot show: the lowest threshold at which it is falsely seen in at most
   * {@link FALSE_ALARM_SHARE} of their pictures. To set thresholds by.
   */
  readonly calmThresholds: Readonly<Record<string, number>>;
  /** Over all sources that label the class. */
  readonly classes: Readonly<Record<string, AveragePrecision & AtThreshold>>;
}

interface Scored extends LabelledPicture {
  readonly result: PictureResult;
}

/**
 * Runs a model over a labelled data set and scores it. Each class of the model is scored only on the sources that label
 * it.
 *
 * @throws StreetwatchError `dataset.invalid`, those of `createDetector`; `AbortError` when the signal aborts.
 */
export async function evaluateDetector(options: EvaluateOptions): Promise<DetectorReport> {
  const { dataDir, split = 'val', model, log, sessions } = options;
  const dataset = readDataset(dataDir, split);
  const { facts, foreignClasses } = judgedBy(model.manifest.classes, dataset.sources);
  const detector = await createDetector({ ...model, log, ...(sessions === undefined ? {} : { sessions }) });
  try {
    const { scored, unreadable } = await detectAll(dataset, detector, options);
    return {
      modelId: model.manifest.id,
      sha256: model.manifest.sha256,
      split,
      pictures: scored.length,
      unreadable,
      guessedSources: dataset.guessed,
      labelsWithoutPicture: dataset.withoutPicture,
      foreignClasses,
      ...scoreAll(scored, facts, model.manifest.scoreThresholds),
    };
  } finally {
    await detector.close();
  }
}

/** What the sources say of the classes that the model has: it cannot be praised for an alarm that it cannot give. */
function judgedBy(
  classes: readonly string[],
  sources: ReadonlyMap<string, SourceFacts>,
): { facts: Map<string, SourceFacts>; foreignClasses: string[] } {
  const own = (labels: readonly string[]) => labels.filter((label) => classes.includes(label));
  const facts = new Map(
    [...sources].map(([name, { labels, free }]) => [name, { labels: own(labels), free: own(free) }]),
  );
  const all = new Set([...sources.values()].flatMap(({ labels, free }) => [...labels, ...free]));
  return { facts, foreignClasses: [...all].filter((label) => !classes.includes(label)) };
}

async function detectAll(dataset: Dataset, detector: Detector, { progress, signal }: EvaluateOptions) {
  const scored: Scored[] = [];
  const unreadable: { path: string; reason: string }[] = [];
  const { pictures } = dataset;
  const paths = pictures.map((picture) => picture.path);
  let done = 0;
  for await (const result of detectPictures(paths, detector, { minScore: LOWEST_SCORE, rivals: 'demote' })) {
    signal?.throwIfAborted();
    const picture = pictures[done]!;
    if ('error' in result) unreadable.push({ path: result.path, reason: result.error.message });
    else scored.push({ ...picture, result });
    done += 1;
    progress?.(done, pictures.length);
  }
  return { scored, unreadable };
}

function scoreAll(
  scored: readonly Scored[],
  facts: ReadonlyMap<string, SourceFacts>,
  thresholds: Readonly<Record<string, number>>,
): Pick<DetectorReport, 'sources' | 'classes' | 'calmThresholds'> {
  const sources: Record<string, SourceReport> = {};
  for (const [source, known] of facts) {
    const own = scored.filter((picture) => picture.source === source);
    sources[source] = scoreSource(own, known, thresholds);
  }
  const classes: Record<string, AveragePrecision & AtThreshold> = {};
  for (const [label, threshold] of Object.entries(thresholds)) {
    const own = scored.filter((picture) => facts.get(picture.source)!.labels.includes(label));
    const boxes = own.map((picture) => boxesOf(picture, [label]));
    const precision = averagePrecision(boxes);
    if (precision) classes[label] = { ...precision, ...atThreshold(boxes, threshold, precision.truthCount) };
  }
  return { sources, classes, calmThresholds: calmThresholds(scored, facts) };
}

function calmThresholds(
  scored: readonly Scored[],
  facts: ReadonlyMap<string, SourceFacts>,
): Record<string, number> {
  const labels = new Set([...facts.values()].flatMap((known) => known.free));
  const entries = [...labels].map((label): [string, number] => {
    const calm = scored.filter((picture) => facts.get(picture.source)!.free.includes(label));
    const strongest = calm
      .map(({ result }) =>
        Math.max(0, ...result.detections.filter((d) => d.label === label).map((d) => d.score)),
      )
      .toSorted((a, b) => b - a);
    // The first picture over the budget must stay below: one step of a hundredth above its score.
    const first = strongest[Math.floor(FALSE_ALARM_SHARE * calm.length)] ?? 0;
    return [label, Math.min(1, (Math.floor(first * 100) + 1) / 100)];
  });
  return Object.fromEntries(entries);
}

function scoreSource(
  own: readonly Scored[],
  known: SourceFacts,
  thresholds: Readonly<Record<string, number>>,
): SourceReport {
  const precisionOf = (labels: readonly string[]) =>
    averagePrecision(own.map((picture) => boxesOf(picture, labels)));
  const classes = known.labels.flatMap((label) => {
    const value = precisionOf([label]);
    return value ? [[label, value] as const] : [];
  });
  const vehicles = known.labels.some((label) => VEHICLES.some((v) => v === label))
    ? precisionOf(VEHICLES)
    : undefined;
  const alarms = (picture: Scored, label: string): boolean =>
    picture.result.detections.some((d) => d.label === label && d.score >= thresholds[label]!);
  return {
    pictures: own.length,
    classes: Object.fromEntries(classes),
    ...(vehicles ? { vehicles } : {}),
    falseAlarmPictures: Object.fromEntries(
      known.free.map((label) => [label, own.filter((picture) => alarms(picture, label)).length]),
    ),
    anyFalseAlarmPictures: own.filter((picture) => known.free.some((label) => alarms(picture, label))).length,
  };
}

function boxesOf({ truth, result }: Scored, labels: readonly string[]): PictureBoxes {
  const toPixels = (box: Box): Box => scaleBox(box, result.width, result.height);
  return {
    truth: truth.filter((t) => labels.includes(t.label)).map((t) => toPixels(t.box)),
    found: result.detections.filter((d) => labels.includes(d.label)),
  };
}

function atThreshold(boxes: readonly PictureBoxes[], threshold: number, truthCount: number): AtThreshold {
  let hits = 0;
  let wrong = 0;
  for (const { truth, found } of boxes) {
    const counts = countMatches({ truth, found: found.filter((d) => d.score >= threshold) });
    hits += counts.hits;
    wrong += counts.wrong;
  }
  return {
    threshold,
    ...(hits + wrong === 0 ? {} : { precision: hits / (hits + wrong) }),
    recall: hits / truthCount,
    truthCount,
  };
}
