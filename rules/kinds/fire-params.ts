/** Parameters of the rule kind `fire_smoke`: meaning, effect of raising and lowering, range, default. */

import { Type, type Static } from 'typebox';

const share = Type.Number({ minimum: 0, maximum: 1 });

/** A corner as `[x, y]`, shares of the picture from the top left. */
const point = Type.Tuple([share, share]);

/** Schema of the parameters; the descriptions are the console's help texts. */
export const fireSmokeParams = Type.Object(
  {
    labels: Type.Array(Type.Union([Type.Literal('fire'), Type.Literal('smoke')]), {
      minItems: 1,
      maxItems: 2,
      uniqueItems: true,
      default: ['fire', 'smoke'],
      description:
        'What to look for. Leaving smoke out silences steam and dust, and loses fires that hide in smoke.',
    }),
    confirmS: Type.Number({
      minimum: 0,
      maximum: 60,
      default: 1.5,
      description:
        'Seconds over which the evidence must spread. Raising it silences reflections and headlights; lowering it alarms sooner.',
    }),
    windowS: Type.Number({
      minimum: 0.5,
      maximum: 120,
      default: 3,
      description:
        'Seconds that are looked back (never fewer than twice minFrames frames). Raising it finds fires that are seen only now and then; lowering it forgets sooner.',
    }),
    minFrames: Type.Integer({
      minimum: 2,
      maximum: 100,
      default: 3,
      description:
        'Frames in which it must be seen, whatever the frame rate. Raising it delays alarms on key-frame-only cameras; lowering it trusts single pictures.',
    }),
    minShare: Type.Number({
      minimum: 0.05,
      maximum: 1,
      default: 0.4,
      description:
        'Share of the analysed frames, since it was first seen in the window, in which it must be seen at the same place. Raising it misses flames the detector flickers on; lowering it believes sporadic detections.',
    }),
    minScore: Type.Number({
      minimum: 0.05,
      maximum: 1,
      default: 0.45,
      description:
        'Score from which a detection of fire counts as evidence; weaker ones must last (weakScore), or only keep a raised fire alive. The strongest knob: raising it cuts false alarms and misses weak fires.',
    }),
    minSmokeScore: Type.Number({
      minimum: 0.05,
      maximum: 1,
      default: 0.6,
      description:
        'The same for smoke, which more things resemble (steam, fog, wet asphalt). Raising it cuts false alarms; lowering it finds thin smoke at once.',
    }),
    weakScore: Type.Number({
      minimum: 0.1,
      maximum: 1,
      default: 0.38,
      description:
        'Score from which detections of fire are believed when they last, although each is weak, also below the threshold of the model. Raising it trusts fewer; 1 means never.',
    }),
    weakSmokeScore: Type.Number({
      minimum: 0.1,
      maximum: 1,
      default: 0.38,
      description:
        'The same for smoke. Raising it trusts less of what only resembles smoke; lowering it finds thin smoke.',
    }),
    weakConfirmS: Type.Number({
      minimum: 1,
      maximum: 3600,
      default: 10,
      description:
        'Seconds that the weakest evidence must last, in three fifths of the pictures, alive and at one place; stronger evidence proportionally less, down to confirmS. Raising it waits longer before faint fires are raised.',
    }),
    weakMaxAreaNorm: Type.Number({
      minimum: 0.01,
      maximum: 1,
      default: 0.3,
      description:
        'Largest area, as a share of the picture, that weak or still evidence may have: what fills the picture and is weak or does not move is fog, glare or wet road. Raising it believes larger faint things.',
    }),
    minMeanScore: Type.Number({
      minimum: 0.05,
      maximum: 1,
      default: 0.45,
      description:
        'Mean score of the evidence. Raising it needs clearer pictures; lowering it lets weak evidence add up.',
    }),
    minMotion: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.03,
      description:
        'How much the outline must flicker or grow, as a share of its size (standard deviation of width and height). Raising it holds back more posters, lamps and sunsets; 0 switches the test off.',
    }),
    maxTravel: Type.Number({
      minimum: 0.1,
      maximum: 10,
      default: 1,
      description:
        'How far it may move within the window, in its own diagonals. Raising it accepts moving cameras and rolling smoke; lowering it refuses tail lights and reflections on vehicles.',
    }),
    stillConfirmS: Type.Number({
      minimum: 0,
      maximum: 3600,
      default: 20,
      description:
        'Seconds after which something that neither flickers nor grows is believed all the same, if its score is high. Raising it holds posters back longer; lowering it finds distant fires sooner.',
    }),
    stillMinScore: Type.Number({
      minimum: 0.05,
      maximum: 1,
      default: 0.8,
      description:
        'Mean score that something still must have to be believed after stillConfirmS. 1 means never.',
    }),
    minAreaNorm: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.0002,
      description:
        'Smallest area as a share of the picture. Raising it ignores lighters and lamps far away; lowering it finds fires earlier.',
    }),
    minZoneShare: Type.Number({
      minimum: 0.01,
      maximum: 1,
      default: 0.3,
      description:
        'Share of the box that must lie in the zone; a box whose foot lies in it counts always. Raising it ignores what only reaches in.',
    }),
    masks: Type.Array(Type.Array(point, { minItems: 3, maxItems: 64 }), {
      maxItems: 32,
      default: [],
      description:
        'Polygons where nothing is ever raised: chimneys, welding places, screens. A detection is ignored when its foot or at least half of its box lies in one of them.',
    }),
    clearAfterS: Type.Number({
      minimum: 1,
      maximum: 3600,
      default: 30,
      description:
        'Seconds without any sight after which it is over. Raising it keeps a fire that is hidden for a while as one incident; lowering it clears sooner.',
    }),
    largeAreaNorm: Type.Number({
      minimum: 0.001,
      maximum: 1,
      default: 0.05,
      description:
        'Area as a share of the picture from which severity is 1. Lowering it makes more fires urgent.',
    }),
    growthFactor: Type.Number({
      minimum: 1.05,
      maximum: 20,
      default: 1.5,
      description:
        'Growth of the area after which the incident is updated; twice this growth within fastGrowthS makes severity 1. Lowering it sends more updates.',
    }),
    fastGrowthS: Type.Number({
      minimum: 1,
      maximum: 3600,
      default: 60,
      description:
        'Seconds in which twice growthFactor is fast growth, which makes severity 1. Raising it takes slower fires for fast ones; lowering it leaves severity 1 to fires that leap, are large, or smoke as well.',
    }),
    maxIncidents: Type.Integer({
      minimum: 1,
      maximum: 32,
      default: 4,
      description:
        'Fires and smokes that may be open at once in the zone. Further ones wait until one has ended: the emergency service is there already.',
    }),
  },
  { additionalProperties: false },
);

export type FireSmokeParams = Static<typeof fireSmokeParams>;

/** The parameters as the rule works with them: times in milliseconds. */
export type FireSettings = Omit<
  FireSmokeParams,
  'confirmS' | 'windowS' | 'weakConfirmS' | 'stillConfirmS' | 'clearAfterS' | 'fastGrowthS'
> & {
  readonly confirmMs: number;
  readonly windowMs: number;
  readonly weakConfirmMs: number;
  readonly stillConfirmMs: number;
  readonly clearAfterMs: number;
  readonly fastGrowthMs: number;
};

/** Seconds to milliseconds. */
export function fireSettings(params: FireSmokeParams): FireSettings {
  const { confirmS, windowS, weakConfirmS, stillConfirmS, clearAfterS, fastGrowthS, ...rest } = params;
  return {
    ...rest,
    confirmMs: confirmS * 1000,
    windowMs: windowS * 1000,
    weakConfirmMs: weakConfirmS * 1000,
    stillConfirmMs: stillConfirmS * 1000,
    clearAfterMs: clearAfterS * 1000,
    fastGrowthMs: fastGrowthS * 1000,
  };
}
