/** One onnxruntime session with its decoder: pixels in, suppressed boxes out. Runs on the thread that calls it. */

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { StreetwatchError, messageOf } from '../core/index.ts';
import type { ModelManifest } from '../models/index.ts';
import { Candidates } from './candidates.ts';
import { DECODERS } from './decoders/index.ts';
import type { RawOutput } from './decoders/index.ts';
import { inputBuffer, inputDims, inputWriter } from './input-writer.ts';
import { suppress } from './nms.ts';

export interface SessionOptions {
  readonly manifest: ModelManifest;
  readonly modelPath: string;
  /** Threads inside one run; 1 runs on the calling thread alone. */
  readonly threads: number;
}

/**
 * `drop` gives one label per object: what tracking wants. `demote` keeps the second one with half its score: measured on
 * the shipped fast model it keeps average precision by class (bus 0.709 → 0.685 on the highway pictures, dropping: 0.609)
 * and gives that of vehicles as one the same as dropping (0.806 → 0.874, dropping: 0.875).
 */
export type RivalRule = 'drop' | 'demote';

/** What to look for in one picture. */
export interface InferRequest {
  /** Size of the content in the canvas's top-left corner; boxes are cut there. */
  readonly contentWidth: number;
  readonly contentHeight: number;
  /** Replaces the thresholds of all classes, 0–1. */
  readonly minScore?: number | undefined;
  /** Lowers the threshold of single classes, by name, 0–1. */
  readonly lowest?: Readonly<Record<string, number>> | undefined;
  /** Whether the second label of one object (car and truck) is dropped, the default, or kept with half its score. */
  readonly rivals?: RivalRule | undefined;
}

/** What a caller may ask for, besides the picture itself. */
export type DetectOptions = Partial<Pick<InferRequest, 'minScore' | 'lowest' | 'rivals'>>;

/** Boxes by falling score: `boxes[4i…]` xyxy in content pixels. */
export interface InferResult {
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  readonly classes: Uint16Array;
}

/** Overlap from which two rival classes are one object. */
const RIVAL_IOU = 0.7;

/** A loaded model. Not reentrant: one {@link ModelSession.infer} at a time. */
export class ModelSession {
  private readonly candidates = new Candidates();
  private readonly pixelsToInput;
  private readonly input: Float32Array | Uint8Array;
  private readonly feeds: Record<string, Tensor>;
  private readonly decoder;
  private readonly groups: Int16Array;
  private readonly floors: Float32Array;
  private readonly session: InferenceSession;
  private readonly manifest: ModelManifest;

  private constructor(session: InferenceSession, manifest: ModelManifest) {
    this.session = session;
    this.manifest = manifest;
    const { input, classes, decoder, rivals = [], scoreThresholds } = manifest;
    this.pixelsToInput = inputWriter(input);
    this.input = inputBuffer(input);
    const dims = inputDims(input);
    const tensor =
      this.input instanceof Uint8Array
        ? new Tensor('uint8', this.input, dims)
        : new Tensor('float32', this.input, dims);
    this.feeds = { [session.inputNames[0]!]: tensor };
    this.decoder = DECODERS[decoder]({
      modelId: manifest.id,
      classCount: classes.length,
      width: input.width,
      height: input.height,
    });
    this.groups = Int16Array.from(classes, (label) => rivals.findIndex((group) => group.includes(label)));
    this.floors = Float32Array.from(classes, (label) => scoreThresholds[label]!);
  }

