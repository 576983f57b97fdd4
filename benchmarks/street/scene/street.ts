/** The street itself: carriageway with markings, kerbs, paving, houses with shops, trees and lamp posts. */

import * as THREE from 'three';
import { seededRandom } from '../timeline/random.ts';
import { FAR_PAVEMENT_END_M, KERB_M, NEAR_PAVEMENT_END_M, ROAD_HALF_M } from '../timeline/street-plan.ts';
import { houses } from './houses.ts';
import { glowTexture } from './lamps.ts';
import { paintCanvas, plain, speckle, stains, textureOf } from './paint.ts';
import { bar, box, notCounted } from './shapes.ts';
import { tree } from './trees.ts';

const LENGTH_M = 240;
const TILE_M = 30;
const PUDDLE_SEED = 9;

export interface StreetLook {
  readonly seed: number;
  readonly wet: boolean;
  readonly light: 'day' | 'dusk' | 'night';
}

/** Objects that can hide an actor are returned apart, for the truth. */
export function buildStreet({ seed, wet, light }: StreetLook): {
  object: THREE.Group;
  occluders: THREE.Object3D[];
} {
  const random = seededRandom(seed);
  const object = new THREE.Group();
  object.add(carriageway(random, wet), ...pavements(random, wet), ...houses(random, light));
  const earth = new THREE.Mesh(new THREE.PlaneGeometry(500, 400), plain(0x6f6c62, 1));
  earth.rotation.x = -Math.PI / 2;
  earth.position.y = -0.05;
  object.add(earth);
  const occluders: THREE.Object3D[] = [];
  for (const x of [-46, -36, -26, -15, -4, 8, 20, 31, 42, 53]) {
    const planted = tree(random, 3.9 + random() * 0.8);
    planted.position.set(x + random(), KERB_M, -8.1);
    occluders.push(planted);
  }
  object.add(...occluders);
  for (const x of [-60, -40, -20, 3, 26, 48, 70])
    object.add(...lampPost(x, -7.6, 1, light), ...lampPost(x + 9, 7.5 + 14.8, -1, light));
  for (const x of [-30, -10.5, 14, 36]) object.add(dustbin(x));
  return { object, occluders };
}

function carriageway(random: () => number, wet: boolean): THREE.Mesh {
  const size = 2048;
  const map = textureOf(
    paintCanvas(size, size, (g) => {
      const Z = (z: number) => ((z + ROAD_HALF_M) / (2 * ROAD_HALF_M)) * size;
      g.fillStyle = wet ? '#34363a' : '#56585c';
      g.fillRect(0, 0, size, size);
      stains(g, random, 90, 0.2, 110);
      speckle(g, random, { count: 130_000, strength: 0.16, sizePx: 3 });
      // Tyres polish two dark tracks into every lane.
      g.fillStyle = 'rgba(25,25,27,.17)';
      for (const z of [-5.9, -4.4, -2.5, -1.1, 1.1, 2.5, 4.4, 5.9]) g.fillRect(0, Z(z) - 20, size, 40);
      g.strokeStyle = 'rgba(25,25,27,.5)';
      g.lineWidth = 3;
      for (let crack = 0; crack < 8; crack++) {
        g.beginPath();
        let [x, y] = [random() * size, random() * size];
        g.moveTo(x, y);
        for (let k = 0; k < 12; k++) {
          x += (random() - 0.5) * 90;
          y += (random() - 0.5) * 50;
          g.lineTo(x, y);
        }
        g.stroke();
      }
      g.fillStyle = 'rgba(40,40,42,.55)';
      g.fillRect(size * 0.31, Z(2.6), 260, 330);
      g.fillStyle = '#c9a63a';
      for (const z of [-0.13, 0.13]) g.fillRect(0, Z(z) - 7, size, 14);
      g.fillStyle = '#d6d6d0';
      const pxPerM = size / TILE_M;
      for (const z of [-3.5, 3.5])
        for (let x = 0; x < TILE_M; x += 10) g.fillRect(x * pxPerM, Z(z) - 8, 4 * pxPerM, 16);
      // Continuous yellow along the near kerb: no stopping. White along the far one.
      g.fillStyle = '#cdb03c';
      g.fillRect(0, Z(6.72) - 9, size, 18);
      g.fillStyle = '#d6d6d0';
      g.fillRect(0, Z(-6.72) - 8, size, 16);
      g.globalAlpha = 0.55;
      speckle(g, random, { count: 60_000, strength: 0.25, sizePx: 3 });
    }),
  );
  map.wrapS = THREE.RepeatWrapping;
  map.repeat.set(LENGTH_M / TILE_M, 1);
  map.anisotropy = 8;
  const material = wet ? wetSurface(map, 0.34) : surface(map, 0.92);
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(LENGTH_M, 2 * ROAD_HALF_M), material);
  mesh.rotation.x = -Math.PI / 2;
  mesh.receiveShadow = true;
  return mesh;
}

function surface(map: THREE.Texture, roughness: number): THREE.MeshStandardMaterial {
  return new THREE.MeshStandardMaterial({ map, roughness });
}

