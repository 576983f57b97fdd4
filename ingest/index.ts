/** A camera becomes frames and recorded segments: ffmpeg child processes, one per camera. */

export { probe, type ProbeOptions, type StreamInfo } from './probe.ts';
export { createSource } from './run-source.ts';
export {
  POOL_FRAMES,
  type DecodePolicy,
  type DropReason,
  type RunStarted,
  type SegmentOptions,
  type Source,
  type SourceEvents,
  type SourceOptions,
} from './source.ts';
export { parseSourceUrl, type SourceAddress, type SourceKind } from './source-url.ts';
export { SegmentStore, type Coverage, type SegmentStoreOptions, type StoreUsage } from './segments/store.ts';
