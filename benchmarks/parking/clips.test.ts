/** Clips as people bring them: what cannot be read is named by file and line, and what is no vehicle is no car. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readClips } from './clips.ts';
import { evaluateParking } from './index.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parking-clips-'));
  mkdirSync(join(dir, 'a'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const GOOD = '1,-1,2,3,4,5,0.9,2';
const write = (name: string, ...lines: string[]): void => {
  writeFileSync(join(dir, 'a', name), lines.map((line) => `${line}\n`).join(''));
};
/** What reading or evaluating says is wrong. */
function problemOf(attempt: () => unknown): { code?: unknown; message: string } {
  try {
    attempt();
  } catch (error) {
    return error as Error;
  }
  return { message: 'nothing is wrong' };
}

const WRONG_ROWS: [string, string, string][] = [
  ['half a frame', '1.5,-1,2,3,4,5,0.9,2', 'frame is 1.5, not a whole number from 1 to 864000'],
  ['frame 0', '0,-1,2,3,4,5,0.9,2', 'frame is 0, not'],
  ['a frame years ahead', '1000000000,-1,2,3,4,5,0.9,2', 'frame is 1000000000, not'],
  ['an endless frame', 'Infinity,-1,2,3,4,5,0.9,2', 'frame is Infinity, not'],
  ['an empty field', '1,-1,,3,4,5,0.9,2', 'x is empty'],
  ['a field of spaces', '1,-1,2,  ,4,5,0.9,2', 'y is empty'],
  ['a word', '1,-1,2,3,wide,5,0.9,2', 'w is wide, not a number from 0 to 100000'],
  ['a box that is turned inside out', '1,-1,2,3,4,-5,0.9,2', 'h is -5, not'],
  ['an infinite box', '1,-1,2,3,Infinity,5,0.9,2', 'w is Infinity, not'],
  ['an infinite score', '1,-1,2,3,4,5,Infinity,2', 'score is Infinity, not a number from 0 to 1'],
  ['a score in percent', '1,-1,2,3,4,5,90,2', 'score is 90, not'],
  ['half a class', '1,-1,2,3,4,5,0.9,2.5', 'class is 2.5, not a whole number from'],
  ['a class that COCO does not have', '1,-1,2,3,4,5,0.9,99', 'class is 99, not'],
  ['too few fields', '1,-1,oops', 'there are 3 fields, not frame,id,x,y,w,h,score,class'],
];

describe('clips that cannot be read', () => {
  it.each(WRONG_ROWS)('%s in det.txt', (_, row, problem) => {
    write('det.txt', GOOD, row);
    const { code, message } = problemOf(() => readClips(dir));
    expect(code).toBe('clip.invalid');
    expect(message).toContain(`${join(dir, 'a', 'det.txt')} line 2: ${problem}`);
  });

  it.each(WRONG_ROWS)('%s in gt.txt', (_, row, problem) => {
    write('det.txt', GOOD);
    write('gt.txt', '1,0,2,3,4,5,0.9,2', '', row);
    const { code, message } = problemOf(() => readClips(dir));
    expect(code).toBe('clip.invalid');
    expect(message).toContain(`${join(dir, 'a', 'gt.txt')} line 3: ${problem}`);
  });

  it('a detection without a class, though an event may be without one', () => {
    write('det.txt', GOOD);
    write('gt.txt', '7,0,2,3,4,5,0.9,-1', '6,0,2,3,4,5,0.9,-1');
    expect(readClips(dir)[0]!.events).toMatchObject([{ eventId: '0', firstFrame: 6 }]);
    write('det.txt', '1,-1,2,3,4,5,0.9,-1');
    expect(problemOf(() => readClips(dir)).message).toContain('det.txt line 1: class is -1, not');
  });

  it.each<[string, () => string, RegExp]>([
    ['a folder that is not there', () => join(dir, 'none'), /there is no folder .*none$/],
    ['a file in place of the folder', () => join(dir, 'a', 'det.txt'), /det\.txt is not a folder$/],
    ['a folder without clips', () => join(dir, 'empty'), /no folder under .*empty holds a det\.txt/],
    ['a folder in place of det.txt', () => join(dir, 'odd'), /odd\/det\.txt cannot be read: EISDIR/],
  ])('%s', (_, clipsDir, problem) => {
    write('det.txt', GOOD);
    mkdirSync(join(dir, 'empty'));
    mkdirSync(join(dir, 'odd', 'det.txt'), { recursive: true });
    const { code, message } = problemOf(() => readClips(clipsDir()));
    expect(code).toBe('clip.invalid');
    expect(message).toMatch(problem);
  });

  it.each<[string, string]>([
    ['a file in place of the folder of alarms', ''],
    ['a file above the folder of alarms', 'below'],
  ])('%s is said before anything is played', (_, below) => {
    write('det.txt', '1,-1,oops');
    const outDir = join(dir, 'taken', below);
    writeFileSync(join(dir, 'taken'), '');
    const { code, message } = problemOf(() => evaluateParking({ clipsDir: dir, outDir }));
    expect(code).toBe('clip.invalid');
    expect(message).toContain(`alarms cannot be written to ${outDir}: `);
  });
});

describe('clips', () => {
  it('know the vehicles of COCO by name, and leave out what the program has no class for', () => {
    const classes = [0, 1, 2, 3, 5, 7, 9, 16, 79];
    write('det.txt', ...classes.map((n, i) => `1,-1,${i * 10},3,4,5,0.9,${n}`));
    const [clip] = readClips(dir);
    expect(clip!.detections[0]!.map(({ label }) => label)).toEqual([
      'person',
      'bicycle',
      'car',
      'motorcycle',
      'bus',
      'truck',
    ]);
  });

  it('count a frame whose row is all -1 as seen and empty', () => {
    write('det.txt', GOOD, '2,-1,-1,-1,-1,-1,-1,-1,-1,-1', '4,-1,-1,-1,-1,-1,-1,-1');
    expect(readClips(dir)[0]!.detections.map((frame) => frame.length)).toEqual([1, 0, 0, 0]);
  });

  it('read an event of hours', () => {
    write('det.txt', GOOD);
    const frames = Array.from({ length: 200_000 }, (_, i) => 200_000 - i);
    write('gt.txt', frames.map((frame) => `${frame},3,1,1,9,9,1,2`).join('\n'));
    expect(readClips(dir)[0]!.events.map(({ firstFrame }) => firstFrame)).toEqual([1]);
  });
});
