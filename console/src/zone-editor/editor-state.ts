/** The zone editor as a state chart in plain functions: documents in, documents out, nothing of the page inside. */

import type { RuleDocument, RuleSetDocument, ZoneDocument } from '../../../api/contract/index.ts';

/** A point in 0–1 of the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a drawn polygon becomes: a zone, the area of an exemption, or one more mask of a rule. */
export type DrawTarget =
  | { readonly kind: 'zone' }
  | { readonly kind: 'exemption'; readonly ruleId: string; readonly index: number }
  | { readonly kind: 'mask'; readonly ruleId: string };

export interface EditorState {
  readonly document: RuleSetDocument;
  readonly mode: 'editing' | 'drawing';
  /** Corners of what is being drawn. */
  readonly drawing: readonly Point[];
  readonly target: DrawTarget;
  readonly zoneId: string | undefined;
  /** Index of the chosen corner of the chosen zone. */
  readonly corner: number | undefined;
  readonly past: readonly RuleSetDocument[];
  readonly future: readonly RuleSetDocument[];
  /** The document before a drag, kept so that a drag is one step of undo. */
  readonly beforeDrag: RuleSetDocument | undefined;
}

export type EditorAction =
  | { readonly kind: 'load'; readonly document: RuleSetDocument }
  | { readonly kind: 'draw'; readonly target?: DrawTarget }
  | { readonly kind: 'point'; readonly at: Point }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'choose'; readonly zoneId: string | undefined; readonly corner?: number }
  | { readonly kind: 'drag'; readonly at: Point }
  | { readonly kind: 'drop' }
  | { readonly kind: 'insert'; readonly edge: number; readonly at: Point }
  | { readonly kind: 'nudge'; readonly dx: number; readonly dy: number }
  | { readonly kind: 'delete' }
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'rule'; readonly rule: RuleDocument }
  | { readonly kind: 'add-rule'; readonly ruleKind: string }
  | { readonly kind: 'delete-rule'; readonly ruleId: string }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' };

const MOST_STEPS = 100;

export function startEditor(document: RuleSetDocument): EditorState {
  return {
    document,
    mode: 'editing',
    drawing: [],
    target: { kind: 'zone' },
    zoneId: document.zones[0]?.zoneId,
    corner: undefined,
    past: [],
    future: [],
    beforeDrag: undefined,
  };
}

export function chosenZone(state: EditorState): ZoneDocument | undefined {
  return state.document.zones.find((zone) => zone.zoneId === state.zoneId);
}

/** The next state; an action that makes no sense in the present one changes nothing. */
export function edit(state: EditorState, action: EditorAction): EditorState {
  switch (action.kind) {
    case 'load':
      return startEditor(action.document);
    case 'draw':
      return {
        ...state,
        mode: 'drawing',
        drawing: [],
        target: action.target ?? { kind: 'zone' },
        corner: undefined,
      };
    case 'point':
      return state.mode === 'drawing' ? { ...state, drawing: [...state.drawing, clamp(action.at)] } : state;
    case 'close':
      return close(state, action.name);
    case 'cancel':
      return { ...state, mode: 'editing', drawing: [], corner: undefined };
    case 'choose':
      return { ...state, zoneId: action.zoneId, corner: action.corner };
    case 'drag':
      return drag(state, action.at);
    case 'drop':
      return state.beforeDrag === undefined
        ? state
        : { ...state, beforeDrag: undefined, past: pushed(state.past, state.beforeDrag), future: [] };
    case 'insert':
      return insert(state, action.edge, action.at);
    case 'nudge':
      return nudge(state, action.dx, action.dy);
    case 'delete':
      return remove(state);
    case 'rename':
      return withZone(state, (zone) => ({ ...zone, name: action.name }));
    case 'rule':
      return changed(state, {
        ...state.document,
        rules: state.document.rules.map((rule) => (rule.ruleId === action.rule.ruleId ? action.rule : rule)),
      });
    case 'add-rule':
      return addRule(state, action.ruleKind);
    case 'delete-rule':
      return changed(state, {
        ...state.document,
        rules: state.document.rules.filter((rule) => rule.ruleId !== action.ruleId),
      });
    case 'undo':
      return undo(state);
    case 'redo':
      return redo(state);
  }
}

