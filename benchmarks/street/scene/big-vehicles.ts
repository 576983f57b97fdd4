/** City bus and box truck. */

import * as THREE from 'three';
import { vehicleLamps } from './lamps.ts';
import { type BodySpec, loftBody } from './loft.ts';
import type { ActorModel } from './model.ts';
import { paintCanvas, plain, textureOf } from './paint.ts';
import { bar, box, contactShadow, wheel } from './shapes.ts';

const BUS: BodySpec = {
  lengthM: 10.5,
  widthM: 2.5,
  heightM: 3.2,
  belt: 1.25,
  sill: 0.3,
  plan: 0.06,
  tumble: 0.03,
  edgeRadius: 0.22,
  top: [
    [-5.25, 2.6],
    [-5.2, 2.9],
    [-4.9, 3.05],
    [4.7, 3.05],
    [5.0, 2.98],
    [5.2, 2.75],
    [5.25, 2.4],
  ],
  axles: [-2.9, 3.0],
  wheelRadius: 0.48,
};

const CAB: BodySpec = {
  lengthM: 1.9,
  widthM: 2.2,
  heightM: 2.6,
  belt: 1.4,
  sill: 0.5,
  plan: 0.07,
  tumble: 0.06,
  edgeRadius: 0.16,
  top: [
    [-0.95, 2.3],
    [-0.9, 2.4],
    [0.1, 2.42],
    [0.35, 2.36],
    [0.75, 1.55],
    [0.9, 1.3],
    [0.95, 1.0],
  ],
  axles: [0.1],
  wheelRadius: 0.42,
};

const GLASS = '#141b20';

function axleWheels(spec: BodySpec, extra: readonly number[] = []): THREE.Group[] {
  return [...spec.axles, ...extra].flatMap((x) =>
    [1, -1].map((side) => {
      const turning = wheel(spec.wheelRadius, 0.32);
      turning.position.set(x, spec.wheelRadius, side * (spec.widthM / 2 - 0.14));
      return turning;
    }),
  );
}

export function busModel(colour: string, stripe: string, route: string): ActorModel {
  const { lengthM: L, widthM: W, heightM: H } = BUS;
  const object = new THREE.Group();
  object.add(
    loftBody(
      BUS,
      (part, g, layer, s) => {
        const c = layer === 'colour';
        const tone = (colourOf: string, rough: string) => (c ? colourOf : rough);
        const X = (x: number) => (x + L / 2) * s;
        const Y = (y: number) => (H - y) * s;
        const Z = (z: number) => (z + W / 2) * s;
        const rect = (fill: string, x: number, y: number, w: number, h: number) => {
          g.fillStyle = fill;
          g.fillRect(x, y, w, h);
        };
        rect(tone(colour, '#606060'), 0, 0, g.canvas.width, g.canvas.height);
        const glass = tone(GLASS, '#101010');
        const lower = tone(stripe, '#606060');
        if (part === 'side') {
          rect(lower, 0, Y(0.95), L * s, 0.65 * s);
          rect(glass, X(-4.9), Y(2.45), 9.9 * s, 1.15 * s);
          for (let x = -4.9; x < 5; x += 1.25)
            rect(tone('#1a1c1e', '#888'), X(x) - s / 24, Y(2.45), s / 12, 1.15 * s);
          for (const x of [-0.5, 3.9]) {
            rect(glass, X(x), Y(2.4), s, 1.95 * s);
            g.strokeStyle = tone('#777', '#888');
            g.lineWidth = s / 30;
            g.strokeRect(X(x), Y(2.4), 0.5 * s, 1.95 * s);
            g.strokeRect(X(x) + 0.5 * s, Y(2.4), 0.5 * s, 1.95 * s);
          }
          for (const x of BUS.axles) {
            g.fillStyle = tone('#050505', '#fff');
            g.beginPath();
            g.arc(X(x), Y(BUS.wheelRadius), 0.58 * s, 0, 7);
            g.fill();
          }
        } else if (part === 'top') {
          rect(tone('#d0d2d0', '#909090'), X(-1), Z(-0.7), 2.4 * s, 1.4 * s);
          rect(tone('#c4c6c4', '#909090'), X(-4.5), Z(-0.6), 1.6 * s, 1.2 * s);
        } else {
          rect(glass, Z(-1.15), Y(2.5), 2.3 * s, (part === 'front' ? 1.45 : 0.8) * s);
          rect(lower, 0, Y(0.95), W * s, H * s);
          if (part === 'front') {
            rect(tone('#111', '#333'), Z(-0.9), Y(2.9), 1.8 * s, 0.3 * s);
            g.fillStyle = tone('#ff9a20', '#333');
            g.font = `bold ${0.24 * s}px sans-serif`;
            g.textAlign = 'center';
            g.fillText(route, Z(0), Y(2.67));
            for (const side of [-1, 1])
              rect(tone('#eef3f6', '#222'), Z(side * 0.95) - 0.2 * s, Y(0.8), 0.4 * s, 0.22 * s);
            rect(tone('#f0c020', '#555'), Z(-0.25), Y(0.6), 0.5 * s, 0.15 * s);
          } else {
            for (const side of [-1, 1])
              rect(tone('#a01012', '#222'), Z(side * 1.05) - 0.1 * s, Y(1.4), 0.2 * s, 0.5 * s);
            rect(tone('#333', '#777'), Z(-0.8), Y(1.5), 1.6 * s, 0.4 * s);
          }
        }
      },
      90,
    ),
  );
  for (const side of [-1, 1]) object.add(box([5.1, 2.1, side * 1.42], [0.15, 0.4, 0.22], plain(0x111111)));
  const wheels = axleWheels(BUS);
  object.add(...wheels, contactShadow(L, W));
  return rolling(object, wheels, BUS.wheelRadius, {
    noseM: 5.25,
    tailM: -5.25,
    halfWidthM: 0.95,
    headM: 0.7,
    rearM: 1.2,
  });
}

