/** What a model is: manifest, weights, graph preparation. */

export * from './coco-classes.ts';
export * from './manifest.ts';
export { OPSETS, describeOnnx } from './onnx/index.ts';
export * from './registry.ts';
export * from './prepare/prepare-model.ts';
export * from './user-models.ts';
export * from './prepare/append-suppression.ts';
