import { describe, expect, it } from 'vitest';
import type { CameraFault, Frame, HealthSignal } from '../core/index.ts';
import { HealthMonitor } from './health-monitor.ts';
import type { HealthOptions } from './options.ts';
import { SceneCamera, type Shown } from './scene.fixture.ts';

const START = 1_700_000_000_000;
type Look = (camera: SceneCamera, tMs: number, i: number) => Frame;

class Bench {
  readonly camera = new SceneCamera();
  monitor: HealthMonitor;
  nowMs = START;

  constructor(options: Partial<HealthOptions> = {}) {
    this.monitor = new HealthMonitor({ cameraId: 'cam', options });
  }

  /** Shows so many seconds of pictures, one each 500 ms or as told. */
  show(seconds: number, look: Look | Shown = {}, stepMs = 500): HealthSignal[] {
    const out: HealthSignal[] = [];
    const end = this.nowMs + seconds * 1000;
    for (let i = 0; this.nowMs < end; i++, this.nowMs += stepMs) {
      const t = this.nowMs - START;
      const frame =
        typeof look === 'function' ? look(this.camera, this.nowMs, i) : this.camera.shoot(this.nowMs, look);
      out.push(...this.monitor.observe(frame), ...this.monitor.tick(this.nowMs));
      expect(t).toBeGreaterThanOrEqual(0);
    }
    return out;
  }
}
const said = (signals: readonly HealthSignal[]): string[] => signals.map((s) => `${s.phase} ${s.fault}`);
/** A street with a car that comes by now and then. */
const alive: Look = (camera, atMs, i) => camera.shoot(atMs, i % 8 < 4 ? { carPx: (i % 8) * 50 } : {});

describe('a camera that cannot see', () => {
  it.each<{ fault: CameraFault; shown: Shown }>([
    { fault: 'black', shown: { gain: 0, noise: 1 } },
    { fault: 'black', shown: { gain: 0, noise: 3 } },
    { fault: 'too_dark', shown: { gain: 0.18, noise: 1 } },
    { fault: 'too_bright', shown: { gain: 0.2, offset: 190 } },
    { fault: 'blurred', shown: { blurPx: 5 } },
    { fault: 'covered', shown: { covered: 1 } },
    { fault: 'covered', shown: { covered: 0.7 } },
    { fault: 'moved', shown: { shiftPx: 25 } },
    { fault: 'colour_cast', shown: { tint: [1.3, 0.75, 0.6] } },
    { fault: 'noise', shown: { noise: 25 } },
    { fault: 'stripes', shown: { bars: true } },
  ])('$fault %$ is found within 10 s, told once, and cleared within 10 s of its end', ({ fault, shown }) => {
    const bench = new Bench();
    expect(bench.show(12, alive)).toEqual([]);
    const beganMs = bench.nowMs;
    const found = bench.show(25, shown);
    expect(said(found)).toEqual([`raised ${fault}`]);
    expect(found[0]!.atMs - beganMs).toBeLessThanOrEqual(10_000);
    expect(found[0]!.sinceMs - beganMs).toBeLessThanOrEqual(1000);
    expect(bench.monitor.active()).toEqual([fault]);
    const cleared = bench.show(10, alive);
    expect(said(cleared)).toEqual([`cleared ${fault}`]);
    expect(bench.monitor.active()).toEqual([]);
  });

  it.each<{ fault: CameraFault; shown: Shown }>([
    { fault: 'black', shown: { gain: 0, noise: 1 } },
    { fault: 'too_dark', shown: { gain: 0.18, noise: 1 } },
    { fault: 'too_bright', shown: { gain: 0.2, offset: 190 } },
    { fault: 'covered', shown: { covered: 1 } },
    { fault: 'noise', shown: { noise: 25 } },
  ])('$fault is found even when it was there from the start', ({ fault, shown }) => {
    expect(said(new Bench().show(10, shown))).toEqual([`raised ${fault}`]);
  });

  it('a frozen camera is found within 10 s, and cleared when it moves again', () => {
    const bench = new Bench();
    bench.show(12, alive);
    const beganMs = bench.nowMs;
    const found = bench.show(30, (camera, atMs) => camera.repeat(atMs));
    expect(said(found)).toEqual(['raised frozen']);
    expect(found[0]!.atMs - beganMs).toBeLessThanOrEqual(10_000);
    expect(said(bench.show(8, alive))).toEqual(['cleared frozen']);
  });
});

