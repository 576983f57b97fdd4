/** Prepares a detector for speed: from an exported graph to one that takes bytes and gives boxes. */

import { StreetwatchError } from '../../core/index.ts';
import type { ModelManifest } from '../manifest.ts';
import { GraphEditor, readOnnx, writeOnnx } from '../onnx/index.ts';
import type { OnnxModel } from '../onnx/index.ts';
import { weightsToConstants } from './constants.ts';
import { decodePicodet, decodeYolox } from './decode-stage.ts';
import { fuseHardSwish } from './hard-swish.ts';
import { changeInputSize, pictureShape } from './input-size.ts';
import { simplifyDoubling } from './layout.ts';
import { upgradeOpset } from './opset.ts';
import { addPictureStage } from './picture-stage.ts';
import type { Normalisation } from './picture-stage.ts';

/** Families whose exported graphs can be prepared. */
export type ModelFamily = Exclude<ModelManifest['decoder'], 'boxes-scores'>;

export interface PrepareOptions {
  readonly family: ModelFamily;
  /** Labels of the graph as it comes, in the order of its columns. */
  readonly classes: readonly string[];
  /** Labels to keep, in the order wanted; all when absent. */
  readonly keep?: readonly string[];
  /** New input size, multiples of 32; the graph's own when absent. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly normalisation: Normalisation;
  /** Written into the file, e.g. id, licence, source. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Only make constants and change the size: what a test compares the rest with. */
  readonly bare?: boolean;
}

/** What was done. */
export interface PrepareReport {
  readonly width: number;
  readonly height: number;
  readonly classes: readonly string[];
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  readonly hardSwishFused: number;
}

/** Normalisation that the families' authors trained with. */
export const FAMILY_NORMALISATION: Readonly<Record<ModelFamily, Normalisation>> = {
  // PaddleDetection, configs/picodet/_base_/picodet_416_reader.yml
  picodet: { colour: 'rgb', mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
  // YOLOX from release 0.1.1 on: bytes as they are, in OpenCV's order
  yolox: { colour: 'bgr' },
};

/** {@link prepareGraph} from file to file. */
export async function prepareModel(
  inputPath: string,
  outputPath: string,
  options: PrepareOptions,
): Promise<PrepareReport> {
  const model = readOnnx(inputPath);
  const report = namingFile(inputPath, () => prepareGraph(model, options));
  writeOnnx(outputPath, model);
  return report;
}

/** Work on a graph whose errors then name the file that it came from. */
export function namingFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StreetwatchError)) throw error;
    throw new StreetwatchError(error.code, `${path}: ${error.message}`, {
      cause: error,
      context: { ...error.context, file: path },
    });
  }
}

/**
 * Changes a model in place: weights become constants, operators are fused, the size is changed, the picture goes in as
 * uint8 [1, H, W, 3] RGB, and the outputs are `boxes` [1, N, 4] and `scores` [1, N, classes].
 *
 * @throws StreetwatchError `model.unsupported`, `model.shape-mismatch`.
 */
export function prepareGraph(model: OnnxModel, options: PrepareOptions): PrepareReport {
  const editor = new GraphEditor(model.graph);
  const nodesBefore = model.graph.node.length;
  weightsToConstants(editor);
  editor.prune();
  const [, , oldHeight, oldWidth] = pictureShape(editor);
  const { width, height } = options.size ?? { width: oldWidth, height: oldHeight };
  if (width % 32 !== 0 || height % 32 !== 0 || width < 32 || height < 32) {
    throw new StreetwatchError(
      'model.shape-mismatch',
      `the size ${width}x${height} must be a multiple of 32 each way`,
    );
  }
  const shapes = changeInputSize(editor, { width, height });
  let hardSwishFused = 0;
  const keep = options.keep?.map((label) => columnOf(options.classes, label));
  if (options.bare !== true) {
    upgradeOpset(model, editor);
    hardSwishFused = fuseHardSwish(editor);
    simplifyDoubling(editor);
    const request = { width, height, classCount: options.classes.length, ...(keep ? { keep } : {}) };
    if (options.family === 'picodet') decodePicodet(editor, shapes, request);
    else decodeYolox(editor, shapes, request);
    addPictureStage(editor, options.normalisation, { width, height });
    model.producerName = 'streetwatch';
    delete model.producerVersion;
  }
  editor.prune();
  const classes = options.keep ?? options.classes;
  model.metadataProps = [
    ...model.metadataProps,
    ...Object.entries({ ...options.metadata, classes: classes.join(',') }).map(([key, value]) => ({
      key,
      value,
    })),
  ];
  return { width, height, classes, nodesBefore, nodesAfter: model.graph.node.length, hardSwishFused };
}

function columnOf(classes: readonly string[], label: string): number {
  const column = classes.indexOf(label);
  if (column < 0) throw new StreetwatchError('model.shape-mismatch', `the model has no class ${label}`);
  return column;
}
