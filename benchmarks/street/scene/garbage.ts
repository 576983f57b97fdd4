/** Garbage bags, heaps of them with loose litter, and wheeled bins that fill and overflow. */

import * as THREE from 'three';
import { mergeVertices } from 'three/addons/utils/BufferGeometryUtils.js';
import { seededRandom } from '../timeline/random.ts';
import { OVERFLOW_LEVEL } from '../timeline/world.ts';
import type { ThingModel } from './model.ts';
import { type Context2D, paintCanvas, plain, textureOf } from './paint.ts';
import { box, contactShadow, wheel } from './shapes.ts';

const BAG_COLOURS = [
  '#0b0b0c',
  '#111013',
  '#e6e6e2',
  '#b3201c',
  '#c9d6dc',
  '#1d5fa8',
  '#e0b0b8',
  '#0b0b0c',
  '#3a7a4a',
  '#ece8d8',
];

/** A tied bag of thin plastic: creased, sagging on the ground, pulled together at the knot. Stands on y = 0. */
export function bagMesh(seed: number, colour: string, widthM: number): THREE.Mesh {
  const ball = new THREE.IcosahedronGeometry(1, 11);
  // Shared corners, or every triangle would be shaded flat.
  ball.deleteAttribute('uv');
  ball.deleteAttribute('normal');
  const geometry = mergeVertices(ball);
  const position = geometry.getAttribute('position');
  const v = new THREE.Vector3();
  for (let i = 0; i < position.count; i++) {
    v.fromBufferAttribute(position, i).normalize();
    const lump =
      0.1 * Math.sin(v.x * 5 + seed) * Math.sin(v.z * 4 + seed * 2) +
      0.05 * Math.sin(v.y * 11 + v.x * 9 + seed * 3);
    // Creases run from the knot downwards and fade on the belly.
    const around = Math.atan2(v.z, v.x);
    const crease = (0.012 + 0.045 * Math.max(0, v.y)) * Math.abs(Math.sin(around * 7 + v.y * 3 + seed));
    const fold =
      0.022 * Math.abs(Math.sin(v.x * 15 + v.z * 12 + seed)) -
      0.016 * Math.abs(Math.sin(v.y * 13 + v.z * 11 + seed));
    let stretch = 1 + lump - crease + fold;
    if (v.y > 0.8) stretch *= 1 + 0.22 * ((v.y - 0.8) / 0.2) ** 2;
    const neck = v.y > 0.5 ? 1 - 0.62 * ((v.y - 0.5) / 0.5) ** 1.3 : 1;
    v.multiplyScalar(stretch);
    if (v.y < -0.55) v.y = -0.55 - (v.y + 0.55) * 0.12;
    position.setXYZ(i, v.x * neck, (v.y + 0.6) * 0.85, v.z * neck);
  }
  geometry.computeVertexNormals();
  const light = new THREE.Color(colour).getHSL({ h: 0, s: 0, l: 0 }).l > 0.6;
  const material = new THREE.MeshPhysicalMaterial({
    color: colour,
    roughness: light ? 0.4 : 0.3,
    clearcoat: 0.5,
    clearcoatRoughness: 0.25,
  });
  const mesh = new THREE.Mesh(geometry, material);
  mesh.scale.setScalar(widthM / 2);
  mesh.castShadow = true;
  mesh.receiveShadow = true;
  return mesh;
}

function litter(random: () => number): THREE.Mesh {
  const colours = [0xd8d4c8, 0xa88455, 0xc03028, 0xf0f0ea, 0x3a6fb0, 0xe0c040, 0x8a8a86];
  const colour = colours[Math.floor(random() * colours.length)]!;
  const flat = random() < 0.6;
  const size = 0.08 + random() * 0.16;
  const mesh = box(
    [0, 0, 0],
    [size, flat ? 0.015 : size * 0.7, size * (0.6 + random() * 0.6)],
    plain(colour, 0.8),
  );
  mesh.rotation.set((random() - 0.5) * 0.5, random() * 6, (random() - 0.5) * 0.5);
  return mesh;
}

export interface GarbageLook {
  readonly form: 'bag' | 'bags' | 'heap';
  readonly sizeM: number;
  readonly colours: readonly string[] | undefined;
  readonly seed: number;
}

