/** Sky, sun, lamps and air for day, dusk and night, dry and in rain. */

import * as THREE from 'three';
import { seededRandom } from '../timeline/random.ts';
import { paintCanvas, textureOf } from './paint.ts';

type Light = 'day' | 'dusk' | 'night';
type Weather = 'clear' | 'overcast' | 'rain';

interface Mood {
  readonly sky: readonly [string, string, string];
  readonly background: number;
  readonly fog: readonly [number, number];
  readonly environment: number;
  readonly sun: {
    readonly color: number;
    readonly strength: number;
    readonly at: readonly [number, number, number];
  };
  readonly exposure: number;
}

const MOODS: Record<`${Light}-${'clear' | 'grey'}`, Mood> = {
  'day-clear': {
    sky: ['#6f93bf', '#a9c0d8', '#e6ebee'],
    background: 0xc9d3db,
    fog: [45, 150],
    environment: 0.75,
    sun: { color: 0xfff1dc, strength: 2.6, at: [-16, 22, 7] },
    exposure: 1.1,
  },
  'day-grey': {
    sky: ['#a8afb6', '#bcc2c7', '#d5d8da'],
    background: 0xbfc5c9,
    fog: [30, 120],
    environment: 0.95,
    sun: { color: 0xf2f4f6, strength: 0.8, at: [-6, 26, 5] },
    exposure: 1.3,
  },
  'dusk-clear': {
    sky: ['#3c4f78', '#8a7a8e', '#e0a070'],
    background: 0x9a93a0,
    fog: [40, 140],
    environment: 0.72,
    sun: { color: 0xffb070, strength: 1.1, at: [-30, 9, 10] },
    exposure: 1.0,
  },
  'dusk-grey': {
    sky: ['#3d4656', '#566070', '#7d8288'],
    background: 0x5f6670,
    fog: [30, 110],
    environment: 0.8,
    sun: { color: 0xc0c8d8, strength: 0.35, at: [-6, 26, 5] },
    exposure: 1.0,
  },
  'night-clear': {
    sky: ['#070a12', '#0d1220', '#2a2622'],
    background: 0x11141c,
    fog: [40, 130],
    environment: 0.16,
    sun: { color: 0xaebfe0, strength: 0.1, at: [-8, 24, 9] },
    exposure: 1.05,
  },
  'night-grey': {
    sky: ['#0a0c10', '#12151a', '#2a2824'],
    background: 0x15171b,
    fog: [25, 100],
    environment: 0.18,
    sun: { color: 0xaebfe0, strength: 0.08, at: [-6, 26, 5] },
    exposure: 1.05,
  },
};

export interface Lighting {
  readonly objects: readonly THREE.Object3D[];
  /** Direction in which shadows fall: from the light to the ground. */
  readonly sunDirection: THREE.Vector3;
}

/** @param centre point around which shadows are needed. */
export function lightScene(
  scene: THREE.Scene,
  renderer: THREE.WebGLRenderer,
  options: { light: Light; weather: Weather; seed: number; centre: THREE.Vector3 },
): Lighting {
  const { light, weather, seed, centre } = options;
  const mood = MOODS[`${light}-${weather === 'clear' ? 'clear' : 'grey'}`];
  renderer.toneMapping = THREE.ACESFilmicToneMapping;
  renderer.toneMappingExposure = mood.exposure;
  scene.environment = environment(renderer, mood, seed);
  scene.environmentIntensity = mood.environment;
  scene.background = new THREE.Color(mood.background);
  scene.fog = new THREE.Fog(mood.background, mood.fog[0], mood.fog[1] * (weather === 'rain' ? 0.8 : 1));
  const sun = new THREE.DirectionalLight(mood.sun.color, mood.sun.strength);
  sun.position.set(...mood.sun.at).add(centre);
  sun.target.position.copy(centre);
  sun.castShadow = true;
  sun.shadow.mapSize.set(2048, 2048);
  const reach = 30;
  Object.assign(sun.shadow.camera, { left: -reach, right: reach, top: 24, bottom: -24, near: 1, far: 90 });
  sun.shadow.bias = -0.0004;
  sun.shadow.normalBias = 0.03;
  sun.shadow.radius = weather === 'clear' ? 3 : 6;
  const objects: THREE.Object3D[] = [sun, sun.target];
  if (light !== 'day') objects.push(...streetLamps(light, centre));
  return { objects, sunDirection: new THREE.Vector3(...mood.sun.at).normalize().negate() };
}

/** The lamps nearest to the picture really shine; the far ones only glow. */
function streetLamps(light: Light, centre: THREE.Vector3): THREE.Object3D[] {
  const strength = light === 'night' ? 260 : 90;
  const places = [-60, -40, -20, 3, 26, 48, 70].flatMap(
    (x) =>
      [
        [x, -5.6],
        [x + 9, 20.3],
      ] as const,
  );
  const nearest = places.toSorted(
    (a, b) => Math.hypot(a[0] - centre.x, a[1] - centre.z) - Math.hypot(b[0] - centre.x, b[1] - centre.z),
  );
  return nearest.slice(0, 5).flatMap(([x, z]) => {
    const lamp = new THREE.SpotLight(0xffd9a0, strength, 30, 1.15, 0.75, 1.6);
    lamp.position.set(x, 7.1, z);
    lamp.target.position.set(x, 0, z + (z > 0 ? -2.5 : 2.5));
    return [lamp, lamp.target];
  });
}

function environment(renderer: THREE.WebGLRenderer, mood: Mood, seed: number): THREE.Texture {
  const random = seededRandom(seed + 1);
  const canvas = paintCanvas(512, 256, (g) => {
    const sky = g.createLinearGradient(0, 0, 0, 256);
    sky.addColorStop(0, mood.sky[0]);
    sky.addColorStop(0.35, mood.sky[1]);
    sky.addColorStop(0.49, mood.sky[2]);
    sky.addColorStop(0.5, '#5d5a55');
    sky.addColorStop(1, '#383838');
    g.fillStyle = sky;
    g.fillRect(0, 0, 512, 256);
    g.fillStyle = 'rgba(255,255,255,.45)';
    for (let i = 0; i < 30; i++) {
      g.beginPath();
      g.ellipse(random() * 512, 45 + random() * 55, 15 + random() * 35, 4 + random() * 9, 0, 0, 7);
      g.fill();
    }
    const walls = ['#8d8478', '#77787a', '#6d6458', '#4d5a44'];
    for (let i = 0; i < 24; i++) {
      const height = 15 + random() * 35;
      g.fillStyle = walls[i % 4]!;
      g.fillRect(i * 21.5, 128 - height, 21.5, height);
      g.fillStyle = '#333b42';
      for (let y = 128 - height + 3; y < 125; y += 6)
        for (let x = 2; x < 20; x += 5) g.fillRect(i * 21.5 + x, y, 3, 3.5);
    }
  });
  const texture = textureOf(canvas);
  texture.mapping = THREE.EquirectangularReflectionMapping;
  const maker = new THREE.PMREMGenerator(renderer);
  const map = maker.fromEquirectangular(texture).texture;
  maker.dispose();
  return map;
}
