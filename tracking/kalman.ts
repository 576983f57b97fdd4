/** Constant-velocity Kalman filter of a box in continuous time, as four independent axes. */

import type { Box } from '../core/index.ts';

/*
 * SORT (Bewley et al. 2016, arXiv:1602.00763, section 3.1) and ByteTrack (Zhang et al. 2022, arXiv:2110.06864) filter
 * position and size with one 8-dimensional state. All their noise matrices are diagonal per axis, so the filter falls
 * apart into four filters of two numbers each, without any loss: centre x, centre y, width, height. What differs here
 * is time: intervals between frames vary (10 fps, key frames 1-4 s apart, gaps), so the process noise is that of a
 * white acceleration over `dt` (Bar-Shalom, Li, Kirubarajan 2001, "Estimation with Applications to Tracking and
 * Navigation", section 6.3.2) in place of a constant per frame. As in ByteTrack all noise grows with the object's size.
 */

/** Numbers per axis: position, velocity per second, and the covariance p00, p01, p11. */
const PER_AXIS = 5;
const AXES = 4;
/** Length of a filter state. */
export const STATE_LENGTH = PER_AXIS * AXES;

/** Standard deviations in object sizes: of a measured edge, of the unknown speed at birth, of acceleration. */
const MEASUREMENT_STD = 0.05;
const BIRTH_SPEED_STD = 1;
const ACCELERATION_STD = 0.7;
const SIZE_ACCELERATION_STD = 0.2;

/** State of the four axes, see {@link STATE_LENGTH}; plain numbers, so it can be copied and saved. */
export type BoxState = Float64Array;

/** A filter that has seen one box. */
export function startState(box: Box): BoxState {
  const state = new Float64Array(STATE_LENGTH);
  const size = sizeOf(box.x2 - box.x1, box.y2 - box.y1);
  const r = (MEASUREMENT_STD * size) ** 2;
  const v = (BIRTH_SPEED_STD * size) ** 2;
  const values = [(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2, box.x2 - box.x1, box.y2 - box.y1];
  for (let axis = 0; axis < AXES; axis++) {
    const at = axis * PER_AXIS;
    state[at] = values[axis]!;
    state[at + 2] = r;
    state[at + 4] = axis < 2 ? v : v / 4;
  }
  return state;
}

/** Moves the state on by `dtS` seconds (>= 0). `still`: the object stands, so it stays where it is. */
export function predict(state: BoxState, dtS: number, still: boolean): void {
  if (dtS <= 0) return;
  const size = sizeOf(state[2 * PER_AXIS]!, state[3 * PER_AXIS]!);
  for (let axis = 0; axis < AXES; axis++) {
    const at = axis * PER_AXIS;
    const acceleration = (axis < 2 ? ACCELERATION_STD : SIZE_ACCELERATION_STD) * size;
    const q = acceleration * acceleration * dtS * dtS;
    // A box cannot be predicted to shrink to nothing or to turn inside out: sizes keep still on long steps.
    if (still || (axis >= 2 && dtS > 1)) state[at + 1] = 0;
    state[at] = state[at]! + state[at + 1]! * dtS;
    state[at + 2] =
      state[at + 2]! + 2 * dtS * state[at + 3]! + dtS * dtS * state[at + 4]! + (q * dtS * dtS) / 4;
    state[at + 3] = state[at + 3]! + dtS * state[at + 4]! + (q * dtS) / 2;
    state[at + 4] = state[at + 4]! + q;
  }
  const minSize = size * 0.2;
  for (let axis = 2; axis < AXES; axis++) {
    if (state[axis * PER_AXIS]! < minSize) state[axis * PER_AXIS] = minSize;
  }
}

/** Corrects the state by a measured box. */
export function correct(state: BoxState, box: Box): void {
  const w = box.x2 - box.x1;
  const h = box.y2 - box.y1;
  const r = (MEASUREMENT_STD * sizeOf(w, h)) ** 2;
  correctAxis(state, 0, (box.x1 + box.x2) / 2, r);
  correctAxis(state, PER_AXIS, (box.y1 + box.y2) / 2, r);
  correctAxis(state, 2 * PER_AXIS, w, r);
  correctAxis(state, 3 * PER_AXIS, h, r);
}

function correctAxis(state: BoxState, at: number, measured: number, r: number): void {
  const p00 = state[at + 2]!;
  const p01 = state[at + 3]!;
  const s = p00 + r;
  const k0 = p00 / s;
  const k1 = p01 / s;
  const innovation = measured - state[at]!;
  state[at] = state[at]! + k0 * innovation;
  state[at + 1] = state[at + 1]! + k1 * innovation;
  state[at + 2] = (1 - k0) * p00;
  state[at + 3] = (1 - k0) * p01;
  state[at + 4] = state[at + 4]! - k1 * p01;
}

/** The box of a state. */
export function boxOf(state: BoxState): Box {
  const cx = state[0]!;
  const cy = state[PER_AXIS]!;
  const w = state[2 * PER_AXIS]! / 2;
  const h = state[3 * PER_AXIS]! / 2;
  return { x1: cx - w, y1: cy - h, x2: cx + w, y2: cy + h };
}

/** Speed of the centre, pixels per second. */
export function velocityOf(state: BoxState): { x: number; y: number } {
  return { x: state[1]!, y: state[PER_AXIS + 1]! };
}

function sizeOf(w: number, h: number): number {
  return Math.max(1, Math.sqrt(Math.max(0, w) * Math.max(0, h)));
}