/** An empty car park that a red car crosses now and then. */
const carPark: Look = (camera, atMs, i) =>
  camera.shoot(atMs, { bare: true, ...(i % 12 < 4 ? { carPx: (i % 12) * 50 } : {}) });

describe('a view with next to nothing in it', () => {
  it('is learnt, and the red car that crosses it is no change of a colour filter', () => {
    const bench = new Bench();
    expect(said(bench.show(60, carPark))).toEqual([]);
    expect(said(bench.show(12, { bare: true, shiftPx: 25 }))).toEqual(['raised moved']);
  });

  it.each<{ fault: CameraFault; shown: Shown }>([
    { fault: 'blurred', shown: { bare: true, blurPx: 2 } },
    { fault: 'covered', shown: { bare: true, covered: 0.6, coverLuma: 130 } },
    { fault: 'covered', shown: { bare: true, covered: 0.8, coverLuma: 48 } },
    { fault: 'moved', shown: { bare: true, shiftPx: 40 } },
  ])('$fault is found while cars cross it', ({ fault, shown }) => {
    const bench = new Bench();
    bench.show(12, carPark);
    const found = bench.show(10, (camera, atMs, i) =>
      camera.shoot(atMs, { ...shown, ...(i % 12 < 4 ? { carPx: (i % 12) * 50 } : {}) }),
    );
    expect(said(found)).toEqual([`raised ${fault}`]);
  });
});

describe('what one fault is easily taken for', () => {
  it.each([false, true])(
    'a black picture with the clock of the camera in it is black (from the start: %s)',
    (start) => {
      const bench = new Bench();
      if (!start) bench.show(12, (camera, atMs) => camera.shoot(atMs, { clock: true }));
      expect(said(bench.show(10, { gain: 0, noise: 1, clock: true }))).toEqual(['raised black']);
    },
  );

  it('a dark street with a clock in it is not black', () => {
    const night: Look = (camera, atMs) => camera.shoot(atMs, { gain: 0.35, noise: 3, clock: true });
    expect(said(new Bench().show(30, night))).toEqual([]);
  });

  it('dark grey where the night was darker is a cover, not darkness', () => {
    const bench = new Bench();
    expect(bench.show(12, { gain: 0.45, offset: -18, noise: 1 })).toEqual([]);
    const covered: Shown = { covered: 0.95, coverLuma: 100, gain: 0.45, noise: 1 };
    expect(said(bench.show(10, covered))).toEqual(['raised covered']);
  });

  it('a frozen picture that each key frame codes anew stays frozen, and is cleared when it moves', () => {
    const bench = new Bench();
    bench.show(12, alive);
    // Key frames two seconds apart: the same picture with another coding noise, then repetitions of it.
    const frozen: Look = (camera, atMs, i) =>
      i % 4 === 0 ? camera.shoot(atMs, { noise: i % 8 === 0 ? 2 : 1 }) : camera.repeat(atMs);
    expect(said(bench.show(60, frozen))).toEqual(['raised frozen']);
    const movesMs = bench.nowMs;
    const after = bench.show(8, alive);
    expect(said(after)).toEqual(['cleared frozen']);
    expect(after[0]!.atMs - movesMs).toBeLessThanOrEqual(3000);
  });
});

