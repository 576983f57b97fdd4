/** Flames and smoke: turbulent flame sheets that face the camera, and drifting puffs above them. */

import * as THREE from 'three';
import { seededRandom } from '../timeline/random.ts';
import type { Puff, ThingModel } from './model.ts';
import { paintCanvas, textureOf } from './paint.ts';
import { bagMesh } from './garbage.ts';
import { contactShadow, notCounted } from './shapes.ts';

const FLAME_VERTEX = `
  varying vec2 vUv;
  void main() {
    vUv = uv;
    // A sheet that stands upright and turns to the camera.
    vec4 centre = modelViewMatrix * vec4(0.0, 0.0, 0.0, 1.0);
    vec3 up = normalize((viewMatrix * vec4(0.0, 1.0, 0.0, 0.0)).xyz);
    vec3 side = normalize(cross(up, -normalize(centre.xyz)));
    vec2 size = vec2(length(modelMatrix[0].xyz), length(modelMatrix[1].xyz));
    gl_Position = projectionMatrix * vec4(centre.xyz + side * position.x * size.x + up * position.y * size.y, 1.0);
  }`;

// Value-noise turbulence, drawn upwards; the hotter the middle, the lighter the colour.
const FLAME_FRAGMENT = `
  varying vec2 vUv;
  uniform float time;
  uniform float seed;
  uniform float strength;
  float hash(vec2 p) { return fract(sin(dot(p, vec2(127.1, 311.7))) * 43758.5453); }
  float noise(vec2 p) {
    vec2 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(hash(i), hash(i + vec2(1, 0)), f.x), mix(hash(i + vec2(0, 1)), hash(i + vec2(1, 1)), f.x), f.y);
  }
  float turbulence(vec2 p) {
    float sum = 0.0, weight = 0.5;
    for (int k = 0; k < 4; k++) { sum += weight * noise(p); p = p * 2.03 + 17.0; weight *= 0.5; }
    return sum;
  }
  void main() {
    float h = vUv.y;
    float x = vUv.x * 2.0 - 1.0;
    float slow = turbulence(vec2(x * 1.3 + seed, h * 1.4 - time * 1.1));
    x += (slow - 0.47) * (0.35 + 1.5 * h);
    float tongues = turbulence(vec2(x * 3.2 + seed * 3.0, h * 2.0 - time * 2.3));
    float width = 0.72 * pow(max(0.0, 1.0 - h), 0.55) + 0.02;
    float body = 1.0 - abs(x) / width;
    float heat = clamp(body, 0.0, 1.0) * 1.25 + tongues * 0.95 - 0.62 - h * 0.75;
    heat *= smoothstep(0.0, 0.06, h + 0.03) * step(0.0, body + 0.02);
    float alpha = smoothstep(0.04, 0.22, heat) * smoothstep(0.0, 0.15, body);
    vec3 colour = mix(vec3(0.72, 0.13, 0.02), vec3(1.0, 0.45, 0.05), smoothstep(0.05, 0.3, heat));
    colour = mix(colour, vec3(1.0, 0.78, 0.28), smoothstep(0.28, 0.62, heat));
    colour = mix(colour, vec3(1.0, 0.95, 0.72), smoothstep(0.62, 1.0, heat));
    alpha *= strength;
    gl_FragColor = vec4(colour * alpha, alpha * 0.82);
  }`;

const PUFFS = 34;

interface Sheet {
  readonly mesh: THREE.Mesh<THREE.PlaneGeometry, THREE.ShaderMaterial>;
  readonly at: readonly [number, number, number];
  readonly size: readonly [number, number];
}

function sheet(at: Sheet['at'], size: Sheet['size'], seed: number): Sheet {
  const plane = new THREE.PlaneGeometry(1, 1);
  plane.translate(0, 0.5, 0);
  const material = new THREE.ShaderMaterial({
    vertexShader: FLAME_VERTEX,
    fragmentShader: FLAME_FRAGMENT,
    uniforms: { time: { value: 0 }, seed: { value: seed }, strength: { value: 1 } },
    transparent: true,
    depthWrite: false,
    blending: THREE.CustomBlending,
    blendSrc: THREE.OneFactor,
    blendDst: THREE.OneMinusSrcAlphaFactor,
  });
  const mesh = new THREE.Mesh(plane, material);
  mesh.frustumCulled = false;
  return { mesh, at, size };
}

function puffTexture(random: () => number): THREE.CanvasTexture {
  return textureOf(
    paintCanvas(128, 128, (g) => {
      for (let i = 0; i < 46; i++) {
        const away = Math.sqrt(random()) * 34;
        const angle = random() * 6.3;
        const [x, y, r] = [64 + Math.cos(angle) * away, 64 + Math.sin(angle) * away, 9 + random() * 20];
        const tone = 120 + Math.floor(random() * 135);
        const blob = g.createRadialGradient(x, y, 0, x, y, r);
        blob.addColorStop(0, `rgba(${tone},${tone},${tone},.22)`);
        blob.addColorStop(1, `rgba(${tone},${tone},${tone},0)`);
        g.fillStyle = blob;
        g.fillRect(0, 0, 128, 128);
      }
    }),
  );
}

export interface FireLook {
  readonly sizeM: number;
  /** 0–1. */
  readonly smoke: number;
  readonly seed: number;
  readonly light: 'day' | 'dusk' | 'night';
}