function pushed(past: readonly RuleSetDocument[], document: RuleSetDocument): readonly RuleSetDocument[] {
  return [...past, document].slice(-MOST_STEPS);
}

function changed(state: EditorState, document: RuleSetDocument): EditorState {
  return { ...state, document, past: pushed(state.past, state.document), future: [] };
}

function clamp(point: Point): Point {
  const round = (v: number): number => Math.round(Math.min(1, Math.max(0, v)) * 1e4) / 1e4;
  return { x: round(point.x), y: round(point.y) };
}

function freeId(prefix: string, taken: readonly string[]): string {
  for (let n = 1; ; n++) if (!taken.includes(`${prefix}-${n}`)) return `${prefix}-${n}`;
}

function close(state: EditorState, name: string): EditorState {
  // A double click leaves its second point on its first.
  const points = state.drawing.filter((p, i) => i === 0 || distance(p, state.drawing[i - 1]!) > 0.002);
  if (state.mode !== 'drawing' || points.length < 3) return state;
  if (state.target.kind !== 'zone') {
    const next = changed(state, withArea(state.document, state.target, points));
    return { ...next, mode: 'editing', drawing: [] };
  }
  const zoneId = freeId(
    'zone',
    state.document.zones.map((zone) => zone.zoneId),
  );
  const zone = { zoneId, name: `${name} ${zoneId.split('-')[1]}`, polygon: points.map((p) => ({ ...p })) };
  const next = changed(state, { ...state.document, zones: [...state.document.zones, zone] });
  return { ...next, mode: 'editing', drawing: [], zoneId, corner: undefined };
}

/** The document with an area of a rule drawn; unchanged when the rule or exemption is gone. */
function withArea(
  document: RuleSetDocument,
  target: Exclude<DrawTarget, { kind: 'zone' }>,
  points: readonly Point[],
): RuleSetDocument {
  const change = (rule: RuleDocument): RuleDocument => {
    if (rule.ruleId !== target.ruleId) return rule;
    if (target.kind === 'mask') {
      const masks = [...masksOf(rule), points.map(({ x, y }): [number, number] => [x, y])];
      return { ...rule, params: { ...rule.params, masks } };
    }
    if (rule.exemptions === undefined) return rule;
    const area = points.map((p) => ({ ...p }));
    const exemptions = rule.exemptions.map((one, i) => (i === target.index ? { ...one, area } : one));
    return { ...rule, exemptions };
  };
  return { ...document, rules: document.rules.map(change) };
}

/** Masks of a rule, where its kind has them. */
export function masksOf(rule: RuleDocument): [number, number][][] {
  const { masks } = rule.params;
  return Array.isArray(masks) ? (masks as [number, number][][]) : [];
}

/** Everything that the rules of a zone leave alone, as polygons. */
export function areasOf(state: EditorState): { readonly key: string; readonly polygon: readonly Point[] }[] {
  return state.document.rules
    .filter((rule) => rule.zoneId === state.zoneId)
    .flatMap((rule) => [
      ...(rule.exemptions ?? []).flatMap(({ area }, i) =>
        area === undefined ? [] : [{ key: `${rule.ruleId} e${i}`, polygon: area }],
      ),
      ...masksOf(rule).map((mask, i) => ({
        key: `${rule.ruleId} m${i}`,
        polygon: mask.map(([x, y]) => ({ x, y })),
      })),
    ]);
}

function withZone(state: EditorState, change: (zone: ZoneDocument) => ZoneDocument): EditorState {
  if (!chosenZone(state)) return state;
  const zones = state.document.zones.map((zone) => (zone.zoneId === state.zoneId ? change(zone) : zone));
  return changed(state, { ...state.document, zones });
}

function moveCorner(zone: ZoneDocument, corner: number, at: Point): ZoneDocument {
  return { ...zone, polygon: zone.polygon.map((p, i) => (i === corner ? clamp(at) : p)) };
}

