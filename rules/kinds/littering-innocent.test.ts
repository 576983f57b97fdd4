/** Nobody is named who only passed by: garbage found again, first pictures of a view, parked vehicles, exemptions; and who is. */

import { describe, expect, it } from 'vitest';
import type { Box, RuleSignal, Track, TrackedFrame } from '../../core/index.ts';
import { createRules } from '../index.ts';
import type { RuleConfig } from '../index.ts';
import { BELIEVED_EMPTY_MS, MAX_LAIN, rememberGone } from './littering-lain.ts';
import type { Heap, LainPlace } from './littering-state.ts';

const START = Date.parse('2026-11-23T00:00:00Z');
const polygon = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];
const at = (x: number, y: number, w: number, h: number): Box => ({ x1: x, y1: y, x2: x + w, y2: y + h });

type Thing = Pick<Track, 'label' | 'box' | 'trackId'> & Partial<Track>;
type Scene = (s: number) => Thing[];

const bag = (x = 200, id = 'g'): Thing => ({ trackId: id, label: 'garbage', box: at(x, 160, 20, 20) });
/** 80 pixels tall, feet at y = 182. */
const person = (x: number, id = 'p'): Thing => ({ trackId: id, label: 'person', box: at(x, 102, 30, 80) });
const vehicle = (x: number, label = 'car', more: Partial<Track> = {}): Thing => {
  return { trackId: label, label, box: at(x, 125, 100, 60), ...more };
};
/** Somebody on foot at 40 pixels a second who is at x = 195, by the bag, at `passS`; nobody outside the picture. */
const walker = (s: number, passS: number, id = `w${passS}`): Thing[] => {
  const x = 195 + (s - passS) * 40;
  return x > -30 && x < 416 ? [person(x, id)] : [];
};

interface Play {
  readonly toS: number;
  readonly fps?: number;
  readonly run?: (s: number) => string;
  readonly config?: Partial<RuleConfig>;
  /** The process restarts at this second, and what the saved state looks like then. */
  readonly restartS?: number;
  readonly resave?: (state: string) => string;
}

function play(scene: Scene, { toS, fps = 5, run = () => 'r', config = {}, ...restart }: Play): RuleSignal[] {
  const zone = { zoneId: 'z', version: 1, name: 'z', polygon };
  const make = () =>
    createRules([
      { ruleId: 'r', ruleVersion: 1, kind: 'littering', cameraId: 'c', zone, params: {}, ...config },
    ]);
  let rules = make();
  const began = new Map<string, number>();
  const said: RuleSignal[] = [];
  for (let seq = 0; seq < toS * fps; seq++) {
    const s = seq / fps;
    const capturedAtMs = START + s * 1000;
    if (s === restart.restartS) {
      const saved = JSON.stringify(rules.save());
      rules = make();
      rules.restore(JSON.parse(restart.resave?.(saved) ?? saved));
    }
    const tracks = scene(s).map((thing): Track => {
      const firstSeenMs = began.get(thing.trackId) ?? capturedAtMs;
      began.set(thing.trackId, firstSeenMs);
      const seen = { state: 'confirmed', score: 0.8, observed: true } as const;
      return { ...seen, firstSeenMs, lastSeenMs: capturedAtMs, ...thing };
    });
    const times = { seq, ptsMs: s * 1000, capturedAtMs, width: 416, height: 234 };
    const frame: TrackedFrame = { frame: { cameraId: 'c', runId: run(s), ...times }, tracks, removed: [] };
    said.push(...rules.evaluate(frame, { faults: [] }));
  }
  return said;
}
/** What was raised, of whom, and how the garbage came. */
const raised = (signals: readonly RuleSignal[]): string[] =>
  signals
    .filter(({ phase }) => phase === 'raised')
    .map(({ eventType, measurements: { actorTrackId, arrival } }) =>
      [eventType, ...(actorTrackId === undefined ? [] : ['of', actorTrackId]), arrival].join(' '),
    );