export function truckModel(colour: string): ActorModel {
  const object = new THREE.Group();
  const { lengthM: L, widthM: W, heightM: H } = CAB;
  const cab = loftBody(
    CAB,
    (part, g, layer, s) => {
      const c = layer === 'colour';
      const Y = (y: number) => (H - y) * s;
      const rect = (fill: string, x: number, y: number, w: number, h: number) => {
        g.fillStyle = fill;
        g.fillRect(x, y, w, h);
      };
      rect(c ? colour : '#606060', 0, 0, g.canvas.width, g.canvas.height);
      const glass = c ? GLASS : '#101010';
      if (part === 'side') {
        rect(glass, 0.55 * s, Y(2.2), 0.85 * s, 0.75 * s);
        rect(c ? '#16181a' : '#c0c0c0', 0, Y(0.75), L * s, H * s);
        g.fillStyle = c ? '#050505' : '#fff';
        g.beginPath();
        g.arc((0.1 + L / 2) * s, Y(0.42), 0.52 * s, 0, 7);
        g.fill();
      } else if (part === 'top') {
        rect(glass, (0.36 + L / 2) * s, 0.14 * W * s, 0.4 * s, 0.72 * W * s);
      } else if (part === 'front') {
        rect(c ? '#16181a' : '#c0c0c0', 0.3 * s, Y(1.25), (W - 0.6) * s, 0.3 * s);
        rect(c ? '#202224' : '#c0c0c0', 0, Y(0.75), W * s, H * s);
        for (const x of [0.12, W - 0.47]) rect(c ? '#eef3f6' : '#222', x * s, Y(1.0), 0.35 * s, 0.22 * s);
      }
    },
    110,
  );
  cab.position.x = 2.45;
  const panel = paintCanvas(512, 256, (g) => {
    g.fillStyle = '#d9dad6';
    g.fillRect(0, 0, 512, 256);
    for (let x = 0; x < 512; x += 16) {
      g.fillStyle = x % 32 === 0 ? 'rgba(0,0,0,.10)' : 'rgba(255,255,255,.12)';
      g.fillRect(x, 0, 5, 256);
    }
    g.fillStyle = 'rgba(70,55,40,.18)';
    g.fillRect(0, 225, 512, 31);
  });
  const cargo = new THREE.MeshStandardMaterial({ map: textureOf(panel), roughness: 0.6 });
  const dark = plain(0x151617, 0.8);
  object.add(cab, box([-1, 1.9, 0], [4.9, 2.2, 2.25], cargo), box([-0.6, 0.68, 0], [5.6, 0.2, 0.9], dark));
  for (const side of [1, -1]) {
    object.add(
      box([-0.2, 0.62, side * 1.05], [2, 0.25, 0.05], plain(0x888888)),
      bar([3.2, 1.9, side * 1.1], [3.35, 1.9, side * 1.3], 0.03, dark),
      box([3.37, 1.8, side * 1.32], [0.08, 0.42, 0.2], dark),
      box([-3.47, 0.75, side * 0.9], [0.05, 0.15, 0.3], plain(0xa01012, 0.3)),
    );
  }
  const wheels = axleWheels(CAB, [-2.2 - 2.45]);
  for (const turning of wheels) turning.position.x += 2.45;
  object.add(...wheels, contactShadow(6.9, 2.3));
  return rolling(object, wheels, CAB.wheelRadius, {
    noseM: 3.4,
    tailM: -3.5,
    halfWidthM: 0.9,
    headM: 0.9,
    rearM: 0.75,
  });
}

function rolling(
  object: THREE.Group,
  wheels: readonly THREE.Object3D[],
  radius: number,
  places: Parameters<typeof vehicleLamps>[0],
): ActorModel {
  const lamps = vehicleLamps(places);
  object.add(lamps.object);
  return {
    object,
    pose(state) {
      for (const turning of wheels) turning.rotation.z = -state.travelledM / radius;
      lamps.set(state);
    },
  };
}
