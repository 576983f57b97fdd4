/** Passenger cars and vans: four lofted bodies with painted windows, seams, lamps, grille and plate. */

import * as THREE from 'three';
import type { ActorSpec } from '../scenario/schema.ts';
import { vehicleLamps } from './lamps.ts';
import { type BodySpec, loftBody, outline, type PartPainter } from './loft.ts';
import type { ActorModel } from './model.ts';
import { type Context2D, plain, polygon } from './paint.ts';
import { box, contactShadow, ellipsoid, wheel } from './shapes.ts';

interface CarSpec extends BodySpec {
  /** Where windscreen, rear window and side glass begin and end along the car, and where the pillars stand. */
  readonly windscreen: readonly [number, number];
  readonly rearWindow: readonly [number, number];
  readonly sideGlass: readonly [number, number];
  readonly pillars: readonly number[];
}

type CarModel = Extract<ActorSpec, { kind: 'car' }>['model'];

const CARS: Record<CarModel, CarSpec> = {
  sedan: {
    lengthM: 4.65,
    widthM: 1.82,
    heightM: 1.5,
    belt: 0.93,
    sill: 0.2,
    axles: [-1.38, 1.4],
    wheelRadius: 0.33,
    top: [
      [-2.325, 0.82],
      [-2.2, 0.98],
      [-1.65, 1.04],
      [-0.85, 1.4],
      [-0.2, 1.46],
      [0.35, 1.42],
      [1.15, 1.0],
      [1.9, 0.9],
      [2.25, 0.82],
      [2.325, 0.72],
    ],
    windscreen: [0.32, 1.2],
    rearWindow: [-1.7, -0.82],
    sideGlass: [-1.45, 0.95],
    pillars: [-0.28],
  },
  hatch: {
    lengthM: 4.05,
    widthM: 1.75,
    heightM: 1.55,
    belt: 0.95,
    sill: 0.2,
    axles: [-1.25, 1.25],
    wheelRadius: 0.32,
    top: [
      [-2.025, 0.9],
      [-1.97, 1.08],
      [-1.5, 1.44],
      [-0.6, 1.52],
      [0.15, 1.47],
      [0.95, 1.04],
      [1.6, 0.93],
      [1.95, 0.84],
      [2.025, 0.74],
    ],
    windscreen: [0.12, 1.0],
    rearWindow: [-1.95, -1.5],
    sideGlass: [-1.6, 0.8],
    pillars: [-0.4],
  },
  suv: {
    lengthM: 4.65,
    widthM: 1.9,
    heightM: 1.75,
    belt: 1.08,
    sill: 0.26,
    axles: [-1.35, 1.4],
    wheelRadius: 0.37,
    top: [
      [-2.325, 1.05],
      [-2.25, 1.2],
      [-1.85, 1.62],
      [-0.9, 1.7],
      [0.1, 1.66],
      [0.95, 1.17],
      [1.85, 1.06],
      [2.25, 1.0],
      [2.325, 0.86],
    ],
    windscreen: [0.08, 1.0],
    rearWindow: [-2.28, -1.85],
    sideGlass: [-1.95, 0.8],
    pillars: [-0.35, -1.25],
  },
  van: {
    lengthM: 5.2,
    widthM: 1.95,
    heightM: 2.15,
    belt: 1.15,
    sill: 0.25,
    axles: [-1.6, 1.75],
    wheelRadius: 0.35,
    tumble: 0.1,
    top: [
      [-2.6, 1.85],
      [-2.52, 2.05],
      [-1.5, 2.1],
      [0.7, 2.08],
      [1.1, 1.98],
      [1.95, 1.25],
      [2.5, 1.02],
      [2.6, 0.75],
    ],
    windscreen: [1.1, 1.98],
    rearWindow: [-2.6, -2.45],
    sideGlass: [0.35, 1.7],
    pillars: [],
  },
};