/** Height of the smoke column for a fire of this width. */
export function smokeHeightM(sizeM: number): number {
  return 1.6 + sizeM * 2.9;
}

/** Reach of the light that a fire throws, metres. */
export const FIRELIGHT_M = 3.6;

/** How brightly it lights the ground, against what light there is: by day hardly. */
const GLOW = { day: 6, dusk: 16, night: 34 } as const;

export function fireModel({ sizeM, smoke, seed, light: surroundings }: FireLook): ThingModel {
  const night = surroundings === 'night';
  const random = seededRandom(seed);
  const object = new THREE.Group();
  const sheets = [
    sheet([0, 0.02, -0.12], [1, 1.55], random() * 20),
    sheet([-0.18, 0.02, 0.02], [0.72, 1.1], random() * 20),
    sheet([0.2, 0.0, 0.08], [0.66, 0.95], random() * 20),
    sheet([0.0, 0.0, 0.16], [0.85, 0.7], random() * 20),
  ];
  const flames = new THREE.Group();
  flames.userData['part'] = 'fire';
  flames.add(...sheets.map(({ mesh }) => mesh));
  const fuel = [0, 1, 2, 3].map((i) => {
    const bag = bagMesh((seed % 50) + i, '#0a0908', sizeM * 0.4);
    bag.position.set((i - 1.5) * sizeM * 0.2, -0.03, (random() - 0.5) * sizeM * 0.3);
    bag.rotation.y = i * 2;
    return bag;
  });
  const map = puffTexture(random);
  const puffs = Array.from({ length: smoke > 0 ? PUFFS : 0 }, (_, i) => {
    const material = new THREE.SpriteMaterial({ map, transparent: true, depthWrite: false });
    return {
      sprite: new THREE.Sprite(material),
      phase: i / PUFFS,
      sway: random() * 6,
      spread: random() - 0.5,
      depth: random() - 0.5,
      turn: random() * 6,
    };
  });
  const plume = new THREE.Group();
  plume.userData['part'] = 'smoke';
  plume.add(...puffs.map(({ sprite }) => sprite));
  const light = new THREE.PointLight(0xff7a22, 0, FIRELIGHT_M, 1.8);
  const scorch = contactShadow(sizeM * 1.5, sizeM * 1.1);
  object.add(scorch, ...fuel.map(notCounted), flames, plume, light);
  const height = smokeHeightM(sizeM);
  return {
    object,
    restless: true,
    reach: [
      new THREE.Box3(
        new THREE.Vector3(-FIRELIGHT_M, 0, -FIRELIGHT_M),
        new THREE.Vector3(FIRELIGHT_M, 0.3, FIRELIGHT_M),
      ),
      new THREE.Box3(
        new THREE.Vector3(-sizeM, 0, -0.3),
        new THREE.Vector3(height * 0.45 + sizeM * 1.2, height + sizeM * 1.6, 0.3),
      ),
    ],
    puffs: () => [
      ...sheets.flatMap(({ mesh: { position: at, scale } }): Puff[] => [
        { part: 'fire', centre: at.clone().setY(scale.y * 0.25), radiusM: scale.x * 0.34 },
        { part: 'fire', centre: at.clone().setY(scale.y * 0.66), radiusM: scale.x * 0.1 },
      ]),
      ...puffs
        .filter(({ sprite }) => sprite.material.opacity > 0.2)
        .map(({ sprite }): Puff => ({
          part: 'smoke',
          centre: sprite.position,
          radiusM: sprite.scale.x * 0.34,
        })),
    ],
    pose({ level }, atS) {
      const size = sizeM * (0.25 + 0.75 * level);
      for (const { mesh, at, size: part } of sheets) {
        mesh.position.set(at[0] * size, at[1] * size, at[2] * size);
        mesh.scale.set(part[0] * size, part[1] * size * (0.8 + 0.35 * level), 1);
        mesh.material.uniforms['time']!.value = atS * (1.15 / Math.sqrt(sizeM));
        mesh.material.uniforms['strength']!.value = Math.min(1, level * 6);
      }
      for (const { sprite, phase, sway, spread, depth, turn } of puffs) {
        const life = (phase + atS * 0.16) % 1;
        const rise = life ** 0.85;
        const grown = Math.min(1, level * 1.15);
        sprite.position.set(
          spread * size * 0.5 + rise * rise * height * 0.42 + Math.sin(rise * 5 + sway) * 0.22 * rise,
          size * 0.75 + rise * height * (0.35 + 0.65 * grown),
          depth * size * 0.4 + Math.cos(rise * 4 + sway) * 0.15 * rise,
        );
        sprite.scale.setScalar((0.55 + rise * 1.9) * size);
        const fade = Math.min(1, life * 7) * (1 - life) ** 0.9;
        sprite.material.opacity = smoke * fade * (0.35 + 0.65 * grown) * 0.95;
        sprite.material.rotation = turn + atS * 0.25 * (spread > 0 ? 1 : -1);
        const tone = night ? 0.1 + 0.12 * (1 - rise) : 0.09 + 0.26 * rise;
        sprite.material.color.setRGB(tone * (1 + 0.25 * (1 - rise)), tone, tone * 0.97);
      }
      light.position.set(0, size * 0.7, 0.3);
      light.intensity =
        level * sizeM * GLOW[surroundings] * (0.85 + 0.12 * Math.sin(atS * 23) + 0.08 * Math.sin(atS * 37));
      scorch.scale.setScalar(0.3 + 0.7 * level);
    },
  };
}
