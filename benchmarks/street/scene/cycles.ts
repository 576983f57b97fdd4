/** Two- and three-wheelers: motorcycle, bicycle, cargo tricycle. */

import * as THREE from 'three';
import { vehicleLamps } from './lamps.ts';
import type { ActorModel } from './model.ts';
import { plain } from './paint.ts';
import { riderFigure } from './person.ts';
import { bar, box, contactShadow, ellipsoid, spokedWheel, type Vec3, wheel } from './shapes.ts';

const DARK = plain(0x151515, 0.6);
const METAL = plain(0x9a9a9a, 0.3, 0.5);

const RIDER_TOPS = [0x24303f, 0x8a2a22, 0xd8d4c8, 0x2e6b4a, 0xd7b12a];

export interface RiderChoice {
  readonly rider: boolean;
  /** Picks clothes. */
  readonly variety: number;
}

export function motorcycleModel(colour: string, { rider, variety }: RiderChoice): ActorModel {
  const object = new THREE.Group();
  const paint = plain(colour, 0.25);
  const wheels = [-0.68, 0.7].map((x) => {
    const turning = spokedWheel(0.25, 0.075);
    turning.position.set(x, 0.32, 0);
    turning.scale.z = 1.1;
    const guard = new THREE.Mesh(
      new THREE.TorusGeometry(0.36, 0.05, 8, 20, Math.PI * 0.8),
      x > 0 ? paint : DARK,
    );
    guard.position.set(x, 0.32, 0);
    guard.rotation.z = x > 0 ? 0.2 : 0.45;
    guard.scale.z = 1.6;
    guard.castShadow = true;
    object.add(guard);
    return turning;
  });
  object.add(...wheels);
  for (const side of [1, -1]) {
    object.add(
      bar([-0.68, 0.32, side * 0.1], [-0.05, 0.42, side * 0.1], 0.028, METAL),
      bar([-0.5, 0.75, side * 0.12], [-0.66, 0.36, side * 0.12], 0.03, METAL),
      bar([0.7, 0.32, side * 0.09], [0.42, 1.0, side * 0.09], 0.034, METAL),
      bar([0.38, 1.08, side * 0.27], [0.34, 1.27, side * 0.34], 0.01, DARK),
      ellipsoid([0.34, 1.29, side * 0.35], [0.02, 0.055, 0.08], DARK),
      ellipsoid([0.48, 0.98, side * 0.2], [0.03, 0.03, 0.04], plain(0xe08010, 0.2)),
    );
  }
  object.add(
    ellipsoid([0.18, 0.82, 0], [0.3, 0.15, 0.15], paint),
    ellipsoid([-0.28, 0.8, 0], [0.42, 0.075, 0.15], plain(0x0c0c0c, 0.6)),
    ellipsoid([-0.62, 0.82, 0], [0.24, 0.09, 0.12], paint),
    ellipsoid([-0.02, 0.46, 0], [0.24, 0.19, 0.17], plain(0x3a3a3c, 0.4)),
    ellipsoid([0.08, 0.58, 0], [0.12, 0.16, 0.14], plain(0x555555, 0.35)),
    bar([0.4, 0.95, 0], [-0.1, 0.5, 0], 0.04, DARK),
    bar([-0.4, 0.72, 0], [0, 0.45, 0], 0.035, DARK),
    ellipsoid([0.54, 0.92, 0], [0.1, 0.11, 0.12], DARK),
    ellipsoid([0.61, 0.92, 0], [0.05, 0.085, 0.095], plain(0xf4f6f8, 0.1)),
    bar([0.38, 1.08, -0.36], [0.38, 1.08, 0.36], 0.017, DARK),
    bar([-0.85, 0.38, 0.17], [-0.15, 0.3, 0.17], 0.05, METAL),
    ellipsoid([-0.86, 0.8, 0], [0.04, 0.05, 0.1], plain(0xb01012, 0.2)),
    box([-0.92, 0.62, 0], [0.02, 0.15, 0.22], plain(0xd8b020)),
    contactShadow(1.8, 0.5),
  );
  if (variety % 3 === 1) object.add(box([-0.72, 1.08, 0], [0.42, 0.42, 0.46], plain(0xf2c200, 0.7)));
  if (rider) {
    const look = {
      top: RIDER_TOPS[variety % RIDER_TOPS.length]!,
      legs: 0x2a3550,
      helmet: variety % 2 === 0 ? 0xe8e8e8 : 0x20242c,
    };
    object.add(riderFigure({ hands: [0.38, 1.1], seat: [-0.22, 0.92], feet: [0.1, 0.42] }, look));
  }
  object.scale.setScalar(1.06);
  return withWheels(object, wheels, 0.32, {
    noseM: 0.66,
    tailM: -0.9,
    halfWidthM: 0,
    headM: 0.92,
    rearM: 0.8,
  });
}

