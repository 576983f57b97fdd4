/** What the drawing page offers to the program that drives it. */

import type { CameraSpec, Scenario } from '../scenario/schema.ts';
import type { FrameTruth } from './truth-types.ts';

export interface RenderedFrame {
  readonly jpegBase64: string;
  readonly truth: FrameTruth;
}

export interface StreetPage {
  open(scenario: Scenario): Promise<void>;
  /** Moves the camera; its picture keeps its size. */
  look(camera: CameraSpec): void;
  /** Frames must be asked for in order: the picture is drawn over the one before. */
  frame(index: number): RenderedFrame;
}
