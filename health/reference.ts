/** What a camera normally shows: a slowly learnt picture and the numbers that belong to it. */

import { Type, type Static } from 'typebox';
import { BLOCKS, CELLS, nthSmallest, type Picture } from './picture.ts';
import { edgePersistence, gainOf } from './features.ts';

/** Learnt features; maps as in {@link Picture}. */
export interface Reference {
  luma: Float32Array;
  fine: Float32Array;
  cb: Float32Array;
  cr: Float32Array;
  blockEdges: Float32Array;
  blockSteepness: Float32Array;
  contrast: number;
  mean: number;
  saturation: number;
  /** Detail at the sharpest cells, noise of the flattest, share of static edges that are normally found again. */
  fineness: number;
  noise: number;
  /** See {@link Picture.crispness}; 0 while unknown. */
  crispness: number;
  persistence: number;
  /** Best agreement of early and late first pictures, 0–1: a camera in a hand never shows the same view twice. */
  steadiness: number;
  /** How long it has been learnt, and from how many pictures. */
  learntMs: number;
  pictures: number;
  /** The first pictures, until there are enough. */
  first: Picture[];
}

/** Numbers follow with this time constant, once there are some. */
const FOLLOW_MS = 120_000;
/** The first pictures are kept, and their median taken cell by cell: what passes meanwhile leaves nothing behind. */
export const FIRST_PICTURES = 12;
/** From so many on it is good enough to compare with. */
export const LEAST_PICTURES = 6;
/**
 * After them maps follow by at most so many levels a second: a running median in effect (sigma-delta, Manzanera and
 * Richefeu 2004), which a truck that stops for a while hardly touches.
 */
const STEP_PER_S = { luma: 2, fine: 0.2, cb: 0.5, cr: 0.5, blockEdges: 0.01, blockSteepness: 0.02 } as const;

const MAPS = ['luma', 'fine', 'cb', 'cr', 'blockEdges', 'blockSteepness'] as const;

export function newReference(): Reference {
  const map = (): Float32Array => new Float32Array(CELLS);
  const blocks = { blockEdges: new Float32Array(BLOCKS), blockSteepness: new Float32Array(BLOCKS) };
  const light = { contrast: 0, mean: 0, saturation: 0 };
  const zero = { ...light, fineness: 0, noise: 0, crispness: 0, persistence: 1, steadiness: 0 };
  const maps = { luma: map(), fine: map(), cb: map(), cr: map(), ...blocks };
  return { ...maps, ...zero, learntMs: 0, pictures: 0, first: [] };
}

/** Takes a picture into the reference. */
export function learn(reference: Reference, picture: Picture, stepMs: number): void {
  reference.learntMs += stepMs;
  reference.pictures++;
  if (reference.pictures <= FIRST_PICTURES) learnFirst(reference, picture);
  else learnMore(reference, picture, stepMs);
  // Of the map, not of the pictures: a truck's detail is not the street's.
  reference.fineness = nthSmallest(reference.fine.slice(), Math.floor(CELLS * 0.9));
}

function learnFirst(reference: Reference, picture: Picture): void {
  const { first } = reference;
  first.push(picture);
  const values = new Float32Array(first.length);
  const median = (of: (one: Picture) => number): number => {
    for (const [k, one] of first.entries()) values[k] = of(one);
    return medianOf(values);
  };
  for (const key of MAPS) {
    const maps = first.map((one) => one[key]);
    for (let i = 0; i < reference[key].length; i++) {
      for (let k = 0; k < maps.length; k++) values[k] = maps[k]![i]!;
      reference[key][i] = medianOf(values);
    }
  }
  for (const key of ['mean', 'contrast', 'saturation', 'noise', 'crispness'] as const)
    reference[key] = median((one) => one[key]);
  reference.persistence = median((one) => edgePersistence(reference, one).share);
  if (first.length < FIRST_PICTURES) return;
  for (const early of first.slice(0, 4)) {
    for (const late of first.slice(-4)) {
      reference.steadiness = Math.max(reference.steadiness, edgePersistence(early, late).share);
    }
  }
  reference.first = [];
}

