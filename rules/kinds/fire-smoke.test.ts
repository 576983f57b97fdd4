import { describe, expect, it } from 'vitest';
import { Value } from 'typebox/value';
import type { CameraFault, RuleSignal } from '../../core/index.ts';
import type { Rule } from '../rule.ts';
import { fireSmokeParams, type FireSmokeParams } from './fire-params.ts';
import { flame, frameOf, phases, play, rule, square, type Sight } from './fire-smoke.fixture.ts';

describe('confirmation', () => {
  it.each([
    { fps: 10, withinMs: 3000 },
    { fps: 5, withinMs: 3000 },
    { fps: 2, withinMs: 3000 },
    { fps: 0.5, withinMs: 6000 },
    { fps: 0.25, withinMs: 12_000 },
  ])('a flickering flame at $fps fps is raised within $withinMs ms', ({ fps, withinMs }) => {
    const signals = play(rule(), { fps, forMs: 60_000 }, (i) => [{ box: flame(i) }]);
    expect(phases(signals)).toEqual(['raised fire.flame']);
    expect(signals[0]!.atMs - 1_000_000).toBeLessThanOrEqual(withinMs);
    expect(signals[0]).toMatchObject({
      severity: 2,
      presentAtStart: true,
      label: 'fire',
      ruleVersion: 3,
      zoneVersion: 2,
    });
  });

  it.each<{ name: string; sights: (i: number, t: number) => Sight[]; forMs?: number }>([
    { name: 'one frame only', sights: (i) => (i === 20 ? [{ box: flame(i), score: 0.99 }] : []) },
    { name: 'seen in one frame of five', sights: (i) => (i % 5 === 0 ? [{ box: flame(i) }] : []) },
    {
      name: 'a poster: constant box, score 0.7',
      sights: () => [{ box: square(200, 100, 40, 40), score: 0.7 }],
    },
    {
      name: 'a lamp whose box wavers by half a pixel',
      sights: (i) => [
        { box: square(200 + (i % 2) * 0.5, 100, 12, 12 + (i % 3) * 0.5), score: 0.6 + (i % 3) * 0.02 },
      ],
    },
    {
      name: 'a hazard light: on and off, always the same box',
      sights: (i) => (i % 4 < 2 ? [{ box: square(200, 100, 14, 10), score: 0.75 }] : []),
    },
    {
      name: 'tail lights that drive through the picture',
      sights: (i) => [{ box: square(10 + ((i * 9) % 380), 100, 16 + (i % 3) * 2, 12), score: 0.75 }],
    },
    { name: 'weak scores', sights: (i) => [{ box: flame(i), score: 0.25 }] },
    {
      name: 'weak scores now and then',
      sights: (i) => (i % 2 === 0 ? [{ box: flame(i), score: 0.42 }] : []),
    },
    {
      name: 'weak smoke that fills the picture',
      sights: (i) => [
        { label: 'smoke', box: square(0, 0, 380 + (i % 4) * 10, 200 + (i % 4) * 10), score: 0.5 },
      ],
    },
    {
      name: 'weak scores that do not last',
      sights: (i) => (i % 60 < 30 ? [{ box: flame(i), score: 0.39 }] : []),
    },
    { name: 'a prediction that no detection supports', sights: (i) => [{ box: flame(i), observed: false }] },
    { name: 'another label', sights: (i) => [{ box: flame(i), label: 'car' }] },
    {
      name: 'boxes that are not numbers',
      sights: () => [{ box: square(Number.NaN, 1, 2, Number.POSITIVE_INFINITY) }],
    },
    { name: 'scores that are not numbers', sights: (i) => [{ box: flame(i), score: Number.NaN }] },
  ])('$name raises nothing', ({ sights }) => {
    expect(play(rule(), { fps: 5, forMs: 120_000 }, sights)).toEqual([]);
  });

  it('believes something still with a high score only after a long time', () => {
    const signals = play(rule(), { fps: 5, forMs: 60_000 }, () => [
      { box: square(200, 100, 40, 40), score: 0.9 },
    ]);
    expect(phases(signals)).toEqual(['raised fire.flame']);
    expect(signals[0]!.atMs - 1_000_000).toBeGreaterThanOrEqual(20_000);
    expect(signals[0]!.measurements['because']).toBe('still');
  });

  it('believes smoke that rolls and grows', () => {
    const signals = play(rule(), { fps: 5, forMs: 5000 }, (i) => [
      { label: 'smoke', box: square(200 - i, 150 - 2 * i, 30 + 2 * i, 20 + 2 * i), score: 0.65 },
    ]);
    expect(phases(signals)[0]).toBe('raised fire.smoke');
    expect(signals[0]!.severity).toBe(3);
  });

  it('believes weak evidence the sooner the stronger it is, alive and in nearly every picture', () => {
    const afterS = (['fire', 'smoke'] as const).map((label) =>
      (label === 'fire' ? [0.38, 0.41, 0.44] : [0.38, 0.46, 0.55]).map((score) => {
        const sight = (i: number): Sight => ({ label, box: flame(i, 200, 100, 40), score });
        const signals = play(rule(), { fps: 5, forMs: 30_000 }, (i) => (i % 6 === 0 ? [] : [sight(i)]));
        expect(phases(signals)).toEqual([label === 'fire' ? 'raised fire.flame' : 'raised fire.smoke']);
        expect(signals[0]!.measurements['because']).toBe('weak');
        return (signals[0]!.atMs - 1_000_000) / 1000;
      }),
    );
    for (const [faint, middle, nearlyStrong] of afterS) {
      expect(faint).toBeGreaterThan(8);
      expect(faint).toBeLessThanOrEqual(10.5);
      expect(middle).toBeLessThan(faint!);
      expect(nearlyStrong).toBeLessThan(middle!);
      expect(nearlyStrong).toBeLessThanOrEqual(3.5);
    }
  });

  it('does not take a person or a vehicle that looks like smoke for smoke, nor a fire on a vehicle for the vehicle', () => {
    const body = (i: number) => flame(i, 200, 60, 60);
    const on =
      (label: string, score: number) =>
      (i: number): Sight[] => [
        { label, box: body(i), score: 0.8 },
        { label: label === 'person' ? 'smoke' : 'fire', box: body(i), score },
      ];
    expect(play(rule(), { fps: 5, forMs: 30_000 }, on('person', 0.42))).toEqual([]);
    expect(phases(play(rule(), { fps: 5, forMs: 10_000 }, on('car', 0.7)))).toEqual(['raised fire.flame']);
  });

  it('takes no even grey picture for smoke, however sure the detector is and however long it lasts', () => {
    const grey = (i: number): Sight => ({
      label: 'smoke',
      box: { x1: i % 2, y1: 0, x2: 399 - (i % 3), y2: 224 },
      score: 0.82,
    });
    expect(play(rule(), { fps: 5, forMs: 120_000 }, (i) => [grey(i)])).toEqual([]);
  });
});

