/** A picture from a camera and its place in time. */

/**
 * Which picture of which camera, and when it was taken.
 *
 * Two clocks, never mixed: `ptsMs` is the stream's own clock (durations within one run), `capturedAtMs` is the wall
 * clock, anchored once at the start of a run and carried on by `ptsMs` (so within a run the difference of two
 * `capturedAtMs` equals the difference of their `ptsMs`). Code that must go on across reconnects and restarts
 * (dwell, incidents, footage) uses `capturedAtMs`.
 */
export interface FrameRef {
  readonly cameraId: string;
  /** One unbroken connection to the camera; a reconnect starts a new run. Unique for ever. */
  readonly runId: string;
  /** Number of the analysed frame within the run, from 0. */
  readonly seq: number;
  /** Presentation time on the stream's clock, milliseconds. */
  readonly ptsMs: number;
  /** Wall-clock time of capture, milliseconds since the epoch. */
  readonly capturedAtMs: number;
  /** Size of the picture content in the analysed frame, pixels: boxes of detections live in it. */
  readonly width: number;
  readonly height: number;
}

/**
 * Pixels and their {@link FrameRef}. The picture lies in the top-left corner of a canvas of the model's input
 * size (letterbox, padding value 114 to the right and below); `ref.width` × `ref.height` is the part that shows it.
 */
export interface Frame {
  readonly ref: FrameRef;
  /**
   * RGB, 8 bits, row by row: `canvasWidth * canvasHeight * 3` bytes. Valid until {@link Frame.release}. On a
   * `SharedArrayBuffer` no stage copies it; any other memory is copied once for the detector.
   */
  readonly pixels: Uint8Array;
  readonly canvasWidth: number;
  readonly canvasHeight: number;
  /** Size of the camera's own picture after rotation, pixels. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Gives the pixel memory back; the frame may not be read afterwards. Calling it twice does nothing. */
  release(): void;
}
