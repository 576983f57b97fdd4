/** What the camera makes of the light: rain before the lens, sensor noise, its clock in the corner, and its faults. */

import type { CameraFault, CameraSpec, Scenario } from '../scenario/schema.ts';
import { seededRandom } from '../timeline/random.ts';
import { type Context2D, paintCanvas } from './paint.ts';

const WEEKDAYS = '日一二三四五六';

export class CameraPicture {
  readonly canvas: HTMLCanvasElement;
  readonly #g: Context2D;
  #scenario: Scenario;
  readonly #grain: HTMLCanvasElement;
  readonly #startMs: number;

  constructor(scenario: Scenario) {
    const { widthPx, heightPx, noise } = scenario.camera;
    this.#scenario = scenario;
    this.canvas = paintCanvas(widthPx, heightPx, () => undefined);
    this.#g = this.canvas.getContext('2d')!;
    this.#grain = grainTile(seededRandom(scenario.seed + 5), noise);
    this.#startMs = Date.parse(`${scenario.startsAt.replace(' ', 'T')}Z`);
  }

  look(camera: CameraSpec): void {
    this.#scenario = { ...this.#scenario, camera };
  }

  /** Makes the frame's picture from what the lens sees. A frozen camera keeps its last one. */
  take(seen: CanvasImageSource, frame: number, atS: number, fault: CameraFault | undefined): void {
    if (fault?.kind === 'freeze') return;
    const { widthPx: w, heightPx: h } = this.#scenario.camera;
    const g = this.#g;
    const random = seededRandom(this.#scenario.seed * 7919 + frame);
    g.filter = fault?.kind === 'blur' ? `blur(${fault.amount ?? 9}px)` : 'none';
    g.drawImage(seen, 0, 0);
    g.filter = 'none';
    if (this.#scenario.weather === 'rain') this.#rain(random);
    if (fault?.kind === 'cover') this.#cover((fault.amount ?? 48) / 60);
    if (fault?.kind === 'black') {
      g.fillStyle = '#040404';
      g.fillRect(0, 0, w, h);
    }
    const tile = this.#grain.width;
    const [dx, dy] = [Math.floor(random() * tile), Math.floor(random() * tile)];
    for (let y = -dy; y < h; y += tile) for (let x = -dx; x < w; x += tile) g.drawImage(this.#grain, x, y);
    this.#caption(atS);
  }

  #rain(random: () => number): void {
    const { widthPx: w, heightPx: h } = this.#scenario.camera;
    const g = this.#g;
    g.lineCap = 'round';
    for (let i = 0; i < 170; i++) {
      const near = random();
      const length = (0.02 + 0.05 * near * near) * h;
      const [x, y] = [random() * w, random() * h];
      g.strokeStyle = `rgba(215,222,230,${0.06 + 0.14 * near})`;
      g.lineWidth = 0.6 + 1.1 * near;
      g.beginPath();
      g.moveTo(x, y);
      g.lineTo(x - length * 0.16, y + length);
      g.stroke();
    }
    g.fillStyle = 'rgba(190,198,205,.07)';
    g.fillRect(0, 0, w, h);
  }

  /** Something soft and unlit close before the lens: a leaf, a hand, a bag. Around it the street is still seen. */
  #cover(share: number): void {
    const { widthPx: w, heightPx: h } = this.#scenario.camera;
    const g = this.#g;
    const reach = w * (0.2 + 0.6 * share);
    const tone = { day: 1, dusk: 0.6, night: 0.3 }[this.#scenario.light];
    const colour = (r: number, green: number, b: number, alpha: number) =>
      `rgba(${Math.round(r * tone)},${Math.round(green * tone)},${Math.round(b * tone)},${alpha})`;
    const shade = g.createRadialGradient(w * 0.45, h * 0.55, reach * 0.3, w * 0.45, h * 0.55, reach);
    shade.addColorStop(0, colour(84, 76, 66, 1));
    shade.addColorStop(0.7, colour(96, 87, 75, 0.99));
    shade.addColorStop(1, colour(104, 95, 82, 0));
    g.fillStyle = shade;
    g.fillRect(0, 0, w, h);
  }

  #caption(atS: number): void {
    const { heightPx: h, widthPx: w, label } = this.#scenario.camera;
    const g = this.#g;
    const size = Math.round(h * 0.036);
    const at = new Date(this.#startMs + Math.floor(atS) * 1000);
    const [day, time] = at.toISOString().slice(0, 19).split('T');
    g.font = `bold ${size}px "Noto Sans CJK SC", sans-serif`;
    g.lineWidth = size * 0.14;
    g.strokeStyle = 'rgba(0,0,0,.75)';
    g.fillStyle = '#f4f4f4';
    const write = (text: string, x: number, y: number, align: CanvasTextAlign) => {
      g.textAlign = align;
      g.strokeText(text, x, y);
      g.fillText(text, x, y);
    };
    write(`${day} 星期${WEEKDAYS[at.getUTCDay()]} ${time}`, size * 0.8, size * 1.5, 'left');
    if (label !== undefined) write(label, w - size * 0.8, h - size * 0.8, 'right');
  }
}

/** @param strength as in the noise filter of ffmpeg: the largest change of a pixel, of 255. */
function grainTile(random: () => number, strength: number): HTMLCanvasElement {
  return paintCanvas(384, 384, (g) => {
    const image = g.createImageData(384, 384);
    for (let i = 0; i < image.data.length; i += 4) {
      // The sum of two is closer to the bell of a sensor than one; a little colour, as small sensors have.
      const grain = random() + random() - 1;
      const tone = grain > 0 ? 255 : 0;
      for (let c = 0; c < 3; c++)
        image.data[i + c] = Math.min(255, Math.max(0, tone + (random() - 0.5) * 160));
      image.data[i + 3] = Math.abs(grain) * strength * 1.3;
    }
    g.putImageData(image, 0, 0);
  });
}