describe('one incident per place', () => {
  it('two fires are two incidents', () => {
    const signals = play(rule(), { fps: 5, forMs: 10_000 }, (i) => [
      { box: flame(i, 50) },
      { box: flame(i + 3, 330) },
    ]);
    expect(phases(signals)).toEqual(['raised fire.flame', 'raised fire.flame']);
    expect(new Set(signals.map((s) => s.episodeId)).size).toBe(2);
  });

  it('a fire that is found in pieces, with changing track ids, is one', () => {
    const signals = play(rule(), { fps: 5, forMs: 20_000 }, (i) =>
      i % 2 === 0 ? [{ box: flame(i) }] : [{ box: flame(i, 195, 100, 14) }, { box: flame(i, 215, 105, 14) }],
    );
    expect(phases(signals)).toEqual(['raised fire.flame']);
  });

  it('flames and smoke at one place are one incident, surer and more severe than either', () => {
    const both = play(rule(), { fps: 5, forMs: 10_000 }, (i) => [
      { box: flame(i), score: 0.6 },
      { label: 'smoke', box: square(190, 40 - (i % 4) * 6, 50, 60 + (i % 4) * 6), score: 0.6 },
    ]);
    expect(phases(both)).toEqual(['raised fire.flame']);
    expect(both[0]).toMatchObject({ severity: 1, confidence: 0.84 });
    const alone = play(rule(), { fps: 5, forMs: 10_000 }, (i) => [{ box: flame(i), score: 0.6 }]);
    expect(alone[0]).toMatchObject({ severity: 2, confidence: 0.6 });
  });

  it('smoke that turns to flames stays the same incident and becomes severe', () => {
    const signals = play(rule(), { fps: 5, forMs: 20_000 }, (i, t) => [
      { label: 'smoke', box: square(190, 40 - (i % 4) * 6, 50, 60 + (i % 4) * 6), score: 0.6 },
      ...(t > 8000 ? [{ box: flame(i) }] : []),
    ]);
    expect(phases(signals)).toEqual(['raised fire.smoke', 'sustained fire.smoke']);
    expect(signals[1]).toMatchObject({ severity: 1, episodeId: signals[0]!.episodeId });
  });

  it('growth is told, with the new area', () => {
    const signals = play(rule(), { fps: 5, forMs: 30_000 }, (i) => [{ box: flame(i, 200, 100, 20 + i / 2) }]);
    expect(phases(signals).slice(0, 2)).toEqual(['raised fire.flame', 'sustained fire.flame']);
    expect(signals.length).toBeLessThan(8);
    expect(signals.at(-1)!.measurements['growth']).toBeGreaterThan(2);
    expect(signals.at(-1)!.severity).toBe(1);
  });

  it('a fire storm opens no more incidents than allowed', () => {
    const many = (i: number): Sight[] =>
      Array.from({ length: 40 }, (_, n) => ({
        box: flame(i + n, (n % 8) * 52, 20 + Math.floor(n / 8) * 44, 10),
      }));
    expect(play(rule({ maxIncidents: 3 }), { fps: 5, forMs: 20_000 }, many)).toHaveLength(3);
  });
});

