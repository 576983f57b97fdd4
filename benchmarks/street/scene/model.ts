/** What every drawn thing offers to the stage that moves it. */

import type * as THREE from 'three';
import type { ActorState, ThingState } from '../timeline/world.ts';

/** A part of flame or smoke, which has no surface to project: a ball in the thing's own coordinates. */
export interface Puff {
  readonly part: 'fire' | 'smoke';
  readonly centre: THREE.Vector3;
  readonly radiusM: number;
}

/** A drawn thing; its own coordinates have +x ahead, +y up, +z to the right. */
export interface Model<State> {
  readonly object: THREE.Object3D;
  /** Takes the pose for a state; place and heading are set by the stage. */
  pose(state: State, atS: number): void;
  /** Changes in every frame, whatever its state. */
  readonly restless?: boolean;
  /** The boxes that its light and smoke reach, in its own coordinates; drawn instead of its solid bounds. */
  readonly reach?: readonly THREE.Box3[];
  /** The balls of the present pose, for things made of light and smoke. */
  puffs?(): readonly Puff[];
}

export type ActorModel = Model<ActorState>;
export type ThingModel = Model<ThingState>;
