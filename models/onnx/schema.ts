/** The part of the ONNX file format that graph preparation touches (onnx.ai, IR version 3 to 10; field numbers are its contract). */

/** Protobuf definition with the field numbers of the ONNX specification. */
export const ONNX_PROTO = `
syntax = "proto2";
message ModelProto {
  optional int64 irVersion = 1;
  optional string producerName = 2;
  optional string producerVersion = 3;
  optional string domain = 4;
  optional int64 modelVersion = 5;
  optional string docString = 6;
  optional GraphProto graph = 7;
  repeated OperatorSetIdProto opsetImport = 8;
  repeated StringStringEntryProto metadataProps = 14;
  repeated FunctionProto functions = 25;
}
message FunctionProto { optional string name = 1; }
message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
message StringStringEntryProto { optional string key = 1; optional string value = 2; }
message GraphProto {
  repeated NodeProto node = 1;
  optional string name = 2;
  repeated TensorProto initializer = 5;
  optional string docString = 10;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
  repeated ValueInfoProto valueInfo = 13;
  repeated SparseTensorProto sparseInitializer = 15;
}
message SparseTensorProto { repeated int64 dims = 3; }
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  optional string name = 3;
  optional string opType = 4;
  repeated AttributeProto attribute = 5;
  optional string docString = 6;
  optional string domain = 7;
}
message AttributeProto {
  optional string name = 1;
  optional float f = 2;
  optional int64 i = 3;
  optional bytes s = 4;
  optional TensorProto t = 5;
  optional GraphProto g = 6;
  repeated float floats = 7;
  repeated int64 ints = 8;
  repeated bytes strings = 9;
  repeated TensorProto tensors = 10;
  repeated GraphProto graphs = 11;
  optional string docString = 13;
  optional int32 type = 20;
}
message TensorProto {
  repeated int64 dims = 1;
  optional int32 dataType = 2;
  repeated float floatData = 4 [packed = true];
  repeated int32 int32Data = 5 [packed = true];
  repeated bytes stringData = 6;
  repeated int64 int64Data = 7 [packed = true];
  optional string name = 8;
  optional bytes rawData = 9;
  repeated double doubleData = 10 [packed = true];
  repeated uint64 uint64Data = 11 [packed = true];
  optional string docString = 12;
  repeated StringStringEntryProto externalData = 13;
  optional int32 dataLocation = 14;
}
message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; optional string docString = 3; }
message TypeProto { optional TensorTypeProto tensorType = 1; optional string denotation = 6; }
message TensorTypeProto { optional int32 elemType = 1; optional TensorShapeProto shape = 2; }
message TensorShapeProto { repeated DimensionProto dim = 1; }
message DimensionProto { optional int64 dimValue = 1; optional string dimParam = 2; optional string denotation = 3; }
`;

/** Element types of tensors (TensorProto.DataType). */
export const ELEMENT = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;

/** Kinds of attributes (AttributeProto.AttributeType). */
export const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7 } as const;

export interface OnnxTensor {
  dims: number[];
  dataType: number;
  name?: string;
  floatData?: number[];
  int32Data?: number[];
  int64Data?: number[];
  rawData?: Uint8Array;
  externalData?: { key: string; value: string }[];
  dataLocation?: number;
}

export interface OnnxAttribute {
  name: string;
  type?: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: OnnxTensor;
  g?: object;
  graphs?: object[];
  floats?: number[];
  ints?: number[];
}

export interface OnnxNode {
  input: string[];
  output: string[];
  name?: string;
  opType: string;
  attribute: OnnxAttribute[];
  domain?: string;
}

export interface OnnxValueInfo {
  name: string;
  type?: { tensorType?: { elemType?: number; shape?: { dim: { dimValue?: number; dimParam?: string }[] } } };
}

export interface OnnxGraph {
  name?: string;
  node: OnnxNode[];
  initializer: OnnxTensor[];
  input: OnnxValueInfo[];
  output: OnnxValueInfo[];
  valueInfo: OnnxValueInfo[];
  sparseInitializer: object[];
}

export interface OnnxModel {
  irVersion?: number;
  producerName?: string;
  producerVersion?: string;
  opsetImport: { domain?: string; version?: number }[];
  metadataProps: { key: string; value: string }[];
  functions: object[];
  graph: OnnxGraph;
}