/** Water fills the pores and stands in the hollows: it mirrors sky and lamps sharply there, dully elsewhere. */
function wetSurface(map: THREE.Texture, roughness: number): THREE.MeshPhysicalMaterial {
  const random = seededRandom(PUDDLE_SEED);
  const size = 1024;
  const puddles = textureOf(
    paintCanvas(size, size, (g) => {
      g.fillStyle = '#fff';
      g.fillRect(0, 0, size, size);
      g.filter = 'blur(16px)'; // a hard edge would glare in the light of a lamp
      g.fillStyle = 'rgb(118,118,118)';
      for (let i = 0; i < 26; i++) {
        const [x, y, long] = [random() * size, random() * size, 18 + random() * 60];
        for (let lobe = 0; lobe < 5; lobe++) {
          g.beginPath();
          const [dx, dy] = [(random() - 0.5) * long * 1.6, (random() - 0.5) * long * 0.5];
          g.ellipse(x + dx, y + dy, long * (0.3 + 0.5 * random()), long * (0.14 + 0.2 * random()), 0, 0, 7);
          g.fill();
        }
      }
    }),
    false,
  );
  puddles.wrapS = puddles.wrapT = THREE.RepeatWrapping;
  puddles.repeat.copy(map.repeat);
  return new THREE.MeshPhysicalMaterial({ map, roughness, roughnessMap: puddles, ior: 1.8 });
}

function pavements(random: () => number, wet: boolean): THREE.Mesh[] {
  const tile = paintCanvas(1024, 1024, (g) => {
    g.fillStyle = '#7d7870';
    g.fillRect(0, 0, 1024, 1024);
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) {
        const tone = Math.floor((wet ? 88 : 138) + random() * 22);
        g.fillStyle = `rgb(${tone},${tone - 4},${tone - 11})`;
        g.fillRect(x * 64 + 1, y * 64 + 1, 62, 62);
      }
    }
    stains(g, random, 30, 0.11, 120);
    speckle(g, random, { count: 45_000, strength: 0.14, sizePx: 3 });
  });
  const made: THREE.Mesh[] = [];
  for (const [side, end] of [
    [1, NEAR_PAVEMENT_END_M],
    [-1, FAR_PAVEMENT_END_M],
  ] as const) {
    const width = end - ROAD_HALF_M - 0.2;
    const map = textureOf(tile);
    map.wrapS = THREE.RepeatWrapping;
    map.wrapT = THREE.RepeatWrapping;
    map.repeat.set(LENGTH_M / 6.4, width / 6.4);
    map.anisotropy = 8;
    const slab = new THREE.Mesh(
      new THREE.PlaneGeometry(LENGTH_M, width),
      wet ? wetSurface(map, 0.46) : surface(map, 0.9),
    );
    slab.rotation.x = -Math.PI / 2;
    slab.position.set(0, KERB_M, side * (ROAD_HALF_M + 0.2 + width / 2));
    slab.receiveShadow = true;
    const guide = new THREE.Mesh(
      new THREE.PlaneGeometry(LENGTH_M, 0.45),
      plain(wet ? 0x7d6a22 : 0xb09a45, 0.9),
    );
    guide.rotation.x = -Math.PI / 2;
    guide.position.set(0, KERB_M + 0.004, side * (ROAD_HALF_M + 2.6));
    guide.receiveShadow = true;
    const stone = box(
      [0, KERB_M / 2, side * (ROAD_HALF_M + 0.1)],
      [LENGTH_M, KERB_M, 0.2],
      plain(wet ? 0x85837e : 0xb5b3ac, 0.9),
    );
    made.push(slab, guide, stone);
  }
  return made;
}

function lampPost(x: number, z: number, towards: 1 | -1, light: StreetLook['light']): THREE.Object3D[] {
  const metal = plain(0x6b7075, 0.5);
  const head: [number, number, number] = [x, 7.15, z + towards * 2];
  const parts: THREE.Object3D[] = [
    bar([x, 0, z], [x, 7, z], 0.07, metal),
    bar([x, 7, z], head, 0.05, metal),
    box(head, [0.24, 0.1, 0.7], metal),
  ];
  if (light === 'day') return parts;
  const material = new THREE.SpriteMaterial({
    map: glowTexture(),
    color: 0xffdca8,
    transparent: true,
    depthWrite: false,
    blending: THREE.AdditiveBlending,
    opacity: light === 'night' ? 1 : 0.8,
  });
  const glow = notCounted(new THREE.Sprite(material));
  glow.position.set(head[0], head[1] - 0.1, head[2]);
  glow.scale.setScalar(light === 'night' ? 2.4 : 1.6);
  return [...parts, glow];
}

/** The small grey dustbins for passers-by on the far side. */
function dustbin(x: number): THREE.Object3D {
  const group = new THREE.Group();
  const steel = plain(0x787b7d, 0.5, 0.3);
  group.add(
    box([0, 0.55, 0], [0.36, 0.8, 0.36], steel),
    box([0, 1.02, 0], [0.44, 0.12, 0.44], plain(0x4a4d50, 0.6)),
  );
  group.position.set(x, KERB_M, -7.8);
  return group;
}
