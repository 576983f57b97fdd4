/** Label files and folders that are wrong are named with file and line. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readDataset } from './dataset.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'streetwatch-dataset-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function put(path: string, text = ''): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

describe('readDataset', () => {
  test('boxes, sources and what they label', () => {
    put('images/val/garbage_atanu-00001.jpg');
    put('labels/val/garbage_atanu-00001.txt', '7 0.5 0.5 0.2 0.4\n\n9 0.1 0.1 0.1 0.1\n');
    put('images/val/new-source-7.jpg');
    put('labels/val/new-source-7.txt', '0 0.5 0.5 1 1\n');
    put('labels/val/new-source-8.txt', '0 0.5 0.5 1 1\n');
    const { pictures, sources, guessed, withoutPicture } = readDataset(dir, 'val');
    expect(withoutPicture).toEqual([join(dir, 'labels/val/new-source-8.txt')]);
    expect(pictures[0]).toMatchObject({
      source: 'garbage_atanu',
      truth: [{ label: 'garbage' }, { label: 'overflow' }],
    });
    expect(pictures[0]!.truth[0]!.box.y2).toBeCloseTo(0.7);
    expect(sources.get('garbage_atanu')).toEqual({
      labels: ['garbage', 'bin', 'overflow'],
      free: ['fire', 'smoke'],
    });
    expect(sources.get('new-source')).toEqual({ labels: ['person'], free: [] });
    expect(guessed).toEqual(['new-source']);
  });

  test('sources.json and classes.txt of the data folder count', () => {
    put('images/val/a-1.jpg');
    put('labels/val/a-1.txt', '1 0.5 0.5 0.1 0.1');
    put('classes.txt', 'cat\ndog\n');
    put('sources.json', '{"a": {"labels": ["cat", "dog"], "free": ["fire"]}}');
    const { pictures, sources, guessed } = readDataset(dir, 'val');
    expect(pictures[0]!.truth[0]!.label).toBe('dog');
    expect(sources.get('a')).toEqual({ labels: ['cat', 'dog'], free: ['fire'] });
    expect(guessed).toEqual([]);
  });

  test.each([
    [
      'a class that does not exist',
      '2 0.5 0.5 0.1 0.1\n12 0.5 0.5 0.1 0.1',
      'a-1.txt:2: class 12 does not exist',
    ],
    ['a class that is no whole number', '1.5 0.5 0.5 0.1 0.1', 'a-1.txt:1: class 1.5'],
    ['a class that is negative', '-1 0.5 0.5 0.1 0.1', 'a-1.txt:1: class -1'],
    ['too few numbers', '2 0.5 0.5', 'a-1.txt:1: expected'],
    ['words', 'car 0.5 0.5 0.1 0.1', 'a-1.txt:1: expected'],
    ['pixels instead of 0–1', '2 320 240 50 50', 'a-1.txt:1: numbers must lie in 0 to 1'],
  ])('%s', (_, text, message) => {
    put('images/val/a-1.jpg');
    put('labels/val/a-1.txt', text);
    expect(() => readDataset(dir, 'val')).toThrow(
      expect.objectContaining({ code: 'dataset.invalid', message: expect.stringContaining(message) }),
    );
  });

  test.each(['labels', 'free'])('a class in sources.json (%s) that does not exist is named', (key) => {
    put('images/val/a-1.jpg');
    put('labels/val/a-1.txt');
    put('sources.json', JSON.stringify({ a: { labels: ['garbage'], [key]: ['firee'] } }));
    expect(() => readDataset(dir, 'val')).toThrow(
      expect.objectContaining({
        code: 'dataset.invalid',
        message: expect.stringMatching(/sources\.json: a names the class firee/),
      }),
    );
  });

  test.each([
    ['no folder', () => {}],
    [
      'no pictures',
      () => ['images/val', 'labels/val'].forEach((path) => mkdirSync(join(dir, path), { recursive: true })),
    ],
    [
      'sources.json of another form',
      () => {
        put('images/val/a-1.jpg');
        put('labels/val/a-1.txt');
        put('sources.json', '{"a": ["car"]}');
      },
    ],
  ])('%s', (_, make) => {
    make();
    expect(() => readDataset(dir, 'val')).toThrow(expect.objectContaining({ code: 'dataset.invalid' }));
  });
});
