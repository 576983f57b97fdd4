/** Tests of the parking rule on made scenes: each known mistake of such systems is one of them. */

import { describe, expect, it } from 'vitest';
import type { CameraFault, Detection, Track } from '../../core/index.ts';
import { Tracker } from '../../tracking/index.ts';
import {
  EPOCH_MS,
  HEIGHT,
  WIDTH,
  box,
  car,
  makeRules,
  phases,
  play,
  shaken,
  visit,
} from './illegal-parking.fixture.ts';
import type { Scene } from './illegal-parking.fixture.ts';

describe('illegal parking', () => {
  it.each([10, 5, 2, 0.5])('raises once, on time, and clears after the grace, at %s fps', (fps) => {
    const said = play(visit(300, 10, 70), { seconds: 120, fps });
    expect(phases(said)).toEqual(['raised', 'cleared']);
    const stepS = 1 / fps;
    expect(said[0]!.second).toBeGreaterThanOrEqual(29.5);
    expect(said[0]!.second).toBeLessThanOrEqual(30 + 3 * stepS + 1);
    expect(said[1]!.second).toBeGreaterThanOrEqual(81.9);
    expect(said[1]!.second).toBeLessThanOrEqual(84 + 4 * stepS);
    expect(said[0]!.signal).toMatchObject({
      label: 'car',
      presentAtStart: false,
      eventType: 'illegal_parking.motor',
    });
    expect(said[1]!.episodeId).toBe(said[0]!.episodeId);
  });

  it('counts dwell in time, not in frames', () => {
    const scene = visit(300, 10);
    const [slow, fast] = [play(scene, { seconds: 60, fps: 1 }), play(scene, { seconds: 60, fps: 25 })];
    expect(Math.abs(slow[0]!.second - fast[0]!.second)).toBeLessThanOrEqual(3);
  });

  it('warns before it raises, and drops the warning of a vehicle that drives on in time', () => {
    const params = { dwellS: 20, warnShare: 0.5 };
    const stays = play(visit(300, 10), { seconds: 60, params });
    expect(phases(stays)).toEqual(['warned', 'raised']);
    expect(stays[1]!.second - stays[0]!.second).toBeCloseTo(10, 0);
    expect(phases(play(visit(300, 10, 25), { seconds: 60, params }))).toEqual(['warned', 'dropped']);
  });

  it('starts the dwell anew for a second vehicle at the same place', () => {
    const scene: Scene = (s) => (s < 40 ? visit(300, 10, 25)(s) : visit(300, 50, 65)(s));
    expect(play(scene, { seconds: 100 })).toEqual([]);
  });

  it('says nothing of passing traffic', () => {
    const scene: Scene = (s) =>
      [0, 1, 2, 3].map((lane) => car(((s * 90 + lane * 170) % 700) - 60, 100 + lane * 60));
    expect(play(scene, { seconds: 60, params: { dwellS: 3 } })).toEqual([]);
  });

  it('is not moved by a nervous detector', () => {
    const scene: Scene = (s) => visit(300, 10)(s).map((one) => shaken(one, s, 3));
    expect(phases(play(scene, { seconds: 60 }))).toEqual(['raised']);
  });

  it('reports what stood there from the start, from the first sight on', () => {
    const said = play(() => [car(300)], { seconds: 40 });
    expect(said).toMatchObject([{ phase: 'raised', presentAtStart: true }]);
    expect(said[0]!.second).toBeCloseTo(20, 0);
    expect(said[0]!.signal.firstSeenMs).toBe(EPOCH_MS);
    expect(said[0]!.signal.sinceMs).toBe(EPOCH_MS);
  });

  it('survives a bus that stands in front of the vehicle', () => {
    const scene: Scene = (s) =>
      s > 25 && s < 65 ? [{ box: box(270, 150, 160, 120), score: 0.95, label: 'bus' }] : visit(300, 10)(s);
    const params = { dwellS: 70 };
    const said = play(scene, { seconds: 100, params });
    // The bus waits less long than the rule allows; only the car is reported, with its whole dwell.
    expect(phases(said)).toEqual(['raised']);
    expect(said[0]!.signal.label).toBe('car');
    expect(said[0]!.second).toBeGreaterThanOrEqual(79);
    expect(said[0]!.second).toBeLessThanOrEqual(83);
  });

  it('does not begin the dwell anew when the vehicle is hidden in its very first seconds', () => {
    const passing: Detection = { box: box(280, 160, 120, 100), score: 0.95, label: 'truck' };
    const scene: Scene = (s) => (s > 11.2 && s < 12.9 ? [passing] : visit(300, 10)(s));
    const [raised] = play(scene, { seconds: 60 });
    expect(raised!.phase).toBe('raised');
    expect(raised!.second).toBeLessThanOrEqual(31.5);
  });

  it.each([
    ['half of each of two standing cars, of low score', 0.45, 2],
    ['a third car between them, of good score', 0.9, 3],
  ])('a box that is %s', (_, score, events) => {
    const cars = [visit(250, 10), visit(330, 10)];
    const scene: Scene = (s) => [
      ...cars.flatMap((one) => one(s)),
      // A merged box comes and goes; a real car does not.
      ...(s > 12 && (score > 0.5 || s < 40) ? [car(290, 200, 'car', score)] : []),
    ];
    const params = { dwellS: 20, queueVehicles: 0 };
    const raised = play(scene, { seconds: 70, params }).filter(({ phase }) => phase === 'raised');
    expect(raised).toHaveLength(events);
  });

  it('survives a switch of track id in the middle of the dwell', () => {
    // Six seconds without a detection end the track of any tracker that does not hold standing objects.
    const scene: Scene = (s) => (s > 20 && s < 26 ? [] : visit(300, 10)(s));
    const said = play(scene, { seconds: 60, run: (s) => (s < 23 ? 'a' : 'b') });
    expect(phases(said)).toEqual(['raised']);
    expect(said[0]!.signal.trackIds.map((id) => id.split(':')[0])).toEqual(['a', 'b']);
    expect(said[0]!.second).toBeCloseTo(30, 0);
  });

  it('survives missed detections', () => {
    const scene: Scene = (s) => (Math.floor(s * 10) % 3 === 0 ? [] : visit(300, 10)(s));
    expect(phases(play(scene, { seconds: 60 }))).toEqual(['raised']);
  });

  it('goes on across a reconnect: one event, dwell kept', () => {
    const said = play(visit(300, 10), {
      seconds: 80,
      run: (s) => (s < 22 ? 'a' : 'b'),
      blind: (s) => s > 20 && s < 25,
    });
    expect(phases(said)).toEqual(['raised']);
    expect(said[0]!.second).toBeCloseTo(30, 0);
  });

  it('counts no more than ten seconds of an outage', () => {
    const said = play(visit(300, 10), {
      seconds: 90,
      run: (s) => (s < 30 ? 'a' : 'b'),
      blind: (s) => s > 15 && s < 55,
    });
    expect(phases(said)).toEqual(['raised']);
    expect(said[0]!.second).toBeGreaterThanOrEqual(59.5);
    expect(said[0]!.second).toBeLessThanOrEqual(62);
  });

  it('does not clear because the first picture after an outage shows nothing', () => {
    const scene: Scene = (s) => (s > 60 && s < 61 ? [] : visit(300, 10)(s));
    const said = play(scene, {
      seconds: 90,
      run: (s) => (s < 50 ? 'a' : 'b'),
      blind: (s) => s > 40 && s <= 60,
    });
    expect(phases(said)).toEqual(['raised']);
  });

  it('goes on across restarts of the process: the open event is neither forgotten nor raised again', () => {
    const said = play(visit(300, 10, 70), { seconds: 110, restarts: [20, 40, 55] });
    expect(phases(said)).toEqual(['raised', 'cleared']);
    expect(said[0]!.second).toBeCloseTo(30, 0);
    expect(new Set(said.map(({ episodeId }) => episodeId)).size).toBe(1);
  });

  it('does not take a shift by a metre for a new event', () => {
    // A car of 60 px is about 4.5 m long: 14 px are a metre.
    const scene: Scene = (s) => (s < 50 ? visit(300, 10)(s) : [car(300 + Math.min(14, (s - 50) * 10))]);
    expect(phases(play(scene, { seconds: 120 }))).toEqual(['raised']);
  });

  it('holds one event per vehicle, not one per camera', () => {
    const scene: Scene = (s) => [car(60, 80), car(300, 240), car(500, 400)].filter((_, i) => s >= i * 30);
    const said = play(scene, { seconds: 120 });
    expect(phases(said)).toEqual(['raised', 'raised', 'raised']);
    expect(new Set(said.map(({ episodeId }) => episodeId)).size).toBe(3);
  });

  it('does not believe for ever in a score that was once good', () => {
    const scene: Scene = (s) => visit(300, 10)(s).map((one) => ({ ...one, score: s < 15 ? 0.9 : 0.2 }));
    expect(play(scene, { seconds: 80 })).toEqual([]);
  });

  it('is one event although the class changes between car and truck', () => {
    const scene: Scene = (s) =>
      visit(300, 10)(s).map((one) => ({ ...one, label: Math.floor(s) % 7 < 3 ? 'truck' : 'car' }));
    expect(phases(play(scene, { seconds: 80 }))).toEqual(['raised']);
  });

  it('leaves classes alone that it was not given, and tells two-wheelers from motor vehicles', () => {
    const scene: Scene = () => [car(100, 100, 'person'), car(300, 200, 'bicycle')];
    expect(play(scene, { seconds: 40 })).toEqual([]);
    const said = play(scene, { seconds: 40, params: { classes: ['bicycle'] } });
    expect(said.map(({ signal }) => signal.eventType)).toEqual(['illegal_parking.nonmotor']);
  });

  it('forgets everything that has gone', () => {
    const scene: Scene = (s) =>
      [0, 1, 2].map((lane) => car(((s * 70 + lane * 200) % 700) - 60, 100 + lane * 90));
    const options = { seconds: 90 };
    const rules = makeRules(options);
    const tracker = new Tracker({ cameraId: 'cam' });
    let size = 0;
    for (let i = 0; i < 2000; i++) {
      const atMs = i * 100;
      const frame = {
        cameraId: 'cam',
        runId: 'r',
        seq: i,
        ptsMs: atMs,
        capturedAtMs: atMs,
        width: WIDTH,
        height: HEIGHT,
      };
      const moving = i < 1800 ? scene(i / 10) : [];
      rules.evaluate(tracker.update(frame, moving), { faults: [] });
      size = JSON.stringify(rules.save()).length;
    }
    expect(size).toBeLessThan(600);
  });
});

