/** Which cameras a run plays: every clip in every sampling, and cameras that go wrong. */

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StreetwatchError } from '../../core/index.ts';
import { clipIn, type CommittedClip, committedClip, type ServingFault } from '../street/index.ts';
import type { BenchCamera, Sampling } from './types.ts';

/** Clips that come with the repository. */
const COMMITTED = ['parking', 'littering', 'fire'] as const;

/** Clips in a folder that something is to be found in; those with faults of the camera or the line apart. */
export interface Clips {
  readonly sound: readonly CommittedClip[];
  readonly faulty: readonly CommittedClip[];
}

/** @param folder of `streetwatch-street render`; without it the clips of the repository. */
export function findClips(folder?: string): Clips {
  const all =
    folder === undefined
      ? COMMITTED.map((name) => committedClip(name))
      : readdirSync(folder)
          .filter((file) => file.endsWith('.incidents.json'))
          .map((file) => clipIn(folder, file.slice(0, -'.incidents.json'.length)));
  const isFaulty = ({ truth }: CommittedClip): boolean =>
    truth.faults.length > 0 || (truth.serving?.length ?? 0) > 0;
  return { sound: all.filter((clip) => !isFaulty(clip)), faulty: all.filter(isFaulty) };
}

/** `10`, `2`, `keyframes`. @throws StreetwatchError `config.invalid` for anything else. */
export function parseSampling(text: string): Sampling {
  if (text === 'keyframes') return { decode: 'keyframes' };
  const fps = Number(text);
  if (fps > 0 && fps <= 30) return { decode: 'fps', fps };
  throw new StreetwatchError('config.invalid', `"${text}" is neither a number of frames nor "keyframes"`);
}

/** Sampling by sampling, so that cameras that run at once have the same. A clip is never sampled above its own rate. */
export function soundCameras(clips: readonly CommittedClip[], samplings: readonly Sampling[]): BenchCamera[] {
  return samplings.flatMap((sampling) =>
    clips
      .filter(({ truth }) => sampling.decode === 'keyframes' || sampling.fps <= truth.fps)
      .map((clip) => ({ id: `${clip.name}-${suffix(sampling)}`, clip, sampling })),
  );
}

function suffix(sampling: Sampling): string {
  return sampling.decode === 'fps' ? `at-${sampling.fps}` : sampling.decode;
}

/** What goes wrong on a bad line, all within a minute. */
const BAD_LINE: readonly ServingFault[] = [
  { kind: 'drop', fromS: 3, toS: 7, share: 0.3 },
  { kind: 'corrupt', fromS: 8, toS: 10, share: 0.5 },
  { kind: 'stall', fromS: 30, toS: 38 },
  { kind: 'clock-jump', atS: 41, byS: 600 },
];
/** Four pictures of five are damaged for long while the car of `parking` stands there: it may not seem to have left. */
const DAMAGE: readonly ServingFault[] = [{ kind: 'corrupt', fromS: 26, toS: 42, share: 0.8 }];
/** The picture is black while the car of `parking` stands there: its dwell may not run on. */
const BLACK = {
  fault: { kind: 'black', fromS: 17, toS: 26 },
  filter: "drawbox=color=black:t=fill:enable='between(t,17,26)'",
};
/** The picture stands still for the second half of the clip: half a minute is needed where no noise tells it from a quiet street. */
const FROZEN = {
  fault: { kind: 'freeze', fromS: 18, toS: 56 },
  filter: "select='lt(t,18)',tpad=stop_mode=clone:stop_duration=38",
};

/**
 * Cameras that go wrong: the faulty clips of a folder, or, from the clips of the repository, two on bad lines and two
 * whose picture goes black or freezes (written to `dir`).
 */
export function faultyCameras(
  clips: Clips,
  dir: string,
  isAsked: (id: string) => boolean = () => true,
): BenchCamera[] {
  const sampling: Sampling = { decode: 'fps', fps: 5 };
  if (clips.faulty.length > 0) {
    return clips.faulty
      .filter(({ name }) => isAsked(name))
      .map((clip) => ({ id: clip.name, clip, sampling }));
  }
  const [parking, littering] = [committedClip('parking'), committedClip('littering')];
  const made: readonly (readonly [string, () => Omit<BenchCamera, 'id' | 'sampling'>])[] = [
    ['littering-bad-line', () => ({ clip: littering, faults: BAD_LINE })],
    ['parking-damaged', () => ({ clip: parking, faults: DAMAGE })],
    ['parking-black', () => ({ clip: spoiled(parking, BLACK, dir) })],
    ['parking-frozen', () => ({ clip: spoiled(parking, FROZEN, dir) })],
  ];
  return made.filter(([id]) => isAsked(id)).map(([id, make]) => ({ id, sampling, ...make() }));
}

/** A copy of a clip whose picture goes wrong for a while, with the truth of it. */
function spoiled(
  clip: CommittedClip,
  { fault, filter }: { fault: CommittedClip['truth']['faults'][number]; filter: string },
  dir: string,
): CommittedClip {
  const name = `${clip.name}-${fault.kind}`;
  const path = join(dir, `${name}.mp4`);
  const gop = ['-g', String(clip.truth.fps * 2), '-sc_threshold', '0', '-bf', '0'];
  const codec = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '26', '-pix_fmt', 'yuv420p', ...gop];
  execFileSync('ffmpeg', ['-v', 'error', '-i', clip.path, '-vf', filter, ...codec, '-y', path]);
  return { ...clip, name, path, truth: { ...clip.truth, faults: [fault] } };
}
