/** The truth of one frame: boxes from the projected geometry, and how much of each thing the camera can see. */

import type * as THREE from 'three';
import type { FrameObject, ObjectClass } from '../timeline/truth-types.ts';
import type { Puff } from './model.ts';
import { convexHull, hullContains, type PointPx, type Projector, rectOf } from './projector.ts';

export interface Subject {
  readonly id: string;
  readonly kind: ObjectClass;
  readonly object: THREE.Object3D;
  readonly carriedBy: string | undefined;
  readonly moving: boolean;
  /** Changes whenever the projected shape does. */
  readonly stateKey: string;
  readonly puffs: readonly Puff[] | undefined;
}

interface Seen {
  readonly id: string;
  readonly kind: ObjectClass;
  readonly hull: readonly PointPx[];
  readonly distanceM: number;
  readonly solid: boolean;
  readonly subject: Subject;
}

const GRID = 14;
/** Smaller than this is nothing that anybody could mark. */
const LEAST_PX = 4;

export class TruthTaker {
  readonly #projector: Projector;
  readonly #camera: THREE.Camera;
  readonly #occluders: readonly THREE.Object3D[];
  #scenery: readonly { hull: readonly PointPx[]; distanceM: number }[] = [];
  readonly #cache = new Map<string, { key: string; hull: PointPx[] }>();

  constructor(projector: Projector, camera: THREE.Camera, occluders: readonly THREE.Object3D[]) {
    this.#projector = projector;
    this.#camera = camera;
    this.#occluders = occluders;
    this.cameraMoved();
  }

  /** Nothing that was projected before holds any longer. */
  cameraMoved(): void {
    this.#cache.clear();
    this.#scenery = this.#occluders.map((object) => ({
      hull: convexHull(this.#projector.surface(object)),
      distanceM: object.position.distanceTo(this.#camera.position),
    }));
  }

  take(subjects: readonly Subject[]): FrameObject[] {
    const seen = subjects.flatMap((subject) => this.#look(subject));
    return seen.flatMap((one) => this.#describe(one, seen));
  }

  #look(subject: Subject): Seen[] {
    const distanceM = subject.object.position.distanceTo(this.#camera.position);
    if (subject.puffs === undefined) {
      return [{ ...subject, hull: this.#hull(subject), distanceM, solid: true, subject }];
    }
    return (['fire', 'smoke'] as const).flatMap((part) => {
      const points = subject
        .puffs!.filter((puff) => puff.part === part)
        .flatMap(({ centre, radiusM }) =>
          this.#projector.ball(centre.clone().add(subject.object.position), radiusM),
        );
      const id = part === 'fire' ? subject.id : `${subject.id}-smoke`;
      return points.length === 0
        ? []
        : [{ id, kind: part, hull: convexHull(points), distanceM, solid: false, subject }];
    });
  }

  #hull(subject: Subject): PointPx[] {
    const known = this.#cache.get(subject.id);
    if (known?.key === subject.stateKey) return known.hull;
    const hull = convexHull(this.#projector.surface(subject.object));
    this.#cache.set(subject.id, { key: subject.stateKey, hull });
    return hull;
  }

  #describe(one: Seen, all: readonly Seen[]): FrameObject[] {
    if (one.hull.length < 3) return [];
    const { widthPx, heightPx } = this.#projector;
    const full = rectOf(one.hull);
    const box = {
      x1: Math.max(0, full.x1),
      y1: Math.max(0, full.y1),
      x2: Math.min(widthPx, full.x2),
      y2: Math.min(heightPx, full.y2),
    };
    if (box.x2 - box.x1 < LEAST_PX || box.y2 - box.y1 < LEAST_PX) return [];
    const before = [
      ...all.filter(
        (other) =>
          other !== one && other.solid && other.distanceM < one.distanceM && other.subject !== one.subject,
      ),
      ...this.#scenery.filter(({ distanceM }) => distanceM < one.distanceM),
    ];
    let [inside, free] = [0, 0];
    for (let row = 0; row < GRID; row++) {
      for (let column = 0; column < GRID; column++) {
        const x = full.x1 + ((column + 0.5) / GRID) * (full.x2 - full.x1);
        const y = full.y1 + ((row + 0.5) / GRID) * (full.y2 - full.y1);
        if (!hullContains(one.hull, x, y)) continue;
        inside++;
        const inPicture = x >= 0 && y >= 0 && x < widthPx && y < heightPx;
        if (inPicture && !before.some(({ hull }) => hullContains(hull, x, y))) free++;
      }
    }
    const round = (value: number) => Math.round(value * 10) / 10;
    return [
      {
        id: one.id,
        class: one.kind,
        box: [round(box.x1), round(box.y1), round(box.x2), round(box.y2)],
        visible: inside === 0 ? 0 : Math.round((free / inside) * 100) / 100,
        moving: one.subject.moving,
        ...(one.subject.carriedBy === undefined ? {} : { carriedBy: one.subject.carriedBy }),
      },
    ];
  }
}
