/** Boxes, points and polygons: pure functions, no allocation where a number is enough. */

/** Axis-aligned box, xyxy: `x1 <= x2`, `y1 <= y2`. Pixels unless the name says `Norm`. */
export interface Box {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

declare const norm: unique symbol;
declare const px: unique symbol;

/** A point in 0–1 coordinates of the picture. */
export interface PointNorm {
  readonly x: number;
  readonly y: number;
  readonly [norm]?: true;
}

/** A point in pixels. */
export interface PointPx {
  readonly x: number;
  readonly y: number;
  readonly [px]?: true;
}

/** A box in 0–1 coordinates of the picture. */
export interface BoxNorm extends Box {
  readonly [norm]?: true;
}

/** Three or more corners in order, not repeated at the end. */
export type PolygonNorm = readonly PointNorm[];

export function boxWidth(box: Box): number {
  return box.x2 - box.x1;
}

export function boxHeight(box: Box): number {
  return box.y2 - box.y1;
}

export function boxArea(box: Box): number {
  return Math.max(0, box.x2 - box.x1) * Math.max(0, box.y2 - box.y1);
}

/** Area that two boxes share. */
export function intersectionArea(a: Box, b: Box): number {
  const w = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const h = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  return w <= 0 || h <= 0 ? 0 : w * h;
}

/** Intersection over union, 0–1; 0 for two empty boxes. */
export function iou(a: Box, b: Box): number {
  const shared = intersectionArea(a, b);
  if (shared === 0) return 0;
  return shared / (boxArea(a) + boxArea(b) - shared);
}

/** The smallest box around both. */
export function unionBox(a: Box, b: Box): Box {
  return {
    x1: Math.min(a.x1, b.x1),
    y1: Math.min(a.y1, b.y1),
    x2: Math.max(a.x2, b.x2),
    y2: Math.max(a.y2, b.y2),
  };
}

export function boxCentre(box: Box): { x: number; y: number } {
  return { x: (box.x1 + box.x2) / 2, y: (box.y1 + box.y2) / 2 };
}

/** Where an object touches the ground: the middle of its lower edge. */
export function bottomCentre(box: Box): { x: number; y: number } {
  return { x: (box.x1 + box.x2) / 2, y: box.y2 };
}

/** Pixels to 0–1 of a picture of `width` × `height`. */
export function normaliseBox(box: Box, width: number, height: number): BoxNorm {
  return { x1: box.x1 / width, y1: box.y1 / height, x2: box.x2 / width, y2: box.y2 / height };
}

/** 0–1 to pixels of a picture of `width` × `height`. */
export function scaleBox(box: BoxNorm, width: number, height: number): Box {
  return { x1: box.x1 * width, y1: box.y1 * height, x2: box.x2 * width, y2: box.y2 * height };
}

/** Cuts a box at the borders of `bounds`. */
export function clampBox(box: Box, bounds: Box): Box {
  const clamp = (v: number, lo: number, hi: number): number => Math.min(hi, Math.max(lo, v));
  return {
    x1: clamp(box.x1, bounds.x1, bounds.x2),
    y1: clamp(box.y1, bounds.y1, bounds.y2),
    x2: clamp(box.x2, bounds.x1, bounds.x2),
    y2: clamp(box.y2, bounds.y1, bounds.y2),
  };
}

/** Even-odd rule, ray to the right (Shimrat 1962, CACM algorithm 112). Points on a left or upper edge are inside. */
export function polygonContains(
  polygon: readonly { x: number; y: number }[],
  point: { x: number; y: number },
): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const a = polygon[i]!;
    const b = polygon[j]!;
    if (a.y > point.y !== b.y > point.y && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) {
      inside = !inside;
    }
  }
  return inside;
}

/** Shoelace formula; always positive. */
export function polygonArea(polygon: readonly { x: number; y: number }[]): number {
  let twice = 0;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    twice += polygon[j]!.x * polygon[i]!.y - polygon[i]!.x * polygon[j]!.y;
  }
  return Math.abs(twice) / 2;
}

/**
 * Area of the part of a polygon that lies in a box, by clipping it at the four edges
 * (Sutherland and Hodgman 1974, CACM 17(1)). For concave polygons the bridges along the edges have no area.
 */
export function polygonBoxArea(polygon: readonly { x: number; y: number }[], box: Box): number {
  let points = polygon;
  points = clipHalfPlane(points, (p) => p.x - box.x1);
  points = clipHalfPlane(points, (p) => box.x2 - p.x);
  points = clipHalfPlane(points, (p) => p.y - box.y1);
  points = clipHalfPlane(points, (p) => box.y2 - p.y);
  return points.length < 3 ? 0 : polygonArea(points);
}

function clipHalfPlane(
  points: readonly { x: number; y: number }[],
  side: (p: { x: number; y: number }) => number,
): { x: number; y: number }[] {
  const kept: { x: number; y: number }[] = [];
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const a = points[j]!;
    const b = points[i]!;
    const da = side(a);
    const db = side(b);
    if (da >= 0 !== db >= 0) {
      const t = da / (da - db);
      kept.push({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });
    }
    if (db >= 0) kept.push(b);
  }
  return kept;
}

/** Why a polygon cannot be a zone, or `undefined` when it can. */
export function polygonProblem(polygon: readonly { x: number; y: number }[]): string | undefined {
  if (polygon.length < 3) return `a zone needs at least 3 points, this one has ${polygon.length}`;
  for (const [i, p] of polygon.entries()) {
    if (!(p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1)) {
      return `point ${i + 1} (${p.x}, ${p.y}) lies outside the picture: x and y go from 0 to 1`;
    }
  }
  for (let i = 0; i < polygon.length; i++) {
    for (let j = i + 1; j < polygon.length; j++) {
      const adjacent = j === i + 1 || (i === 0 && j === polygon.length - 1);
      const [a, b] = [polygon[i]!, polygon[(i + 1) % polygon.length]!];
      const [c, d] = [polygon[j]!, polygon[(j + 1) % polygon.length]!];
      if (!adjacent && segmentsCross(a, b, c, d)) return `edges ${i + 1} and ${j + 1} cross each other`;
    }
  }
  if (polygonArea(polygon) < 1e-6) return 'the points lie on a line: the zone has no area';
  return undefined;
}

type XY = { x: number; y: number };

function segmentsCross(a: XY, b: XY, c: XY, d: XY): boolean {
  const turn = (p: XY, q: XY, r: XY): number =>
    Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  const within = (p: XY, q: XY, r: XY): boolean =>
    Math.min(p.x, q.x) <= r.x &&
    r.x <= Math.max(p.x, q.x) &&
    Math.min(p.y, q.y) <= r.y &&
    r.y <= Math.max(p.y, q.y);
  const t1 = turn(a, b, c);
  const t2 = turn(a, b, d);
  const t3 = turn(c, d, a);
  const t4 = turn(c, d, b);
  if (t1 !== t2 && t3 !== t4) return true;
  return (
    (t1 === 0 && within(a, b, c)) ||
    (t2 === 0 && within(a, b, d)) ||
    (t3 === 0 && within(c, d, a)) ||
    (t4 === 0 && within(c, d, b))
  );
}
