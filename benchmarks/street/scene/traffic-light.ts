/** A traffic light on a mast beside the road, facing the traffic that comes along the street. */

import * as THREE from 'three';
import { glowTexture } from './lamps.ts';
import type { ThingModel } from './model.ts';
import { plain } from './paint.ts';
import { bar, box } from './shapes.ts';

const COLOURS = { red: 0xff2a1a, yellow: 0xffb020, green: 0x20e070 } as const;

export function trafficLightModel(): ThingModel {
  const object = new THREE.Group();
  const metal = plain(0x5a5f63, 0.5);
  object.add(bar([0, 0, 0], [0, 5.4, 0], 0.08, metal), bar([0, 5.4, 0], [0, 5.6, -3.4], 0.06, metal));
  object.add(box([0, 5.55, -3.2], [0.22, 0.42, 1.25], plain(0x121314, 0.7)));
  const lamps = (['red', 'yellow', 'green'] as const).map((signal, i) => {
    const lens = new THREE.Mesh(
      new THREE.CircleGeometry(0.15, 20),
      new THREE.MeshBasicMaterial({ color: 0x201a18 }),
    );
    lens.rotation.y = -Math.PI / 2;
    lens.position.set(-0.12, 5.55, -3.6 + i * 0.4);
    const material = new THREE.SpriteMaterial({
      map: glowTexture(),
      color: COLOURS[signal],
      transparent: true,
      depthWrite: false,
      blending: THREE.AdditiveBlending,
    });
    const glow = new THREE.Sprite(material);
    glow.scale.setScalar(0.6);
    glow.position.set(-0.16, 5.55, -3.6 + i * 0.4);
    object.add(lens, glow);
    return { signal, lens, glow };
  });
  return {
    object,
    pose(state) {
      for (const { signal, lens, glow } of lamps) {
        const lit = state.signal === signal;
        lens.material.color.setHex(lit ? COLOURS[signal] : 0x201a18);
        glow.visible = lit;
      }
    },
  };
}
