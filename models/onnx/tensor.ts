/** Values of ONNX tensors and attributes. */

import { StreetwatchError } from '../../core/index.ts';
import { ATTRIBUTE, ELEMENT } from './schema.ts';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from './schema.ts';

/** Numbers of a float32, uint8, int8, int32 or int64 tensor. */
export function tensorValues(tensor: OnnxTensor): number[] {
  const { rawData } = tensor;
  if (rawData && rawData.length > 0) {
    const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
    switch (tensor.dataType) {
      case ELEMENT.float32:
        return Array.from({ length: rawData.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
      case ELEMENT.int64:
        return Array.from({ length: rawData.length / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true)));
      case ELEMENT.int32:
        return Array.from({ length: rawData.length / 4 }, (_, i) => view.getInt32(4 * i, true));
      case ELEMENT.uint8:
        return [...rawData];
      case ELEMENT.int8:
        return Array.from(rawData, (_, i) => view.getInt8(i));
      default:
        throw new StreetwatchError(
          'model.unsupported',
          `tensor ${tensor.name ?? ''} has element type ${tensor.dataType}, which is not supported`,
        );
    }
  }
  if (tensor.dataType === ELEMENT.float32) return tensor.floatData ?? [];
  if (tensor.dataType === ELEMENT.int64) return tensor.int64Data ?? [];
  return tensor.int32Data ?? [];
}

export function floatTensor(name: string, dims: readonly number[], values: ArrayLike<number>): OnnxTensor {
  const rawData = new Uint8Array(4 * values.length);
  const view = new DataView(rawData.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i]!, true);
  return { name, dims: [...dims], dataType: ELEMENT.float32, rawData };
}

export function int64Tensor(name: string, dims: readonly number[], values: readonly number[]): OnnxTensor {
  const rawData = new Uint8Array(8 * values.length);
  const view = new DataView(rawData.buffer);
  for (const [i, value] of values.entries()) view.setBigInt64(8 * i, BigInt(value), true);
  return { name, dims: [...dims], dataType: ELEMENT.int64, rawData };
}

export function intAttribute(name: string, i: number): OnnxAttribute {
  return { name, type: ATTRIBUTE.int, i };
}

export function intsAttribute(name: string, ints: readonly number[]): OnnxAttribute {
  return { name, type: ATTRIBUTE.ints, ints: [...ints] };
}

export function stringAttribute(name: string, text: string): OnnxAttribute {
  return { name, type: ATTRIBUTE.string, s: new TextEncoder().encode(text) };
}

export function attributeOf(node: OnnxNode, name: string): OnnxAttribute | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}

/** An integer list attribute, or the operator's default. */
export function intsOf(node: OnnxNode, name: string, otherwise: readonly number[]): readonly number[] {
  const ints = attributeOf(node, name)?.ints;
  return ints && ints.length > 0 ? ints : otherwise;
}

export function intOf(node: OnnxNode, name: string, otherwise: number): number {
  return attributeOf(node, name)?.i ?? otherwise;
}

export function floatOf(node: OnnxNode, name: string, otherwise: number): number {
  return attributeOf(node, name)?.f ?? otherwise;
}

export function stringOf(node: OnnxNode, name: string, otherwise: string): string {
  const s = attributeOf(node, name)?.s;
  return s && s.length > 0 ? new TextDecoder().decode(s) : otherwise;
}
