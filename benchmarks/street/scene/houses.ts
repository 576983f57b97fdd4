/** Rows of houses with shops on the ground floor. */

import * as THREE from 'three';
import { type Context2D, paintCanvas, speckle, stains, textureOf } from './paint.ts';

const WALLS = ['#b5a793', '#a8a9a8', '#c3b59a', '#9a8475', '#b7b0a6', '#a59a8c', '#bdbab3'];
const SHOPS: readonly (readonly [string, string])[] = [
  ['便利店', '#8a2a22'],
  ['水果超市', '#2f6a3a'],
  ['大药房', '#1f5a8a'],
  ['兰州面馆', '#b08a20'],
  ['中国移动', '#2a5f9a'],
  ['五金建材', '#7a3a20'],
  ['理发店', '#5a3a6a'],
];

type Light = 'day' | 'dusk' | 'night';

export function houses(random: () => number, light: Light): THREE.Mesh[] {
  const built: THREE.Mesh[] = [];
  const facades = Array.from({ length: 5 }, (_, i) => facade(random, WALLS[i % WALLS.length]!, i, light));
  const put = (x: number, z: number, height: number, which: number) => {
    const house = new THREE.Mesh(new THREE.BoxGeometry(16, height, 10), facades[which % facades.length]);
    house.position.set(x, height / 2, z);
    house.receiveShadow = true;
    built.push(house);
  };
  for (let i = 0; i < 14; i++) put(-112 + i * 17, -17.2, 15 + random() * 6, i);
  for (let i = 0; i < 14; i++) put(-112 + i * 17, 34, 14 + random() * 8, i + 2);
  return built;
}

function facade(
  random: () => number,
  wall: string,
  offset: number,
  light: Light,
): THREE.MeshStandardMaterial {
  const litShare = { day: 0, dusk: 0.3, night: 0.35 }[light];
  const lit: [number, number, number, number][] = [];
  const canvas = paintCanvas(1024, 1024, (g) => {
    g.fillStyle = wall;
    g.fillRect(0, 0, 1024, 1024);
    stains(g, random, 40, 0.14, 120);
    speckle(g, random, { count: 30_000, strength: 0.1, sizePx: 4 });
    for (let row = 0; row < 5; row++) {
      for (let column = 0; column < 7; column++) {
        const [x, y] = [column * 146 + 22, row * 160 + 30];
        window(g, random, x, y);
        if (random() < litShare) lit.push([x, y, 96, 96]);
      }
    }
    for (let i = 0; i < 4; i++) shop(g, random, i, SHOPS[(i + offset * 3) % SHOPS.length]!);
    if (light !== 'day')
      for (let i = 0; i < 4; i++)
        if (random() < 0.7) lit.push([i * 256 + 14, 890, 228, 120], [i * 256 + 8, 822, 240, 54]);
  });
  const material = new THREE.MeshStandardMaterial({ map: textureOf(canvas), roughness: 0.9 });
  if (lit.length > 0) {
    material.emissiveMap = textureOf(
      paintCanvas(1024, 1024, (g) => {
        g.fillStyle = '#000';
        g.fillRect(0, 0, 1024, 1024);
        for (const [x, y, w, h] of lit) {
          g.fillStyle =
            y > 800
              ? ['#ffe9c0', '#fff6e0', '#e8f2ff'][Math.floor(random() * 3)]!
              : ['#ffd090', '#ffe4b8', '#dfe8f0'][Math.floor(random() * 3)]!;
          g.globalAlpha = 0.35 + random() * 0.5;
          g.fillRect(x, y, w, h);
        }
        g.globalAlpha = 1;
        g.globalCompositeOperation = 'multiply';
        g.drawImage(canvas, 0, 0);
        g.globalCompositeOperation = 'source-over';
      }),
    );
    material.emissive = new THREE.Color(0xffffff);
    material.emissiveIntensity = light === 'night' ? 2.2 : 1.3;
  }
  return material;
}

function window(g: Context2D, random: () => number, x: number, y: number): void {
  g.fillStyle = '#cfcdc6';
  g.fillRect(x - 5, y - 5, 106, 106);
  const glass = g.createLinearGradient(x, y, x + 90, y + 96);
  glass.addColorStop(0, '#2a343d');
  glass.addColorStop(0.5, '#5c6c78');
  glass.addColorStop(1, '#1d252b');
  g.fillStyle = glass;
  g.fillRect(x, y, 96, 96);
  if (random() < 0.35) {
    g.fillStyle = `rgba(${180 + random() * 40},${170 + random() * 40},150,.6)`;
    g.fillRect(x + 2, y + 2, 30 + random() * 20, 92);
  }
  g.fillStyle = '#cfcdc6';
  g.fillRect(x + 46, y, 4, 96);
  if (random() < 0.3) {
    // the cage of bars before many windows
    g.strokeStyle = 'rgba(210,212,214,.75)';
    g.lineWidth = 2;
    for (let bars = 0; bars <= 96; bars += 12) {
      g.beginPath();
      g.moveTo(x + bars, y + 8);
      g.lineTo(x + bars, y + 104);
      g.stroke();
    }
  }
  if (random() < 0.4) {
    g.fillStyle = '#e4e2dc';
    g.fillRect(x + 20, y + 104, 48, 30);
    g.fillStyle = '#8d8f90';
    g.beginPath();
    g.arc(x + 36, y + 119, 11, 0, 7);
    g.fill();
  }
}

function shop(
  g: Context2D,
  random: () => number,
  place: number,
  [name, colour]: readonly [string, string],
): void {
  const x = place * 256;
  g.fillStyle = '#25292c';
  g.fillRect(x + 8, 880, 240, 144);
  const open = random() < 0.75;
  if (open) {
    const inside = g.createLinearGradient(0, 890, 0, 1020);
    inside.addColorStop(0, '#6e6a5e');
    inside.addColorStop(1, '#2c2b28');
    g.fillStyle = inside;
    g.fillRect(x + 14, 890, 228, 134);
    for (let i = 0; i < 26; i++) {
      const tone = Math.floor(random() * 4);
      g.fillStyle = [
        'rgba(190,60,40,.6)',
        'rgba(210,180,70,.6)',
        'rgba(70,130,80,.6)',
        'rgba(210,210,205,.6)',
      ][tone]!;
      g.fillRect(x + 20 + random() * 205, 905 + random() * 90, 8 + random() * 16, 8 + random() * 14);
    }
    g.fillStyle = 'rgba(150,170,180,.28)';
    g.fillRect(x + 14, 890, 110, 134);
    g.fillStyle = '#33373a';
    g.fillRect(x + 124, 890, 6, 134);
  } else {
    for (let y = 890; y < 1024; y += 9) {
      g.fillStyle = y % 2 === 0 ? '#8b8d8e' : '#7a7c7d';
      g.fillRect(x + 14, y, 228, 8);
    }
  }
  g.fillStyle = colour;
  g.fillRect(x + 4, 820, 248, 58);
  g.fillStyle = '#f2ecd8';
  g.font = 'bold 44px "Noto Sans CJK SC", sans-serif';
  g.textAlign = 'center';
  g.fillText(name, x + 128, 865);
}
