/** Tests of the rule set: validation, routing, schedules, exemptions, saved state. */

import { describe, expect, it } from 'vitest';
import type { CameraFault, RuleSignal, Track, TrackedFrame } from '../core/index.ts';
import { createRules, ruleKinds } from './index.ts';
import type { RuleConfig, RuleSet } from './index.ts';
import { frameOf } from './kinds/illegal-parking.fixture.ts';

const ALL = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];
/** Monday 2026-11-23, 08:00 in Shanghai. */
const MORNING_MS = Date.parse('2026-11-23T00:00:00Z');
const HOUR_MS = 3_600_000;

const config = (extra: Partial<RuleConfig> = {}): RuleConfig => ({
  ruleId: 'r1',
  ruleVersion: 1,
  kind: 'illegal_parking',
  cameraId: 'cam-1',
  zone: { zoneId: 'z1', version: 1, name: 'kerb', polygon: ALL },
  params: { dwellS: 10, warnShare: 1 },
  ...extra,
});

/** A car that stands at (200, 200), seen twice a second from `fromMs` for `seconds`. */
function stand(
  rules: RuleSet,
  { fromMs = MORNING_MS, seconds = 20, cameraId = 'cam-1', label = 'car', x = 200 } = {},
): RuleSignal[] {
  const signals: RuleSignal[] = [];
  for (let i = 0; i < seconds * 2; i++) {
    const atMs = fromMs + i * 500;
    const box = { x1: x, y1: 200, x2: x + 60, y2: 240 };
    const ref = frameOf({ cameraId, seq: i, ptsMs: i * 500, capturedAtMs: atMs });
    const track: Track = {
      trackId: `run:${cameraId}`,
      state: 'confirmed',
      box,
      label,
      score: 0.9,
      observed: true,
      firstSeenMs: fromMs,
      lastSeenMs: atMs,
    };
    const frame: TrackedFrame = { frame: ref, tracks: [track], removed: [] };
    signals.push(...rules.evaluate(frame, { faults: [] }));
  }
  return signals;
}

const phases = (signals: readonly RuleSignal[]): string[] => signals.map(({ phase }) => phase);

describe('createRules', () => {
  it.each<[string, Partial<RuleConfig>, string, RegExp]>([
    ['kind', { kind: 'jaywalking' }, 'rule.invalid', /no kind jaywalking; known kinds: .*illegal_parking/],
    ['unknown parameter', { params: { dwelS: 3 } }, 'rule.invalid', /dwelS|additional/],
    ['parameter out of range', { params: { dwellS: 0 } }, 'rule.invalid', /dwellS/],
    ['schedule', { schedule: { timeZone: 'Mars/Base', windows: [] } }, 'rule.invalid', /Mars\/Base/],
    ['exemption', { exemptions: [{ name: 'all' }] }, 'rule.invalid', /exemption all/],
    [
      'two points',
      { zone: { zoneId: 'z9', version: 1, name: 'n', polygon: ALL.slice(0, 2) } },
      'zone.invalid',
      /zone z9.*3 points/,
    ],
    [
      'crossing edges',
      { zone: { zoneId: 'z9', version: 1, name: 'n', polygon: [ALL[0]!, ALL[2]!, ALL[1]!, ALL[3]!] } },
      'zone.invalid',
      /cross/,
    ],
  ])('refuses a wrong %s and names rule and camera', (_, extra, code, message) => {
    const make = (): RuleSet => createRules([config(extra)]);
    expect(make).toThrow(expect.objectContaining({ code }));
    expect(make).toThrow(message);
    expect(make).toThrow(/rule r1 on camera cam-1/);
  });

  it('refuses the same id twice on one camera, but not on two', () => {
    expect(() => createRules([config(), config()])).toThrow(/used twice/);
    expect(() => createRules([config(), config({ cameraId: 'cam-2' })])).not.toThrow();
  });

  it('describes every parameter of every kind with range and default', () => {
    for (const kind of ruleKinds.values()) {
      for (const [name, schema] of Object.entries(kind.params.properties)) {
        const { description, default: value } = schema as { description?: string; default?: unknown };
        expect(`${kind.kind}.${name}: ${description}`).toMatch(/.{40}/);
        expect(description).toBeDefined();
        expect(value).toBeDefined();
      }
    }
  });
});