describe('garbage that the detector loses and finds again', () => {
  it.each<{ name: string; lostS: number; foundS: number; more?: Scene; expected: string[] }>([
    {
      name: 'after it was raised',
      lostS: 100,
      foundS: 160,
      expected: ['garbage.exposed present_at_start', 'garbage.exposed found_again'],
    },
    {
      name: 'before it was raised',
      lostS: 40,
      foundS: 90,
      expected: ['garbage.exposed found_again'],
    },
    {
      name: 'with somebody gone by a moment before it was lost',
      lostS: 100,
      foundS: 160,
      more: (s) => walker(s, 97),
      expected: ['garbage.exposed present_at_start', 'garbage.exposed found_again'],
    },
    {
      name: 'after a van stood before it for a quarter of an hour',
      lostS: 100,
      foundS: 1080,
      more: (s) => (s > 140 && s < 1070 ? [vehicle(160)] : []),
      expected: ['garbage.exposed present_at_start', 'garbage.exposed found_again'],
    },
    {
      name: 'when the camera connects again meanwhile',
      lostS: 100,
      foundS: 160,
      expected: ['garbage.exposed present_at_start', 'garbage.exposed found_again'],
    },
  ])('is not the act of somebody who walks by: $name', ({ name, lostS, foundS, more, expected }) => {
    const scene: Scene = (s) => [
      ...(s < lostS || s >= foundS ? [bag()] : []),
      ...walker(s, foundS),
      ...(more?.(s) ?? []),
    ];
    const run = (s: number): string => (name.includes('connects') && s > 130 ? 'second' : 'first');
    const signals = play(scene, { toS: foundS + 80, run });
    expect(raised(signals)).toEqual(expected);
    expect(signals.map(({ measurements }) => measurements['removedByTrackId'])).not.toContain('w97');
  });

  it('is not one at a restart of the process either', () => {
    const scene: Scene = (s) => [...(s < 100 || s >= 160 ? [bag()] : []), ...walker(s, 160)];
    expect(raised(play(scene, { toS: 240, restartS: 140 }))).toEqual([
      'garbage.exposed present_at_start',
      'garbage.exposed found_again',
    ]);
  });

  it.each<{ name: string; agoS: number; cleaner: Scene; exemptions?: RuleConfig['exemptions'] }>([
    { name: 'by somebody in sight', agoS: 60, cleaner: (s) => walker(s, 100, 'cleaner') },
    {
      name: 'by a lorry that is exempt',
      agoS: 60,
      cleaner: (s) => (s > 95 && s < 105 ? [vehicle(160, 'truck')] : []),
      exemptions: [{ name: 'sanitation', labels: ['truck'] }],
    },
    { name: 'unseen, long ago', agoS: BELIEVED_EMPTY_MS / 1000 + 30, cleaner: () => [] },
  ])('was cleaned $name: who litters there next is named', ({ agoS, cleaner, exemptions }) => {
    const scene: Scene = (s) => [
      ...(s < 100 || s >= 100 + agoS ? [bag()] : []),
      ...walker(s, 100 + agoS, 'next'),
      ...cleaner(s),
    ];
    const config = exemptions === undefined ? {} : { exemptions };
    expect(raised(play(scene, { toS: agoS + 130, config }))).toEqual([
      'garbage.exposed present_at_start',
      'litter.act of next appeared',
    ]);
  });

  it('was found there only once: who litters there next is named', () => {
    const scene: Scene = (s) => [...(s === 60 || s >= 120 ? [bag()] : []), ...walker(s, 120, 'next')];
    expect(raised(play(scene, { toS: 150 }))).toEqual(['litter.act of next appeared']);
  });

  const heap = (n: number, more: Partial<Heap> = {}): Heap => {
    const box = { x1: n, y1: 0, x2: n + 0.5, y2: 1 };
    const gone = { group: 'garbage', box, hits: 9, absentMs: 1000, remover: null, arrival: 'appeared' };
    return { ...gone, ...more } as Heap;
  };

  it('is not what was carried over the place meanwhile', () => {
    const lain = rememberGone([], heap(1), 0.25);
    expect(rememberGone(lain, heap(1, { taken: true }), 0.25)).toEqual(lain);
    expect(rememberGone(lain, heap(1, { taken: true, arrival: 'found_again' }), 0.25)).toEqual([]);
  });

  it('is remembered at a bounded number of places, the last ones', () => {
    let lain: LainPlace[] = [];
    for (let n = 0; n < 300; n++) lain = rememberGone(lain, heap(n), 0.25);
    expect(lain).toHaveLength(MAX_LAIN);
    expect(lain.map(({ box }) => box.x1)).toContain(299);
  });
});

