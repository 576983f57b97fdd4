/** The zone editor: drawing, corners, undo and redo, what must not be possible. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenZone, edit, snapped, startEditor } from './editor-state.ts';
import type { EditorAction, EditorState } from './editor-state.ts';

const empty = { zones: [], rules: [] };
const run = (actions: EditorAction[], from: EditorState = startEditor(empty)): EditorState =>
  actions.reduce(edit, from);
const triangle: EditorAction[] = [
  { kind: 'draw' },
  { kind: 'point', at: { x: 0.1, y: 0.1 } },
  { kind: 'point', at: { x: 0.5, y: 0.1 } },
  { kind: 'point', at: { x: 0.3, y: 0.6 } },
  { kind: 'close', name: 'Zone' },
];

describe('drawing', () => {
  it('makes a zone that is chosen, and a double click adds no corner twice', () => {
    const state = run([...triangle.slice(0, 4), { kind: 'point', at: { x: 0.3, y: 0.6 } }, triangle[4]]);
    expect(chosenZone(state)).toMatchObject({ zoneId: 'zone-1', name: 'Zone 1' });
    expect(chosenZone(state)?.polygon).toHaveLength(3);
    expect(state.mode).toBe('editing');
  });

  it('does not close with two corners, and cancels without a trace', () => {
    const two = run([...triangle.slice(0, 3), { kind: 'close', name: 'Zone' }]);
    expect([two.mode, two.document.zones.length]).toEqual(['drawing', 0]);
    const none = edit(two, { kind: 'cancel' });
    expect([none.mode, none.document, none.past.length]).toEqual(['editing', empty, 0]);
  });
});

describe('corners', () => {
  it('are dragged in one step of undo, inserted after their edge, and never fewer than three', () => {
    const dragged = run([
      ...triangle,
      { kind: 'choose', zoneId: 'zone-1', corner: 1 },
      { kind: 'drag', at: { x: 0.6, y: 0.2 } },
      { kind: 'drag', at: { x: 1.7, y: -0.2 } },
      { kind: 'drop' },
    ]);
    expect(chosenZone(dragged)?.polygon[1]).toEqual({ x: 1, y: 0 });
    expect(chosenZone(edit(dragged, { kind: 'undo' }))?.polygon[1]).toEqual({ x: 0.5, y: 0.1 });
    const four = edit(dragged, { kind: 'insert', edge: 2, at: { x: 0.2, y: 0.3 } });
    expect(chosenZone(four)?.polygon[3]).toEqual({ x: 0.2, y: 0.3 });
    const three = edit(four, { kind: 'delete' });
    expect(chosenZone(three)?.polygon).toHaveLength(3);
    const still = run([{ kind: 'choose', zoneId: 'zone-1', corner: 0 }, { kind: 'delete' }], three);
    expect(chosenZone(still)?.polygon).toHaveLength(3);
  });
});

describe('rules', () => {
  it('go with their zone', () => {
    const state = run([...triangle, { kind: 'add-rule', ruleKind: 'illegal_parking' }]);
    expect(state.document.rules).toMatchObject([{ ruleId: 'illegal-parking-1', zoneId: 'zone-1' }]);
    expect(edit(state, { kind: 'delete' }).document).toEqual(empty);
  });
});

describe('snapping', () => {
  it('prefers corners of other zones to edges, and leaves the rest', () => {
    const { document } = run(triangle);
    expect(snapped({ x: 0.505, y: 0.104 }, document, undefined, 0.02)).toEqual({ x: 0.5, y: 0.1 });
    expect(snapped({ x: 0.505, y: 0.01 }, document, 'zone-1', 0.02)).toEqual({ x: 0.505, y: 0 });
    expect(snapped({ x: 0.4, y: 0.4 }, document, undefined, 0.02)).toEqual({ x: 0.4, y: 0.4 });
  });
});

describe('any sequence of actions', () => {
  const at = fc.record({
    x: fc.double({ min: -1, max: 2, noNaN: true }),
    y: fc.double({ min: -1, max: 2, noNaN: true }),
  });
  const small = fc.nat(5);
  const action: fc.Arbitrary<EditorAction> = fc.oneof(
    fc.constantFrom<EditorAction>(
      ...triangle,
      { kind: 'cancel' },
      { kind: 'drop' },
      { kind: 'delete' },
      { kind: 'undo' },
      { kind: 'redo' },
    ),
    at.map((one): EditorAction => ({ kind: 'point', at: one })),
    at.map((one): EditorAction => ({ kind: 'drag', at: one })),
    fc.tuple(small, at).map(([edge, one]): EditorAction => ({ kind: 'insert', edge, at: one })),
    fc
      .tuple(small, small)
      .map(([n, corner]): EditorAction => ({ kind: 'choose', zoneId: `zone-${n}`, corner })),
    at.map(({ x, y }): EditorAction => ({ kind: 'nudge', dx: x, dy: y })),
    fc.constant<EditorAction>({ kind: 'add-rule', ruleKind: 'littering' }),
  );
  it('keeps every zone inside the picture with three corners or more, every rule on a zone, and undoes to the start', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        let state = run(actions);
        for (const zone of state.document.zones) {
          expect(zone.polygon.length).toBeGreaterThanOrEqual(3);
          for (const p of zone.polygon) expect(p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1).toBe(true);
        }
        const ids = state.document.zones.map((zone) => zone.zoneId);
        expect(new Set(ids).size).toBe(ids.length);
        for (const rule of state.document.rules) expect(ids).toContain(rule.zoneId);
        state = edit(state, { kind: 'drop' });
        const end = state.document;
        let steps = 0;
        for (; state.past.length > 0; steps++) state = edit(state, { kind: 'undo' });
        expect(state.document).toEqual(empty);
        for (; steps > 0; steps--) state = edit(state, { kind: 'redo' });
        expect(state.document).toEqual(end);
      }),
      { numRuns: 300 },
    );
  });
});

it('draws the area of an exemption and masks of a rule, each one step of undo', () => {
  const rule = {
    ruleId: 'r',
    kind: 'fire_smoke',
    zoneId: 'z',
    enabled: true,
    params: {},
    exemptions: [{ name: 'chimney' }],
  };
  const corner = (x: number, y: number) => ({ x, y });
  const polygon = [corner(0, 0), corner(1, 0), corner(1, 1)];
  let state = startEditor({ zones: [{ zoneId: 'z', name: 'z', polygon }], rules: [rule] });
  for (const target of [
    { kind: 'exemption', ruleId: 'r', index: 0 },
    { kind: 'mask', ruleId: 'r' },
  ] as const) {
    state = edit(state, { kind: 'draw', target });
    for (const at of polygon) state = edit(state, { kind: 'point', at });
    state = edit(state, { kind: 'close', name: 'unused' });
  }
  expect(state.document.zones).toHaveLength(1);
  expect(state.document.rules[0]).toMatchObject({
    exemptions: [{ name: 'chimney', area: polygon }],
    params: {
      masks: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      ],
    },
  });
  state = edit(edit(state, { kind: 'undo' }), { kind: 'undo' });
  expect(state.document.rules[0]).toEqual(rule);
});
