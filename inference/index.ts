/** `Frame`s become `Detection[]` (onnxruntime-node), shared fairly by all cameras. */

export * from './change-gate.ts';
export * from './detect-images.ts';
export * from './detect-pictures.ts';
export * from './detector.ts';
export * from './fair-scheduler.ts';
export * from './letterbox.ts';
export * from './picture.ts';
export { ModelSession } from './session.ts';
export type { InferRequest, InferResult, RivalRule, SessionOptions } from './session.ts';
