/** Worse detectors and slower cameras than the clips': detections that are lost, boxes that tremble, fewer pictures. */

import type { Detection } from '../../core/index.ts';
import { normal, seededRandom, seedOf } from '../street/timeline/random.ts';
import type { Clip } from './clips.ts';

/** How a clip is made worse. What is left out stays as it is. */
export interface Degradation {
  readonly name: string;
  /** Share of the detections that are lost, 0–1, each by itself. */
  readonly drop?: number;
  /** Standard deviation by which each edge of a box trembles, in the width or height of the box. */
  readonly jitter?: number;
  /** Only every so many pictures are analysed: 2 makes five a second. */
  readonly everyNth?: number;
  /** Factor of all scores: a detector that is less sure. */
  readonly scores?: number;
  /** Of every so many pictures half a second is lost on the way, e.g. 100: one hole each ten seconds. */
  readonly holeEvery?: number;
}

/** What the benchmark tries: the rule must stand all of it. */
export const DEGRADATIONS: readonly Degradation[] = [
  { name: 'a fifth of the detections lost', drop: 0.2 },
  { name: 'boxes tremble by 3 %', jitter: 0.03 },
  { name: 'both', drop: 0.2, jitter: 0.03 },
  { name: 'scores a tenth lower', scores: 0.9 },
  { name: 'half a second lost each 10 s', holeEvery: 100 },
  { name: '5 pictures a second', everyNth: 2 },
  { name: '2 pictures a second', everyNth: 5 },
  { name: '1 picture a second', everyNth: 10 },
  { name: '5 a second, a fifth lost, trembling', everyNth: 2, drop: 0.2, jitter: 0.03 },
];

const HOLE_FRAMES = 5;

/** The clip as a worse camera and detector would give it: the same every time. */
export function degrade(clip: Clip, how: Degradation): Clip {
  const { drop = 0, jitter = 0, everyNth = 1, scores = 1, holeEvery } = how;
  const random = seededRandom(seedOf(0, clip.name));
  const isKept = (frame: number): boolean =>
    (frame - 1) % everyNth === 0 && (holeEvery === undefined || frame % holeEvery >= HOLE_FRAMES);
  const worse = (detection: Detection): Detection => {
    const { x1, y1, x2, y2 } = detection.box;
    const w = (x2 - x1) * jitter;
    const h = (y2 - y1) * jitter;
    const [a, b, c, d] = [normal(random), normal(random), normal(random), normal(random)];
    const box = { x1: x1 + a * w, y1: y1 + b * h, x2: x2 + c * w, y2: y2 + d * h };
    return { ...detection, box: jitter === 0 ? detection.box : box, score: detection.score * scores };
  };
  const detections = clip.detections.map((frame) => frame.filter(() => random() >= drop).map(worse));
  const events = clip.events.map((event) => ({
    ...event,
    boxes: new Map([...event.boxes].filter(([frame]) => isKept(frame))),
  }));
  return { ...clip, detections, events, isKept };
}