describe('the first pictures of a view', () => {
  it.each([
    { everyS: 4, missed: 1 },
    { everyS: 4, missed: 3 },
    { everyS: 2, missed: 3 },
    { everyS: 8, missed: 2 },
  ])(
    'that miss what lies there make nobody its author: $missed missed, $everyS s apart',
    ({ everyS, missed }) => {
      const connects = 20 * everyS;
      for (const fromS of [0, connects]) {
        const scene: Scene = (s) => {
          const isNear = s >= fromS && s < fromS + (missed + 1) * everyS;
          return [...(isNear ? [person(195)] : []), ...(s >= fromS + missed * everyS ? [bag()] : [])];
        };
        const run = (s: number): string => (s < fromS ? 'first' : 'second');
        expect(raised(play(scene, { toS: fromS + 120, fps: 1 / everyS, run }))).toEqual([
          'garbage.exposed present_at_start',
        ]);
      }
    },
  );

  it.each([36, 40, 44])(
    'once past, an act is one at key frames, also from state of an older version at %d s',
    (restartS) => {
      const scene: Scene = (s) => [
        ...(s >= 40 ? [bag()] : []),
        ...(s > 35 && s < 44 ? [person(195)] : s < 48 ? [person(300)] : []),
      ];
      const later = ['viewPictures', 'lain', 'firstBox', 'seen', 'taken'];
      let missing = later;
      const resave = (state: string): string => {
        missing = later.filter((field) => !state.includes(`"${field}":`));
        return JSON.stringify(JSON.parse(state), (key, value: unknown) =>
          later.includes(key) ? undefined : value,
        );
      };
      const act = ['litter.act of p appeared'];
      expect(raised(play(scene, { toS: 80, fps: 0.25 }))).toEqual(act);
      expect(raised(play(scene, { toS: 80, fps: 0.25, restartS, resave }))).toEqual(act);
      expect(missing).toEqual(restartS === 44 ? [] : ['seen', 'taken']);
    },
  );
});

