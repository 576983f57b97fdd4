/** The configuration of a benchmark camera: zones and rules as its scenario draws them, and fire watched for everywhere. */

import { WHOLE_PICTURE, type ScenarioTruth } from '../street/index.ts';
import type { BenchCamera, IncidentKind } from './types.ts';

type Zone = ScenarioTruth['zones'][number];

/** What watches over what is not to burn: a zone of the whole picture. */
const EVERYWHERE = {
  id: 'picture',
  polygon: WHOLE_PICTURE,
};

/** The entry in `cameras` of the configuration file. */
export function cameraConfig({ id, clip, sampling }: BenchCamera, url: string): object {
  const { zones } = clip.truth;
  const burns = zones.some(({ purpose }) => purpose === 'watch-fire');
  return {
    id,
    source: url,
    ...sampling,
    zones: [...zones.map(zoneOf), ...(burns ? [] : [EVERYWHERE])],
    rules: [
      ...zones.map((zone) => ruleOf(zone, clip.truth)),
      ...(burns ? [] : [{ id: 'fire', kind: 'fire_smoke', zone: EVERYWHERE.id }]),
    ],
  };
}

/** Where something is to burn the whole picture is watched as well: red cars and lit headlamps drive beside the scenario's zone. */
function zoneOf({ id, purpose, points }: Zone): object {
  return { id, polygon: purpose === 'watch-fire' ? EVERYWHERE.polygon : points };
}

/** Kinds of incidents that the rules of a camera can raise. */
export function kindsOf({ clip }: BenchCamera): readonly IncidentKind[] {
  const kinds = clip.truth.zones.map(
    ({ purpose }) =>
      ({ 'no-parking': 'illegal-parking', 'keep-clean': 'littering', 'watch-fire': 'fire' })[
        purpose
      ] as IncidentKind,
  );
  return [...new Set<IncidentKind>([...kinds, 'fire'])];
}

/** Dwell times are those of the scenario; everything else is the default of the rule. */
function ruleOf({ id, purpose, dwellS }: Zone, truth: ScenarioTruth): object {
  switch (purpose) {
    case 'no-parking':
      return { id: `parking-${id}`, kind: 'illegal_parking', zone: id, params: { dwellS } };
    case 'keep-clean': {
      // Where somebody drops something the act is asked for: garbage that merely lies there is told later, as by default.
      const isAct = truth.incidents.some(({ zoneId, dropperId }) => zoneId === id && dropperId !== undefined);
      const times = isAct ? { actAfterS: dwellS, exposedAfterS: 2.5 * dwellS } : { exposedAfterS: dwellS };
      const params = { ...times, overflowAfterS: dwellS };
      return { id: `litter-${id}`, kind: 'littering', zone: id, params };
    }
    case 'watch-fire':
      return { id: `fire-${id}`, kind: 'fire_smoke', zone: id };
  }
}
