/** Where a point of the ground appears in the picture: a pinhole camera without distortion. */

import type { CameraSpec } from '../scenario/schema.ts';
import { groundHeightM } from './street-plan.ts';

type Vec = readonly [number, number, number];

const sub = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vec, b: Vec) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vec, b: Vec): Vec => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (a: Vec): Vec => {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
};

/** @returns 0–1 coordinates (outside that range beside the picture), or undefined behind the camera. */
export function projectPoint(camera: CameraSpec, at: Vec): readonly [number, number] | undefined {
  const back = unit(sub(camera.at, camera.lookAt));
  const right = unit(cross([0, 1, 0], back));
  const up = cross(back, right);
  const seen = sub(at, camera.at);
  const depth = -dot(seen, back);
  if (depth < 0.1) return undefined;
  const scale = 1 / (depth * Math.tan((camera.fovDeg * Math.PI) / 360));
  const aspect = camera.widthPx / camera.heightPx;
  return [0.5 + (dot(seen, right) * scale) / (2 * aspect), 0.5 - (dot(seen, up) * scale) / 2];
}

/** Corners of a ground polygon in 0–1 coordinates, kept inside the picture. */
export function projectZone(
  camera: CameraSpec,
  ground: readonly (readonly [number, number])[],
): (readonly [number, number])[] {
  const keep = (value: number) => Math.round(Math.min(0.999, Math.max(0.001, value)) * 1000) / 1000;
  return ground.flatMap(([x, z]) => {
    const at = projectPoint(camera, [x, groundHeightM(z), z]);
    return at === undefined ? [] : [[keep(at[0]), keep(at[1])] as const];
  });
}

/** Corners of a zone that is all of a picture, 0–1; a hair within, as if drawn by hand. */
export const WHOLE_PICTURE: readonly (readonly [number, number])[] = [
  [0.001, 0.001],
  [0.999, 0.001],
  [0.999, 0.999],
  [0.001, 0.999],
];
