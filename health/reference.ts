/** What a camera normally shows: a slowly learnt picture and the numbers that belong to it. */

import { Type, type Static } from 'typebox';
import { CELLS, type Picture } from './picture.ts';
import { edgePersistence, gainOf } from './features.ts';

/** Learnt features; maps as in {@link Picture}. */
export interface Reference {
  luma: Float32Array;
  fine: Float32Array;
  cb: Float32Array;
  cr: Float32Array;
  contrast: number;
  mean: number;
  saturation: number;
  /** Detail at the sharpest cells, noise of the flattest, share of static edges that are normally found again. */
  fineness: number;
  noise: number;
  persistence: number;
  /** How long it has been learnt, and from how many pictures. */
  learntMs: number;
  pictures: number;
}

/** Numbers follow with this time constant, once there are some. */
const FOLLOW_MS = 120_000;
/**
 * Maps follow in steps of at most this many levels per look: a running median in effect (sigma-delta, Manzanera and
 * Richefeu 2004), which a passing truck hardly touches. At first in large steps.
 */
const FIRST_STEP = 4;
const FIRST_PICTURES = 40;
const STEP_PER_S = 0.5;

const MAPS = ['luma', 'fine', 'cb', 'cr'] as const;

export function newReference(): Reference {
  const map = (): Float32Array => new Float32Array(CELLS);
  const zero = { contrast: 0, mean: 0, saturation: 0, fineness: 0, noise: 0, persistence: 1 };
  return { luma: map(), fine: map(), cb: map(), cr: map(), ...zero, learntMs: 0, pictures: 0 };
}

/** Takes a picture into the reference. */
export function learn(reference: Reference, picture: Picture, stepMs: number): void {
  const rate = Math.max(1 / (reference.pictures + 1), 1 - Math.exp(-stepMs / FOLLOW_MS));
  const mix = (a: number, b: number): number => a + (b - a) * rate;
  if (reference.pictures === 0) {
    for (const key of MAPS) reference[key].set(picture[key]);
  } else {
    reference.persistence = mix(reference.persistence, edgePersistence(reference, picture).share);
    followMaps(reference, picture, stepMs);
  }
  const mean = mix(reference.mean, picture.mean);
  const scale = reference.pictures === 0 ? 1 : mean / Math.max(1, reference.mean);
  for (let i = 0; i < CELLS; i++) reference.luma[i]! *= scale;
  reference.mean = mean;
  reference.contrast = mix(reference.contrast, picture.contrast);
  reference.saturation = mix(reference.saturation, picture.saturation);
  // Of the map, not of the pictures: a truck's detail is not the street's.
  reference.fineness = Float32Array.from(reference.fine).sort()[Math.floor(CELLS * 0.9)]!;
  reference.noise = mix(reference.noise, picture.noise);
  reference.learntMs += stepMs;
  reference.pictures++;
}

/** Structure is followed apart from exposure: the picture is brought to the reference's brightness first. */
function followMaps(reference: Reference, picture: Picture, stepMs: number): void {
  const gain = gainOf(reference, picture);
  const most = reference.pictures < FIRST_PICTURES ? FIRST_STEP : (STEP_PER_S * stepMs) / 1000;
  for (const key of MAPS) {
    const map = reference[key];
    const now = picture[key];
    const scale = key === 'luma' || key === 'fine' ? gain : 1;
    for (let i = 0; i < CELLS; i++) {
      const d = now[i]! * scale - map[i]!;
      map[i]! += d > most ? most : d < -most ? -most : d / 4;
    }
  }
}

/** Saved form: maps as 16-bit numbers in base64, in steps of 1/64 level. */
export const referenceState = Type.Object({
  maps: Type.Record(Type.String(), Type.String()),
  numbers: Type.Record(Type.String(), Type.Number()),
});

const STEP = 64;

export function packReference(reference: Reference): Static<typeof referenceState> {
  const { luma, fine, cb, cr, ...numbers } = reference;
  const pack = (map: Float32Array): string =>
    Buffer.from(Int16Array.from(map, (value) => Math.round(value * STEP)).buffer).toString('base64');
  return { maps: { luma: pack(luma), fine: pack(fine), cb: pack(cb), cr: pack(cr) }, numbers };
}

/** A form that does not fit gives an empty reference: it is learnt anew within seconds. */
export function unpackReference(saved: Static<typeof referenceState>): Reference {
  const reference = newReference();
  const maps = MAPS.map((key) => Buffer.from(saved.maps[key] ?? '', 'base64'));
  if (maps.some((bytes) => bytes.length !== CELLS * 2)) return reference;
  for (const [m, key] of MAPS.entries()) {
    for (let i = 0; i < CELLS; i++) reference[key][i] = maps[m]!.readInt16LE(i * 2) / STEP;
  }
  const { luma, fine, cb, cr, ...numbers } = reference;
  const known = Object.keys(numbers).map((key) => [key, saved.numbers[key] ?? 0]);
  return { luma, fine, cb, cr, ...numbers, ...Object.fromEntries(known) };
}
