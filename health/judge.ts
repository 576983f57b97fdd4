/** Which faults one picture shows: thresholds, apart for day and night, and what each fault hides from the others. */

import { coverOf, type Cover, type Loss } from './cover.ts';
import { bestShift, castOf, edgeBalance, edgePersistence, sharpnessOf, stripesOf } from './features.ts';
import type { PictureFault } from './options.ts';
import { CELLS, type Picture } from './picture.ts';
import type { Reference } from './reference.ts';
import { likenessOf, RAMP, softnessOf, type Softness } from './softness.ts';

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
/** How far above a ramp the edges of a sharp camera are at least. */
const LEAST_CRISPNESS = 0.15;
/** So few pixels on clear edges tell nothing; nor do those that are left when this share of the usual ones is. */
const LEAST_EDGE_SHARE = 0.0005;
const REMNANT = 1 / 3;
/** Places that must have turned soft before blur is told by them, and how alike the view must still be. */
const LEAST_SOFT = 3;
const ALIKE = 0.7;
/** So alike is no other view, whatever became of its edges: clips turned by a tenth of the width have 0.8 at most. */
const SAME_VIEW = 0.85;
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
    detailKept: sharpness.whole,
  });
  if (verdicts.stripes) return;
  if (isTurned(of, edges)) {
    verdicts.moved = true;
    // Nothing covers edges that are found again. Other things in view have other colours, and hide none of the blur.
    verdicts.covered = false;
    verdicts.blurred = isSoftAnywhere(of) ? undefined : false;
    verdicts.colour_cast = undefined;
    return;
  }
  verdicts.covered = isFlat(picture, active('covered')) || isCovered(of, cover, edges);
  // What lies before the lens has a colour of its own.
  if (verdicts.covered) verdicts.colour_cast = undefined;
  if (verdicts.covered || verdicts.noise) return;
  verdicts.blurred = isBlurred(of, sharpness);
  if (verdicts.blurred) return;
  verdicts.moved = isMoved(of, edges, sharpness);
  if (verdicts.moved) verdicts.colour_cast = undefined;
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
 * Edges are ramps instead of steps: all over the picture, or at the places where they usually are. Where too few clear
 * edges are left, detail decides: at the usual places and in the whole picture. Soft at the usual places, and sharp
 * elsewhere: something passes, or the view is another one; that says nothing of the lens.
 */
function isBlurred(of: Case, sharpness: Sharpness): boolean | undefined {
  const { picture, reference, measurements } = of;
  const active = of.active('blurred');
  const softness = softnessOf(reference, picture, isSteady(reference));
  const { usual, now, witnesses, ramps, gone } = softness;
  measurements['crispness'] = now.crispness;
  measurements['crispnessUsual'] = usual.crispness;
  measurements['placesSoft'] = (ramps + gone) / Math.max(1, witnesses);
  if (isSoftAtItsPlaces(of, softness)) return true;
  const sharp = usual.crispness - RAMP;
  if (sharp >= LEAST_CRISPNESS && Math.min(usual.share, now.share) >= LEAST_EDGE_SHARE) {
    if (now.crispness - RAMP < (active ? 0.75 : 0.6) * sharp) return true;
    // Blur takes weak edges away altogether: what the few say that are left is not the whole truth.
    if (now.share >= REMNANT * usual.share) return false;
  }
  // An empty car park has no detail to lose.
  if (reference.fineness < LEAST_FINENESS) return undefined;
  if (sharpness.cells >= (active ? 0.65 : 0.5)) return false;
  return isDetailGone(sharpness, active) ? true : undefined;
}

/** Sharpness of a view that is not where it was, by the threshold of a blur that is known: doubt clears nothing. */
function isSoftAnywhere({ picture, reference }: Case): boolean {
  const { usual, now } = softnessOf(reference, picture, false);
  return now.crispness - RAMP < 0.75 * (usual.crispness - RAMP);
}

type Sharpness = ReturnType<typeof sharpnessOf>;

function isDetailGone({ cells, whole }: Sharpness, active: boolean): boolean {
  const soft = active ? 0.65 : 0.5;
  return cells < soft && whole < soft;
}

/**
 * The usual edges are ramps or gone nearly everywhere, and there are no others instead. Edges that are gone altogether
 * may also be out of sight: then light and dark must lie as before.
 */
function isSoftAtItsPlaces(of: Case, { witnesses, ramps, gone, fresh }: Softness): boolean {
  if (!isSteady(of.reference)) return false;
  const soft = ramps + gone;
  if (soft < LEAST_SOFT || soft < (of.active('blurred') ? 0.55 : 0.7) * witnesses) return false;
  return fresh < soft / 4 && (ramps > gone || likenessOf(of.reference, of.picture) > ALIKE);
}

/** Structure has given way to something flat; scenes with little structure are judged by their edges and their grain. */
function isCovered(of: Case, cover: Cover, edges: EdgesFound): boolean {
  const active = of.active('covered');
  const { structure, texture, gained, intruder } = cover;
  const flat = intruder > (active ? 0.2 : 0.25);
  const large = intruder > (active ? 0.3 : 0.4);
  if (structure.ofTheView >= LEAST_STRUCTURE) {
    if (gained >= 0.4 && !(flat && isViewKept(of, edges, intruder))) return false;
    return structure.lost > (active ? 0.22 : 0.3) && (large || isUnlike(structure, active));
  }
  const grainLost = texture.lost > (active ? 0.22 : 0.3) && (large || isUnlike(texture, active));
  if (flat && texture.blocks >= LEAST_TEXTURE && grainLost) return true;
  if (edges.edges < TRUSTED_EDGES) return false;
  const { vanished, fresh, edges: ofTheView } = edgeBalance(of.reference, of.picture);
  if (ofTheView < TRUSTED_EDGES || vanished <= (active ? 0.3 : 0.4)) return false;
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
    best.edges >= TRUSTED_EDGES &&
    best.share > best.stayed + (of.active('moved') ? 0.1 : 0.15) &&
    best.share > 0.7 * reference.persistence
  );
}

/**
 * Most static edges are gone, or they are found better elsewhere: along a street the long lines of kerbs and roofs stay
 * when a camera turns. Edges are lost in other ways, too: heavy rain drowns the weak ones, and a soft picture has none
 * wherever it looks. So light and dark have their say, at a scale that neither touches.
 */
function isMoved(
  { reference, picture, active }: Case,
  edges: EdgesFound,
  sharpness: Sharpness,
): boolean | undefined {
  if (edges.edges < TRUSTED_EDGES || !isSteady(reference)) return undefined;
  if (edges.share / reference.persistence >= (active('moved') ? 0.72 : 0.6)) return false;
  const likeness = likenessOf(reference, picture);
  if (likeness > SAME_VIEW) return false;
  return isDetailGone(sharpness, active('blurred')) && likeness > ALIKE ? undefined : true;
}
