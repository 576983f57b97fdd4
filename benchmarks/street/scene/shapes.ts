/** Small solids that the models are put together from. */

import * as THREE from 'three';
import { paintCanvas, plain, textureOf } from './paint.ts';

export type Vec3 = readonly [number, number, number];

function solid(mesh: THREE.Mesh): THREE.Mesh {
  mesh.castShadow = true;
  mesh.receiveShadow = true;
  return mesh;
}

/** A rounded bar from one point to another. */
export function bar(from: Vec3, to: Vec3, radius: number, material: THREE.Material): THREE.Mesh {
  const [a, b] = [new THREE.Vector3(...from), new THREE.Vector3(...to)];
  const way = b.clone().sub(a);
  const mesh = new THREE.Mesh(new THREE.CapsuleGeometry(radius, way.length(), 5, 12), material);
  mesh.position.copy(a).addScaledVector(way, 0.5);
  mesh.quaternion.setFromUnitVectors(new THREE.Vector3(0, 1, 0), way.normalize());
  return solid(mesh);
}

export function ellipsoid(at: Vec3, radii: Vec3, material: THREE.Material): THREE.Mesh {
  const mesh = new THREE.Mesh(new THREE.SphereGeometry(1, 20, 14), material);
  mesh.position.set(...at);
  mesh.scale.set(...radii);
  return solid(mesh);
}

export function box(at: Vec3, size: Vec3, material: THREE.Material | THREE.Material[]): THREE.Mesh {
  const mesh = new THREE.Mesh(new THREE.BoxGeometry(...size), material);
  mesh.position.set(...at);
  return solid(mesh);
}

const black = plain(0x0c0c0c, 0.9);

/** A car wheel in the plane x–y that turns about z. */
export function wheel(radius: number, width: number): THREE.Group {
  const group = new THREE.Group();
  const tyre = new THREE.Mesh(new THREE.TorusGeometry(radius * 0.76, radius * 0.25, 10, 26), black);
  tyre.scale.z = width / (radius * 0.5);
  group.add(solid(tyre));
  wheelFace ??= plainFace();
  for (const side of [1, -1]) {
    const face = new THREE.Mesh(new THREE.CircleGeometry(radius * 0.72, 24), wheelFace);
    face.position.z = side * width * 0.42;
    if (side < 0) face.rotation.y = Math.PI;
    group.add(face);
  }
  return group;
}

let wheelFace: THREE.MeshStandardMaterial | undefined;

function plainFace(): THREE.MeshStandardMaterial {
  const canvas = paintCanvas(128, 128, (g) => {
    g.fillStyle = '#151515';
    g.fillRect(0, 0, 128, 128);
    g.translate(64, 64);
    g.fillStyle = '#b9bcc0';
    g.beginPath();
    g.arc(0, 0, 62, 0, 7);
    g.arc(0, 0, 54, 0, 7, true);
    g.fill();
    for (let spoke = 0; spoke < 5; spoke++) {
      g.rotate((Math.PI * 2) / 5);
      g.fillStyle = '#a9adb2';
      g.beginPath();
      g.moveTo(-6, 0);
      g.lineTo(-11, -58);
      g.lineTo(11, -58);
      g.lineTo(6, 0);
      g.fill();
    }
    g.fillStyle = '#888';
    g.beginPath();
    g.arc(0, 0, 12, 0, 7);
    g.fill();
  });
  return new THREE.MeshStandardMaterial({ map: textureOf(canvas), metalness: 0.6, roughness: 0.35 });
}

/** A thin wheel with spokes, as of bicycles and motorcycles. */
export function spokedWheel(radius: number, tube: number): THREE.Group {
  const group = new THREE.Group();
  group.add(solid(new THREE.Mesh(new THREE.TorusGeometry(radius, tube, 8, 30), black)));
  const metal = plain(0xaaaaaa, 0.3, 0.7);
  group.add(new THREE.Mesh(new THREE.TorusGeometry(radius - tube, tube * 0.5, 6, 30), metal));
  for (let i = 0; i < 9; i++) {
    const angle = (i / 9) * Math.PI * 2;
    group.add(bar([0, 0, 0], [Math.cos(angle) * radius, Math.sin(angle) * radius, 0], 0.005, metal));
  }
  return group;
}

let softSpot: THREE.CanvasTexture | undefined;

/** The dark patch that every vehicle has under it, too soft for the shadow map. It is no part of the thing itself. */
export function contactShadow(length: number, width: number): THREE.Mesh {
  softSpot ??= textureOf(
    paintCanvas(128, 128, (g) => {
      const image = g.createImageData(128, 128);
      for (let y = 0; y < 128; y++) {
        for (let x = 0; x < 128; x++) {
          const dx = Math.max(0, Math.abs(x - 63.5) / 64 - 0.55) / 0.45;
          const dy = Math.max(0, Math.abs(y - 63.5) / 64 - 0.5) / 0.5;
          const away = Math.min(1, Math.hypot(dx, dy));
          image.data[(y * 128 + x) * 4 + 3] = 215 * (1 - away) ** 2;
        }
      }
      g.putImageData(image, 0, 0);
    }),
  );
  const material = new THREE.MeshBasicMaterial({
    map: softSpot,
    transparent: true,
    depthWrite: false,
    polygonOffset: true,
    polygonOffsetFactor: -2,
  });
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(length * 1.12, width * 1.35), material);
  mesh.rotation.x = -Math.PI / 2;
  mesh.position.y = 0.015;
  return notCounted(mesh);
}

let roundSpot: THREE.CanvasTexture | undefined;

/** The faint shade around somebody's feet; the sun's own shadow, if there is one, comes on top. */
export function footShadow(widthM: number): THREE.Mesh {
  roundSpot ??= textureOf(
    paintCanvas(64, 64, (g) => {
      const spot = g.createRadialGradient(32, 32, 2, 32, 32, 32);
      spot.addColorStop(0, 'rgba(0,0,0,.5)');
      spot.addColorStop(0.4, 'rgba(0,0,0,.28)');
      spot.addColorStop(1, 'rgba(0,0,0,0)');
      g.fillStyle = spot;
      g.fillRect(0, 0, 64, 64);
    }),
  );
  const material = new THREE.MeshBasicMaterial({
    map: roundSpot,
    transparent: true,
    depthWrite: false,
    polygonOffset: true,
    polygonOffsetFactor: -2,
  });
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(widthM, widthM), material);
  mesh.rotation.x = -Math.PI / 2;
  mesh.position.y = 0.015;
  return notCounted(mesh);
}

/** Marks light and shadow, which belong to a thing's picture but not to its box. */
export function notCounted<T extends THREE.Object3D>(object: T): T {
  object.userData['notCounted'] = true;
  return object;
}
