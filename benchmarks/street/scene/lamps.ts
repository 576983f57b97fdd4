/** Head, tail and brake lamps: glow sprites and a pool of light on the road, without a real light source each. */

import * as THREE from 'three';
import type { ActorState } from '../timeline/world.ts';
import { paintCanvas, textureOf } from './paint.ts';
import { notCounted } from './shapes.ts';

export interface LampPlaces {
  readonly noseM: number;
  readonly tailM: number;
  readonly halfWidthM: number;
  readonly headM: number;
  readonly rearM: number;
}

let glow: THREE.CanvasTexture | undefined;
let pool: THREE.CanvasTexture | undefined;
/** How strongly lamps show against the surrounding light; set once for the scene: weaker by day than at night. */
const surroundings = { strength: 0.8, pool: 0, wet: false };

export function setLampSurroundings(light: 'day' | 'dusk' | 'night', wet: boolean): void {
  surroundings.wet = wet;
  surroundings.strength = { day: 0.8, dusk: 0.9, night: 1 }[light];
  surroundings.pool = { day: 0, dusk: 0.3, night: 0.8 }[light];
}

export function glowTexture(): THREE.CanvasTexture {
  glow ??= textureOf(
    paintCanvas(64, 64, (g) => {
      const spot = g.createRadialGradient(32, 32, 0, 32, 32, 32);
      spot.addColorStop(0, 'rgba(255,255,255,1)');
      spot.addColorStop(0.16, 'rgba(255,255,255,.85)');
      spot.addColorStop(0.4, 'rgba(255,255,255,.18)');
      spot.addColorStop(1, 'rgba(255,255,255,0)');
      g.fillStyle = spot;
      g.fillRect(0, 0, 64, 64);
    }),
  );
  return glow;
}

function lampSprite(color: number, sizeM: number): THREE.Sprite {
  const material = new THREE.SpriteMaterial({
    map: glowTexture(),
    color,
    transparent: true,
    depthWrite: false,
    blending: THREE.AdditiveBlending,
  });
  const sprite = new THREE.Sprite(material);
  sprite.scale.setScalar(sizeM);
  return notCounted(sprite);
}

/** The streak of a lamp on a wet road: its mirror image, drawn out towards the viewer. */
function streak(color: number, x: number, y: number, z: number): THREE.Sprite {
  const sprite = lampSprite(color, 1);
  sprite.scale.set(0.42, 1.7, 1);
  sprite.position.set(x, -y * 0.75, z);
  sprite.material.depthTest = false;
  return sprite;
}

function lightPool(lengthM: number): THREE.Mesh<THREE.PlaneGeometry, THREE.MeshBasicMaterial> {
  pool ??= textureOf(
    paintCanvas(256, 128, (g) => {
      for (const y of [46, 82]) {
        const cone = g.createRadialGradient(60, y, 2, 110, y, 120);
        cone.addColorStop(0, 'rgba(255,246,220,.55)');
        cone.addColorStop(0.5, 'rgba(255,244,214,.2)');
        cone.addColorStop(1, 'rgba(255,240,205,0)');
        g.fillStyle = cone;
        g.fillRect(0, 0, 256, 128);
      }
      // Nothing of it may reach the edge of the sheet that it is painted on: light has no corners.
      g.globalCompositeOperation = 'destination-in';
      g.filter = 'blur(12px)';
      g.fillStyle = '#fff';
      g.fillRect(24, 24, 208, 80);
    }),
  );
  const material = new THREE.MeshBasicMaterial({
    map: pool,
    transparent: true,
    depthWrite: false,
    blending: THREE.AdditiveBlending,
    polygonOffset: true,
    polygonOffsetFactor: -3,
  });
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(lengthM, 4.2), material);
  mesh.rotation.x = -Math.PI / 2;
  return notCounted(mesh);
}

/** Lamps of a vehicle whose shape is given by a few places; lit and dimmed by its state. */
export function vehicleLamps(places: LampPlaces): { object: THREE.Object3D; set(state: ActorState): void } {
  const object = new THREE.Group();
  const heads: THREE.Sprite[] = [];
  const tails: THREE.Sprite[] = [];
  const headStreaks: THREE.Sprite[] = [];
  const tailStreaks: THREE.Sprite[] = [];
  for (const side of places.halfWidthM === 0 ? [0] : [1, -1]) {
    const head = lampSprite(0xfff4dc, 1.05);
    head.position.set(places.noseM + 0.08, places.headM, side * places.halfWidthM);
    const tail = lampSprite(0xff2418, 0.5);
    tail.position.set(places.tailM - 0.08, places.rearM, side * places.halfWidthM);
    heads.push(head);
    tails.push(tail);
    if (!surroundings.wet) continue;
    headStreaks.push(streak(0xfff0d0, head.position.x + 0.1, places.headM, head.position.z));
    tailStreaks.push(streak(0xff2418, tail.position.x - 0.1, places.rearM, tail.position.z));
  }
  const ahead = surroundings.pool > 0 ? lightPool(9) : undefined;
  ahead?.position.set(places.noseM + 4.2, 0.03, 0);
  object.add(...heads, ...tails, ...headStreaks, ...tailStreaks, ...(ahead === undefined ? [] : [ahead]));
  return {
    object,
    set({ lamps, braking }) {
      for (const head of heads) {
        head.visible = lamps;
        head.material.opacity = surroundings.strength;
      }
      for (const tail of tails) {
        tail.visible = lamps || braking;
        tail.material.opacity = surroundings.strength * (braking ? 1 : 0.5);
      }
      for (const mirrored of [...headStreaks, ...tailStreaks]) {
        mirrored.visible = lamps;
        mirrored.material.opacity = surroundings.strength * (headStreaks.includes(mirrored) ? 0.32 : 0.25);
      }
      if (ahead === undefined) return;
      ahead.visible = lamps;
      ahead.material.opacity = surroundings.pool;
    },
  };
}
