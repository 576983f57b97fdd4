/** Canvas textures: everything in the street is painted by code, nothing is a photograph. */

import * as THREE from 'three';

export type Context2D = CanvasRenderingContext2D;
export type Point = readonly [number, number];

/** A canvas of the given size, painted. */
export function paintCanvas(
  widthPx: number,
  heightPx: number,
  paint: (g: Context2D) => void,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(2, Math.round(widthPx));
  canvas.height = Math.max(2, Math.round(heightPx));
  const g = canvas.getContext('2d', { willReadFrequently: true });
  if (g === null) throw new Error('no 2d canvas');
  paint(g);
  return canvas;
}

/** @param srgb false for maps that are not colours, such as roughness. */
export function textureOf(canvas: HTMLCanvasElement, srgb = true): THREE.CanvasTexture {
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = srgb ? THREE.SRGBColorSpace : THREE.NoColorSpace;
  texture.anisotropy = 4;
  texture.minFilter = THREE.LinearMipmapLinearFilter;
  return texture;
}

export function polygon(g: Context2D, points: readonly Point[], fill: string | CanvasGradient): void {
  g.fillStyle = fill;
  g.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? g.moveTo(x, y) : g.lineTo(x, y)));
  g.closePath();
  g.fill();
}

export function disc(g: Context2D, x: number, y: number, r: number, fill: string): void {
  g.fillStyle = fill;
  g.beginPath();
  g.arc(x, y, r, 0, 7);
  g.fill();
}

/** Grain: `count` black and white specks of at most the given strength. */
export function speckle(
  g: Context2D,
  random: () => number,
  { count, strength, sizePx = 2 }: { count: number; strength: number; sizePx?: number },
): void {
  const { width, height } = g.canvas;
  for (let i = 0; i < count; i++) {
    const tone = random() < 0.5 ? 0 : 255;
    g.fillStyle = `rgba(${tone},${tone},${tone},${random() * strength})`;
    g.fillRect(random() * width, random() * height, random() * sizePx + 0.5, random() * sizePx + 0.5);
  }
}

/** Soft stains, as of oil and old water. */
export function stains(
  g: Context2D,
  random: () => number,
  count: number,
  strength: number,
  sizePx: number,
): void {
  const { width, height } = g.canvas;
  for (let i = 0; i < count; i++) {
    const [x, y, r] = [random() * width, random() * height, (0.3 + random()) * sizePx];
    const glow = g.createRadialGradient(x, y, 0, x, y, r);
    glow.addColorStop(0, `rgba(15,15,16,${strength * random()})`);
    glow.addColorStop(1, 'rgba(15,15,16,0)');
    g.fillStyle = glow;
    g.fillRect(x - r, y - r, 2 * r, 2 * r);
  }
}

/** A solid surface without a texture. */
export function plain(
  color: THREE.ColorRepresentation,
  roughness = 0.85,
  metalness = 0,
): THREE.MeshStandardMaterial {
  return new THREE.MeshStandardMaterial({ color, roughness, metalness });
}
