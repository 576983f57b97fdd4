/** Reads and writes ONNX files. */

import { readFileSync, writeFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { StreetwatchError, messageOf } from '../../core/index.ts';
import { ONNX_PROTO } from './schema.ts';
import type { OnnxAttribute, OnnxModel, OnnxTensor } from './schema.ts';

const modelType = protobuf.parse(ONNX_PROTO, { keepCase: true }).root.lookupType('ModelProto');

/**
 * Operator sets that are read. Before the oldest, Clip, Resize and Pad had other forms; of the newest the meaning of the
 * operators used here is known.
 */
export const OPSETS = { oldest: 11, newest: 22 } as const;

/**
 * Reads a model.
 *
 * @throws StreetwatchError `model.missing` when the file cannot be read, `model.invalid` when it is not ONNX,
 *   `model.unsupported` for external data, sparse weights, functions, control flow and operator sets out of range.
 */
export function readOnnx(path: string): OnnxModel {
  return decodeOnnx(readBytes(path), path);
}

/**
 * What a model file says of itself, whether it is supported here or not.
 *
 * @throws StreetwatchError `model.missing`, `model.invalid`.
 */
export function describeOnnx(path: string): { opset: number; externalData: boolean } {
  const model = parseOnnx(readBytes(path), path);
  return { opset: opsetOf(model), externalData: hasExternalData(model) };
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new StreetwatchError('model.missing', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** {@link readOnnx} of bytes; `where` names them in errors. */
export function decodeOnnx(bytes: Uint8Array, where: string): OnnxModel {
  const model = parseOnnx(bytes, where);
  checkSupported(model, where);
  return model;
}

function parseOnnx(bytes: Uint8Array, where: string): OnnxModel {
  let model: OnnxModel;
  try {
    const message = modelType.decode(bytes);
    // The generated object has the fields of the definition above, arrays always present.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    model = modelType.toObject(message, { longs: Number, arrays: true }) as OnnxModel;
  } catch (cause) {
    throw new StreetwatchError('model.invalid', `${where} is not an ONNX model: ${messageOf(cause)}`, {
      cause,
    });
  }
  if (!Array.isArray(model.graph?.node) || model.graph.node.length === 0 || model.opsetImport.length === 0) {
    throw new StreetwatchError('model.invalid', `${where} is not an ONNX model: it holds no graph`);
  }
  return model;
}

/** Bytes of a model; the same model gives the same bytes. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  return modelType.encode(modelType.fromObject(model)).finish();
}

export function writeOnnx(path: string, model: OnnxModel): void {
  writeFileSync(path, encodeOnnx(model));
}

/** Version of the standard operator set. */
export function opsetOf(model: OnnxModel): number {
  return (
    model.opsetImport.find((entry) => (entry.domain ?? '') === '' || entry.domain === 'ai.onnx')?.version ?? 0
  );
}

/** Why weights outside the file are refused: the hash of a manifest would not cover them. */
export const EXTERNAL_DATA =
  'weights in a second file (external data) are not supported, save the model as one file';

function hasExternalData({ graph }: OnnxModel): boolean {
  const external = (tensor: OnnxTensor | undefined): boolean =>
    tensor !== undefined && (tensor.dataLocation === 1 || (tensor.externalData?.length ?? 0) > 0);
  const tensors = graph.node.flatMap((node) => node.attribute.map((attribute) => attribute.t));
  return [...graph.initializer, ...tensors].some(external);
}

function checkSupported(model: OnnxModel, where: string): void {
  const refuse = (why: string): never => {
    throw new StreetwatchError('model.unsupported', `${where}: ${why}`, { context: { file: where } });
  };
  const opset = opsetOf(model);
  if (opset < OPSETS.oldest || opset > OPSETS.newest) {
    refuse(
      `operator set ${opset} is not supported, export the model with ${OPSETS.oldest} to ${OPSETS.newest}`,
    );
  }
  if (model.functions.length > 0) refuse('model-local functions are not supported');
  if (model.graph.sparseInitializer.length > 0) refuse('sparse weights are not supported');
  if (hasExternalData(model)) refuse(EXTERNAL_DATA);
  const subgraph = (attribute: OnnxAttribute): boolean =>
    attribute.g !== undefined || (attribute.graphs?.length ?? 0) > 0;
  const branching = model.graph.node.find((node) => node.attribute.some(subgraph));
  if (branching) refuse(`the operator ${branching.opType} (control flow) is not supported`);
}
