/** Street trees: a trunk with branches and a crown of leaf cards. */

import * as THREE from 'three';
import { paintCanvas, plain, textureOf } from './paint.ts';
import { bar, notCounted } from './shapes.ts';

let leafCard: THREE.MeshStandardMaterial | undefined;

function leaves(random: () => number): THREE.MeshStandardMaterial {
  leafCard ??= new THREE.MeshStandardMaterial({
    map: textureOf(
      paintCanvas(256, 256, (g) => {
        for (let i = 0; i < 260; i++) {
          const away = Math.sqrt(random()) * 112;
          const angle = random() * 6.3;
          const tone = 0.55 + random() * 0.75;
          g.save();
          g.translate(128 + Math.cos(angle) * away, 128 + Math.sin(angle) * away);
          g.rotate(random() * 6.3);
          g.fillStyle = `rgb(${Math.floor(78 * tone)},${Math.floor(104 * tone)},${Math.floor(52 * tone)})`;
          g.beginPath();
          g.ellipse(0, 0, 10 + random() * 5, 4.5 + random() * 2.5, 0, 0, 7);
          g.fill();
          g.restore();
        }
      }),
    ),
    alphaTest: 0.45,
    side: THREE.DoubleSide,
    roughness: 0.9,
  });
  return leafCard;
}

/** @param crownM height of the middle of the crown. */
export function tree(random: () => number, crownM: number): THREE.Group {
  const group = new THREE.Group();
  const bark = plain(0x4b3f33, 0.95);
  group.add(bar([0, 0, 0], [0.1, crownM - 0.8, 0], 0.13, bark));
  const radii = [1.7 + random() * 0.4, 1.35 + random() * 0.3, 1.6 + random() * 0.4] as const;
  for (let i = 0; i < 5; i++) {
    const angle = (i / 5) * Math.PI * 2 + random();
    const end = [
      Math.cos(angle) * radii[0] * 0.6,
      crownM + (random() - 0.3) * 0.8,
      Math.sin(angle) * radii[2] * 0.6,
    ] as const;
    group.add(bar([0.08, crownM - 1, 0], end, 0.05, bark));
  }
  group.add(crown(random, crownM, radii), ...shade(crownM, radii));
  return group;
}

/** What throws the crown's shadow: a few unseen balls, since the cards themselves would cost most of every frame. */
function shade(crownM: number, radii: readonly [number, number, number]): THREE.Mesh[] {
  const unseen = new THREE.MeshBasicMaterial({ colorWrite: false, depthWrite: false });
  return [
    [0, 0.2, 0],
    [0.5, -0.1, 0.35],
    [-0.5, 0, 0.3],
    [0.1, -0.1, -0.5],
    [-0.35, 0.3, -0.3],
  ].map(([x, y, z], i) => {
    const ball = new THREE.Mesh(new THREE.IcosahedronGeometry(0.5 - i * 0.03, 2), unseen);
    ball.scale.set(...radii);
    ball.position.set(x! * radii[0], crownM + y! * radii[1], z! * radii[2]);
    ball.castShadow = true;
    return notCounted(ball);
  });
}

function crown(random: () => number, crownM: number, radii: readonly [number, number, number]): THREE.Mesh {
  const cards = 230;
  const geometry = new THREE.BufferGeometry();
  const [position, normal, uv, index]: number[][] = [[], [], [], []] as const as number[][];
  const [out, side, up, corner] = [
    new THREE.Vector3(),
    new THREE.Vector3(),
    new THREE.Vector3(),
    new THREE.Vector3(),
  ];
  for (let i = 0; i < cards; i++) {
    out.set(random() - 0.5, random() - 0.5, random() - 0.5).normalize();
    const away = 0.45 + 0.55 * Math.cbrt(random());
    const centre = new THREE.Vector3(
      out.x * radii[0] * away,
      crownM + out.y * radii[1] * away,
      out.z * radii[2] * away,
    );
    side
      .set(random() - 0.5, random() - 0.5, random() - 0.5)
      .cross(out)
      .normalize();
    up.copy(out)
      .cross(side)
      .addScaledVector(out, (random() - 0.5) * 1.4)
      .normalize();
    const half = 0.42 + random() * 0.3;
    for (const [u, v] of [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ] as const) {
      corner
        .copy(centre)
        .addScaledVector(side, (u - 0.5) * 2 * half)
        .addScaledVector(up, (v - 0.5) * 2 * half);
      position!.push(corner.x, corner.y, corner.z);
      // Lit as a round crown, not as single cards.
      normal!.push(out.x, out.y * 0.7 + 0.45, out.z);
      uv!.push(u, v);
    }
    index!.push(i * 4, i * 4 + 1, i * 4 + 2, i * 4, i * 4 + 2, i * 4 + 3);
  }
  geometry.setAttribute('position', new THREE.Float32BufferAttribute(position!, 3));
  geometry.setAttribute('normal', new THREE.Float32BufferAttribute(normal!, 3));
  geometry.setAttribute('uv', new THREE.Float32BufferAttribute(uv!, 2));
  geometry.setIndex(index!);
  const mesh = new THREE.Mesh(geometry, leaves(random));
  return mesh;
}