describe('ending', () => {
  const burnUntil = 10_000;
  it('clears once after the absence time, as the same incident, and a new fire is a new one', () => {
    const signals = play(rule(), { fps: 5, forMs: 100_000 }, (i, t) =>
      t < burnUntil || t > 80_000 ? [{ box: flame(i) }] : [],
    );
    expect(phases(signals)).toEqual(['raised fire.flame', 'cleared fire.flame', 'raised fire.flame']);
    expect(signals[1]!.episodeId).toBe(signals[0]!.episodeId);
    expect(signals[1]!.atMs - 1_000_000).toBeGreaterThanOrEqual(burnUntil + 29_000);
    expect(signals[2]!.episodeId).not.toBe(signals[0]!.episodeId);
    expect(signals[2]!.presentAtStart).toBe(false);
  });

  it('does not believe for ever: a score that fell away clears', () => {
    const signals = play(rule(), { fps: 5, forMs: 60_000 }, (i, t) =>
      t < 4000 ? [{ box: flame(i), score: 0.99 }] : [],
    );
    expect(phases(signals)).toEqual(['raised fire.flame', 'cleared fire.flame']);
  });

  it('a truck that hides it for 20 s, weak sights and a reconnect do not end it', () => {
    const r = rule();
    const first = play(r, { fps: 5, forMs: 40_000 }, (i, t) =>
      t > 10_000 && t < 30_000 ? [] : [{ box: flame(i), score: t > 30_000 ? 0.2 : 0.7 }],
    );
    // Nobody looked for ten minutes; then it still burns.
    const later = [0, 1, 2, 3].flatMap((i) =>
      r.evaluate(frameOf(i, 640_000 + i * 200, [{ box: flame(i) }], 'run2'), { faults: [] }),
    );
    expect(phases([...first, ...later])).toEqual(['raised fire.flame']);
  });
});

describe('taking the rule out of service', () => {
  it('ends what is open and forgets it', () => {
    const r = rule();
    const [raised] = play(r, { fps: 5, forMs: 5000 }, (i) => [{ box: flame(i) }]);
    const ended = r.end!(frameOf(26, 5000, []).frame, 'schedule');
    expect(ended).toMatchObject([
      { phase: 'cleared', episodeId: raised!.episodeId, measurements: { endReason: 'schedule' } },
    ]);
    expect(r.end!(frameOf(27, 5200, []).frame, 'schedule')).toEqual([]);
  });

  it('refuses a mask that crosses itself', () => {
    const masks: [number, number][][] = [
      [
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
      ],
    ];
    expect(() => rule({ masks })).toThrowError(expect.objectContaining({ code: 'rule.invalid' }));
  });
});