export function garbageModel({ form, sizeM, colours, seed }: GarbageLook): ThingModel {
  const random = seededRandom(seed);
  const choice = colours ?? BAG_COLOURS;
  const pick = (i: number) =>
    colours === undefined ? choice[Math.floor(random() * choice.length)]! : choice[i % choice.length]!;
  const object = new THREE.Group();
  if (form === 'bag') {
    object.add(bagMesh(seed % 97, pick(0), sizeM), contactShadow(sizeM, sizeM * 0.85));
    return { object, pose: () => undefined };
  }
  if (form === 'bags') {
    // Three or four bags tied together: what one person carries in one hand.
    const places = [
      [-0.28, 0],
      [0.26, -0.1],
      [0.02, 0.3],
      [0.05, -0.36],
    ] as const;
    places.slice(0, Math.max(3, choice.length)).forEach(([x, z], i) => {
      const bag = bagMesh((seed % 97) + i * 1.7, pick(i), sizeM * (0.62 - i * 0.05));
      bag.position.set(x * sizeM, 0, z * sizeM);
      bag.rotation.y = random() * 6;
      bag.rotation.z = (random() - 0.5) * 0.3;
      object.add(bag);
    });
    object.add(contactShadow(sizeM, sizeM * 0.8));
    return { object, pose: () => undefined };
  }
  const radius = sizeM / 2;
  const count = Math.round(10 + sizeM * 9);
  for (let i = 0; i < count; i++) {
    const away = Math.sqrt(random()) * radius;
    const angle = random() * Math.PI * 2;
    const width = 0.28 + random() * 0.3;
    const height = Math.max(0, radius * 0.55 * (1 - away / radius) - 0.05) * random();
    const bag = bagMesh(i * 1.7 + seed, pick(i), width);
    bag.position.set(Math.cos(angle) * away, height, Math.sin(angle) * away * 0.7);
    bag.rotation.set((random() - 0.5) * 0.9, random() * 6, (random() - 0.5) * 0.9);
    object.add(bag);
  }
  for (let i = 0; i < count * 2; i++) {
    const away = Math.sqrt(random()) * radius * 1.15;
    const angle = random() * Math.PI * 2;
    const piece = litter(random);
    piece.position.set(
      Math.cos(angle) * away,
      0.02 + Math.max(0, radius * 0.5 * (1 - away / radius)) * random(),
      Math.sin(angle) * away * 0.75,
    );
    object.add(piece);
  }
  object.add(contactShadow(sizeM * 1.05, sizeM * 0.75));
  return { object, pose: () => undefined };
}

function emblem(g: Context2D, colour: string): void {
  g.fillStyle = colour;
  g.fillRect(0, 0, 128, 192);
  for (let x = 0; x < 128; x += 16) {
    g.fillStyle = 'rgba(0,0,0,.10)';
    g.fillRect(x, 0, 2, 192);
  }
  g.strokeStyle = 'rgba(255,255,255,.9)';
  g.lineWidth = 5;
  g.beginPath();
  g.arc(64, 80, 24, 0, 7);
  g.stroke();
  g.fillStyle = 'rgba(255,255,255,.9)';
  g.font = 'bold 26px sans-serif';
  g.textAlign = 'center';
  g.fillText('可回收', 64, 138);
  g.fillText('♻', 64, 90);
}

/** A 240-litre wheeled bin: 0.58 × 1.05 × 0.72 m. From four fifths full on, bags stand out and the lid stays open. */
export function binModel(colour: string, seed: number): ThingModel {
  const random = seededRandom(seed);
  const object = new THREE.Group();
  const front = new THREE.MeshStandardMaterial({
    map: textureOf(paintCanvas(128, 192, (g) => emblem(g, colour))),
    roughness: 0.45,
  });
  const sides = plain(colour, 0.45);
  const inside = plain(0x0a0b0a, 0.95);
  const body = box([0, 0.53, 0], [0.62, 0.92, 0.56], [front, sides, inside, sides, sides, sides]);
  const corners = body.geometry.getAttribute('position');
  for (let i = 0; i < corners.count; i++) {
    if (corners.getY(i) < 0)
      corners.setXYZ(i, corners.getX(i) * 0.76 - 0.02, corners.getY(i), corners.getZ(i) * 0.82);
  }
  body.geometry.computeVertexNormals();
  object.add(body, box([0, 0.97, 0], [0.68, 0.07, 0.62], sides));
  const hinge = new THREE.Group();
  hinge.position.set(-0.33, 1.02, 0);
  hinge.add(box([0.34, 0.02, 0], [0.7, 0.06, 0.63], sides), box([0.36, 0.06, 0], [0.5, 0.05, 0.45], sides));
  object.add(hinge);
  for (const side of [1, -1]) {
    const turning = wheel(0.1, 0.06);
    turning.position.set(-0.24, 0.1, side * 0.24);
    object.add(turning);
  }
  const load = new THREE.Group();
  for (let i = 0; i < 7; i++) {
    const bag = bagMesh(
      seed + i * 2.3,
      BAG_COLOURS[Math.floor(random() * BAG_COLOURS.length)]!,
      0.34 + random() * 0.14,
    );
    bag.position.set(
      (random() - 0.4) * 0.4,
      0.92 + (i < 3 ? 0.02 : 0.16) + random() * 0.08,
      (random() - 0.5) * 0.4,
    );
    bag.rotation.set(random(), random() * 6, random());
    load.add(bag);
  }
  object.add(load, contactShadow(0.62, 0.56));
  return {
    object,
    pose({ level }) {
      load.visible = level > OVERFLOW_LEVEL;
      load.position.y = Math.min(0, (level - 1) * 0.5);
      hinge.rotation.z = level > OVERFLOW_LEVEL ? 1.9 : 0;
    },
  };
}
