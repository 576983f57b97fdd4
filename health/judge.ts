/** Which faults one picture shows: thresholds, apart for day and night, and what each fault hides from the others. */

import { coverOf, type Cover, type Loss } from './cover.ts';
import { bestShift, castOf, edgeBalance, edgePersistence, sharpnessOf, stripesOf } from './features.ts';
import type { PictureFault } from './options.ts';
import { CELLS, type Picture } from './picture.ts';
import type { Reference } from './reference.ts';

/** What one picture says of one fault: `undefined` when it cannot tell. */
export type Verdicts = Record<PictureFault, boolean | undefined>;
export type Measurements = Record<string, number>;

/** A reference is trusted for its edges when it finds this share of them again, and has this many. */
const TRUSTED_PERSISTENCE = 0.7;
const TRUSTED_EDGES = 40;
export const TRUSTED_STEADINESS = 0.76;
/** Blur is told only of pictures that normally have this much detail, cover only with so many structured blocks. */
const LEAST_FINENESS = 3;
const LEAST_STRUCTURE = 12;
const LEAST_TEXTURE = 24;
/** Brighter than noise and slow dawn make a cell, luma levels. */
const BRIGHTER = 10;
/** Crispness of a ramp as long as the edges that are looked at, and how far above it a sharp camera is at least. */
const RAMP = 0.25;
const LEAST_CRISPNESS = 0.15;
/** So few pixels on clear edges tell nothing. */
const LEAST_EDGE_SHARE = 0.0005;
/** Below this mean luma it is night: noise is louder, colours are weak. */
const NIGHT_LUMA = 60;

/**
 * Judges one picture. An active fault is judged against a slacker threshold (hysteresis).
 *
 * @param reference what is normal; `undefined` while too little is known: then only what no camera normally shows counts.
 */
export function judge(
  picture: Picture,
  reference: Reference | undefined,
  active: (fault: PictureFault) => boolean,
): { verdicts: Verdicts; measurements: Measurements } {
  const measurements: Measurements = {
    luma: picture.mean,
    contrast: picture.contrast,
    sharpness: picture.fineness,
    noise: picture.noise,
  };
  const verdicts = lightVerdicts(picture, reference, active);
  if (verdicts.black || verdicts.too_dark || verdicts.too_bright) return { verdicts, measurements };
  verdicts.noise = isNoisy(picture, reference, active('noise'));
  if (reference === undefined) {
    verdicts.covered = isFlat(picture, active('covered'));
    verdicts.blurred = verdicts.covered
      ? undefined
      : picture.contrast > 20 && picture.fineness < (active('blurred') ? 1.6 : 1.1);
    return { verdicts, measurements };
  }
  compare({ picture, reference, active, verdicts, measurements });
  return { verdicts, measurements };
}

/** Light: black and too dark differ in whether anything stands out at all. Lit scenes at night are neither. */
function lightVerdicts(
  picture: Picture,
  reference: Reference | undefined,
  active: (fault: PictureFault) => boolean,
): Verdicts {
  const none = { frozen: undefined, blurred: undefined, covered: undefined, moved: undefined };
  const rest = { colour_cast: undefined, noise: undefined, stripes: undefined };
  const black = isBlack(picture, active('black'));
  // Darkness brightens nothing: dark grey where it was darker is a thing before the lens.
  const isThing = reference !== undefined && brightenedShare(reference, picture) > 0.25;
  const dim = active('too_dark') ? 62 : 50;
  // Sudden: far darker than it was a moment ago, with nothing bright left. Dusk is slow, and is learnt.
  const sudden =
    reference !== undefined &&
    picture.mean < 0.3 * reference.mean &&
    picture.p95 < (active('too_dark') ? 95 : 80);
  const too_dark = !black && !isThing && (picture.p95 < dim || sudden);
  const glare = active('too_bright') ? 145 : 165;
  return { ...none, ...rest, black, too_dark, too_bright: picture.p05 > glare };
}

/**
 * Nothing stands out of black, or nothing but the camera's own writing: nineteen twentieths of the picture are one and
 * the same black. The darkest street has grades, and lamps that light something.
 */
function isBlack({ p05, p95, p99, contrast }: Picture, active: boolean): boolean {
  const even = active ? p95 < 40 && p95 - p05 < 14 : p95 < 32 && p95 - p05 < 9;
  return even || (active ? p99 < 45 && contrast < 8 : p99 < 36 && contrast < 5);
}

/** Share of the cells that are clearly brighter than they normally are, 0–1. */
function brightenedShare(reference: Reference, picture: Picture): number {
  let brighter = 0;
  for (let i = 0; i < CELLS; i++) if (picture.luma[i]! > reference.luma[i]! + BRIGHTER) brighter++;
  return brighter / CELLS;
}

function isNoisy(picture: Picture, reference: Reference | undefined, active: boolean): boolean {
  const least = picture.mean < NIGHT_LUMA ? 6 : 5;
  const normal = reference === undefined ? least * 2 : Math.max(least, 2.5 * reference.noise + 2);
  return picture.noise > (active ? 0.75 * normal : normal);
}

/** One colour all over, neither black nor white: something lies on the lens. */
function isFlat(picture: Picture, active: boolean): boolean {
  return picture.contrast < (active ? 5 : 3.5) && picture.p99 - picture.p01 < (active ? 40 : 30);
}

/**
 * Compares with what is normal. Stripes and noise disturb every other comparison; a cover also takes edges and detail
 * away; blur takes weak edges.
 */
