/** Parameters of the rule kind `littering`: meaning, effect of raising and lowering, range, default. */

import { Type, type Static } from 'typebox';

/** Schema of the parameters; the descriptions are the console's help texts. */
export const litteringParams = Type.Object(
  {
    labels: Type.Array(
      Type.Union([Type.Literal('garbage'), Type.Literal('overflow'), Type.Literal('object')]),
      {
        minItems: 1,
        maxItems: 3,
        uniqueItems: true,
        default: ['garbage', 'overflow'],
        description:
          'What to look for: garbage on the ground, overflowing bins, or any object left behind (needs the static-foreground detector). Adding object finds what the network does not know and brings more false alarms.',
      },
    ),
    exposedAfterS: Type.Number({
      minimum: 0,
      maximum: 86400,
      default: 60,
      description:
        'Seconds that garbage must lie before it is an incident. Raising it gives people time to carry it on; lowering it alarms sooner.',
    }),
    overflowAfterS: Type.Number({
      minimum: 0,
      maximum: 86400,
      default: 120,
      description: 'The same for overflowing bins. Raising it leaves time for the regular emptying.',
    }),
    acts: Type.Boolean({
      default: true,
      description:
        'Whether garbage that appears where a person or vehicle just was is attributed to it (litter.act). Off: it is exposed garbage after exposedAfterS.',
    }),
    actAfterS: Type.Number({
      minimum: 0,
      maximum: 600,
      default: 8,
      description:
        'Seconds that it must lie after whoever put it down has gone away: picked up again within it, it is nothing. Raising it forgives forgotten bags; lowering it alarms sooner.',
    }),
    actWindowS: Type.Number({
      minimum: 0.5,
      maximum: 60,
      default: 6,
      description:
        'Seconds before the appearance in which somebody must have been there. Raising it attributes more, and more wrongly; lowering it loses acts that a body hides for a while.',
    }),
    actReach: Type.Number({
      minimum: 0,
      maximum: 5,
      default: 0.6,
      description:
        'How near, in heights of the person or vehicle. Raising it attributes thrown things and more passers-by; 0 asks for boxes that touch.',
    }),
    actMinShare: Type.Number({
      minimum: 0.05,
      maximum: 1,
      default: 0.6,
      description:
        'Share of the frames in which it must be detected after it appeared, for an act: what is found only now and then may have been there before. Raising it attributes fewer acts, and more surely.',
    }),
    minShare: Type.Number({
      minimum: 0.01,
      maximum: 1,
      default: 0.3,
      description:
        'Share of the frames with free sight in which it must be detected to be exposed. Raising it loses heaps the detector is unsure of; lowering it believes sporadic detections.',
    }),
    minScore: Type.Number({
      minimum: 0.05,
      maximum: 1,
      default: 0.35,
      description:
        'Score from which a detection counts; weaker ones only keep a known heap alive. Raising it cuts false alarms and misses small bags.',
    }),
    heapGap: Type.Number({
      minimum: 0,
      maximum: 2,
      default: 0.25,
      description:
        'Bags that are nearer to each other than this share of their size are one heap and one incident. Raising it joins more into one incident; 0 joins only what overlaps.',
    }),
    minAreaNorm: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.0003,
      description: 'Smallest area as a share of the picture. Raising it ignores cups and leaves.',
    }),
    clearAfterS: Type.Number({
      minimum: 1,
      maximum: 3600,
      default: 30,
      description:
        'Seconds that the place must be seen empty before it is clean; time in which somebody stands before it does not count. Raising it bridges worse detection; lowering it clears sooner.',
    }),
    growthFactor: Type.Number({
      minimum: 1.05,
      maximum: 20,
      default: 1.5,
      description: 'Growth of the area after which the incident is updated. Lowering it sends more updates.',
    }),
    largeAreaNorm: Type.Number({
      minimum: 0.001,
      maximum: 1,
      default: 0.04,
      description:
        'Area as a share of the picture from which severity is 2 instead of 3. Lowering it makes more heaps urgent.',
    }),
    maxIncidents: Type.Integer({
      minimum: 1,
      maximum: 64,
      default: 8,
      description: 'Heaps that may be open at once in the zone; further ones wait until one is cleaned.',
    }),
  },
  { additionalProperties: false },
);

export type LitteringParams = Static<typeof litteringParams>;

/** The parameters as the rule works with them: times in milliseconds. */
export type LitteringSettings = Omit<
  LitteringParams,
  'exposedAfterS' | 'overflowAfterS' | 'actAfterS' | 'actWindowS' | 'clearAfterS'
> & {
  readonly exposedAfterMs: number;
  readonly overflowAfterMs: number;
  readonly actAfterMs: number;
  readonly actWindowMs: number;
  readonly clearAfterMs: number;
};

/** Seconds to milliseconds. */
export function litteringSettings(params: LitteringParams): LitteringSettings {
  const { exposedAfterS, overflowAfterS, actAfterS, actWindowS, clearAfterS, ...rest } = params;
  return {
    ...rest,
    exposedAfterMs: exposedAfterS * 1000,
    overflowAfterMs: overflowAfterS * 1000,
    actAfterMs: actAfterS * 1000,
    actWindowMs: actWindowS * 1000,
    clearAfterMs: clearAfterS * 1000,
  };
}
