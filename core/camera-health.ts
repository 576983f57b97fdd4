/** States of a camera that cannot see, as video quality diagnosis (视频质量诊断) names them. */

/** Faults of a picture or a stream; names follow the ONVIF tampering topics and common VQD lists. */
export const CAMERA_FAULTS = [
  'signal_lost',
  'frozen',
  'black',
  'too_dark',
  'too_bright',
  'blurred',
  'covered',
  'moved',
  'colour_cast',
  'noise',
  'stripes',
  'low_frame_rate',
  'clock_drift',
] as const;
export type CameraFault = (typeof CAMERA_FAULTS)[number];

/** A fault began or ended. */
export interface HealthSignal {
  readonly phase: 'raised' | 'cleared';
  readonly cameraId: string;
  readonly fault: CameraFault;
  /** Wall time of the frame (or of the missing frames) that decided it, and since when it was so. */
  readonly atMs: number;
  readonly sinceMs: number;
  readonly measurements: Readonly<Record<string, number>>;
  /** Ids of the rules that stand still from now on, because of this fault or of another one that is active. */
  readonly suspendedRules?: readonly string[];
}
