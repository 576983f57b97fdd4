/** The recorded original stream, as evidence sees it: a port that `ingest/` fills and `incidents/` uses. */

/** A full-resolution picture from the recording. */
export interface FootageStill {
  /** PNG or JPEG as decoded from the recording, without overlay. */
  readonly image: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Wall time of the picture that was taken: the latest at or before the moment asked for. */
  readonly capturedAtMs: number;
}

/** A file cut from the recording without re-encoding. */
export interface FootageClip {
  readonly path: string;
  /** Wall times of its first and last picture; it begins at a key frame at or before the moment asked for. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly sizeBytes: number;
}

/** Recorded footage of all cameras on the wall-clock axis of {@link FrameRef.capturedAtMs}. */
export interface Footage {
  /**
   * The picture at a moment. Waits, within reason, for the recording to reach it.
   * @throws StreetwatchError `footage.missing` when nothing covers the moment, `footage.failed` on an ffmpeg error.
   */
  still(cameraId: string, atMs: number): Promise<FootageStill>;
  /**
   * Cuts a clip that covers `fromMs`–`toMs` as far as it was recorded, stream copy, MP4, playable from the start.
   * @throws StreetwatchError `footage.missing`, `footage.failed`, `disk.full`.
   */
  clip(cameraId: string, range: { fromMs: number; toMs: number }, path: string): Promise<FootageClip>;
  /** Keeps what was recorded from `fromMs` on until {@link Footage.release} is called with the same holder. */
  hold(cameraId: string, fromMs: number, holder: string): void;
  release(holder: string): void;
}