describe("the camera's own writing", () => {
  const written: Look = (camera, atMs, i) =>
    camera.shoot(atMs, { clock: true, ...(i % 8 < 4 ? { carPx: (i % 8) * 50 } : {}) });
  const writtenCarPark: Look = (camera, atMs, i) =>
    camera.shoot(atMs, { ...bare, ...(i % 12 < 4 ? { carPx: (i % 12) * 50 } : {}) });
  /** Little noise: under a cover the grain of the asphalt is gone. */
  const bare: Shown = { bare: true, clock: true, noise: 0.3 };

  it.each<{ fault: CameraFault; usual: Look; shown: Shown }>([
    { fault: 'blurred', usual: written, shown: { blurPx: 2 } },
    { fault: 'blurred', usual: written, shown: { blurPx: 5 } },
    { fault: 'blurred', usual: written, shown: { blurPx: 12 } },
    { fault: 'covered', usual: written, shown: { covered: 0.7 } },
    { fault: 'moved', usual: written, shown: { shiftPx: 25 } },
    { fault: 'blurred', usual: writtenCarPark, shown: { ...bare, blurPx: 2 } },
    { fault: 'covered', usual: writtenCarPark, shown: { ...bare, covered: 0.6, coverLuma: 130 } },
  ])('stays sharp, and $fault is named nevertheless: $shown', ({ fault, usual, shown }) => {
    const bench = new Bench();
    expect(bench.show(12, usual)).toEqual([]);
    expect(said(bench.show(15, { ...shown, clock: true }))).toEqual([`raised ${fault}`]);
    expect(said(bench.show(10, usual))).toEqual([`cleared ${fault}`]);
  });

  it('goes on over a frozen picture, which is found frozen, and cleared when it moves again', () => {
    const bench = new Bench();
    bench.show(12, written);
    const beganMs = bench.nowMs;
    const found = bench.show(20, (camera, atMs) => camera.repeatUnderClock(atMs));
    expect(said(found)).toEqual(['raised frozen']);
    expect(found[0]!.atMs - beganMs).toBeLessThanOrEqual(10_000);
    expect(said(bench.show(8, written))).toEqual(['cleared frozen']);
  });
});

describe('one fault after another', () => {
  const night: Shown = { grey: true, gain: 0.8 };

  it.each<{ fault: CameraFault; shown: Shown }>([
    { fault: 'colour_cast', shown: { tint: [1.3, 0.75, 0.6] } },
    { fault: 'stripes', shown: { bars: true } },
    { fault: 'blurred', shown: { blurPx: 5 } },
  ])('$fault that lasts into the night is cleared in it, and what follows is found', ({ fault, shown }) => {
    const bench = new Bench();
    bench.show(12, alive);
    expect(said(bench.show(12, shown))).toEqual([`raised ${fault}`]);
    // A grey picture has no cast; bars and blur stay until they are taken away.
    const stays = fault === 'colour_cast' ? night : { ...shown, ...night };
    const after = [...bench.show(15, stays), ...bench.show(15, night)];
    expect(said(after)).toEqual([`cleared ${fault}`]);
    expect(said(bench.show(12, { ...night, shiftPx: 25 }))).toEqual(['raised moved']);
  });

  it('a moved view is not taken as the new one while it is covered: the cover would be learnt', () => {
    const bench = new Bench({ acceptMovedAfterMs: 12_000 });
    bench.show(8, alive);
    expect(said(bench.show(8, { shiftPx: 25 }))).toEqual(['raised moved']);
    expect(said(bench.show(16, { shiftPx: 25, covered: 0.7 }))).toEqual(['raised covered']);
    expect(said(bench.show(16, { shiftPx: 25 }))).toEqual(['cleared covered', 'cleared moved']);
    expect(said(bench.show(8, alive))).toEqual(['raised moved']);
  });

  it.each<{ name: string; shown: Shown[]; expected: string[] }>([
    {
      name: 'a blur that gives way to a cover',
      shown: [{ blurPx: 5 }, { covered: 1 }, {}],
      expected: ['raised blurred', 'raised covered', 'cleared covered', 'cleared blurred'],
    },
    {
      name: 'a camera that is knocked, and then black',
      shown: [{ shiftPx: 25 }, { gain: 0, noise: 1 }, { shiftPx: 25 }, {}],
      expected: ['raised moved', 'raised black', 'cleared black', 'cleared moved'],
    },
  ])('$name', ({ shown, expected }) => {
    const bench = new Bench();
    bench.show(12, alive);
    expect(said(shown.flatMap((one) => bench.show(12, one)))).toEqual(expected);
  });
});

describe('at the pace of key frames', () => {
  it.each<{ fault: CameraFault; shown: Shown }>([
    { fault: 'black', shown: { gain: 0, noise: 1 } },
    { fault: 'blurred', shown: { blurPx: 5, clock: true } },
    { fault: 'covered', shown: { covered: 0.7, clock: true } },
    { fault: 'moved', shown: { shiftPx: 25, clock: true } },
  ])('$fault is found at the third or fourth picture, four seconds apart', ({ fault, shown }) => {
    const bench = new Bench();
    expect(bench.show(80, { clock: true }, 4000)).toEqual([]);
    const beganMs = bench.nowMs;
    const found = bench.show(40, shown, 4000);
    expect(said(found)).toEqual([`raised ${fault}`]);
    expect(found[0]!.atMs - beganMs).toBeLessThanOrEqual(12_000);
    expect(said(bench.show(40, { clock: true }, 4000))).toEqual([`cleared ${fault}`]);
  });
});