describe('rule set', () => {
  it('keeps cameras apart', () => {
    const rules = createRules([config(), config({ cameraId: 'cam-2' })]);
    expect(stand(rules, { cameraId: 'cam-1', seconds: 8 })).toEqual([]);
    expect(stand(rules, { cameraId: 'cam-2', seconds: 8 })).toEqual([]);
    expect(stand(rules, { cameraId: 'cam-3' })).toEqual([]);
    const said = stand(rules, { fromMs: MORNING_MS + 8000, seconds: 8 });
    expect(said.map(({ cameraId, phase }) => [cameraId, phase])).toEqual([['cam-1', 'raised']]);
  });

  it.each<[CameraFault[], string[]]>([
    [[], []],
    [['clock_drift', 'low_frame_rate'], []],
    [['covered'], ['parking', 'litter', 'fire']],
    [
      ['low_frame_rate', 'blurred'],
      ['parking', 'litter'],
    ],
    [['colour_cast'], ['fire']],
  ])('tells which rules %j suspends: %j', (faults, expected) => {
    const rules = createRules([
      config({ ruleId: 'parking' }),
      config({ ruleId: 'litter', kind: 'littering', params: {} }),
      config({ ruleId: 'fire', kind: 'fire_smoke', params: {} }),
      config({ ruleId: 'off', enabled: false }),
    ]);
    expect(rules.suspended('cam-1', faults)).toEqual(expected);
    expect(rules.suspended('cam-2', faults)).toEqual([]);
  });

  it('does nothing when disabled, and ends what was open', () => {
    expect(stand(createRules([config({ enabled: false })]))).toEqual([]);
    const before = createRules([config()]);
    expect(phases(stand(before))).toEqual(['raised']);
    const after = createRules([config({ enabled: false, ruleVersion: 2 })]);
    after.restore(before.save());
    const [cleared, ...more] = stand(after, { fromMs: MORNING_MS + 20_000 });
    expect(more).toEqual([]);
    expect(cleared).toMatchObject({
      phase: 'cleared',
      ruleVersion: 2,
      measurements: { endReason: 'rule_disabled' },
    });
  });

  it('watches by its schedule, and clears when it closes', () => {
    const schedule = {
      timeZone: 'Asia/Shanghai',
      windows: [{ days: ['mon' as const], from: '07:00', to: '09:00' }],
    };
    const rules = createRules([config({ schedule })]);
    expect(stand(rules, { fromMs: MORNING_MS - 2 * HOUR_MS })).toEqual([]);
    expect(phases(stand(rules))).toEqual(['raised']);
    const end = stand(rules, { fromMs: MORNING_MS + HOUR_MS });
    expect(end).toMatchObject([{ phase: 'cleared', measurements: { endReason: 'schedule' } }]);
  });

  it.each([
    ['closed and opened again', 24 * HOUR_MS, ['cleared', 'raised'], true],
    ['stayed open', HOUR_MS / 4, [], undefined],
  ])('knows that it %s while no picture came', (_, offMs, expected, presentAtStart) => {
    const days = ['mon' as const, 'tue' as const];
    const schedule = { timeZone: 'Asia/Shanghai', windows: [{ days, from: '07:00', to: '09:00' }] };
    const before = createRules([config({ schedule })]);
    expect(phases(stand(before))).toEqual(['raised']);
    const rules = createRules([config({ schedule })]);
    rules.restore(JSON.parse(JSON.stringify(before.save())));
    const said = stand(rules, { fromMs: MORNING_MS + offMs });
    expect(phases(said)).toEqual(expected);
    expect(said.at(-1)?.presentAtStart).toBe(presentAtStart);
  });

  it('a rule that asks for faint vehicles does not change what another one sees', () => {
    const litter = config({ ruleId: 'l', kind: 'littering', params: { exposedAfterS: 10 } });
    const said = [[litter], [litter, config({ ruleId: 'p' })]].map((configs) => {
      const rules = createRules(configs);
      const asked = 'truck' in rules.lowestScores('cam-1');
      return Array.from({ length: 200 }, (_, seq) => {
        const capturedAtMs = MORNING_MS + seq * 1000;
        const times = { firstSeenMs: MORNING_MS, lastSeenMs: capturedAtMs };
        const seen = { state: 'confirmed' as const, observed: true, score: 0.9, ...times };
        const heap: Track = {
          ...seen,
          trackId: 'r:1',
          label: 'garbage',
          box: { x1: 220, y1: 200, x2: 260, y2: 230 },
        };
        // Half of the pictures show the truck too faintly; what is not asked for is missed.
        const missed = { ...seen, state: 'lost' as const, observed: false, lastSeenMs: capturedAtMs - 1000 };
        const dim = asked ? { ...seen, score: 0.45, faint: true as const } : missed;
        const how = seq % 2 === 0 ? dim : seen;
        const truck: Track = {
          ...how,
          trackId: 'r:2',
          label: 'truck',
          box: { x1: 150, y1: 120, x2: 330, y2: 260 },
        };
        const tracks = seq < 40 ? [heap] : [truck];
        const frame = frameOf({ cameraId: 'cam-1', runId: 'r', seq, ptsMs: seq * 1000, capturedAtMs });
        return rules.evaluate({ frame, tracks, removed: [] }, { faults: [] });
      })
        .flat()
        .filter(({ ruleId }) => ruleId === 'l');
    });
    expect(phases(said[0]!)).toEqual(['raised']);
    expect(said[1]).toEqual(said[0]);
  });

  it('counts only the dwell inside the schedule', () => {
    const schedule = {
      timeZone: 'Asia/Shanghai',
      windows: [{ days: ['mon' as const], from: '08:00', to: '09:00' }],
    };
    const rules = createRules([config({ schedule })]);
    const said = stand(rules, { fromMs: MORNING_MS - 60_000, seconds: 90 });
    expect(said).toHaveLength(1);
    expect(said[0]!.atMs).toBeGreaterThanOrEqual(MORNING_MS + 9500);
  });

  it.each<[string, NonNullable<RuleConfig['exemptions']>[number], boolean]>([
    ['its class', { name: 'buses', labels: ['bus'] }, true],
    ['another class', { name: 'trucks', labels: ['truck'] }, false],
    [
      'its place',
      {
        name: 'bay',
        area: [
          { x: 0.2, y: 0.3 },
          { x: 0.6, y: 0.3 },
          { x: 0.6, y: 0.9 },
        ],
      },
      true,
    ],
    [
      'another place',
      {
        name: 'bay',
        area: [
          { x: 0.7, y: 0.3 },
          { x: 0.9, y: 0.3 },
          { x: 0.9, y: 0.9 },
        ],
      },
      false,
    ],
    [
      'its time',
      {
        name: 'mornings',
        schedule: { timeZone: 'Asia/Shanghai', windows: [{ days: ['mon'], from: '08:00', to: '09:00' }] },
      },
      true,
    ],
    [
      'its class at another time',
      {
        name: 'nights',
        labels: ['bus'],
        schedule: { timeZone: 'Asia/Shanghai', windows: [{ days: ['mon'], from: '20:00', to: '21:00' }] },
      },
      false,
    ],
  ])('lets an exemption for %s exempt or not', (_, exemption, exempt) => {
    const rules = createRules([config({ exemptions: [exemption] })]);
    expect(phases(stand(rules, { label: 'bus' }))).toEqual(exempt ? [] : ['raised']);
  });

  it('holds the zone: the middle of the lower edge decides, or the overlap', () => {
    const polygon = [
      { x: 0, y: 0 },
      { x: 0.37, y: 0 },
      { x: 0.37, y: 1 },
      { x: 0, y: 1 },
    ];
    const zone = { zoneId: 'left', version: 1, name: 'left', polygon };
    const rules = (params: Record<string, unknown>): RuleSet =>
      createRules([config({ zone, params: { dwellS: 10, warnShare: 1, ...params } })]);
    // x 200-260 px of 640: the zone ends at 236.8 px, so the middle is inside and 61 % overlap.
    expect(phases(stand(rules({})))).toEqual(['raised']);
    expect(phases(stand(rules({}), { x: 210 }))).toEqual([]);
    expect(phases(stand(rules({ zoneTest: 'overlap', minOverlap: 0.4 }), { x: 210 }))).toEqual(['raised']);
    expect(phases(stand(rules({ zoneTest: 'overlap', minOverlap: 0.7 })))).toEqual([]);
  });

  it('keeps an open event over a published change of the rule, and tells which rules are gone', () => {
    const before = createRules([config(), config({ ruleId: 'r2' })]);
    const raised = stand(before);
    const after = createRules([config({ ruleVersion: 2, params: { dwellS: 12, warnShare: 1 } })]);
    expect(after.restore(JSON.parse(JSON.stringify(before.save())))).toEqual([
      { ruleId: 'r2', cameraId: 'cam-1' },
    ]);
    expect(stand(after, { fromMs: MORNING_MS + 20_000 })).toEqual([]);
    expect(after.live('cam-1').map(({ place }) => [place.phase, place.episodeId])).toEqual([
      ['raised', raised[0]!.episodeId],
    ]);
  });

  it('refuses state that is not its own', () => {
    const rules = createRules([config()]);
    const invalid = expect.objectContaining({ code: 'state.invalid' }) as unknown;
    expect(() => rules.restore(null)).toThrow(invalid);
    expect(() => rules.restore({ version: 2, rules: [] })).toThrow(invalid);
    const saved = rules.save();
    expect(() => rules.restore({ ...saved, rules: [{ ...saved.rules[0]!, state: { clock: 1 } }] })).toThrow(
      invalid,
    );
  });
});