/** The paints of one layer: colours, or how rough the same surfaces are. */
interface Palette {
  readonly body: string;
  readonly glass: string | CanvasGradient;
  readonly trim: string;
  readonly seam: string;
  readonly chrome: string;
  readonly arch: string;
  readonly headlamp: string;
  readonly taillamp: string;
  readonly colours: boolean;
}

function palette(g: Context2D, layer: 'colour' | 'roughness', body: string): Palette {
  if (layer === 'roughness') {
    const gloss = { headlamp: '#202020', taillamp: '#202020', glass: '#101010', chrome: '#303030' };
    return { ...gloss, body: '#5a5a5a', trim: '#c0c0c0', seam: '#909090', arch: '#ffffff', colours: false };
  }
  const glass = g.createLinearGradient(0, 0, g.canvas.width * 0.9, g.canvas.height);
  const tones = ['#33424c', '#12181c', '#26323a', '#0e1316', '#3a4a55', '#10161a', '#1d272d'];
  tones.forEach((tone, i) => glass.addColorStop(i / (tones.length - 1), tone));
  const rest = { trim: '#16181a', seam: 'rgba(0,0,0,.55)', chrome: '#c8ccd0', arch: '#050505' };
  return { ...rest, body, glass, headlamp: '#dfe6ea', taillamp: '#8c0f10', colours: true };
}

export function carModel(model: CarModel, colour: string, plate: string): ActorModel {
  const spec = CARS[model];
  const { lengthM: L, widthM: W, wheelRadius } = spec;
  const object = new THREE.Group();
  object.add(loftBody(spec, painter(model, spec, colour, plate)));
  const wheels = spec.axles.flatMap((x) =>
    [1, -1].map((side) => {
      const turning = wheel(wheelRadius, 0.22);
      turning.position.set(x, wheelRadius, side * (W / 2 - 0.1));
      return turning;
    }),
  );
  const mirror = plain(colour, 0.3);
  for (const side of [1, -1]) {
    object.add(
      ellipsoid(
        [spec.sideGlass[1] - 0.15, spec.belt + 0.08, side * (W / 2 + 0.08)],
        [0.08, 0.08, 0.12],
        mirror,
      ),
    );
  }
  object.add(...wheels, box([0, 0.24, 0], [L * 0.92, 0.15, W * 0.85], plain(0x050505)), contactShadow(L, W));
  const tail = model === 'van' ? 1.2 : 0.8;
  const lamps = vehicleLamps({ noseM: L / 2, tailM: -L / 2, halfWidthM: W * 0.38, headM: 0.68, rearM: tail });
  object.add(lamps.object);
  return {
    object,
    pose(state) {
      for (const turning of wheels) turning.rotation.z = -state.travelledM / wheelRadius;
      lamps.set(state);
    },
  };
}

function painter(model: CarModel, spec: CarSpec, colour: string, plate: string): PartPainter {
  const topF = outline(spec);
  return (part, g, layer, s) => {
    const p = palette(g, layer, colour);
    g.fillStyle = p.body;
    g.fillRect(0, 0, g.canvas.width, g.canvas.height);
    const draw = { side: paintSide, top: paintTop, front: paintFront, rear: paintRear }[part];
    draw({ g, p, spec, s, model, topF, plate });
  };
}

interface PaintJob {
  readonly g: Context2D;
  readonly p: Palette;
  readonly spec: CarSpec;
  /** Pixels per metre. */
  readonly s: number;
  readonly model: CarModel;
  readonly topF: (x: number) => number;
  readonly plate: string;
}