describe('a camera that can see', () => {
  it.each<{ name: string; look: Look }>([
    { name: 'a street with traffic', look: alive },
    { name: 'a quiet street with noise', look: (camera, atMs) => camera.shoot(atMs) },
    {
      name: 'a quiet night with loud noise',
      look: (camera, atMs) => camera.shoot(atMs, { gain: 0.3, noise: 5 }),
    },
    {
      name: 'dusk: slowly to a third of the light',
      look: (camera, atMs, i) =>
        camera.shoot(atMs, { gain: Math.max(0.35, 1 - i / 400), noise: 2 + Math.min(2, i / 200) }),
    },
    {
      name: 'a truck that stops before the camera for three seconds',
      look: (camera, atMs, i) => camera.shoot(atMs, i % 60 >= 50 && i % 60 < 56 ? { covered: 0.8 } : {}),
    },
    {
      name: 'exposure that pumps',
      look: (camera, atMs, i) => camera.shoot(atMs, { gain: i % 20 < 5 ? 0.6 : 1 }),
    },
    { name: 'lightning', look: (camera, atMs, i) => camera.shoot(atMs, i % 30 === 0 ? { offset: 180 } : {}) },
    {
      name: 'a dark street whose lamp goes on, and off again',
      look: (camera, atMs, i) =>
        camera.shoot(atMs, { gain: 0.3, noise: 4, ...(i > 120 && i < 240 ? { lamp: true } : {}) }),
    },
    {
      name: 'heavy rain that begins',
      look: (camera, atMs, i) => camera.shoot(atMs, i > 120 ? { gain: 0.7, offset: 35, rain: true } : {}),
    },
    {
      name: 'a night camera that drops its colour filter, and takes it back',
      look: (camera, atMs, i) => camera.shoot(atMs, i > 60 && i < 180 ? { grey: true, gain: 0.8 } : {}),
    },
  ])('$name is no fault, for three minutes', ({ look }) => {
    expect(said(new Bench().show(180, look))).toEqual([]);
  });

  it('a static night whose encoder removes all noise only looks frozen', () => {
    // Pictures repeat bit for bit; key frames, each 10 s, code the same scene a little differently; a car each minute.
    const bench = new Bench();
    const night: Look = (camera, atMs, i) => {
      if (i % 120 < 6) return camera.shoot(atMs, { gain: 0.3, noise: 0, carPx: (i % 120) * 30 });
      if (i % 20 === 6 || i === 0) return camera.shoot(atMs, { gain: 0.3, noise: 0.2 });
      return camera.repeat(atMs);
    };
    expect(said(bench.show(600, night))).toEqual([]);
    // A real freeze is still found, later.
    expect(said(bench.show(400, (camera, atMs) => camera.repeat(atMs)))).toEqual(['raised frozen']);
  });

  it('a picture now and then that is only half there changes nothing', () => {
    const bench = new Bench();
    expect(
      said(bench.show(120, (camera, atMs, i) => camera.shoot(atMs, i % 6 === 0 ? { gain: 0 } : {}))),
    ).toEqual([]);
  });
});