describe('suspension', () => {
  it.each<{ fault: CameraFault; suspends: boolean }>([
    { fault: 'frozen', suspends: true },
    { fault: 'covered', suspends: true },
    { fault: 'moved', suspends: true },
    { fault: 'colour_cast', suspends: true },
    { fault: 'too_dark', suspends: false },
    { fault: 'blurred', suspends: false },
    { fault: 'low_frame_rate', suspends: false },
  ])('$fault: raises nothing = $suspends', ({ fault, suspends }) => {
    const signals = play(rule(), { fps: 5, forMs: 10_000, faults: [fault] }, (i) => [{ box: flame(i) }]);
    expect(signals.length).toBe(suspends ? 0 : 1);
  });

  it('clears nothing while suspended, and its time stands', () => {
    const r = rule();
    play(r, { fps: 5, forMs: 10_000 }, (i) => [{ box: flame(i) }]);
    expect(play(r, { fps: 5, fromMs: 10_000, forMs: 600_000, faults: ['black'] }, () => [])).toEqual([]);
    expect(play(r, { fps: 5, fromMs: 610_000, forMs: 29_000 }, () => [])).toEqual([]);
    expect(phases(play(r, { fps: 5, fromMs: 639_000, forMs: 5000 }, () => []))).toEqual([
      'cleared fire.flame',
    ]);
  });
});

describe('present at the start', () => {
  const seenFrom = (
    of: Rule,
    fromMs: number,
    blind: { untilMs: number; faults: CameraFault[] },
    fps = 5,
  ): RuleSignal[] => {
    play(of, { fps, forMs: 10_000 }, () => []);
    const { untilMs, faults } = blind;
    play(of, { fps, fromMs: 10_000, forMs: untilMs - 10_000, faults }, () => []);
    return play(of, { fps, fromMs: untilMs, forMs: 30_000 }, (i, t) =>
      t >= fromMs ? [{ box: flame(i) }] : [],
    );
  };
  it.each<{ name: string; fromMs: number; faults: CameraFault[]; fps?: number; present: boolean }>([
    { name: 'found when the cover is gone', fromMs: 40_000, faults: ['covered'], present: true },
    { name: 'found so in key frames', fromMs: 40_000, faults: ['covered'], fps: 0.25, present: true },
    { name: 'begun later', fromMs: 45_000, faults: ['covered'], present: false },
    { name: 'found in what never was blind', fromMs: 40_000, faults: ['too_dark'], present: false },
  ])('a fire $name: $present', ({ fromMs, faults, fps, present }) => {
    const [raised] = seenFrom(rule(), fromMs, { untilMs: 40_000, faults }, fps);
    expect(raised).toMatchObject({ phase: 'raised', presentAtStart: present });
  });

  it('is known after a restart while the camera was covered, and from a state that did not note it', () => {
    const covered = (): Rule => {
      const r = rule();
      play(r, { fps: 5, forMs: 10_000 }, () => []);
      play(r, { fps: 5, fromMs: 10_000, forMs: 20_000, faults: ['covered'] }, () => []);
      return r;
    };
    const state = JSON.parse(JSON.stringify(covered().save())) as Record<string, unknown>;
    const { suspended, ...old } = state;
    expect(suspended).toBe(true);
    const after = (saved: unknown): RuleSignal | undefined => {
      const r = rule();
      r.restore(saved);
      return play(r, { fps: 5, fromMs: 30_000, forMs: 10_000 }, (i) => [{ box: flame(i) }])[0];
    };
    expect(after(state)).toMatchObject({ phase: 'raised', presentAtStart: true });
    expect(after(old)).toMatchObject({ phase: 'raised', presentAtStart: false });
  });
});