function paintSide({ g, p, spec, s, topF }: PaintJob): void {
  const half = spec.lengthM / 2;
  const X = (x: number) => (x + half) * s;
  const Y = (y: number) => (spec.heightM - y) * s;
  const k = s / 220; // line widths were chosen at 220 pixels a metre
  g.fillStyle = p.trim;
  g.fillRect(0, Y(spec.sill + 0.1), X(half), s);
  const [from, to] = spec.sideGlass;
  const edge = Array.from({ length: 41 }, (_, i) => {
    const x = from + ((to - from) * i) / 40;
    return [X(x), Y(Math.max(spec.belt + 0.03, topF(x) - 0.13))] as const;
  });
  polygon(g, [[X(from), Y(spec.belt + 0.03)], ...edge, [X(to), Y(spec.belt + 0.03)]], p.trim);
  const inner = edge.map(([x, y]) => [x, y + 5 * k] as const);
  polygon(
    g,
    [[X(from) + 5 * k, Y(spec.belt + 0.05)], ...inner, [X(to) - 5 * k, Y(spec.belt + 0.05)]],
    p.glass,
  );
  g.fillStyle = p.trim;
  for (const x of spec.pillars)
    g.fillRect(X(x) - 9 * k, Y(spec.heightM), 18 * k, Y(spec.belt) - Y(spec.heightM));
  g.fillStyle = p.chrome;
  g.fillRect(X(from), Y(spec.belt + 0.035), X(to) - X(from), 4 * k);
  g.strokeStyle = p.seam;
  g.lineWidth = 3 * k;
  for (const x of [...spec.pillars.slice(0, 1), to - 0.12, from + 0.25]) {
    g.beginPath();
    g.moveTo(X(x), Y(spec.belt));
    g.lineTo(X(x) + 4 * k, Y(spec.sill + 0.12));
    g.stroke();
  }
  g.strokeStyle = p.colours ? 'rgba(0,0,0,.25)' : '#777';
  g.lineWidth = 5 * k;
  g.beginPath();
  g.moveTo(X(-half + 0.3), Y(0.72));
  g.lineTo(X(half - 0.4), Y(0.66));
  g.stroke();
  g.fillStyle = p.chrome;
  for (const x of [...spec.pillars.slice(0, 1), from + 0.3])
    g.fillRect(X(x) + 14 * k, Y(spec.belt - 0.1), 40 * k, 8 * k);
  for (const x of spec.axles) {
    g.fillStyle = p.arch;
    g.beginPath();
    g.arc(X(x), Y(spec.wheelRadius), (spec.wheelRadius + 0.06) * s, 0, 7);
    g.fill();
  }
  polygon(
    g,
    [
      [X(half - 0.42), Y(0.74)],
      [X(half), Y(0.72)],
      [X(half), Y(0.58)],
      [X(half - 0.25), Y(0.6)],
    ],
    p.headlamp,
  );
  polygon(
    g,
    [
      [X(-half), Y(0.9)],
      [X(-half + 0.3), Y(0.88)],
      [X(-half + 0.2), Y(0.72)],
      [X(-half), Y(0.7)],
    ],
    p.taillamp,
  );
}

function paintTop({ g, p, spec, s, model }: PaintJob): void {
  const { lengthM: L, widthM: W } = spec;
  const X = (x: number) => (x + L / 2) * s;
  const Z = (z: number) => (z + W / 2) * s;
  const k = s / 220;
  const [a, c] = spec.windscreen;
  const screen = [
    [X(a), Z(-W * 0.34)],
    [X(c), Z(-W * 0.42)],
    [X(c) + 12 * k, Z(0)],
    [X(c), Z(W * 0.42)],
    [X(a), Z(W * 0.34)],
  ] as const;
  polygon(g, screen, p.glass);
  const [r0, r1] = spec.rearWindow;
  polygon(
    g,
    [
      [X(r0), Z(-W * 0.38)],
      [X(r1), Z(-W * 0.33)],
      [X(r1), Z(W * 0.33)],
      [X(r0), Z(W * 0.38)],
    ],
    p.glass,
  );
  g.strokeStyle = p.seam;
  g.lineWidth = 4 * k;
  g.strokeRect(X(c) + 22 * k, Z(-W * 0.4), (L / 2 - c - 0.2) * s, W * 0.8 * s);
  if (model === 'sedan') g.strokeRect(X(-L / 2 + 0.1), Z(-W * 0.38), X(r0) - X(-L / 2 + 0.15), W * 0.76 * s);
  for (const side of [-1, 1]) {
    const lamp = (far: number, near: number) =>
      [
        [X(L / 2 - 0.48), Z(side * W * 0.465)],
        [X(L / 2 - 0.155), Z(side * W * near)],
        [X(L / 2 - 0.03), Z(side * W * (near - 0.03))],
        [X(L / 2 - 0.03), Z(side * W * far)],
      ] as const;
    polygon(g, lamp(0.5, 0.3), p.trim);
    polygon(g, lamp(0.48, 0.32), p.headlamp);
  }
  if (!p.colours) return;
  const sheen = g.createLinearGradient(X(a), 0, X(c), 0);
  sheen.addColorStop(0, 'rgba(150,175,195,.55)');
  sheen.addColorStop(0.45, 'rgba(90,110,125,.25)');
  sheen.addColorStop(1, 'rgba(0,0,0,.2)');
  polygon(g, screen, sheen);
  g.strokeStyle = p.trim;
  g.lineWidth = 5 * k;
  for (const side of [-1, 1]) {
    g.beginPath();
    g.moveTo(X(c) + 6 * k, Z(side * 0.1));
    g.lineTo(X(c) - 30 * k, Z(side * 0.1 + 0.5));
    g.stroke();
  }
}