export function bicycleModel(colour: string, { rider, variety }: RiderChoice): ActorModel {
  const object = new THREE.Group();
  const paint = plain(colour, 0.3);
  const wheels = [-0.52, 0.52].map((x) => {
    const turning = spokedWheel(0.33, 0.022);
    turning.position.set(x, 0.35, 0);
    return turning;
  });
  const frame: readonly (readonly [Vec3, Vec3])[] = [
    [
      [-0.52, 0.35, 0],
      [-0.08, 0.3, 0],
    ],
    [
      [-0.08, 0.3, 0],
      [-0.2, 0.8, 0],
    ],
    [
      [-0.52, 0.35, 0],
      [-0.2, 0.78, 0],
    ],
    [
      [-0.08, 0.3, 0],
      [0.36, 0.78, 0],
    ],
    [
      [-0.18, 0.74, 0],
      [0.35, 0.82, 0],
    ],
    [
      [0.52, 0.35, 0],
      [0.33, 0.95, 0],
    ],
  ];
  object.add(...wheels, ...frame.map(([from, to]) => bar(from, to, 0.022, paint)));
  object.add(
    bar([0.33, 1.02, -0.27], [0.33, 1.02, 0.27], 0.015, DARK),
    ellipsoid([-0.22, 0.87, 0], [0.14, 0.04, 0.08], DARK),
    ellipsoid([-0.08, 0.3, 0], [0.09, 0.09, 0.02], METAL),
    box([0.55, 0.9, 0], [0.28, 0.22, 0.34], plain(0x333333, 0.8)),
  );
  if (rider) {
    const look = { top: RIDER_TOPS[(variety + 2) % RIDER_TOPS.length]!, legs: 0x2a2f3f };
    object.add(riderFigure({ hands: [0.33, 1.04], seat: [-0.2, 0.92], feet: [0, 0.2] }, look));
  }
  return withWheels(object, wheels, 0.35, undefined);
}

/** The cargo tricycle that collects cardboard and bottles. */
export function tricycleModel(colour: string, variety: number): ActorModel {
  const object = new THREE.Group();
  const paint = plain(colour, 0.35);
  const front = spokedWheel(0.26, 0.06);
  front.position.set(1.05, 0.31, 0);
  const rear = [1, -1].map((side) => {
    const turning = wheel(0.31, 0.14);
    turning.position.set(-0.75, 0.31, side * 0.52);
    return turning;
  });
  object.add(front, ...rear);
  object.add(
    bar([1.05, 0.31, 0.07], [0.8, 1.0, 0.05], 0.03, METAL),
    bar([1.05, 0.31, -0.07], [0.8, 1.0, -0.05], 0.03, METAL),
    bar([0.76, 1.05, -0.36], [0.76, 1.05, 0.36], 0.02, DARK),
    bar([0.82, 0.85, 0], [0.2, 0.42, 0], 0.05, paint),
    ellipsoid([0.92, 0.82, 0], [0.12, 0.22, 0.2], paint),
    ellipsoid([1.0, 0.88, 0], [0.06, 0.09, 0.1], plain(0xf4f6f8, 0.1)),
    box([0.12, 0.5, 0], [0.7, 0.1, 0.5], DARK),
    ellipsoid([0.1, 0.82, 0], [0.3, 0.08, 0.2], DARK),
    box([0.1, 0.65, 0], [0.3, 0.28, 0.34], paint),
    // the open box with its load
    box([-0.75, 0.62, 0], [1.5, 0.06, 1.05], paint),
    box([-0.75, 0.82, 0.52], [1.5, 0.4, 0.04], paint),
    box([-0.75, 0.82, -0.52], [1.5, 0.4, 0.04], paint),
    box([-1.49, 0.82, 0], [0.04, 0.4, 1.05], paint),
    box([-0.02, 0.9, 0], [0.04, 0.56, 1.05], paint),
    box([-0.5, 0.92, 0.15], [0.7, 0.5, 0.6], plain(0xa88455, 0.95)),
    box([-1.1, 0.86, -0.1], [0.55, 0.42, 0.75], plain(0x9a7748, 0.95)),
    contactShadow(2.6, 1.1),
  );
  const look = { top: RIDER_TOPS[(variety + 1) % RIDER_TOPS.length]!, legs: 0x33363c };
  object.add(riderFigure({ hands: [0.74, 1.06], seat: [0.06, 0.9], feet: [0.45, 0.5] }, look));
  return withWheels(object, [front, ...rear], 0.31, {
    noseM: 1.05,
    tailM: -1.5,
    halfWidthM: 0,
    headM: 0.88,
    rearM: 0.7,
  });
}

function withWheels(
  object: THREE.Group,
  wheels: readonly THREE.Object3D[],
  radius: number,
  places: Parameters<typeof vehicleLamps>[0] | undefined,
): ActorModel {
  const lamps = places === undefined ? undefined : vehicleLamps(places);
  if (lamps !== undefined) object.add(lamps.object);
  return {
    object,
    pose(state) {
      for (const turning of wheels) turning.rotation.z = -state.travelledM / radius;
      lamps?.set(state);
    },
  };
}
