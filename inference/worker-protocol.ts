/** What the detector and its worker threads say to each other. */

import type { ErrorCode, ErrorContext } from '../core/index.ts';
import type { InferRequest, InferResult, SessionOptions } from './session.ts';

/** Given to a worker at its start. */
export type WorkerStart = SessionOptions;

/** `pixels` lie in memory that both threads see, and stay as they are until the answer. */
export type ToWorker =
  | { readonly kind: 'infer'; readonly pixels: Uint8Array<SharedArrayBuffer>; readonly request: InferRequest }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: InferResult }
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly kind: 'not-started'; readonly error: PlainError };

/** A `StreetwatchError` that survives the structured clone. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly context: ErrorContext;
}
