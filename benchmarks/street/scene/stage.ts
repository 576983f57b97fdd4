/** Draws a scenario frame by frame, and only those parts of the picture in which something has changed. */

import * as THREE from 'three';
import type { CameraFault, CameraSpec, Scenario } from '../scenario/schema.ts';
import { seedOf } from '../timeline/random.ts';
import type { FrameTruth, ObjectClass } from '../timeline/truth-types.ts';
import { type ActorState, OVERFLOW_LEVEL, type ThingState, worldOf } from '../timeline/world.ts';
import { lightScene } from './lighting.ts';
import { setLampSurroundings } from './lamps.ts';
import type { Model } from './model.ts';
import { modelOfActor, modelOfThing } from './models.ts';
import { type Context2D, paintCanvas } from './paint.ts';
import { CameraPicture } from './picture.ts';
import { mergeRects, Projector, type Rect } from './projector.ts';
import { buildStreet } from './street.ts';
import { type Subject, TruthTaker } from './truth.ts';

/** Antialiasing and soft shadow edges reach a little beyond the projected outline. */
const MARGIN_PX = 6;

interface Entry {
  readonly id: string;
  readonly kind: ObjectClass | undefined;
  readonly bounds: readonly THREE.Box3[];
  readonly model: Omit<Model<unknown>, 'pose'>;
  readonly pose: (state: ActorState | ThingState, atS: number) => void;
  /** What was drawn last, and where. */
  key: string;
  rects: readonly Rect[];
}