describe('a vehicle that stood and drives off', () => {
  /** Stands at x = 100 to 200 until `untilS`, then drives off. */
  const parked = (s: number, untilS: number): Thing[] => {
    const x = 100 + 40 * Math.max(0, s - untilS) ** 2;
    return x < 416 ? [vehicle(x)] : [];
  };

  it.each([
    { bagX: 150, stoodS: 100 },
    { bagX: 150, stoodS: 10 },
    { bagX: 185, stoodS: 100 },
    { bagX: 185, stoodS: 10 },
    { bagX: 195, stoodS: 100 },
    { bagX: 195, stoodS: 10 },
    { bagX: 205, stoodS: 100 },
  ])('after $stoodS s did not drop what comes to light at $bagX', ({ bagX, stoodS }) => {
    const untilS = 20 + stoodS;
    const scene: Scene = (s) => [
      ...(s >= 20 ? parked(s, untilS) : []),
      ...(s > untilS + 1 ? [bag(bagX)] : []),
    ];
    expect(raised(play(scene, { toS: untilS + 40 }))).toEqual([]);
    // At key frames it is gone at once, and the tracker goes on to expect it there.
    const gone: Scene = (s) =>
      s < 20
        ? []
        : s < untilS
          ? [vehicle(100)]
          : [vehicle(100, 'car', { observed: false, state: 'lost' }), bag(bagX)];
    expect(raised(play(gone, { toS: untilS + 40, fps: 0.5 }))).toEqual([]);
  });

  it('after 100 s did not drop what lies beside it, also when it was boxed wrongly meanwhile', () => {
    const scene: Scene = (s) => [
      ...(s === 90 ? [vehicle(100, 'car', { box: at(100, 125, 50, 60) })] : parked(s, 120)),
      ...(s > 121 ? [bag(205)] : []),
    ];
    expect(raised(play(scene, { toS: 160 }))).toEqual([]);
  });

  it.each<{ name: string; of: string; scene: Scene }>([
    {
      name: 'the car, which stopped for a moment beside it',
      of: 'car',
      scene: (s) => [...(s > 20 ? parked(s, 30) : []), ...(s > 31 ? [bag(210)] : [])],
    },
    {
      name: 'the car, which still stands there',
      of: 'car',
      scene: (s) => [...(s > 20 ? parked(s, 36) : []), ...(s > 30 ? [bag(190)] : [])],
    },
    {
      name: 'who walks before a parked car',
      of: 'w60',
      scene: (s) => [vehicle(150), ...walker(s, 60), ...(s >= 60.2 ? [bag()] : [])],
    },
    {
      name: 'who walks before a parked car and hides it',
      of: 'wide',
      scene: (s) => {
        const passes = Math.abs(s - 60) < 4;
        const wide = { ...person(150 + (s - 60) * 40, 'wide'), box: at(150 + (s - 60) * 40, 90, 60, 92) };
        const isHidden = Math.abs(s - 60) < 0.5;
        return [
          isHidden ? vehicle(150, 'car', { observed: false, state: 'lost' }) : vehicle(150),
          ...(passes ? [wide] : []),
          ...(s >= 60 ? [bag()] : []),
        ];
      },
    },
    {
      name: 'who walks before a parked car that was boxed wrongly a moment before',
      of: 'w60',
      scene: (s) => [
        vehicle(150, 'car', s === 58 ? { box: at(150, 125, 50, 60) } : {}),
        ...walker(s, 60),
        ...(s >= 60.2 ? [bag()] : []),
      ],
    },
  ])('is no excuse: the act is of $name', ({ of, scene }) => {
    expect(raised(play(scene, { toS: 80 }))).toEqual([`litter.act of ${of} appeared`]);
  });
});

describe('who left garbage on a busy pavement', () => {
  /** Comes, leaves a bag at 20 s, and walks off. */
  const dropper: Scene = (s) => [...walker(s, 20, 'dropper'), ...(s >= 20 ? [bag()] : [])];

  it.each([1.5, 3, 5])('is named although others pass every %d s', (everyS) => {
    const scene: Scene = (s) => [
      ...dropper(s),
      ...Array.from({ length: 40 }, (_, n) => walker(s, 22 + n * everyS)).flat(),
    ];
    expect(raised(play(scene, { toS: 50 }))).toEqual(['litter.act of dropper appeared']);
  });

  it.each<{ name: string; scene: Scene }>([
    {
      name: 'they go in at a door, and others come along',
      scene: (s) => [...(s < 22 ? dropper(s) : [bag()]), ...walker(s, 26), ...walker(s, 30)],
    },
    {
      name: 'they leave the picture nearby, and others come in there',
      scene: (s) => [
        ...walker(s, 16, 'dropper'),
        ...(s >= 19.4 ? [bag(330)] : []),
        ...[22, 25, 28].flatMap((inS) => walker(inS + 5 - s, 0, `back${inS}`)),
      ],
    },
  ])('is named in time although $name', ({ scene }) => {
    const signals = play(scene, { toS: 50 });
    expect(raised(signals)).toEqual(['litter.act of dropper appeared']);
    expect((signals[0]!.atMs - START) / 1000).toBeLessThan(31);
  });

  it.each<{ name: string; gapS: number; x: (of: number) => number }>([
    { name: 'beside it', gapS: 0, x: () => 215 },
    { name: 'beside it, unseen for two seconds', gapS: 2, x: () => 215 },
    { name: 'beside it, boxed anew', gapS: 0, x: (of) => (of % 2 === 0 ? 215 : 240) },
    { name: 'by it, walking round unseen', gapS: 2, x: (of) => (of % 2 === 0 ? 150 : 240) },
  ])('is not named while they stay $name, under whatever track', ({ gapS, x }) => {
    const scene: Scene = (s) => {
      const of = Math.floor(s / 5);
      const isSeen = s > 15 && s < 40 && s - of * 5 >= gapS;
      return [...(isSeen ? [person(x(of), `id${of}`)] : []), ...(s >= 18 ? [bag()] : [])];
    };
    expect(raised(play(scene, { toS: 40 }))).toEqual([]);
    expect(raised(play(scene, { toS: 60 }))).toEqual(['litter.act of id3 appeared']);
  });
});

