/** Decoders by the name that manifests use. */

import type { ModelManifest } from '../../models/index.ts';
import { boxesScores } from './boxes-scores.ts';
import type { DecoderFactory } from './decoder.ts';
import { picodet } from './picodet.ts';
import { yolox } from './yolox.ts';

export const DECODERS: Readonly<Record<ModelManifest['decoder'], DecoderFactory>> = {
  picodet,
  yolox,
  'boxes-scores': boxesScores,
};

export type { Decoder, DecoderFactory, DecoderSpec, RawOutput } from './decoder.ts';