function compare(of: Case & { readonly verdicts: Verdicts }): void {
  const { picture, reference, active, verdicts, measurements } = of;
  const cast = castOf(reference, picture);
  const weak = Math.min(1, Math.max(0.6, picture.mean / 100));
  verdicts.colour_cast = cast.lean > (active('colour_cast') ? 6 : 9) * weak && cast.share > 0.65;
  const cover = coverOf(reference, picture);
  const edges = edgePersistence(reference, picture);
  const sharpness = sharpnessOf(reference, picture);
  const bars = stripesOf(reference, picture);
  // A blur that takes long edges away leaves bars in the difference, but none in the picture.
  verdicts.stripes =
    bars.strength > (active('stripes') ? 5 : 7) &&
    bars.share > (active('stripes') ? 0.18 : 0.25) &&
    bars.added > bars.strength / 2;
  Object.assign(measurements, {
    stripes: bars.strength,
    cast: cast.lean,
    covered: cover.structure.lost,
    coverLikeness: cover.structure.likeness,
    flatIntruder: cover.intruder,
    edgesFound: edges.share,
    edgesUsual: reference.persistence,
    crispness: picture.crispness,
    crispnessUsual: reference.crispness,
    detailKept: sharpness.whole,
  });
  if (verdicts.stripes) return;
  const turned = isTurned(of, edges);
  if (turned) {
    // What a turned camera shows instead says nothing about covers and sharpness.
    verdicts.moved = true;
    return;
  }
  verdicts.covered = isFlat(picture, active('covered')) || isCovered(of, cover, edges);
  // What lies before the lens has a colour of its own.
  if (verdicts.covered) verdicts.colour_cast = undefined;
  if (verdicts.covered || verdicts.noise) return;
  verdicts.blurred = isBlurred(of, sharpness);
  if (verdicts.blurred) return;
  verdicts.moved = isMoved(of, edges);
}

/** Everything that is known when a picture is compared. */
interface Case {
  readonly picture: Picture;
  readonly reference: Reference;
  readonly active: (fault: PictureFault) => boolean;
  readonly measurements: Measurements;
}
type EdgesFound = ReturnType<typeof edgePersistence>;

/**
 * Edges are ramps instead of steps. Where too few clear edges are left, detail decides: at the usual places and in the
 * whole picture. Soft at the usual places, and sharp elsewhere: something passes, or the view is another one; that
 * says nothing of the lens.
 */
function isBlurred(of: Case, sharpness: { cells: number; whole: number }): boolean | undefined {
  const { picture, reference } = of;
  const active = of.active('blurred');
  const usual = reference.crispness - RAMP;
  if (usual >= LEAST_CRISPNESS && picture.edgeShare >= LEAST_EDGE_SHARE)
    return picture.crispness - RAMP < (active ? 0.75 : 0.6) * usual;
  // An empty car park has no detail to lose.
  if (reference.fineness < LEAST_FINENESS) return undefined;
  const soft = active ? 0.65 : 0.5;
  if (sharpness.cells >= soft) return false;
  return sharpness.whole < soft ? true : undefined;
}

/** Structure has given way to something flat; scenes with little structure are judged by their edges and their grain. */
function isCovered(of: Case, cover: Cover, edges: EdgesFound): boolean {
  const active = of.active('covered');
  const { structure, texture, gained, intruder } = cover;
  const flat = intruder > (active ? 0.2 : 0.25);
  const large = intruder > (active ? 0.3 : 0.4);
  if (structure.blocks >= LEAST_STRUCTURE) {
    if (gained >= 0.4 && !(flat && isViewKept(of, edges, intruder))) return false;
    return structure.lost > (active ? 0.22 : 0.3) && (large || isUnlike(structure, active));
  }
  const grainLost = texture.lost > (active ? 0.22 : 0.3) && (large || isUnlike(texture, active));
  if (flat && texture.blocks >= LEAST_TEXTURE && grainLost) return true;
  if (edges.edges < TRUSTED_EDGES) return false;
  const { vanished, fresh } = edgeBalance(of.reference, of.picture);
  if (vanished <= (active ? 0.3 : 0.4)) return false;
  // One new colour over much of a view without structure: the rest is its outline. Where the grain is known and is
  // still there, nothing else covers.
  return large || (texture.blocks < LEAST_TEXTURE && fresh < vanished / 3);
}

function isUnlike({ likeness, slope }: Loss, active: boolean): boolean {
  return likeness < (active ? 0.6 : 0.45) || slope < (active ? 0.2 : 0.12);
}

/** A cover leaves what it does not hide where it was; of a camera in a hand nothing stays anyway. */
function isViewKept({ reference }: Case, edges: EdgesFound, hidden: number): boolean {
  if (!isSteady(reference)) return true;
  return edges.share > 0.5 * (1 - hidden) * reference.persistence;
}

function isSteady(reference: Reference): boolean {
  return reference.persistence >= TRUSTED_PERSISTENCE && reference.steadiness >= TRUSTED_STEADINESS;
}

/** The static edges are found again, nearly all, at another place. */
function isTurned(of: Case, edges: EdgesFound): boolean {
  const { reference, measurements } = of;
  if (edges.edges < TRUSTED_EDGES || !isSteady(reference)) return false;
  if (edges.share / reference.persistence > 0.88) return false;
  const best = bestShift(reference, of.picture);
  measurements['shiftX'] = best.dx;
  measurements['shiftY'] = best.dy;
  return (
    best.share > edges.share + (of.active('moved') ? 0.1 : 0.15) && best.share > 0.7 * reference.persistence
  );
}

/**
 * Most static edges are gone, or they are found better elsewhere: along a street the long lines of kerbs and roofs stay
 * when a camera turns.
 */
function isMoved({ reference, active }: Case, edges: EdgesFound): boolean | undefined {
  if (edges.edges < TRUSTED_EDGES || !isSteady(reference)) return undefined;
  return edges.share / reference.persistence < (active('moved') ? 0.72 : 0.6);
}
