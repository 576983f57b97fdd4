/** Which incidents a scenario ought to raise, derived from what happens in it and from its zones. */

import { polygonContains } from '../../../core/index.ts';
import type { Scenario, ZoneSpec } from '../scenario/schema.ts';
import { projectZone } from './ground-to-picture.ts';
import type { ExpectedIncident, ScenarioTruth } from './truth-types.ts';
import { OVERFLOW_LEVEL, type World, worldOf } from './world.ts';

const STEP_S = 0.1;
const STANDSTILL_MPS = 0.1;
/** Bins whose middles are nearer than this stand in one row; it is cleared by one call. */
const ROW_M = 1.2;
/** What a parking rule asks for unless it is told otherwise: motorcycles and bicycles are parked on pavements. */
const WHEELED: ReadonlySet<string> = new Set(['car', 'bus', 'truck', 'tricycle']);

export function expectedTruth(scenario: Scenario): ScenarioTruth {
  const { camera } = scenario;
  return {
    scenario: scenario.name,
    light: scenario.light,
    weather: scenario.weather,
    durationS: scenario.durationS,
    fps: camera.fps,
    widthPx: camera.widthPx,
    heightPx: camera.heightPx,
    zones: scenario.zones.map(({ id, purpose, dwellS, ground }) => ({
      id,
      purpose,
      dwellS,
      points: projectZone(camera, ground),
    })),
    incidents: scenario.zones
      .flatMap((zone) => (zone.decoy === true ? [] : expectedIn(zone, scenario)))
      .toSorted((a, b) => a.dueS - b.dueS),
    faults: (scenario.faults ?? [])
      .filter(({ fromS }) => fromS < scenario.durationS)
      .map(({ kind, fromS, toS }) => ({ kind, fromS, toS: Math.min(toS, scenario.durationS) })),
    serving: scenario.serving ?? [],
  };
}

interface Stay {
  readonly id: string;
  readonly fromS: number;
  toS: number;
}

function expectedIn(zone: ZoneSpec, scenario: Scenario): ExpectedIncident[] {
  const long = stays(zone, scenario)
    .filter(({ fromS, toS }) => toS - fromS >= zone.dwellS)
    .toSorted((a, b) => a.fromS - b.fromS);
  return long
    .filter(
      (stay, i) =>
        !long.slice(0, i).some((sooner) => sooner.toS >= stay.fromS && inOneRow(sooner, stay, scenario)),
    )
    .map(({ id, fromS, toS }) => {
      const thing = scenario.things.find((one) => one.id === id);
      const dropper =
        thing?.kind === 'garbage'
          ? thing.carried?.filter((grip) => grip.toS <= fromS + STEP_S).at(-1)?.by
          : undefined;
      const round = (value: number) => Math.round(value * 10) / 10;
      return {
        type: ({ 'no-parking': 'illegal-parking', 'keep-clean': 'littering', 'watch-fire': 'fire' } as const)[
          zone.purpose
        ],
        zoneId: zone.id,
        objectId: id,
        fromS: round(fromS),
        ...(toS < scenario.durationS - 2 * STEP_S ? { toS: round(toS) } : {}),
        dueS: round(fromS + zone.dwellS),
        ...(dropper === undefined ? {} : { dropperId: dropper }),
      };
    });
}

/** A second bin that overflows beside the first makes the incident larger; it is not another one. */
function inOneRow(a: Stay, b: Stay, { things }: Scenario): boolean {
  const places = [a, b].map(({ id }) => things.find((thing) => thing.id === id && thing.kind === 'bin')?.at);
  const [one, other] = places;
  return one !== undefined && other !== undefined && Math.hypot(one[0] - other[0], one[1] - other[1]) < ROW_M;
}

/** Uninterrupted presence of offenders in a zone. */
function stays(zone: ZoneSpec, scenario: Scenario): Stay[] {
  const world = worldOf(scenario);
  const polygon = zone.ground.map(([x, y]) => ({ x, y }));
  const open = new Map<string, Stay>();
  const done: Stay[] = [];
  for (let step = 0; step * STEP_S < scenario.durationS; step++) {
    const atS = step * STEP_S;
    const now = new Set<string>();
    for (const { id, x, z } of offenders(zone, scenario, world(atS))) {
      if (polygonContains(polygon, { x, y: z })) now.add(id);
    }
    for (const id of now) {
      const stay = open.get(id);
      if (stay === undefined) open.set(id, { id, fromS: atS, toS: atS });
      else stay.toS = atS;
    }
    for (const [id, stay] of open) {
      if (now.has(id)) continue;
      open.delete(id);
      done.push(stay);
    }
  }
  return [...done, ...open.values()];
}

function offenders(
  zone: ZoneSpec,
  scenario: Scenario,
  world: World,
): readonly { id: string; x: number; z: number }[] {
  if (zone.purpose === 'no-parking') {
    const vehicles = new Set(scenario.actors.flatMap(({ kind, id }) => (WHEELED.has(kind) ? [id] : [])));
    return world.actors.filter(({ id, speedMps }) => vehicles.has(id) && speedMps < STANDSTILL_MPS);
  }
  const kinds = new Map(scenario.things.map(({ id, kind }) => [id, kind]));
  return world.things.filter(({ id, level, carriedBy }) => {
    const kind = kinds.get(id);
    if (zone.purpose === 'watch-fire') return kind === 'fire' && level > 0.02;
    return (kind === 'garbage' && carriedBy === undefined) || (kind === 'bin' && level > OVERFLOW_LEVEL);
  });
}