describe('every parameter does something', () => {
  const burning = (i: number): Sight[] => [{ box: flame(i), score: 0.7 }];
  it.each<{
    name: string;
    params: Partial<FireSmokeParams>;
    sights?: (i: number, t: number) => Sight[];
    raised: boolean;
  }>([
    { name: 'labels', params: { labels: ['smoke'] }, raised: false },
    { name: 'confirmS', params: { confirmS: 15, windowS: 20 }, raised: false },
    {
      name: 'windowS long',
      params: { windowS: 8, minShare: 0.1 },
      sights: (i) => (i % 8 === 0 ? burning(i) : []),
      raised: true,
    },
    {
      name: 'windowS short',
      params: { windowS: 3, minShare: 0.1 },
      sights: (i) => (i % 8 === 0 ? burning(i) : []),
      raised: false,
    },
    { name: 'minFrames', params: { minFrames: 60 }, raised: false },
    {
      name: 'minShare',
      params: { minShare: 0.9 },
      sights: (i) => (i % 2 === 0 ? burning(i) : []),
      raised: false,
    },
    { name: 'minScore', params: { minScore: 0.8, minMeanScore: 0.1, weakScore: 1 }, raised: false },
    {
      name: 'minSmokeScore',
      params: { minSmokeScore: 0.75, weakSmokeScore: 1 },
      sights: (i) => [{ ...burning(i)[0]!, label: 'smoke' }],
      raised: false,
    },
    {
      name: 'weakConfirmS',
      params: { weakConfirmS: 4 },
      sights: (i) => [{ box: flame(i), score: 0.4 }],
      raised: true,
    },
    {
      name: 'weakScore',
      params: { weakConfirmS: 4, weakScore: 1 },
      sights: (i) => [{ box: flame(i), score: 0.4 }],
      raised: false,
    },
    {
      name: 'weakSmokeScore',
      params: { weakConfirmS: 4, weakSmokeScore: 1 },
      sights: (i) => [{ label: 'smoke', box: flame(i), score: 0.4 }],
      raised: false,
    },
    {
      name: 'weakMaxAreaNorm',
      params: { weakConfirmS: 4, weakMaxAreaNorm: 0.01 },
      sights: (i) => [{ box: flame(i, 200, 100, 90), score: 0.4 }],
      raised: false,
    },
    { name: 'minMeanScore', params: { minMeanScore: 0.8, weakScore: 1 }, raised: false },
    { name: 'minMotion', params: { minMotion: 0.9 }, raised: false },
    {
      name: 'minMotion off',
      params: { minMotion: 0 },
      sights: () => [{ box: square(9, 9, 40, 40) }],
      raised: true,
    },
    {
      name: 'maxTravel low',
      params: { maxTravel: 0.15 },
      sights: (i) => [{ box: flame(i, 20 + i * 2) }],
      raised: false,
    },
    {
      name: 'maxTravel high',
      params: { maxTravel: 3 },
      sights: (i) => [{ box: flame(i, 20 + i * 2) }],
      raised: true,
    },
    {
      name: 'stillConfirmS',
      params: { stillConfirmS: 3 },
      sights: () => [{ box: square(9, 9, 40, 40), score: 0.9 }],
      raised: true,
    },
    {
      name: 'stillMinScore',
      params: { stillConfirmS: 3, stillMinScore: 1 },
      sights: () => [{ box: square(9, 9, 40, 40), score: 1 }],
      raised: false,
    },
    { name: 'minAreaNorm', params: { minAreaNorm: 0.1 }, raised: false },
    {
      name: 'masks',
      params: {
        masks: [
          [
            [0.4, 0.3],
            [0.7, 0.3],
            [0.7, 0.7],
            [0.4, 0.7],
          ],
        ],
      },
      raised: false,
    },
    {
      name: 'masks elsewhere',
      params: {
        masks: [
          [
            [0, 0],
            [0.2, 0],
            [0.2, 0.2],
          ],
        ],
      },
      raised: true,
    },
  ])('$name', ({ params, sights, raised }) => {
    const signals = play(rule(params), { fps: 5, forMs: 10_000 }, sights ?? burning);
    expect(signals.some((s) => s.phase === 'raised')).toBe(raised);
  });

  it('minZoneShare', () => {
    const half = square(0, 0, 0.51, 0.5);
    const box = (i: number): Sight[] => [{ box: flame(i, 190, 110, 30) }];
    expect(play(rule({ minZoneShare: 0.9 }, half), { fps: 5, forMs: 5000 }, box)).toHaveLength(0);
    expect(play(rule({ minZoneShare: 0.1 }, half), { fps: 5, forMs: 5000 }, box)).toHaveLength(1);
  });

  it('clearAfterS, largeAreaNorm, growthFactor', () => {
    const out = (params: Partial<FireSmokeParams>, grow = 0): RuleSignal[] =>
      play(rule(params), { fps: 5, forMs: 30_000 }, (i, t) =>
        t < 20_000 ? [{ box: flame(i, 200, 100, 30 + grow * i) }] : [],
      );
    expect(phases(out({ clearAfterS: 5 })).at(-1)).toBe('cleared fire.flame');
    expect(phases(out({ clearAfterS: 50 })).at(-1)).toBe('raised fire.flame');
    expect(out({ largeAreaNorm: 0.005 })[0]!.severity).toBe(1);
    expect(out({ growthFactor: 1.1 }, 0.4).length).toBeGreaterThan(out({ growthFactor: 10 }, 0.4).length);
  });

  it('describes each parameter, and its defaults are allowed', () => {
    for (const [name, schema] of Object.entries(fireSmokeParams.properties)) {
      expect((schema as { description?: string }).description, name).toMatch(/.{40}/);
    }
    expect(Value.Check(fireSmokeParams, Value.Create(fireSmokeParams))).toBe(true);
  });
});
