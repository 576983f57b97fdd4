/** People that walk, bend down and carry, and the riders of motorcycles and bicycles. */

import * as THREE from 'three';
import type { ActorModel } from './model.ts';
import { plain } from './paint.ts';
import { bar, ellipsoid, footShadow, type Vec3 } from './shapes.ts';

const SKIN = 0xc08a68;
const SHOE = 0x15130f;
/** Way of one full walking cycle, left and right. */
const STRIDE_M = 1.42;
const HIP_M = 0.93;
const KNEE_M = 0.44;
const SHOULDER_M = 0.5;
const ELBOW_M = 0.28;

export interface PersonLook {
  readonly top: string;
  readonly legs: string;
  readonly hair: string;
}

/** A joint at a place of its parent, turning about the axis across. */
function joint(parent: THREE.Object3D, at: Vec3): THREE.Group {
  const group = new THREE.Group();
  group.position.set(...at);
  parent.add(group);
  return group;
}

export function personModel(look: PersonLook): ActorModel {
  const object = new THREE.Group();
  const [top, legs, skin] = [plain(look.top), plain(look.legs), plain(SKIN)];
  const body = joint(object, [0, 0, 0]);
  const legParts = [1, -1].map((side) => {
    const hip = joint(body, [0, HIP_M, side * 0.1]);
    hip.add(bar([0, 0, 0], [0.015, -KNEE_M, 0], 0.088, legs));
    const knee = joint(hip, [0.015, -KNEE_M, 0]);
    knee.add(
      bar([0, 0, 0], [-0.02, -0.4, 0], 0.066, legs),
      ellipsoid([0.06, -0.43, 0], [0.14, 0.05, 0.055], plain(SHOE)),
    );
    return { side, hip, knee };
  });
  const torso = joint(body, [0, HIP_M, 0]);
  torso.add(
    ellipsoid([0, 0.03, 0], [0.13, 0.16, 0.18], legs),
    ellipsoid([0, 0.29, 0], [0.135, 0.34, 0.215], top),
    ellipsoid([0, 0.48, 0], [0.11, 0.12, 0.23], top),
    bar([0, 0.57, 0], [0, 0.63, 0], 0.055, skin),
    ellipsoid([0.015, 0.73, 0], [0.1, 0.125, 0.085], skin),
    ellipsoid([-0.022, 0.765, 0], [0.1, 0.105, 0.09], plain(look.hair, 0.9)),
  );
  const armParts = [1, -1].map((side) => {
    const shoulder = joint(torso, [0, SHOULDER_M, side * 0.22]);
    shoulder.add(bar([0, 0, 0], [-0.01, -ELBOW_M, side * 0.05], 0.06, top));
    const elbow = joint(shoulder, [-0.01, -ELBOW_M, side * 0.05]);
    elbow.add(
      bar([0, 0, 0], [0.03, -0.24, 0], 0.046, top),
      ellipsoid([0.04, -0.31, 0], [0.045, 0.07, 0.035], skin),
    );
    return { side, shoulder, elbow };
  });
  object.add(footShadow(0.85));
  return {
    object,
    pose({ travelledM, speedMps, bend }) {
      const pace = Math.min(1, speedMps / 1.1);
      const swing = (travelledM / STRIDE_M) * Math.PI * 2;
      for (const { side, hip, knee } of legParts) {
        const phase = swing + (side > 0 ? 0 : Math.PI);
        hip.rotation.z = 0.48 * pace * Math.sin(phase) + bend * 0.55;
        knee.rotation.z = -pace * (0.12 + 0.62 * Math.max(0, Math.cos(phase))) - bend * 1.1;
      }
      for (const { side, shoulder, elbow } of armParts) {
        const phase = swing + (side > 0 ? Math.PI : 0);
        shoulder.rotation.z = 0.4 * pace * Math.sin(phase) + bend * (side > 0 ? 1.0 : 0.5);
        elbow.rotation.z = 0.25 + 0.2 * pace;
      }
      torso.rotation.z = -0.04 - bend * 0.95;
      body.position.y = 0.02 * pace * Math.cos(swing * 2) - bend * 0.16;
    },
  };
}

export interface RiderSeat {
  /** Along and up, metres: hands on the bar, seat, feet. */
  readonly hands: readonly [number, number];
  readonly seat: readonly [number, number];
  readonly feet: readonly [number, number];
}

export function riderFigure(
  { hands, seat, feet }: RiderSeat,
  look: { top: number; legs: number; helmet?: number },
): THREE.Group {
  const group = new THREE.Group();
  const [top, legs] = [plain(look.top), plain(look.legs)];
  const shoulder: Vec3 = [seat[0] + 0.18, seat[1] + 0.5, 0];
  const hat = look.helmet === undefined ? plain(0x120d0a, 0.9) : plain(look.helmet, 0.25);
  group.add(
    bar([seat[0], seat[1], 0], shoulder, 0.16, top),
    ellipsoid(shoulder, [0.12, 0.12, 0.22], top),
    ellipsoid([shoulder[0] + 0.07, shoulder[1] + 0.26, 0], [0.1, 0.125, 0.09], plain(SKIN)),
    ellipsoid(
      [shoulder[0] + 0.04, shoulder[1] + 0.31, 0],
      look.helmet === undefined ? [0.11, 0.11, 0.095] : [0.14, 0.13, 0.125],
      hat,
    ),
  );
  for (const side of [1, -1]) {
    const elbow: Vec3 = [(shoulder[0] + hands[0]) / 2, (shoulder[1] + hands[1]) / 2 - 0.1, side * 0.26];
    group.add(
      bar([shoulder[0], shoulder[1], side * 0.2], elbow, 0.055, top),
      bar(elbow, [hands[0], hands[1], side * 0.26], 0.042, top),
    );
    const lift = side > 0 ? 0 : 0.12; // one foot rests higher than the other
    const knee: Vec3 = [(seat[0] + feet[0]) / 2 + 0.22, (seat[1] + feet[1]) / 2 + 0.14, side * 0.13];
    group.add(
      bar([seat[0], seat[1], side * 0.1], knee, 0.085, legs),
      bar(knee, [feet[0], feet[1] + lift, side * 0.13], 0.06, legs),
      ellipsoid([feet[0] + 0.07, feet[1] - 0.04 + lift, side * 0.13], [0.13, 0.05, 0.05], plain(SHOE)),
    );
  }
  return group;
}