export class Stage {
  #scenario: Scenario;
  readonly #world: ReturnType<typeof worldOf>;
  readonly #renderer: THREE.WebGLRenderer;
  readonly #scene = new THREE.Scene();
  readonly #camera: THREE.PerspectiveCamera;
  readonly #projector: Projector;
  readonly #truth: TruthTaker;
  readonly #entries = new Map<string, Entry>();
  readonly #sunDirection: THREE.Vector3;
  readonly #seen: HTMLCanvasElement;
  readonly #seenContext: Context2D;
  readonly #picture: CameraPicture;
  #cameraKey = '';
  #drawnWhole = false;
  /** Something that throws a shadow has moved since the shadows were drawn. */
  #shadowsStale = true;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#world = worldOf(scenario);
    const { widthPx, heightPx, fovDeg, lookAt } = scenario.camera;
    this.#renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
    this.#renderer.setSize(widthPx, heightPx, false);
    this.#renderer.shadowMap.enabled = true;
    this.#renderer.shadowMap.type = THREE.PCFSoftShadowMap;
    this.#renderer.shadowMap.autoUpdate = false;
    this.#camera = new THREE.PerspectiveCamera(fovDeg, widthPx / heightPx, 0.1, 300);
    this.#aim(undefined);
    setLampSurroundings(scenario.light, scenario.weather === 'rain');
    const centre = new THREE.Vector3(...lookAt).setY(0);
    const lighting = lightScene(this.#scene, this.#renderer, {
      light: scenario.light,
      weather: scenario.weather,
      seed: scenario.seed,
      centre,
    });
    const street = buildStreet({
      seed: scenario.seed,
      wet: scenario.weather === 'rain',
      light: scenario.light,
    });
    this.#scene.add(...lighting.objects, street.object);
    this.#sunDirection = lighting.sunDirection;
    for (const actor of scenario.actors) {
      const model = modelOfActor(actor, scenario);
      this.#enter(actor.id, actor.kind, model, (state, atS) => {
        if (isActor(state)) model.pose(state, atS);
      });
    }
    for (const thing of scenario.things) {
      const kind = thing.kind === 'traffic-light' ? undefined : thing.kind;
      const model = modelOfThing(thing, scenario);
      this.#enter(thing.id, kind, model, (state, atS) => {
        if (!isActor(state)) model.pose(state, atS);
      });
    }
    this.#scene.updateMatrixWorld(true);
    this.#projector = new Projector(this.#camera, widthPx, heightPx);
    this.#truth = new TruthTaker(this.#projector, this.#camera, street.occluders);
    this.#seen = paintCanvas(widthPx, heightPx, () => undefined);
    this.#seenContext = this.#seen.getContext('2d')!;
    this.#picture = new CameraPicture(scenario);
  }

  get canvas(): HTMLCanvasElement {
    return this.#picture.canvas;
  }

  #enter(id: string, kind: Entry['kind'], model: Entry['model'], pose: Entry['pose']): void {
    model.object.visible = false;
    this.#scene.add(model.object);
    const solid = new THREE.Box3().setFromObject(model.object);
    if (kind === 'person') solid.expandByScalar(0.4);
    const bounds = model.reach ?? [solid];
    this.#entries.set(id, { id, kind, bounds, model, pose, key: '', rects: [] });
  }

  /** Gives the drawing context back; a page may hold only a few. */
  dispose(): void {
    this.#renderer.dispose();
    this.#renderer.forceContextLoss();
  }

  /** Moves the camera; width and height of the picture stay as they are. */
  look(camera: CameraSpec): void {
    this.#scenario = { ...this.#scenario, camera };
    this.#camera.fov = camera.fovDeg;
    this.#cameraKey = '';
    this.#aim(undefined);
    this.#projector.refresh();
    this.#truth.cameraMoved();
    this.#picture.look(camera);
    this.#drawnWhole = false;
  }

  /** Draws one frame into {@link Stage.canvas}. Frames must be asked for in order. */
  frame(index: number): FrameTruth {
    const atS = index / this.#scenario.camera.fps;
    const fault = this.#scenario.faults?.find(({ fromS, toS }) => atS >= fromS && atS < toS);
    const whole = this.#aim(fault) || !this.#drawnWhole;
    this.#drawnWhole = true;
    const subjects: Subject[] = [];
    const dirty: Rect[] = [];
    const world = this.#world(atS);
    const present = new Set<string>();
    for (const state of [...world.actors, ...world.things]) {
      present.add(state.id);
      subjects.push(...this.#place(state, atS, dirty));
    }
    for (const entry of this.#entries.values()) {
      if (present.has(entry.id) || entry.key === '') continue;
      entry.model.object.visible = false;
      this.#shadowsStale = true;
      dirty.push(...entry.rects);
      entry.rects = [];
      entry.key = '';
    }
    const { widthPx, heightPx, fps } = this.#scenario.camera;
    this.#draw(whole ? [{ x1: 0, y1: 0, x2: widthPx, y2: heightPx }] : dirty);
    this.#picture.take(this.#seen, index, atS, fault);
    const objects = this.#truth.take(subjects);
    return {
      frame: index,
      atS: Math.round((index / fps) * 1000) / 1000,
      objects,
      ...(fault === undefined ? {} : { fault: fault.kind }),
    };
  }

  /** Points the camera, knocked aside or not; true when the whole picture changes. */
  #aim(fault: CameraFault | undefined): boolean {
    const { at, lookAt } = this.#scenario.camera;
    const knockDeg = fault?.kind === 'knock' ? (fault.amount ?? 14) : 0;
    const key = String(knockDeg);
    if (key === this.#cameraKey) return knockDeg !== 0; // Damage is reckoned for the camera as mounted.
    this.#cameraKey = key;
    this.#camera.clearViewOffset();
    this.#camera.position.set(...at);
    this.#camera.lookAt(...lookAt);
    this.#camera.rotateY((-knockDeg * Math.PI) / 180);
    this.#camera.rotateX((knockDeg * 0.35 * Math.PI) / 180);
    this.#camera.updateMatrixWorld();
    // The truth stays in the coordinates of the camera as it was mounted, so the projector does not follow a knock.
    return true;
  }

  #place(state: ActorState | ThingState, atS: number, dirty: Rect[]): Subject[] {
    const entry = this.#entries.get(state.id)!;
    const { model } = entry;
    const moving = isActor(state) ? state.speedMps > 0.1 : state.carriedBy !== undefined;
    const key = `${this.#cameraKey}|${model.restless === true ? atS : ''}|${stateKey(state)}`;
    if (key !== entry.key) {
      // Flames and smoke throw no shadow; what burns below them lies still.
      if (model.restless !== true || entry.key === '') this.#shadowsStale = true;
      model.object.visible = true;
      model.object.position.set(state.x, state.y, state.z);
      model.object.rotation.y = isActor(state) ? state.headingRad : thingHeading(this.#scenario, state);
      entry.pose(state, atS);
      model.object.updateMatrixWorld(true);
      const rects = entry.bounds.flatMap((bounds) => this.#damage(entry, bounds) ?? []);
      dirty.push(...rects, ...entry.rects);
      entry.rects = rects;
      entry.key = key;
    }
    if (entry.kind === undefined) return [];
    const thing = isActor(state) ? undefined : state;
    const kind = entry.kind === 'bin' && (thing?.level ?? 0) > OVERFLOW_LEVEL ? 'overflow' : entry.kind;
    const carriedBy = thing?.carriedBy;
    return [
      { id: state.id, kind, object: model.object, carriedBy, moving, stateKey: key, puffs: model.puffs?.() },
    ];
  }

  /** The part of the picture that a thing and its shadow can touch. */
  #damage({ model }: Entry, bounds: THREE.Box3): Rect | undefined {
    const corners: THREE.Vector3[] = [];
    for (const x of [bounds.min.x, bounds.max.x]) {
      for (const y of [bounds.min.y, bounds.max.y]) {
        for (const z of [bounds.min.z, bounds.max.z]) {
          const corner = new THREE.Vector3(x, y, z).applyMatrix4(model.object.matrixWorld);
          corners.push(corner);
          if (corner.y > 0 && model.reach === undefined) {
            corners.push(
              corner.clone().addScaledVector(this.#sunDirection, corner.y / -this.#sunDirection.y),
            );
          }
        }
      }
    }
    return this.#projector.rect(corners);
  }

  #draw(dirty: readonly Rect[]): void {
    const { widthPx: w, heightPx: h } = this.#scenario.camera;
    const cut = dirty
      .map(({ x1, y1, x2, y2 }) => ({
        x1: Math.max(0, Math.floor(x1) - MARGIN_PX),
        y1: Math.max(0, Math.floor(y1) - MARGIN_PX),
        x2: Math.min(w, Math.ceil(x2) + MARGIN_PX),
        y2: Math.min(h, Math.ceil(y2) + MARGIN_PX),
      }))
      .filter(({ x1, y1, x2, y2 }) => x2 > x1 && y2 > y1);
    if (cut.length === 0) return;
    const rects = mergeRects(cut);
    this.#renderer.shadowMap.needsUpdate = this.#shadowsStale;
    this.#shadowsStale = false;
    this.#renderer.setScissorTest(true);
    for (const { x1, y1, x2, y2 } of rects) {
      const [width, height] = [x2 - x1, y2 - y1];
      this.#camera.setViewOffset(w, h, x1, y1, width, height);
      this.#renderer.setViewport(x1, h - y2, width, height);
      this.#renderer.setScissor(x1, h - y2, width, height);
      this.#renderer.render(this.#scene, this.#camera);
    }
    this.#camera.clearViewOffset();
    for (const { x1, y1, x2, y2 } of rects) {
      this.#seenContext.drawImage(
        this.#renderer.domElement,
        x1,
        y1,
        x2 - x1,
        y2 - y1,
        x1,
        y1,
        x2 - x1,
        y2 - y1,
      );
    }
  }
}

function isActor(state: ActorState | ThingState): state is ActorState {
  return 'speedMps' in state;
}

function stateKey(state: ActorState | ThingState): string {
  const values = Object.values(state).map((value) =>
    typeof value === 'number' ? Math.round(value * 2000) : String(value),
  );
  return values.join(',');
}

function thingHeading(scenario: Scenario, state: ThingState): number {
  const spec = scenario.things.find(({ id }) => id === state.id)!;
  if (spec.kind === 'bin') return ((spec.headingDeg ?? -90) * Math.PI) / 180;
  return spec.kind === 'garbage' ? (seedOf(scenario.seed, spec.id) % 628) / 100 : 0;
}