/** The lower middle value; sorts in place. Of a dozen values each for thousands of cells: a call to `sort` costs more. */
function medianOf(values: Float32Array): number {
  for (let k = 1; k < values.length; k++) {
    const value = values[k]!;
    let to = k;
    for (; to > 0 && values[to - 1]! > value; to--) values[to] = values[to - 1]!;
    values[to] = value;
  }
  return values[Math.floor((values.length - 1) / 2)]!;
}

function learnMore(reference: Reference, picture: Picture, stepMs: number): void {
  const rate = 1 - Math.exp(-stepMs / FOLLOW_MS);
  const mix = (a: number, b: number): number => a + (b - a) * rate;
  const { share } = edgePersistence(reference, picture);
  reference.persistence = mix(reference.persistence, share);
  reference.steadiness = Math.max(reference.steadiness, share);
  followMaps(reference, picture, stepMs);
  const mean = mix(reference.mean, picture.mean);
  const scale = mean / Math.max(1, reference.mean);
  for (let i = 0; i < CELLS; i++) reference.luma[i]! *= scale;
  reference.mean = mean;
  reference.contrast = mix(reference.contrast, picture.contrast);
  reference.saturation = mix(reference.saturation, picture.saturation);
  reference.noise = mix(reference.noise, picture.noise);
  reference.crispness =
    reference.crispness === 0 ? picture.crispness : mix(reference.crispness, picture.crispness);
}

/** Structure is followed apart from exposure: the picture is brought to the reference's brightness first. */
function followMaps(reference: Reference, picture: Picture, stepMs: number): void {
  const gain = gainOf(reference, picture);
  for (const key of MAPS) {
    const map = reference[key];
    const now = picture[key];
    const most = (STEP_PER_S[key] * stepMs) / 1000;
    const scale = key === 'luma' || key === 'fine' ? gain : 1;
    for (let i = 0; i < map.length; i++) {
      const d = now[i]! * scale - map[i]!;
      map[i]! += d > most ? most : d < -most ? -most : d / 8;
    }
  }
}

/** Saved form: maps as 16-bit numbers in base64, in steps of 1/64 level, or of 1/16384 of a share. */
export const referenceState = Type.Object({
  maps: Type.Record(Type.String(), Type.String()),
  numbers: Type.Record(Type.String(), Type.Number()),
});

const STEPS = { luma: 64, fine: 64, cb: 64, cr: 64, blockEdges: 16_384, blockSteepness: 16_384 } as const;

export function packReference(reference: Reference): Static<typeof referenceState> {
  const maps = Object.fromEntries(
    MAPS.map((key) => {
      const steps = Int16Array.from(reference[key], (value) => Math.round(value * STEPS[key]));
      return [key, Buffer.from(steps.buffer).toString('base64')];
    }),
  );
  return { maps, numbers: numbersOf(reference) };
}

function numbersOf(reference: Reference): Record<string, number> {
  const entries: [string, unknown][] = Object.entries(reference);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

/**
 * A form that does not fit gives an empty reference: it is learnt anew within seconds. Blocks of an older form are
 * missing: they tell nothing until they have been learnt.
 */
export function unpackReference(saved: Static<typeof referenceState>): Reference {
  const reference = newReference();
  for (const key of MAPS) {
    const map = reference[key];
    const text = saved.maps[key];
    if (text === undefined && map.length === BLOCKS) continue;
    const bytes = Buffer.from(text ?? '', 'base64');
    if (bytes.length !== map.length * 2) return newReference();
    for (let i = 0; i < map.length; i++) map[i] = bytes.readInt16LE(i * 2) / STEPS[key];
  }
  const known = Object.keys(numbersOf(reference)).map((key) => [key, saved.numbers[key] ?? 0]);
  const unpacked: Reference = { ...reference, ...Object.fromEntries(known) };
  if (unpacked.pictures < LEAST_PICTURES) return newReference();
  // The first pictures are not saved. What was learnt from some of them is kept: faults may have been raised by it, and
  // without it nobody could tell when they end.
  return { ...unpacked, pictures: Math.max(FIRST_PICTURES, unpacked.pictures) };
}
