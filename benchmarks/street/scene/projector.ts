/** Where things appear in the picture: damage rectangles for drawing, boxes and outlines for the truth. */

import * as THREE from 'three';

export interface Rect {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export type PointPx = readonly [number, number];

/** At most this many points of one mesh are projected: enough for a box exact to a pixel. */
const POINTS_PER_MESH = 500;

export class Projector {
  readonly #matrix = new THREE.Matrix4();
  readonly #v = new THREE.Vector3();
  readonly #camera: THREE.PerspectiveCamera;
  readonly widthPx: number;
  readonly heightPx: number;

  constructor(camera: THREE.PerspectiveCamera, widthPx: number, heightPx: number) {
    this.#camera = camera;
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.refresh();
  }

  /** Takes over the camera's present place; its view offset must be cleared. */
  refresh(): void {
    this.#camera.updateMatrixWorld();
    this.#camera.updateProjectionMatrix();
    this.#matrix.multiplyMatrices(this.#camera.projectionMatrix, this.#camera.matrixWorldInverse);
  }

  /** Pixel of a point of the world, or undefined behind the lens. */
  point(at: THREE.Vector3): PointPx | undefined {
    const e = this.#matrix.elements;
    const w = e[3] * at.x + e[7] * at.y + e[11] * at.z + e[15];
    if (w < 0.15) return undefined;
    const x = (e[0] * at.x + e[4] * at.y + e[8] * at.z + e[12]) / w;
    const y = (e[1] * at.x + e[5] * at.y + e[9] * at.z + e[13]) / w;
    return [((x + 1) / 2) * this.widthPx, ((1 - y) / 2) * this.heightPx];
  }

  /** The rectangle of what lies between some points; lines that pass behind the lens are cut there. */
  rect(points: readonly THREE.Vector3[]): Rect | undefined {
    const found = points.map((at) => ({ at, px: this.point(at) }));
    const visible = found.flatMap(({ px }) => (px === undefined ? [] : [px]));
    if (visible.length === 0) return undefined;
    for (const a of found) {
      if (a.px !== undefined) continue;
      for (const b of found) if (b.px !== undefined) visible.push(this.#lastBeforeLens(b.at, a.at));
    }
    return rectOf(visible);
  }

  #lastBeforeLens(seen: THREE.Vector3, unseen: THREE.Vector3): PointPx {
    let [near, far] = [0, 1];
    for (let i = 0; i < 20; i++) {
      const middle = (near + far) / 2;
      if (this.point(this.#v.lerpVectors(seen, unseen, middle)) === undefined) far = middle;
      else near = middle;
    }
    return this.point(this.#v.lerpVectors(seen, unseen, near))!;
  }

  /** Projected surface points of an object's counted meshes. */
  surface(object: THREE.Object3D): PointPx[] {
    const points: PointPx[] = [];
    const visit = (part: THREE.Object3D) => {
      if (!part.visible || part.userData['notCounted'] === true) return;
      if (part instanceof THREE.Mesh) this.#meshPoints(part, points);
      part.children.forEach(visit);
    };
    visit(object);
    return points;
  }

  #meshPoints(mesh: THREE.Mesh, points: PointPx[]): void {
    const position = mesh.geometry.getAttribute('position');
    const step = Math.max(1, Math.floor(position.count / POINTS_PER_MESH));
    for (let i = 0; i < position.count; i += step) {
      const at = this.point(this.#v.fromBufferAttribute(position, i).applyMatrix4(mesh.matrixWorld));
      if (at !== undefined) points.push(at);
    }
  }

  /** Outline points of a ball, as the camera sees it. */
  ball(centre: THREE.Vector3, radius: number): PointPx[] {
    const e = this.#camera.matrixWorld.elements;
    const points: PointPx[] = [];
    for (let i = 0; i < 8; i++) {
      const [c, s] = [Math.cos((i / 8) * Math.PI * 2) * radius, Math.sin((i / 8) * Math.PI * 2) * radius];
      this.#v.set(
        centre.x + e[0] * c + e[4] * s,
        centre.y + e[1] * c + e[5] * s,
        centre.z + e[2] * c + e[6] * s,
      );
      const at = this.point(this.#v);
      if (at !== undefined) points.push(at);
    }
    return points;
  }
}

export function rectOf(points: readonly PointPx[]): Rect {
  const rect = { x1: Infinity, y1: Infinity, x2: -Infinity, y2: -Infinity };
  for (const [x, y] of points) {
    rect.x1 = Math.min(rect.x1, x);
    rect.y1 = Math.min(rect.y1, y);
    rect.x2 = Math.max(rect.x2, x);
    rect.y2 = Math.max(rect.y2, y);
  }
  return rect;
}

/** Convex hull, counter-clockwise (Andrew 1979, monotone chain). */
export function convexHull(points: readonly PointPx[]): PointPx[] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const cross = (o: PointPx, a: PointPx, b: PointPx) =>
    (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list: readonly PointPx[]) => {
    const chain: PointPx[] = [];
    for (const at of list) {
      while (chain.length >= 2 && cross(chain.at(-2)!, chain.at(-1)!, at) <= 0) chain.pop();
      chain.push(at);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

export function hullContains(hull: readonly PointPx[], x: number, y: number): boolean {
  for (let i = 0; i < hull.length; i++) {
    const [ax, ay] = hull[i]!;
    const [bx, by] = hull[(i + 1) % hull.length]!;
    if ((bx - ax) * (y - ay) - (by - ay) * (x - ax) < 0) return false;
  }
  return hull.length > 2;
}

/** Joins rectangles while one drawing of both costs hardly more than two. */
export function mergeRects(rects: readonly Rect[], overheadPx = 9000): Rect[] {
  const list = [...rects];
  const area = (r: Rect) => Math.max(0, r.x2 - r.x1) * Math.max(0, r.y2 - r.y1);
  for (let changed = true; changed;) {
    changed = false;
    search: for (let i = 0; i < list.length; i++) {
      for (let j = i + 1; j < list.length; j++) {
        const [a, b] = [list[i]!, list[j]!];
        const both = {
          x1: Math.min(a.x1, b.x1),
          y1: Math.min(a.y1, b.y1),
          x2: Math.max(a.x2, b.x2),
          y2: Math.max(a.y2, b.y2),
        };
        if (area(both) > area(a) + area(b) + overheadPx) continue;
        list.splice(j, 1);
        list[i] = both;
        changed = true;
        break search;
      }
    }
  }
  return list;
}
