/** Which faults one picture shows: thresholds, apart for day and night, and what each fault hides from the others. */

import {
  bestShift,
  castOf,
  edgeBalance,
  type Cover,
  coverOf,
  edgePersistence,
  sharpnessOf,
  stripesOf,
} from './features.ts';
import type { PictureFault } from './options.ts';
import type { Picture } from './picture.ts';
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
  const black = active('black')
    ? picture.p99 < 45 && picture.contrast < 8
    : picture.p99 < 36 && picture.contrast < 5;
  const dim = active('too_dark') ? 62 : 50;
  // Sudden: far darker than it was a moment ago, with nothing bright left. Dusk is slow, and is learnt.
  const sudden =
    reference !== undefined &&
    picture.mean < 0.3 * reference.mean &&
    picture.p95 < (active('too_dark') ? 95 : 80);
  const too_dark = !black && (picture.p95 < dim || sudden);
  const glare = active('too_bright') ? 145 : 165;
  return { ...none, ...rest, black, too_dark, too_bright: picture.p05 > glare };
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
function compare(of: {
  picture: Picture;
  reference: Reference;
  active: (fault: PictureFault) => boolean;
  verdicts: Verdicts;
  measurements: Measurements;
}): void {
  const { picture, reference, active, verdicts, measurements } = of;
  const cast = castOf(reference, picture);
  const weak = Math.min(1, Math.max(0.6, picture.mean / 100));
  verdicts.colour_cast = cast.lean > (active('colour_cast') ? 6 : 9) * weak && cast.share > 0.65;
  const cover = coverOf(reference, picture);
  const edges = edgePersistence(reference, picture);
  const sharpness = sharpnessOf(reference, picture);
  const bars = stripesOf(reference, picture);
  // Bars bring detail in; a blur that takes long edges away leaves bars in the difference, and no detail.
  verdicts.stripes =
    sharpness.whole > 0.6 &&
    bars.strength > (active('stripes') ? 5 : 7) &&
    bars.share > (active('stripes') ? 0.18 : 0.25);
  Object.assign(measurements, {
    stripes: bars.strength,
    cast: cast.lean,
    covered: cover.lost,
    coverLikeness: cover.likeness,
    edgesFound: edges.share,
    edgesUsual: reference.persistence,
    detailKept: sharpness.whole,
  });
  if (verdicts.stripes) return;
  verdicts.covered = isFlat(picture, active('covered')) || isCovered(of, cover, edges.edges);
  if (verdicts.covered || verdicts.noise) return;
  const soft = active('blurred') ? 0.65 : 0.5;
  // An empty car park has no detail to lose.
  if (reference.fineness >= LEAST_FINENESS)
    verdicts.blurred = sharpness.cells < soft && sharpness.whole < soft;
  if (verdicts.blurred) return;
  verdicts.moved = isMoved(of, edges);
}

/** Structure has given way to something flat; scenes with little structure are judged by their edges. */
function isCovered(
  of: { picture: Picture; reference: Reference; active: (fault: PictureFault) => boolean },
  cover: Cover,
  edges: number,
): boolean {
  const active = of.active('covered');
  if (cover.structured >= LEAST_STRUCTURE) {
    const { gained, lost, likeness } = cover;
    return gained < 0.4 && lost > (active ? 0.22 : 0.3) && likeness < (active ? 0.6 : 0.45);
  }
  if (edges < TRUSTED_EDGES) return false;
  const { vanished, fresh } = edgeBalance(of.reference, of.picture);
  return vanished > (active ? 0.3 : 0.4) && fresh < vanished / 3;
}

/**
 * Most static edges are gone, or they are found better elsewhere: along a street the long lines of kerbs and roofs stay
 * when a camera turns.
 */
function isMoved(
  of: {
    picture: Picture;
    reference: Reference;
    active: (fault: PictureFault) => boolean;
    measurements: Measurements;
  },
  edges: { share: number; edges: number },
): boolean | undefined {
  const { picture, reference, active, measurements } = of;
  if (edges.edges < TRUSTED_EDGES || reference.persistence < TRUSTED_PERSISTENCE) return undefined;
  if (reference.steadiness < TRUSTED_STEADINESS) return undefined;
  const kept = edges.share / reference.persistence;
  if (kept < (active('moved') ? 0.72 : 0.6)) return true;
  if (kept > 0.88) return false;
  const best = bestShift(reference, picture);
  measurements['shiftX'] = best.dx;
  measurements['shiftY'] = best.dy;
  return (
    best.share > edges.share + (active('moved') ? 0.1 : 0.15) && best.share > 0.7 * reference.persistence
  );
}