function paintFront({ g, p, spec, s, plate }: PaintJob): void {
  const { widthM: W, heightM: H } = spec;
  const Y = (y: number) => (H - y) * s;
  const Z = (z: number) => (z + W / 2) * s;
  g.fillStyle = p.trim;
  g.fillRect(Z(-0.55), Y(0.74), 1.1 * s, 0.24 * s);
  g.fillRect(0, Y(0.34), W * s, H * s);
  g.fillRect(Z(-0.6), Y(0.42), 1.2 * s, 0.2 * s);
  g.strokeStyle = p.chrome;
  g.lineWidth = s / 55;
  for (let i = 0; i < 3; i++) {
    g.beginPath();
    g.moveTo(Z(-0.5), Y(0.63 - i * 0.05));
    g.lineTo(Z(0.5), Y(0.63 - i * 0.05));
    g.stroke();
  }
  for (const side of [-1, 1]) {
    polygon(
      g,
      [
        [Z(side * 0.55), Y(0.76)],
        [Z((side * W) / 2), Y(0.82)],
        [Z((side * W) / 2), Y(0.58)],
        [Z(side * 0.62), Y(0.56)],
      ],
      p.headlamp,
    );
  }
  paintPlate(g, p, { x: Z(0), y: Y(0.44), s, plate });
}

function paintRear({ g, p, spec, s, model, plate }: PaintJob): void {
  const { widthM: W, heightM: H } = spec;
  const Y = (y: number) => (H - y) * s;
  const Z = (z: number) => (z + W / 2) * s;
  g.fillStyle = p.trim;
  g.fillRect(0, Y(0.42), W * s, H * s);
  const t = model === 'van' ? 1.3 : 0.9;
  for (const side of [-1, 1]) {
    polygon(
      g,
      [
        [Z(side * 0.5), Y(t - 0.06)],
        [Z((side * W) / 2), Y(t)],
        [Z((side * W) / 2), Y(t - 0.25)],
        [Z(side * 0.55), Y(t - 0.22)],
      ],
      p.taillamp,
    );
  }
  if (model === 'van') {
    g.fillStyle = p.glass;
    g.fillRect(Z(-0.7), Y(1.85), 1.4 * s, 0.5 * s);
  }
  paintPlate(g, p, { x: Z(0), y: Y(model === 'van' ? 0.85 : 0.68), s, plate });
}

function paintPlate(
  g: Context2D,
  p: Palette,
  { x, y, s, plate }: { x: number; y: number; s: number; plate: string },
): void {
  g.fillStyle = p.colours ? '#1d4fc4' : '#555';
  g.fillRect(x - 0.22 * s, y - 0.07 * s, 0.44 * s, 0.14 * s);
  if (!p.colours) return;
  g.fillStyle = '#fff';
  g.font = `bold ${0.1 * s}px sans-serif`;
  g.textAlign = 'center';
  g.fillText(plate, x, y + 0.036 * s);
}
