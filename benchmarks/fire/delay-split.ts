/** Splits the delay of a fire alarm: how long the detector took to see the fire, and what the rule took after that. */

import type { Detection } from '../../core/index.ts';
import { fireRules, judgeClip, type DetectedFrame, type FireClip } from './run.ts';

/** Scores at which the first box is looked for, from where detectors murmur to where one picture is evidence. */
export const BOX_SCORES = [0.1, 0.2, 0.3] as const;
/** Score from which boxes are detected for a split. */
export const LOWEST_BOX_SCORE = BOX_SCORES[0];

/** The tests of the rule that take time, and the parameters that switch each off. */
const TESTS = {
  life: { minMotion: 0 },
  wait: { weakConfirmS: 1, confirmS: 0 },
  lifeAndWait: { minMotion: 0, weakConfirmS: 1, confirmS: 0 },
} as const;

/** All times in seconds after a person can see the fire; `null`: never. */
export interface DelaySplit {
  readonly clip: FireClip;
  /** First box of fire or smoke of at least each of {@link BOX_SCORES}. */
  readonly boxS: readonly (number | null)[];
  /** First box that the rule gets to see. */
  readonly evidenceS: number | null;
  readonly raisedS: number | null;
  /** When it would have been raised without one test, or without both. */
  readonly raisedWithoutS: Readonly<Record<keyof typeof TESTS, number | null>>;
}

/**
 * Splits the delay of one clip.
 *
 * @param frames detected from {@link LOWEST_BOX_SCORE} on.
 */
export function splitDelay(
  clip: FireClip,
  frames: readonly DetectedFrame[],
  params: Readonly<Record<string, unknown>> = {},
): DelaySplit {
  const burnsMs = (frames[0]?.ref.capturedAtMs ?? 0) + (clip.burnsFromS ?? 0) * 1000;
  const first = (counts: (one: Detection) => boolean): number | null => {
    const frame = frames.find(
      ({ ref, detections }) => ref.capturedAtMs >= burnsMs && detections.some(counts),
    );
    return frame === undefined ? null : (frame.ref.capturedAtMs - burnsMs) / 1000;
  };
  const lowest = fireRules(params).lowestScores('clip');
  const reaches = (one: Detection): boolean => one.faint !== true || one.score >= (lowest[one.label] ?? 1);
  const given = frames.map(({ ref, detections }) => ({ ref, detections: detections.filter(reaches) }));
  const raisedS = (change: Readonly<Record<string, unknown>> = {}): number | null =>
    judgeClip(clip, given, { ...params, ...change }).afterS;
  return {
    clip,
    boxS: BOX_SCORES.map((score) => first((one) => isFire(one) && one.score >= score)),
    evidenceS: first((one) => isFire(one) && reaches(one)),
    raisedS: raisedS(),
    raisedWithoutS: {
      life: raisedS(TESTS.life),
      wait: raisedS(TESTS.wait),
      lifeAndWait: raisedS(TESTS.lifeAndWait),
    },
  };
}

/** The splits as a table, one clip a line. */
export function splitTable(splits: readonly DelaySplit[]): string {
  const head = [
    'clip',
    ...BOX_SCORES.map((score) => `box ≥ ${score}`),
    'evidence',
    'raised',
    'without life',
    'without wait',
    'without both',
  ];
  const rows = splits.map(
    ({ clip, boxS, evidenceS, raisedS, raisedWithoutS: { life, wait, lifeAndWait } }) => [
      clip.name,
      ...[...boxS, evidenceS, raisedS, life, wait, lifeAndWait].map((s) => (s === null ? '–' : s.toFixed(1))),
    ],
  );
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join(' | ');
  return [head, ...rows].map(line).join('\n');
}

function isFire({ label }: Detection): boolean {
  return label === 'fire' || label === 'smoke';
}
