/** Vehicle bodies as lofts: cross-sections along the length, smooth enough for believable reflections. */

import * as THREE from 'three';
import { monotoneCurve } from '../timeline/curve.ts';
import { type Context2D, paintCanvas, textureOf } from './paint.ts';

/** Measures of a body, metres. The outline `top` runs from the tail (−x) to the nose (+x). */
export interface BodySpec {
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  /** Height where the flank ends and the glass begins. */
  readonly belt: number;
  /** Height of the lower edge. */
  readonly sill: number;
  readonly top: readonly (readonly [number, number])[];
  /** How much the plan narrows at both ends, how far the glass leans in, radius of the roof edge. */
  readonly plan?: number;
  readonly tumble?: number;
  readonly edgeRadius?: number;
  readonly axles: readonly number[];
  readonly wheelRadius: number;
}

export type BodyPart = 'side' | 'top' | 'front' | 'rear';
/** Paints one part of a body; `layer` says whether the colour or the roughness (darker is glossier) is wanted. */
export type PartPainter = (
  part: BodyPart,
  g: Context2D,
  layer: 'colour' | 'roughness',
  pxPerM: number,
) => void;

type Section = (readonly [number, number])[]; // [height, half width] from the sill over the flank and the glass to the roof's middle

const SLICES = 90;
const FLANK = 9;
const GLASS = 7;
const EDGE = 7;
const ROOF = 8;
/** The side texture covers flank, glass and the first part of the roof edge; the top texture the rest. */
const SPLIT = FLANK + GLASS + 3;

/** The height of the outline at a place along the body. */
export function outline(spec: BodySpec): (x: number) => number {
  const curve = monotoneCurve(spec.top);
  return (x) => curve.value(x);
}

export function loftBody(spec: BodySpec, paint: PartPainter, pxPerM = 110): THREE.Group {
  const parts = loftParts(spec);
  const group = new THREE.Group();
  for (const part of ['side', 'top', 'front', 'rear'] as const) {
    const width = part === 'side' || part === 'top' ? spec.lengthM : spec.widthM;
    const height = part === 'top' ? spec.widthM : spec.heightM;
    const layer = (name: 'colour' | 'roughness') =>
      paintCanvas(width * pxPerM, height * pxPerM, (g) => paint(part, g, name, pxPerM));
    const material = new THREE.MeshPhysicalMaterial({
      map: textureOf(layer('colour')),
      roughnessMap: textureOf(layer('roughness'), false),
      metalness: 0.25,
      clearcoat: 0.6,
      clearcoatRoughness: 0.12,
      side: THREE.DoubleSide,
    });
    const mesh = new THREE.Mesh(parts[part], material);
    mesh.castShadow = true;
    mesh.receiveShadow = true;
    group.add(mesh);
  }
  return group;
}

function crossSection(spec: BodySpec, x: number, topF: (x: number) => number): Section {
  const half = spec.lengthM / 2;
  const out = Math.abs(x) / half;
  const narrowing = out > 0.75 ? ((out - 0.75) / 0.25) ** 2.6 : 0;
  const hw = (spec.widthM / 2) * (1 - (spec.plan ?? 0.16) * narrowing);
  const top = topF(x);
  const belt = Math.min(spec.belt, top - 0.1);
  const overhang = Math.max(0, (out - 0.9) / 0.1);
  const sill = spec.sill + 0.1 * overhang ** 2;
  const section: [number, number][] = [];
  for (let i = 0; i <= FLANK; i++) {
    const t = i / FLANK;
    const bulge =
      0.93 + 0.07 * Math.sin((Math.min(1, t * 1.35) * Math.PI) / 2) - (0.035 * Math.max(0, t - 0.6)) / 0.4;
    section.push([sill + (belt - sill) * t, hw * bulge]);
  }
  const radius = Math.min(spec.edgeRadius ?? 0.13, (top - belt) * 0.6);
  const lean = hw * 0.965 - (top - belt) * (spec.tumble ?? 0.2);
  for (let i = 1; i <= GLASS; i++) {
    const t = i / GLASS;
    const share = (t * (top - radius - belt)) / (top - belt);
    section.push([belt + (top - radius - belt) * t, hw * 0.965 + (lean - hw * 0.965) * share]);
  }
  const edgeFrom = section.at(-1)![1];
  for (let i = 1; i <= EDGE; i++) {
    const angle = ((i / EDGE) * Math.PI) / 2;
    section.push([
      top - radius + radius * Math.sin(angle) * 0.92,
      edgeFrom - radius * 1.1 * (1 - Math.cos(angle)),
    ]);
  }
  const [roofAt, roofHalf] = section.at(-1)!;
  for (let i = 1; i <= ROOF; i++) {
    const t = i / ROOF;
    section.push([roofAt + radius * 0.08 + 0.035 * (1 - (1 - t) ** 2), roofHalf * (1 - t)]);
  }
  return section;
}