describe('illegal parking: cameras that cannot see', () => {
  it('neither runs nor resets the dwell while the camera is blind, and raises nothing', () => {
    const blind = (s: number): CameraFault[] => (s >= 15 && s < 45 ? ['covered'] : []);
    const scene: Scene = (s) => (s >= 15 && s < 45 ? [] : visit(300, 10)(s));
    const said = play(scene, { seconds: 100, faults: blind });
    expect(phases(said)).toEqual(['raised']);
    expect(said[0]!.second).toBeGreaterThan(58);
    expect(said[0]!.second).toBeLessThan(62);
  });

  it('clears nothing while the camera is blind', () => {
    const blind = (s: number): CameraFault[] => (s >= 40 && s < 90 ? ['signal_lost'] : []);
    const scene: Scene = (s) => (s >= 40 && s < 90 ? [] : visit(300, 10)(s));
    expect(phases(play(scene, { seconds: 120, faults: blind }))).toEqual(['raised']);
  });

  it('goes on under faults that do not falsify it', () => {
    const said = play(visit(300, 10), { seconds: 60, faults: () => ['clock_drift', 'low_frame_rate'] });
    expect(phases(said)).toEqual(['raised']);
  });
});

describe('illegal parking: limits', () => {
  it('raises no more than the allowed number of events at one place in a day', () => {
    const scene: Scene = (s) => (s % 60 < 40 ? [car(300)] : []);
    const said = play(scene, { seconds: 600, fps: 5, params: { maxIncidentsPerPlace: 3 } });
    expect(phases(said).filter((phase) => phase === 'raised')).toHaveLength(3);
  });

  it.each([
    ['an hour', 3600, 1],
    ['a day', 86_400, 2],
  ])('allows another event at a place %s later, by the clock on the wall: %s s, %s', (_, pauseS, events) => {
    // Between the two visits the rule does not watch, as at night: its own time stands still.
    const again = 100 + pauseS;
    const scene: Scene = (s) => (s < 100 ? visit(300, 10, 50)(s) : visit(300, again + 10)(s));
    const said = play(scene, {
      seconds: again + 60,
      fps: 2,
      params: { maxIncidentsPerPlace: 1 },
      blind: (s) => s > 70 && s < again,
    });
    expect(phases(said).filter((phase) => phase === 'raised')).toHaveLength(events);
  });

  it('forgets with a place all that it knows of it, however many come', () => {
    const rules = makeRules({ seconds: 0, params: { graceS: 600 } });
    for (let seq = 0; seq < 120; seq++) {
      const capturedAtMs = EPOCH_MS + seq * 1000;
      const ref = { cameraId: 'cam', runId: 'r', seq, ptsMs: seq * 1000, capturedAtMs };
      const crowd = Math.floor(seq / 5);
      const tracks = Array.from({ length: 300 }, (_, n): Track => {
        const [x, y] = [(n % 20) * 100 + crowd * 20_000, Math.floor(n / 20) * 100];
        return {
          trackId: `r:${crowd}-${n}`,
          state: 'confirmed',
          box: box(x, y),
          label: 'car',
          score: 0.9,
          observed: true,
          firstSeenMs: capturedAtMs,
          lastSeenMs: capturedAtMs,
        };
      });
      const frame = { frame: { ...ref, width: 1_000_000, height: 2000 }, tracks, removed: [] };
      rules.evaluate(frame, { faults: [] });
    }
    const { memory, standing } = rules.save().rules[0]!.state as {
      memory: { places: { n: number }[] };
      standing: [string, unknown][];
    };
    expect(memory.places).toHaveLength(500);
    expect(standing.map(([n]) => n).sort()).toEqual(memory.places.map(({ n }) => String(n)).sort());
  });

  it.each([
    ['strict', 30],
    ['standard', 180],
    ['tolerant', 300],
    [75, 75],
  ])('knows the dwell %s', (dwellS, seconds) => {
    const said = play(() => [car(300)], { seconds: seconds + 20, fps: 2, params: { dwellS } });
    expect(said[0]!.second).toBeGreaterThanOrEqual(seconds);
    expect(said[0]!.second).toBeLessThanOrEqual(seconds + 2);
  });
});