  /**
   * Loads a model and proves by one run on a grey picture that its outputs fit its decoder and that scores are scores.
   *
   * @throws StreetwatchError `model.invalid`, `model.unsupported`, `model.shape-mismatch`.
   */
  static async open(options: SessionOptions): Promise<ModelSession> {
    const { manifest, modelPath, threads } = options;
    let session: InferenceSession;
    try {
      session = await InferenceSession.create(modelPath, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // A spinning pool thread takes a core from ffmpeg between two runs.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      });
    } catch (cause) {
      throw loadError(manifest, modelPath, cause);
    }
    try {
      checkInput(session, manifest);
      const opened = new ModelSession(session, manifest);
      const { width, height } = manifest.input;
      opened.prepareInput(new Uint8Array(3 * width * height).fill(manifest.input.padValue));
      opened.requireScores(await opened.run());
      return opened;
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /**
   * Detects in one picture.
   *
   * @param pixels RGB of the whole canvas, `3 * width * height` bytes.
   * @throws StreetwatchError `inference.failed`, `model.shape-mismatch`.
   */
  async infer(pixels: Uint8Array, request: InferRequest): Promise<InferResult> {
    this.prepareInput(pixels);
    return this.finish(await this.run(), request);
  }

  /** First step of {@link ModelSession.infer}: fills the input tensor. */
  prepareInput(pixels: Uint8Array): void {
    this.pixelsToInput(pixels, this.input);
  }

  /** Last step of {@link ModelSession.infer}: decodes and suppresses. */
  finish(outputs: readonly RawOutput[], request: InferRequest): InferResult {
    const floors = this.floorsOf(request);
    this.candidates.clear();
    this.decoder.decode(outputs, floors, this.candidates);
    const kept = suppress(this.candidates, {
      iou: this.manifest.nmsIou,
      groups: this.groups,
      groupIou: RIVAL_IOU,
      rivalFactor: request.rivals === 'demote' ? 0.5 : 0,
    });
    return cut(this.candidates, kept, floors, request);
  }

  /** Shapes alone do not tell a graph that was exported without its sigmoid: its scores would be logarithms of odds. */
  private requireScores(outputs: readonly RawOutput[]): void {
    const all = new Candidates();
    this.decoder.decode(
      outputs,
      this.floors.map(() => -Infinity),
      all,
    );
    const strange = all.scores.subarray(0, all.count).find((score) => score < -0.001 || score > 1.001);
    if (strange === undefined) return;
    throw new StreetwatchError(
      'model.shape-mismatch',
      `model ${this.manifest.id}: a score is ${strange.toPrecision(3)}, not from 0 to 1; export it with the sigmoid inside`,
    );
  }

  private floorsOf({ minScore, lowest }: InferRequest): Float32Array {
    if (minScore !== undefined) return new Float32Array(this.floors.length).fill(minScore);
    if (lowest === undefined) return this.floors;
    return this.floors.map((floor, i) => Math.min(floor, lowest[this.manifest.classes[i]!] ?? 1));
  }

  /** The bare run on whatever the input tensor holds: what benchmarks compare with. */
  async run(): Promise<RawOutput[]> {
    let results: Awaited<ReturnType<InferenceSession['run']>>;
    try {
      results = await this.session.run(this.feeds);
    } catch (cause) {
      throw new StreetwatchError(
        'inference.failed',
        `model ${this.manifest.id}: a run failed: ${messageOf(cause)}`,
        { cause },
      );
    }
    return this.session.outputNames.map((name) => {
      const { data, dims } = results[name]!;
      if (!(data instanceof Float32Array)) {
        throw new StreetwatchError(
          'model.shape-mismatch',
          `model ${this.manifest.id}: output ${name} is not float32`,
        );
      }
      return { name, data, dims };
    });
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

function cut(
  candidates: Candidates,
  kept: Uint32Array,
  floors: Float32Array,
  request: InferRequest,
): InferResult {
  const result = {
    boxes: new Float32Array(4 * kept.length),
    scores: new Float32Array(kept.length),
    classes: new Uint16Array(kept.length),
  };
  let count = 0;
  for (const i of kept) {
    if (candidates.scores[i]! < floors[candidates.classes[i]!]!) continue; // demoted below its threshold
    const x1 = Math.max(0, candidates.boxes[4 * i]!);
    const y1 = Math.max(0, candidates.boxes[4 * i + 1]!);
    const x2 = Math.min(request.contentWidth, candidates.boxes[4 * i + 2]!);
    const y2 = Math.min(request.contentHeight, candidates.boxes[4 * i + 3]!);
    if (!(x2 > x1 && y2 > y1)) continue; // wholly in the padding
    result.boxes.set([x1, y1, x2, y2], 4 * count);
    result.scores[count] = Math.min(1, candidates.scores[i]!);
    result.classes[count] = candidates.classes[i]!;
    count += 1;
  }
  return {
    boxes: result.boxes.subarray(0, 4 * count),
    scores: result.scores.subarray(0, count),
    classes: result.classes.subarray(0, count),
  };
}

function checkInput(session: InferenceSession, manifest: ModelManifest): void {
  const metadata = session.inputMetadata;
  const expected = inputDims(manifest.input);
  const only = metadata[0];
  const fits =
    metadata.length === 1 &&
    only?.isTensor === true &&
    only.type === manifest.input.dtype &&
    only.shape.length === 4 &&
    only.shape.every((dim, i) => typeof dim === 'string' || dim === expected[i]);
  if (fits) return;
  const found = metadata
    .map((m) => (m.isTensor ? `${m.name} ${m.type} [${m.shape.join(', ')}]` : m.name))
    .join('; ');
  throw new StreetwatchError(
    'model.shape-mismatch',
    `model ${manifest.id}: the manifest says ${manifest.input.dtype} [${expected.join(', ')}], the graph takes ${found}`,
    { context: { id: manifest.id } },
  );
}

function loadError(manifest: ModelManifest, modelPath: string, cause: unknown): StreetwatchError {
  const text = messageOf(cause);
  const unsupported =
    /opset|external data|not a registered function|Could not find an implementation|IR version/i;
  const code = unsupported.test(text) ? 'model.unsupported' : 'model.invalid';
  return new StreetwatchError(code, `model ${manifest.id}: ${modelPath} cannot be loaded: ${text}`, {
    cause,
    context: { id: manifest.id, file: modelPath },
  });
}