function loftParts(spec: BodySpec): Record<BodyPart, THREE.BufferGeometry> {
  const half = spec.lengthM / 2;
  const topF = outline(spec);
  // Slices lie closer at the ends, where the shape turns.
  const xs = Array.from({ length: SLICES + 1 }, (_, i) => {
    const t = i / SLICES;
    return -half + spec.lengthM * ((0.5 - 0.5 * Math.cos(Math.PI * t)) * 0.5 + t * 0.5);
  });
  const sections = xs.map((x) => crossSection(spec, x, topF));
  const count = sections[0]!.length;
  const vertex = (i: number, j: number, side: number) =>
    new THREE.Vector3(xs[i], sections[i]![j]![0], side * sections[i]![j]![1]);
  const normal = (i: number, j: number, side: number) => {
    const along = vertex(Math.min(SLICES, i + 1), j, side).sub(vertex(Math.max(0, i - 1), j, side));
    const around = vertex(i, Math.min(count - 1, j + 1), side).sub(vertex(i, Math.max(0, j - 1), side));
    const n = along.cross(around).normalize().multiplyScalar(side);
    if (j === count - 1) n.z = 0;
    return n.normalize();
  };
  const strip = (from: number, to: number, part: 'side' | 'top') => {
    const grid = new GridBuilder();
    for (const side of [1, -1]) {
      grid.begin(to - from + 1);
      for (let i = 0; i <= SLICES; i++) {
        for (let j = from; j <= to; j++) {
          const at = vertex(i, j, side);
          const v = part === 'side' ? at.y / spec.heightM : (at.z + spec.widthM / 2) / spec.widthM;
          grid.add(at, normal(i, j, side), (at.x + half) / spec.lengthM, v);
        }
      }
      grid.faces(SLICES, side > 0);
    }
    return grid.geometry();
  };
  const cap = (slice: number) => {
    const out = slice > 0 ? 1 : -1;
    const grid = new GridBuilder();
    const rings = 6;
    for (const side of [1, -1]) {
      grid.begin(count);
      for (let k = 0; k <= rings; k++) {
        const f = 1 - k / rings;
        for (let j = 0; j < count; j++) {
          const [y, z] = sections[slice]![j]!;
          const at = new THREE.Vector3(xs[slice]! + out * 0.06 * (1 - f * f), y, side * z * f);
          const n = new THREE.Vector3(out * 0.97, 0.1, side * 0.25 * f).normalize();
          grid.add(at, n, (-out * at.z + spec.widthM / 2) / spec.widthM, y / spec.heightM);
        }
      }
      grid.faces(rings, side * out > 0);
    }
    return grid.geometry();
  };
  return {
    side: strip(0, SPLIT, 'side'),
    top: strip(SPLIT, count - 1, 'top'),
    front: cap(SLICES),
    rear: cap(0),
  };
}

/** Collects rows of vertices and joins neighbouring rows with triangles. */
class GridBuilder {
  readonly #position: number[] = [];
  readonly #normal: number[] = [];
  readonly #uv: number[] = [];
  readonly #index: number[] = [];
  #base = 0;
  #columns = 0;

  begin(columns: number): void {
    this.#base = this.#position.length / 3;
    this.#columns = columns;
  }

  add(at: THREE.Vector3, n: THREE.Vector3, u: number, v: number): void {
    this.#position.push(at.x, at.y, at.z);
    this.#normal.push(n.x, n.y, n.z);
    this.#uv.push(u, v);
  }

  faces(rows: number, facing: boolean): void {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < this.#columns - 1; j++) {
        const a = this.#base + i * this.#columns + j;
        const [b, c, d] = [a + this.#columns, a + 1, a + this.#columns + 1];
        if (facing) this.#index.push(a, b, c, c, b, d);
        else this.#index.push(a, c, b, c, d, b);
      }
    }
  }

  geometry(): THREE.BufferGeometry {
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute('position', new THREE.Float32BufferAttribute(this.#position, 3));
    geometry.setAttribute('normal', new THREE.Float32BufferAttribute(this.#normal, 3));
    geometry.setAttribute('uv', new THREE.Float32BufferAttribute(this.#uv, 2));
    geometry.setIndex(this.#index);
    return geometry;
  }
}
