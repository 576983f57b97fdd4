/** What the drawing page offers to the program that drives it. */

import type { Scenario } from '../scenario/schema.ts';
import type { FrameTruth } from './truth-types.ts';

export interface RenderedFrame {
  readonly jpegBase64: string;
  readonly truth: FrameTruth;
}

export interface StreetPage {
  open(scenario: Scenario): Promise<void>;
  /** Frames must be asked for in order: the picture is drawn over the one before. */
  frame(index: number): RenderedFrame;
}