describe('signal and rate', () => {
  it('silence is a lost signal, from its beginning, and ends with the next picture', () => {
    const bench = new Bench();
    bench.show(12, alive);
    const lastMs = bench.nowMs - 500;
    const out: HealthSignal[] = [];
    for (let t = 0; t < 20; t++) out.push(...bench.monitor.tick((bench.nowMs += 1000)));
    expect(said(out)).toEqual(['raised signal_lost']);
    expect(out[0]!.sinceMs).toBe(lastMs);
    expect(out[0]!.atMs - lastMs).toBeLessThanOrEqual(6000);
    expect(said(bench.show(3, alive))).toEqual(['cleared signal_lost']);
  });

  it('a camera that never sends a picture has lost its signal', () => {
    const monitor = new HealthMonitor({ cameraId: 'cam' });
    const tick = (from: number, to: number): HealthSignal[] =>
      Array.from({ length: to - from }, (_, t) => monitor.tick(START + (from + t) * 1000)).flat();
    expect(said(tick(0, 15)), 'opening a stream may take some seconds').toEqual([]);
    expect(said(tick(15, 20))).toEqual(['raised signal_lost']);
  });

  it('pictures that come late are no silence', () => {
    const bench = new Bench();
    const out: HealthSignal[] = [];
    for (let i = 0; i < 30; i++) {
      out.push(...bench.monitor.observe(bench.camera.shoot(START + i * 1000)));
      out.push(...bench.monitor.tick(START + i * 1000 + 8000));
    }
    expect(said(out)).toEqual([]);
    const last = START + 29_000;
    for (let t = 1; t < 10; t++) out.push(...bench.monitor.tick(last + 8000 + t * 1000));
    expect(said(out)).toEqual(['raised signal_lost']);
    expect(out[0]!.sinceMs).toBe(last);
  });

  it('key frames only, four seconds apart, are neither silence nor slow', () => {
    const bench = new Bench();
    const out: HealthSignal[] = [];
    for (let i = 0; i < 60; i++) {
      out.push(...bench.monitor.observe(bench.camera.shoot(bench.nowMs)));
      for (let t = 0; t < 4; t++) out.push(...bench.monitor.tick((bench.nowMs += 1000)));
    }
    expect(said(out)).toEqual([]);
  });

  it('a camera that sends one picture a second instead of five is slow', () => {
    const bench = new Bench();
    bench.show(12, alive, 200);
    const beganMs = bench.nowMs;
    const found = bench.show(12, alive, 1000);
    expect(said(found)).toEqual(['raised low_frame_rate']);
    expect(found[0]!.atMs - beganMs).toBeLessThanOrEqual(10_000);
    expect(said(bench.show(25, alive, 200))).toEqual(['cleared low_frame_rate']);
  });

  it('a rate that was changed on purpose is learnt anew', () => {
    const bench = new Bench();
    bench.show(12, alive, 200);
    bench.monitor.expectOtherRate();
    expect(said(bench.show(30, alive, 1000))).toEqual([]);
  });

  it('expectedFps judges from the first seconds, and slowFactor how far it may fall', () => {
    expect(said(new Bench({ expectedFps: 5 }).show(15, alive, 1000))).toEqual(['raised low_frame_rate']);
    expect(said(new Bench({ expectedFps: 5, slowFactor: 6 }).show(15, alive, 1000))).toEqual([]);
  });

  it.each([
    { name: 'a clock that is a twentieth slow', rate: 0.95, expected: ['raised clock_drift'] },
    { name: 'a clock that is a twentieth fast', rate: 1.05, expected: ['raised clock_drift'] },
    { name: 'a right clock with jitter', rate: 1, expected: [] },
  ])('$name', ({ rate, expected }) => {
    const bench = new Bench();
    const out: HealthSignal[] = [];
    for (let i = 0; i < 400; i++) {
      const arrivedMs = i * 200 + ((i * 7919) % 300);
      const frame = bench.camera.shoot(START + i * 200, {});
      const ref = { ...frame.ref, ptsMs: i * 200 * rate };
      out.push(...bench.monitor.observe({ ...frame, ref }, arrivedMs));
    }
    expect(said(out)).toEqual(expected);
  });
});

describe('the clock of the stream', () => {
  it('is right again with the next connection', () => {
    const bench = new Bench();
    const show = (from: number, to: number, rate: number, run: string): HealthSignal[] =>
      Array.from({ length: to - from }, (_, n) => {
        const i = from + n;
        const { ref, ...frame } = bench.camera.shoot(START + i * 200, {}, run);
        return bench.monitor.observe({ ...frame, ref: { ...ref, ptsMs: n * 200 * rate } }, i * 200);
      }).flat();
    expect(said(show(0, 400, 0.95, 'a'))).toEqual(['raised clock_drift']);
    expect(said(show(400, 600, 1, 'b'))).toEqual(['cleared clock_drift']);
    expect(bench.monitor.active()).toEqual([]);
  });
});

