/** Tests of the tracker on made scenes. */

import { describe, expect, it } from 'vitest';
import type { Box, Detection, FrameRef } from '../core/index.ts';
import { Tracker } from './index.ts';
import type { TrackerState } from './index.ts';

const frameAt = (ms: number, runId = 'run-1'): FrameRef => ({
  cameraId: 'cam',
  runId,
  seq: Math.round(ms / 100),
  ptsMs: ms,
  capturedAtMs: 1e6 + ms,
  width: 640,
  height: 480,
});
const boxAt = (x: number, y: number, w = 60, h = 40): Box => ({ x1: x, y1: y, x2: x + w, y2: y + h });
const seen = (box: Box, label = 'car', score = 0.9): Detection => ({ box, label, score });

describe('tracker', () => {
  it('keeps one id for a moving object and confirms it at the second sight', () => {
    const tracker = new Tracker({ cameraId: 'cam' });
    const states: string[] = [];
    const ids = new Set<string>();
    for (let i = 0; i < 30; i++) {
      const { tracks } = tracker.update(frameAt(i * 100), [seen(boxAt(20 + i * 15, 100))]);
      expect(tracks).toHaveLength(1);
      states.push(tracks[0]!.state);
      ids.add(tracks[0]!.trackId);
    }
    expect([...ids]).toEqual(['run-1:1']);
    expect(states.slice(0, 3)).toEqual(['tentative', 'confirmed', 'confirmed']);
  });

  it('begins a track by a weak detection only where a rule asked for it', () => {
    const tracker = new Tracker({ cameraId: 'cam' });
    const weak = seen(boxAt(100, 100), 'smoke', 0.3);
    expect(tracker.update(frameAt(0), [weak]).tracks).toEqual([]);
    expect(tracker.update(frameAt(100), [{ ...weak, faint: true }]).tracks).toMatchObject([{ faint: true }]);
    expect(tracker.update(frameAt(200), [{ ...weak, score: 0.7 }]).tracks[0]!.faint).toBeUndefined();
  });

  it('does not swap two objects that cross', () => {
    const tracker = new Tracker({ cameraId: 'cam' });
    let last: ReturnType<Tracker['update']> | undefined;
    for (let i = 0; i <= 40; i++) {
      last = tracker.update(frameAt(i * 100), [
        seen(boxAt(20 + i * 12, 100 + i)),
        seen(boxAt(500 - i * 12, 140 - i)),
      ]);
    }
    const right = last!.tracks.find((track) => track.box.x1 > 300);
    expect(right?.trackId).toBe('run-1:1');
    expect(last!.tracks.filter((track) => track.observed)).toHaveLength(2);
  });

  it('takes up an object with its own id after a gap, in spite of the way it went', () => {
    const tracker = new Tracker({ cameraId: 'cam' });
    for (let i = 0; i < 40; i++) {
      const hidden = i >= 15 && i < 25;
      tracker.update(frameAt(i * 100), hidden ? [] : [seen(boxAt(20 + i * 8, 100))]);
    }
    const { tracks } = tracker.update(frameAt(4000), [seen(boxAt(20 + 40 * 8, 100))]);
    expect(tracks.map((track) => track.trackId)).toEqual(['run-1:1']);
  });

  it('holds the place of a standing object that is hidden for half a minute', () => {
    const tracker = new Tracker({ cameraId: 'cam' });
    const box = boxAt(200, 200);
    for (let i = 0; i < 30; i++) tracker.update(frameAt(i * 100), [seen(box)]);
    for (let i = 30; i < 330; i++) {
      const { tracks } = tracker.update(frameAt(i * 100), []);
      expect(tracks[0]).toMatchObject({ trackId: 'run-1:1', state: 'lost', observed: false, box });
    }
    const { tracks } = tracker.update(frameAt(33_000), [seen(box)]);
    expect(tracks).toMatchObject([{ trackId: 'run-1:1', state: 'confirmed', observed: true }]);
  });

  it('does not hold a standing object for ever', () => {
    const tracker = new Tracker({ cameraId: 'cam' });
    for (let i = 0; i < 30; i++) tracker.update(frameAt(i * 100), [seen(boxAt(200, 200))]);
    const removed: string[] = [];
    for (let i = 30; i < 1000; i++) removed.push(...tracker.update(frameAt(i * 100), []).removed);
    expect(removed).toEqual(['run-1:1']);
    expect(tracker.save().tracks).toEqual([]);
  });

  it.each([200, 500, 1000, 2000, 4000])('follows a standing object at one frame in %i ms', (stepMs) => {
    const tracker = new Tracker({ cameraId: 'cam' });
    const ids = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const jitter = i % 2;
      const { tracks } = tracker.update(frameAt(i * stepMs), [seen(boxAt(200 + jitter, 200 - jitter))]);
      for (const track of tracks) ids.add(track.trackId);
    }
    expect([...ids]).toEqual(['run-1:1']);
  });

  it('keeps a weak object alive but starts none', () => {
    const tracker = new Tracker({ cameraId: 'cam' });
    expect(tracker.update(frameAt(0), [seen(boxAt(10, 10), 'car', 0.2)]).tracks).toEqual([]);
    for (let i = 1; i < 5; i++) tracker.update(frameAt(i * 100), [seen(boxAt(10, 10))]);
    const { tracks } = tracker.update(frameAt(500), [seen(boxAt(10, 10), 'car', 0.2)]);
    expect(tracks).toMatchObject([{ trackId: 'run-1:1', observed: true, score: 0.2 }]);
  });

  it('makes one track of a car and a truck box on one vehicle, and votes on the class', () => {
    const tracker = new Tracker({ cameraId: 'cam' });
    let labels: string[] = [];
    for (let i = 0; i < 20; i++) {
      const second = seen(boxAt(101, 100), i % 5 === 0 ? 'truck' : 'car', 0.7);
      const { tracks } = tracker.update(frameAt(i * 100), [seen(boxAt(100, 100), 'car', 0.6), second]);
      labels = tracks.map((track) => track.label);
    }
    expect(labels).toEqual(['car']);
  });

  it('never matches a person to a car', () => {
    const tracker = new Tracker({ cameraId: 'cam' });
    for (let i = 0; i < 5; i++) tracker.update(frameAt(i * 100), [seen(boxAt(100, 100))]);
    const { tracks } = tracker.update(frameAt(500), [seen(boxAt(100, 100), 'person')]);
    expect(tracks.map((track) => track.trackId)).toEqual(['run-1:1', 'run-1:2']);
  });

  it('ends all tracks when a new run begins, and numbers anew under its id', () => {
    const tracker = new Tracker({ cameraId: 'cam' });
    for (let i = 0; i < 5; i++) tracker.update(frameAt(i * 100), [seen(boxAt(100, 100))]);
    const next = tracker.update(frameAt(0, 'run-2'), [seen(boxAt(100, 100))]);
    expect(next.removed).toEqual(['run-1:1']);
    expect(next.tracks.map((track) => track.trackId)).toEqual(['run-2:1']);
  });

  it('refuses the frames of another camera', () => {
    const tracker = new Tracker({ cameraId: 'other' });
    expect(() => tracker.update(frameAt(0), [])).toThrow(/camera other/);
  });

  it.each<[string, (ms: number) => number]>([
    ['not a number', () => Number.NaN],
    ['infinite', () => Number.POSITIVE_INFINITY],
    ['far in the future', (ms) => ms + 1e100],
    ['farther still', (ms) => ms + 1e160],
    ['long ago', (ms) => ms - 1e100],
  ])('keeps its ids over one frame whose time is %s and in which nothing is seen', (_, brokenMs) => {
    const tracker = new Tracker({ cameraId: 'cam' });
    const cars = [seen(boxAt(100, 100, 80, 60)), seen(boxAt(140, 100, 80, 60))];
    const play = (from: number, to: number): string[] => {
      let ids: string[] = [];
      for (let i = from; i < to; i++) {
        ids = tracker.update(frameAt(i * 100), cars).tracks.map((track) => track.trackId);
      }
      return ids;
    };
    play(0, 5);
    tracker.update({ ...frameAt(500), ptsMs: brokenMs(500) }, []);
    expect(play(6, 9)).toEqual(['run-1:1', 'run-1:2']);
  });

  it('says that damaged state is damaged', () => {
    const tracker = new Tracker({ cameraId: 'cam' });
    for (const state of [null, {}, { version: 1, tracks: [{}] }]) {
      expect(() => tracker.restore(state)).toThrow(expect.objectContaining({ code: 'state.invalid' }));
    }
  });

  it.each<[string, (state: TrackerState) => object]>([
    ['a clock that is no number', (state) => ({ ...state, clockMs: Number.NaN })],
    ['a stream time that is text', (state) => ({ ...state, lastPtsMs: 'x' })],
    ['a next number that is text', (state) => ({ ...state, nextN: 'q' })],
    ['a run that is a number', (state) => ({ ...state, runId: 5 })],
    ['a next number that a track has already', (state) => ({ ...state, nextN: 2 })],
    ['a number twice', (state) => ({ ...state, tracks: [state.tracks[0]!, state.tracks[0]!] })],
    ['a box without an edge', (state) => withTrack(state, { seenBox: { x1: 1, y1: 2, x2: 3 } })],
    ['an infinite box', (state) => withTrack(state, { anchor: boxAt(Number.POSITIVE_INFINITY, 0) })],
    ['a filter of three numbers', (state) => withTrack(state, { state: [1, 2, 3] })],
    ['a filter with a hole', (state) => withTrack(state, { stateAtSeen: Array(20).fill(null) })],
    ['no votes', (state) => withTrack(state, { votes: [] })],
    ['a vote without a class', (state) => withTrack(state, { votes: [[1, 2]] })],
    ['a time that is no number', (state) => withTrack(state, { lastSeenMs: Number.NaN })],
  ])('refuses state with %s and stays as it was', (_, damage) => {
    const tracker = new Tracker({ cameraId: 'cam' });
    for (let i = 0; i < 3; i++) {
      tracker.update(frameAt(i * 100), [seen(boxAt(100, 100)), seen(boxAt(300, 100))]);
    }
    const state = tracker.save();
    expect(() => tracker.restore(damage(state))).toThrow(expect.objectContaining({ code: 'state.invalid' }));
    expect(tracker.save()).toEqual(state);
    expect(() => tracker.restore(state)).not.toThrow();
  });
});

function withTrack(state: TrackerState, change: object): object {
  return { ...state, tracks: [{ ...state.tracks[0], ...change }, ...state.tracks.slice(1)] };
}
