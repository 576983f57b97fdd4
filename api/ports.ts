/** What the program must give to the API: cameras, live changes of rules, pictures. */

import type { Camera, CameraSettings, RecentTrack } from './contract/index.ts';
import type { ReplayReport, RuleConfig } from '../rules/index.ts';
import type { PublishedRule } from './store/rule-sets.ts';

/** Cameras as they are now. */
export interface CameraDirectory {
  /** All cameras in the order of the configuration. No address, no password in it. */
  list(): readonly Camera[];
  get(cameraId: string): Camera | undefined;
  /**
   * The newest picture of the camera as a JPEG, at most `widthPx` wide.
   * @throws StreetwatchError `live.unavailable` when there is none.
   */
  snapshot(cameraId: string, widthPx: number): Promise<Uint8Array>;
  /**
   * A recorded picture of the camera as a JPEG.
   * @throws StreetwatchError `footage.missing` when nothing of that moment is recorded (any more).
   */
  pictureAt(cameraId: string, atMs: number, widthPx: number): Promise<Uint8Array>;
  /** Tracks of the last minutes, with their longest stay. */
  recentTracks(cameraId: string, minutes: number): readonly RecentTrack[];
}

/** One thing that is wrong with what was sent; `path` names the field, e.g. `settings.fps`. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** Checks settings of cameras as the configuration file does, and puts them to work without a restart. */
export interface CameraControl {
  /** The district that cameras added here belong to. */
  readonly district: { readonly id: string; readonly name: string };
  /** JSON Schema of {@link CameraSettings} with help texts, ranges and defaults. */
  readonly schema: Readonly<Record<string, unknown>>;
  /**
   * The settings with defaults filled in, or what is wrong with them.
   *
   * @param before the present settings, whose source may stay whatever it is.
   */
  check(
    cameraId: string,
    settings: CameraSettings,
    before: CameraSettings | undefined,
  ): { readonly settings: CameraSettings } | { readonly problems: readonly FieldProblem[] };
  /** Starts, changes or (with `undefined`) ends this one camera; the others go on untouched. */
  apply(cameraId: string, settings: CameraSettings | undefined): Promise<void>;
}

/** Puts changed rules to work without a restart, and without touching other cameras. */
export interface RuleControl {
  /**
   * Replaces all rules of one camera; rules that stay keep their state. From now on the incidents of a rule with
   * `approval` are raised unpublished.
   * @throws StreetwatchError `rule.invalid`, `zone.invalid`: then nothing was changed.
   */
  apply(cameraId: string, rules: readonly PublishedRule[]): Promise<void> | void;
}

/** Runs rules over the tracks that were kept, beside the cameras. */
export interface TrackReplay {
  /**
   * What the rules as they are and as they would be raise in a span of the past, and how they differ.
   * @throws StreetwatchError `rule.invalid`, `zone.invalid`, `store.failed`.
   */
  run(
    wish: {
      readonly cameraId: string;
      readonly before: readonly RuleConfig[];
      readonly after: readonly RuleConfig[];
      readonly fromMs: number;
      readonly toMs: number;
    },
    signal: AbortSignal,
  ): Promise<ReplayReport>;
}

/** Where a live view takes its picture from. */
export interface LiveSource {
  /**
   * Address for ffmpeg (`rtsp://`, `rtsps://`, `http(s)://`), with its password, and the RTSP transport; or, with `loop`,
   * the absolute path of a video file that is played at its own pace again and again. It comes from the configuration
   * file or an administrator, and never leaves the server. `undefined`: the camera cannot be shown live.
   */
  address(cameraId: string): { url: string; transport?: 'tcp' | 'udp'; loop?: boolean } | undefined;
}

/** Figures of the program that the health page shows. */
export interface SystemFigures {
  /** By name, e.g. `outboxWaiting`, `storeFreeBytes`. */
  figures(): Readonly<Record<string, number | string>>;
}