describe('memory', () => {
  it('goes on after a restart: active faults, what is normal, and the time away is no silence', () => {
    const bench = new Bench();
    bench.show(12, alive);
    expect(said(bench.show(10, { shiftPx: 25 }))).toEqual(['raised moved']);
    const saved = JSON.parse(JSON.stringify(bench.monitor.save())) as unknown;
    bench.monitor = new HealthMonitor({ cameraId: 'cam' });
    bench.monitor.restore(saved);
    bench.nowMs += 3_600_000;
    expect(bench.monitor.active()).toEqual(['moved']);
    expect(said(bench.monitor.tick(bench.nowMs))).toEqual([]);
    expect(said(bench.show(10, alive))).toEqual(['cleared moved']);
    expect(JSON.stringify(saved).length).toBeLessThan(40_000);
  });

  it('takes up what was learnt from few pictures, with the fault that was raised by it', () => {
    const bench = new Bench();
    bench.show(8, alive, 1000);
    expect(said(bench.show(8, { bars: true }, 1000))).toEqual(['raised stripes']);
    const saved = bench.monitor.save();
    bench.monitor = new HealthMonitor({ cameraId: 'cam' });
    bench.monitor.restore(saved);
    expect(said(bench.show(8, { bars: true }, 1000))).toEqual([]);
    expect(said(bench.show(10, alive, 1000))).toEqual(['cleared stripes']);
  });

  it('takes up the state of a version that knew nothing of blocks', () => {
    const bench = new Bench();
    bench.show(12, alive);
    const saved = bench.monitor.save() as { reference: { maps: Record<string, string> } };
    const { blockEdges: _, blockSteepness: __, ...maps } = saved.reference.maps;
    bench.monitor = new HealthMonitor({ cameraId: 'cam' });
    bench.monitor.restore({ ...saved, reference: { ...saved.reference, maps } });
    expect(said(bench.show(10, { shiftPx: 25 }))).toEqual(['raised moved']);
  });

  it('takes a view that stays for long as the new one, and says so', () => {
    const bench = new Bench({ acceptMovedAfterMs: 30_000 });
    bench.show(12, alive);
    const signals = bench.show(60, { shiftPx: 25 });
    expect(said(signals)).toEqual(['raised moved', 'cleared moved']);
    expect(signals[1]!.measurements['accepted']).toBe(1);
  });

  it.each([null, {}, { version: 2 }, { version: 1, timers: 3 }])('refuses the foreign state %j', (state) => {
    expect(() => new HealthMonitor({ cameraId: 'cam' }).restore(state)).toThrowError(
      expect.objectContaining({ code: 'state.invalid' }),
    );
  });

  it('says nothing of pictures too small to judge', () => {
    const monitor = new HealthMonitor({ cameraId: 'cam' });
    const frame = new SceneCamera().shoot(START);
    const tiny = { ...frame, ref: { ...frame.ref, width: 32, height: 18 } };
    expect(
      Array.from({ length: 40 }, (_, i) =>
        monitor.observe({ ...tiny, ref: { ...tiny.ref, capturedAtMs: START + i * 500 } }),
      ).flat(),
    ).toEqual([]);
  });
});

describe('every option does something', () => {
  it.each<{ name: string; options: Partial<HealthOptions>; shown: Shown; expected: string[] }>([
    { name: 'learnMs', options: { learnMs: 60_000 }, shown: { shiftPx: 25 }, expected: [] },
    { name: 'lookEveryMs', options: { lookEveryMs: 20_000 }, shown: { gain: 0 }, expected: [] },
  ])('$name', ({ options, shown, expected }) => {
    const bench = new Bench(options);
    bench.show(12, alive);
    expect(said(bench.show(15, shown))).toEqual(expected);
  });

  it('signalLostMs', () => {
    const monitor = new HealthMonitor({ cameraId: 'cam', options: { signalLostMs: 60_000 } });
    expect(Array.from({ length: 30 }, (_, t) => monitor.tick(START + t * 1000)).flat()).toEqual([]);
  });

  it('clockDriftMs', () => {
    const bench = new Bench({ clockDriftMs: 60_000 });
    for (let i = 0; i < 400; i++) {
      const frame = bench.camera.shoot(START + i * 200);
      const ref = { ...frame.ref, ptsMs: i * 190 };
      expect(bench.monitor.observe({ ...frame, ref }, i * 200)).toEqual([]);
    }
  });
});
