/** Holds what a camera raised against the truth of its clip. */

import { readTruth } from '../street/index.ts';
import { kindsOf } from './camera-config.ts';
import type { Judged } from './figures.ts';
import { matchIncidents } from './match.ts';
import type { CameraResult } from './types.ts';

export function judge(result: CameraResult): Judged {
  const { clip } = result.camera;
  const matching = matchIncidents(clip.truth, readTruth(clip.truthPath), result.raised);
  return { result, matching, kinds: kindsOf(result.camera) };
}
