/** The ONNX file format, as far as graph preparation needs it. */

export * from './file.ts';
export * from './graph-editor.ts';
export * from './schema.ts';
export * from './tensor.ts';