describe('what is exempt', () => {
  const exemptions = [{ name: 'sanitation', labels: ['truck', 'bus', 'person'] }];

  it.each<{ name: string; cover: Thing }>([
    { name: 'a lorry', cover: vehicle(160, 'truck') },
    {
      name: 'a lorry that the tracker only expects there',
      cover: vehicle(160, 'truck', { observed: false }),
    },
    { name: 'people', cover: person(195) },
  ])('hides what lies behind it: $name', ({ cover }) => {
    const scene: Scene = (s) => (s > 80 && s < 140 ? [cover] : [bag()]);
    const signals = play(scene, { toS: 260, config: { exemptions } });
    expect(signals.map(({ phase }) => phase)).toEqual(['raised']);
  });

  it('hides nothing where it is only suspected', () => {
    const faint = vehicle(160, 'truck', { faint: true });
    const signals = play((s) => (s > 80 ? [faint] : [bag()]), { toS: 140, config: { exemptions } });
    expect(signals.map(({ phase }) => phase)).toEqual(['raised', 'cleared']);
  });

  it('leaves, and what it hid is nobody’s act', () => {
    const scene: Scene = (s) => {
      const x = 150 + 40 * Math.max(0, s - 40) ** 2;
      return [
        ...(s > 10 && x < 416 ? [vehicle(x, 'bus')] : []),
        ...(s > 41 ? [bag()] : []),
        ...(s > 38 && s < 44 ? [{ ...vehicle(120 + (s - 41) * 30), label: 'bicycle' }] : []),
      ];
    };
    expect(raised(play(scene, { toS: 110, config: { exemptions } }))).toEqual(['garbage.exposed uncovered']);
    expect(raised(play((s) => scene(s).filter(({ label }) => label !== 'bus'), { toS: 60 }))).toEqual([
      'litter.act of car appeared',
    ]);
  });

  it('is never named, nor is somebody else in its place, nor one who was exempt then', () => {
    const area = [
      { x: 0, y: 0 },
      { x: 0.6, y: 0 },
      { x: 0.6, y: 1 },
      { x: 0, y: 1 },
    ];
    const scene: Scene = (s) => [
      ...walker(s, 20),
      ...(s >= 20 ? [bag()] : []),
      ...(s > 16 && s < 24 ? [{ ...person(150 + (s - 16) * 4, 'rider'), label: 'motorcycle' }] : []),
    ];
    expect(raised(play(scene, { toS: 90 }))).toEqual(['litter.act of w20 appeared']);
    expect(raised(play(scene, { toS: 90, config: { exemptions } }))).toEqual(['garbage.exposed appeared']);
    const inArea = { exemptions: [{ name: 'stall', labels: ['person'], area }] };
    expect(raised(play(scene, { toS: 90, config: inArea }))).toEqual(['garbage.exposed appeared']);
  });

  it('is not named as who took it', () => {
    const scene: Scene = (s) => [...(s < 80 ? [bag()] : []), ...walker(s, 80, 'cleaner')];
    const takers = (config: Partial<RuleConfig>): unknown[] =>
      play(scene, { toS: 130, config })
        .filter(({ phase }) => phase === 'cleared')
        .map(({ measurements }) => measurements['removedByTrackId']);
    expect(takers({})).toEqual(['cleaner']);
    expect(takers({ exemptions })).toEqual([undefined]);
  });

  it('lay there before its exemption ended: it is nobody’s act then', () => {
    const schedule = {
      timeZone: 'UTC',
      windows: [{ days: ['mon' as const], from: '00:00', to: '00:02' }],
    };
    const market = [{ name: 'market', labels: ['garbage'], schedule }];
    const scene: Scene = (s) => [bag(), ...walker(s, 120)];
    expect(raised(play(scene, { toS: 200, config: { exemptions: market } }))).toEqual([
      'garbage.exposed found_again',
    ]);
  });
});