function drag(state: EditorState, at: Point): EditorState {
  const { corner } = state;
  if (corner === undefined || !chosenZone(state)) return state;
  const zones = state.document.zones.map((zone) =>
    zone.zoneId === state.zoneId ? moveCorner(zone, corner, at) : zone,
  );
  return { ...state, document: { ...state.document, zones }, beforeDrag: state.beforeDrag ?? state.document };
}

function insert(state: EditorState, edge: number, at: Point): EditorState {
  const next = withZone(state, (zone) => ({
    ...zone,
    polygon: zone.polygon.toSpliced(edge + 1, 0, clamp(at)),
  }));
  return next === state ? state : { ...next, corner: edge + 1 };
}

function nudge(state: EditorState, dx: number, dy: number): EditorState {
  const { corner } = state;
  return withZone(state, (zone) => {
    if (corner !== undefined) {
      const p = zone.polygon[corner];
      return p ? moveCorner(zone, corner, { x: p.x + dx, y: p.y + dy }) : zone;
    }
    // A whole zone keeps its form: it stops where its first corner meets the edge.
    const xs = zone.polygon.map((p) => p.x);
    const ys = zone.polygon.map((p) => p.y);
    const mx = Math.min(1 - Math.max(...xs), Math.max(-Math.min(...xs), dx));
    const my = Math.min(1 - Math.max(...ys), Math.max(-Math.min(...ys), dy));
    return { ...zone, polygon: zone.polygon.map((p) => clamp({ x: p.x + mx, y: p.y + my })) };
  });
}

/** The chosen corner while three are left, else the zone with its rules. */
function remove(state: EditorState): EditorState {
  const zone = chosenZone(state);
  if (!zone) return state;
  if (state.corner !== undefined) {
    if (zone.polygon.length <= 3) return state;
    const next = withZone(state, (one) => ({ ...one, polygon: one.polygon.toSpliced(state.corner!, 1) }));
    return { ...next, corner: undefined };
  }
  const next = changed(state, {
    zones: state.document.zones.filter((one) => one.zoneId !== zone.zoneId),
    rules: state.document.rules.filter((rule) => rule.zoneId !== zone.zoneId),
  });
  return { ...next, zoneId: next.document.zones[0]?.zoneId };
}

function addRule(state: EditorState, kind: string): EditorState {
  if (!chosenZone(state) || state.zoneId === undefined) return state;
  const ruleId = freeId(
    kind.replaceAll('_', '-'),
    state.document.rules.map((rule) => rule.ruleId),
  );
  const rule: RuleDocument = { ruleId, kind, zoneId: state.zoneId, enabled: true, params: {} };
  return changed(state, { ...state.document, rules: [...state.document.rules, rule] });
}

function undo(state: EditorState): EditorState {
  const before = state.past.at(-1);
  if (!before) return state;
  return settled({
    ...state,
    document: before,
    past: state.past.slice(0, -1),
    future: [state.document, ...state.future],
  });
}

function redo(state: EditorState): EditorState {
  const [after, ...rest] = state.future;
  if (!after) return state;
  return settled({ ...state, document: after, past: pushed(state.past, state.document), future: rest });
}

/** After a jump in time the choice may be of something that is not there. */
function settled(state: EditorState): EditorState {
  const zone = chosenZone(state);
  if (!zone) return { ...state, zoneId: state.document.zones[0]?.zoneId, corner: undefined };
  return state.corner !== undefined && state.corner >= zone.polygon.length
    ? { ...state, corner: undefined }
    : state;
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Pulls a point to the edges of the picture and to corners of other zones that are nearer than `reach`. */
export function snapped(
  point: Point,
  document: RuleSetDocument,
  own: string | undefined,
  reach: number,
): Point {
  const corners = document.zones.filter((zone) => zone.zoneId !== own).flatMap((zone) => zone.polygon);
  const near = corners
    .filter((corner) => distance(corner, point) < reach)
    .sort((a, b) => distance(a, point) - distance(b, point))[0];
  if (near) return { x: near.x, y: near.y };
  const toEdge = (v: number): number => (v < reach ? 0 : v > 1 - reach ? 1 : v);
  return { x: toEdge(point.x), y: toEdge(point.y) };
}
